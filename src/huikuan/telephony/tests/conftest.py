"""A collector with a case and the gate's permission for a call of today; settings of another adapter; a telephone system."""

from __future__ import annotations

import datetime as dt
import json
import threading
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pydantic import SecretStr
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, ContactPoint, GateDecision
from huikuan.lib.signature import sign, valid
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

SECRET = "a-secret-of-the-telephone-system"
NUMBER = "+8613800000001"


@dataclass
class Office:
    collector: User
    colleague: User
    case: Case
    point: ContactPoint

    def permission(
        self, *, actor: User | None = None, at: dt.datetime | None = None, **more: Any
    ) -> GateDecision:
        return people.make_decision(
            self.case,
            at or timezone.now(),
            self.point,
            actor=actor or self.collector,
            **more,
        )


@made_once
def office(db: None) -> Office:
    return make_office()


def make_office() -> Office:
    team = people.make_team("phone")
    collector, colleague = (people.make_user("collector", team=team) for _ in range(2))
    case = people.make_case(items=[(dt.date(2026, 9, 1), 120_00)], collector=collector)
    point = people.make_point(case, value=NUMBER)
    facts.refresh([case.pk])
    return Office(collector, colleague, case, point)


@pytest.fixture
def adapter(settings: Any) -> Any:
    """adapter("originate", url): another adapter for the test."""

    def use(name: str, url: str | None = None) -> None:
        changed = {"telephony": name, "telephony_url": url, "telephony_secret": SecretStr(SECRET)}
        settings.HUIKUAN = settings.HUIKUAN.model_copy(update=changed)

    return use


@dataclass
class Exchange:
    """A telephone system: takes a call over HTTP and reports of it by signed messages."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    answer: int = 202
    wait: float = 0


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    system = Exchange()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            system.signed.append(valid(SECRET, headers, body, timezone.now()))
            system.taken.append(json.loads(body))
            threading.Event().wait(system.wait)
            self.send_response(system.answer)
            if 300 <= system.answer < 400:
                self.send_header("Location", system.url + "elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system.url = f"http://127.0.0.1:{server.server_port}/originate"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield system
    server.shutdown()
    thread.join()
    server.server_close()


def message(
    call_id: object, event: str, at: dt.datetime | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "call_id": str(call_id),
        "event": event,
        "at": (at or timezone.now()).isoformat(),
    } | more


def told(
    body: dict[str, Any],
    *,
    secret: str = SECRET,
    at: dt.datetime | None = None,
    client: Client | None = None,
) -> Any:
    """The answer to a signed message, as the test client gives it."""
    raw = json.dumps(body).encode()
    headers = sign(secret, uuid.uuid4().hex, at or timezone.now(), raw)
    return (client or Client()).post(
        "/line/events/", raw, content_type="application/json", headers=headers
    )


def told_over_http(address: str, body: dict[str, Any]) -> int:
    """The same over a real connection."""
    raw = json.dumps(body).encode()
    headers = sign(SECRET, uuid.uuid4().hex, timezone.now(), raw) | {
        "Content-Type": "application/json"
    }
    request = urllib.request.Request(f"{address}/line/events/", raw, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)
