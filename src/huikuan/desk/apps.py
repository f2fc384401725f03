"""The door: when everything is loaded, the side bar is what the rooms say."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk as an application of Django."""

    name = "huikuan.desk"

    def ready(self) -> None:
        """Installs the side bar. Models exist only now, so the imports stand here."""
        from huikuan.web import navigation, rooms

        navigation.install(rooms.entries())
