"""A house with a customer's case, a mail server that may break off, a far side for events."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import Case, Document, OutboxMessage
from huikuan.documents.store import NewDocument, store
from huikuan.ops.made_once import made_once
from huikuan.outbox.post import Email, post_email
from huikuan.outbox.send import send_due

ON = dt.date(2026, 11, 3)
AT = people.moment(ON)
SECRET = "a-secret-of-the-order-system"
SENDER = "zhangwu@ruijiang.example.com"


@dataclass
class MailServerOfTest:
    """What the server took, and how it is to behave. `talk` is "take", an answer, or a fault."""

    host: str = "127.0.0.1"
    port: int = 0
    talk: str = "take"
    refused: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    connections: int = 0

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for _from, _to, raw in self.taken]

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.talk == "break off before":
            server.transport.abort()
            return "250 never heard"
        if self.talk[0].isdigit():
            return self.talk
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.talk == "take and break off":
            server.transport.abort()
        return "250 OK queued as 4F21"


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_server(house_settings: Callable[..., None]) -> Iterator[MailServerOfTest]:
    handler = MailServerOfTest()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    house_settings(
        smtp_host="127.0.0.1", smtp_port=handler.port, smtp_security="none", mail_from=SENDER
    )
    yield handler
    controller.stop()


@pytest.fixture
def house_settings(settings: Any) -> Callable[..., None]:
    """house_settings(smtp_host=…): the installation's settings, changed for the test."""

    def change(**changed: Any) -> None:
        settings.HUIKUAN = settings.HUIKUAN.model_copy(update=changed)

    return change


@dataclass
class FarSide:
    """A program that takes events over HTTP. `answer` 0: it takes the event and breaks off."""

    url: str = ""
    answer: int = 200
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.taken]


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    side = FarSide()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            side.taken.append((headers, body))
            if side.answer == 0:
                self.close_connection = True
                return
            self.send_response(side.answer)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    side.url = f"http://127.0.0.1:{server.server_port}/hooks?of=erp"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield side
    server.shutdown()
    thread.join()
    server.server_close()


@made_once
def case(db: None) -> Case:
    house = people.make_house(name="瑞江电子有限公司")
    return people.make_case(creditor=people.make_creditor("supplier", house))


@made_once
def document(case: Case) -> Document:
    new = NewDocument("statement", "对账单 嘉禾 2026-10.pdf", b"%PDF-1.7 \x00\xff", "")
    return store(new, subject=About.of_case(case), act=case.act, on=ON, at=AT)


def posted(case: Case, to: str = "li@jiahe.example.com", **more: Any) -> OutboxMessage:
    """A mail of the case, posted at AT."""
    words = {"subject": "对账单 2026年10月", "text": "您好，请核对附件。\n.\n谢谢。"} | more
    subject = About.of_case(case)
    return post_email(
        Email(to=to, **words), purpose="statement", subject=subject, act=case.act, at=AT
    )


def send(at: dt.datetime = AT, **more: Any) -> dict[str, int]:
    """One run of the worker whose clock stands still."""
    return dict(send_due(lambda: at, **more))


def again(message: OutboxMessage) -> OutboxMessage:
    """The message as it is now in the book."""
    return OutboxMessage.objects.get(pk=message.pk)


def story(message: OutboxMessage) -> list[str]:
    """What happened to it, in order."""
    return list(message.events.order_by("pk").values_list("kind", flat=True))
