"""A mailbox, against a real server: attachments of one sender are files, and no mail is touched."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.utils import timezone

from huikuan.casebook.models import Channel, ChannelFile, Placement
from huikuan.channels.fetch import fetch
from huikuan.channels.tests.conftest import make_channel
from huikuan.channels.watch import look_at_all
from huikuan.outbox.tests import imap_server

pytestmark = pytest.mark.django_db
SENDER = "weian@bank.example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[imap_server.ImapServer]:
    with imap_server.running() as running:
        yield running


@pytest.fixture
def channel(bank, manager, server) -> Channel:
    server.empty()

    return make_channel(
        bank,
        manager,
        code="bank-mail",
        kind="mail",
        address="127.0.0.1",
        port=server.port,
        security="none",
        user=imap_server.USER,
        secret=imap_server.PASSWORD,
        sender=SENDER,
        pattern="*.csv",
    )


def mail(sender: str, **files: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = f"委案 <{sender}>"
    message["To"] = "house@example.com"
    message["Subject"] = "本月委案"
    message.set_content("见附件")
    for name, content in files.items():
        message.add_attachment(content, maintype="text", subtype="csv", filename=f"{name}.csv")
    return message.as_bytes()


def test_attachments_of_the_sender_arrive_once(channel, server, sample, fetcher) -> None:
    now = timezone.now()
    server.put(mail(SENDER, 委案=sample), mail("spam@example.net", 诱饵=b"x"), at=now)

    assert look_at_all(now) == 1
    assert look_at_all(now) == 0
    file = ChannelFile.objects.get()
    assert (file.name, file.state, file.arrived_at) == ("委案.csv", "arrived", now)
    assert file.own_time is not None

    assert fetch(file.pk, actor=fetcher, at=now).done
    assert Placement.objects.get().status == "received"
    assert all(b"\\Seen" not in flags for flags in server.left().values()), "no mail is marked"


def test_two_attachments_are_two_batches(channel, server, sample) -> None:
    now = timezone.now()
    server.put(mail(SENDER, 一=sample, 二=sample + b"\n"), at=now)
    assert look_at_all(now) == 2
    names = ChannelFile.objects.order_by("key").values_list("name", flat=True)
    assert list(names) == ["一.csv", "二.csv"]
