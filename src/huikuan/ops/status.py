"""The health page: plain JSON for a monitor, no personal data, no sign-in."""

import importlib.metadata
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from huikuan.ops import database

WORKER_SECONDS = 60


def status(request: HttpRequest) -> JsonResponse:
    """200 when people can work, 503 when they cannot; a missing worker is named but does not stop the desk."""
    try:
        state = _state()
    except DatabaseError:
        state = {"database": False, "migrations": None, "worker": None, "jobs": None}
    healthy = bool(state["database"]) and state["migrations"] == 0
    body = {"ok": healthy, "version": importlib.metadata.version("huikuan"), **state}
    response = JsonResponse(body, status=200 if healthy else 503)
    response["Cache-Control"] = "no-store"
    return response


def _state() -> dict[str, Any]:
    missing = len(database.pending())
    return {"database": True, "migrations": missing, "worker": worker_alive(), "jobs": jobs()}


def worker_alive() -> bool:
    """Whether a worker gave a sign of life within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SECONDS],
        )
        return bool(cursor.fetchone()[0])


def jobs() -> dict[str, int]:
    """How many background jobs wait, run and have failed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        counts = dict(cursor.fetchall())
    return {
        "waiting": counts.get("todo", 0),
        "running": counts.get("doing", 0),
        "failed": counts.get("failed", 0),
    }
