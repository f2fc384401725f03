"""The health page and the background work of the house."""

import json

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from huikuan.ops import database, status


def ask() -> tuple[int, dict]:
    response = status.status(RequestFactory().get("/status"))
    return response.status_code, json.loads(response.content)


@pytest.mark.django_db
def test_a_well_installation():
    code, body = ask()
    assert code == 200
    assert body | {"version": ""} == {
        "ok": True, "version": "", "database": True, "migrations": 0, "worker": False,
        "jobs": {"waiting": 0, "running": 0, "failed": 0},
    }  # fmt: skip


@pytest.mark.django_db
def test_a_living_worker_is_seen():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert ask()[1]["worker"] is True


@pytest.mark.django_db
def test_missing_migrations_are_503():
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'people' AND name = '0001_initial'"
        )
    assert database.pending() == ["people.0001_initial"]
    code, body = ask()
    assert (code, body["ok"], body["migrations"]) == (503, False, 1)


def test_no_database_is_503(monkeypatch):
    def gone() -> list[str]:
        raise OperationalError("connection to 10.0.0.5 failed")

    monkeypatch.setattr(database, "pending", gone)
    code, body = ask()
    assert (code, body["database"]) == (503, False)
    assert "10.0.0.5" not in json.dumps(body)


@pytest.mark.django_db
def test_the_tables_are_those_of_the_models():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_killed_worker_is_given_back():
    from procrastinate.contrib.django import app

    from huikuan.ops import tasks

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id) "
            "VALUES ('default', 'some.room.task', 'case-1', '{}', 'doing', %s) RETURNING id",
            [worker],
        )
        job = cursor.fetchone()[0]
    tasks.retry_stalled.defer(timestamp=0)
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        (state,) = cursor.fetchone()
    assert state in ("todo", "failed")  # failed: it was taken up again and no such task exists
