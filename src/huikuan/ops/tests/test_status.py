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
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '5 minutes') RETURNING id"
        )
        (worker,) = cursor.fetchone()
    given_back = job("some.room.task", "case-1", None, "doing", worker)

    work_off()
    # It was taken up again, and there is no such task.
    assert states(given_back) == ["failed"]


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_given_back_keeps_none_of_the_others():
    """The next reading of the mailbox waits for the lock that a dead one holds: the dead one ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '5 minutes') RETURNING id"
        )
        (worker,) = cursor.fetchone()
    reading = ["outbox.read", "outbox.read", "outbox.read"]
    cut_off = job(*reading, "doing", worker)
    waiting = job(*reading, "todo", None)
    others = [
        job("complaints.make_dossier", None, None, "doing", worker),
        job("intake.accept", None, "intake.accept.5", "doing", worker),
        job("some.room.task", "case-1", None, "doing", None),
    ]

    work_off()
    assert states(cut_off, waiting) == []
    # They have no arguments: taken up again, each failed.
    assert states(*others) == ["failed", "failed", "failed"]


def job(task: str, lock: str | None, queueing_lock: str | None, state: str, worker: int | None):
    """A job as the queue keeps it. Its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
            " VALUES ('default', %s, %s, %s, '{}', %s, %s) RETURNING id",
            [task, lock, queueing_lock, state, worker],
        )
        return cursor.fetchone()[0]


def work_off():
    """What a worker does until nothing waits."""
    from procrastinate.contrib.django import app

    from huikuan.ops import tasks

    tasks.retry_stalled.defer(timestamp=0)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )


def states(*jobs: int) -> list[str]:
    """How the jobs stand; one that was done well is there no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY id",
            [list(jobs)],
        )
        return [state for (state,) in cursor.fetchall()]
