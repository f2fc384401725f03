"""`kill -9` of the worker while it talks to the mail server: the outcome is unknown and stays so.

The mail server is real and did or did not take the mail; nobody on our side can know which.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller

from huikuan.ops import postgres
from huikuan.outbox.tests.conftest import SENDER, free_port

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[4]
SECONDS = 120


class HoldingServer:
    """Never answers the step `holds_at`, and says by `held` that it has come that far."""

    def __init__(self, holds_at: str) -> None:
        self.holds_at = holds_at
        self.held = threading.Event()
        self.taken: list[bytes] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.holds_at == "receiver":
            await self._hold()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        if self.holds_at == "answer":
            await self._hold()
        return "250 OK"

    async def _hold(self) -> None:
        self.held.set()
        await asyncio.sleep(SECONDS)


@pytest.fixture(params=["answer", "receiver"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[HoldingServer, int]]:
    handler = HoldingServer(request.param)
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIKUAN_")}
    mail = {
        "HUIKUAN_SMTP_HOST": "127.0.0.1",
        "HUIKUAN_SMTP_PORT": str(port),
        "HUIKUAN_SMTP_SECURITY": "none",
        "HUIKUAN_MAIL_FROM": SENDER,
    }
    return kept | mail | {"HUIKUAN_HOME": str(home), "LANG": "C", "LC_ALL": "C"}


def start(home: Path, port: int, module: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env=environment(home, port), cwd=ROOT, stdout=pipe, stderr=pipe, text=True
    )


def test_what_a_killed_worker_was_sending_is_unknown_listed_and_settled(ready_home, server):
    mail_server, port = server

    def outbox(*words: str) -> tuple[int, list[Any]]:
        process = start(ready_home, port, "huikuan", "outbox", *words, "--json")
        out, errors = process.communicate(timeout=SECONDS)
        assert "Traceback" not in errors, errors
        return process.returncode, [json.loads(line) for line in out.splitlines()]

    with postgres.join(ready_home) as lease:
        post = start(ready_home, port, "huikuan.outbox.tests.crash_post")
        out, errors = post.communicate(timeout=SECONDS)
        assert post.returncode == 0, errors
        number = out.strip()

        worker = start(ready_home, port, "huikuan", "worker", "--once")
        assert mail_server.held.wait(SECONDS), worker.communicate()
        worker.kill()
        worker.communicate()
        taken = len(mail_server.taken)
        assert taken == int(mail_server.holds_at == "answer")
        mail_server.holds_at = ""

        code, messages = outbox("list")
        assert (code, messages[0]["status"]) == (0, "sending")

        ten_minutes_go_by(lease)
        assert outbox("send") == (0, [{"lost": 1}])
        code, messages = outbox("list")
        assert (code, messages[0]["status"]) == (1, "outcome_unknown")
        assert outbox("send") == (0, [{}])
        assert len(mail_server.taken) == taken, "nothing was sent again by itself"

        code, answer = outbox("retry", number, "--reason", "again")
        assert (code, answer) == (1, [])
        code, answer = outbox("settle", number, "--as", "sent", "--reason", "the customer has it")
        assert (code, answer[0]["status"]) == (0, "sent")
        _code, shown = outbox("show", number)
        kinds = [event["event"] for event in shown[0]["events"]]
        assert kinds == ["posted", "sending", "lost", "settled"]


def ten_minutes_go_by(lease: postgres.Lease) -> None:
    where = {key.lower(): value for key, value in lease.cluster.django().items() if key != "NAME"}
    with psycopg.connect(dbname=postgres.DATABASE, autocommit=True, **where) as link:
        link.execute(
            "UPDATE casebook_outboxmessage SET claimed_at = claimed_at - interval '11 minutes'"
        )
