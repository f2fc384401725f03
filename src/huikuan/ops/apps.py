"""What every connection to the database gets that settings cannot say."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

#: Statements that a connection keeps prepared. With psycopg's own hundred, a day at the desk would push out the gate's question.
PREPARED = 500


class OpsConfig(AppConfig):
    name = "huikuan.ops"

    def ready(self) -> None:
        connection_created.connect(_keep_prepared, dispatch_uid="huikuan.ops.prepared")


def _keep_prepared(connection: Any, **_signal: Any) -> None:
    connection.connection.prepared_max = PREPARED
