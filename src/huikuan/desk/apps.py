from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "huikuan.desk"

    def ready(self) -> None:
        from huikuan.desk.navigation import ENTRIES
        from huikuan.web import navigation

        navigation.install(ENTRIES)
