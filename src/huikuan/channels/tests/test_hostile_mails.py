"""What can come in a mailbox: a mail that is itself the file, bad names, another sender."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.utils import timezone

from huikuan.casebook.models import Channel, ChannelFile
from huikuan.channels import mail as mails
from huikuan.channels.tests.conftest import make_channel
from huikuan.channels.tests.test_mail import SENDER, mail
from huikuan.channels.vouched import is_vouched
from huikuan.channels.watch import look_at_all
from huikuan.outbox.tests import imap_server

pytestmark = pytest.mark.django_db
OUR_SERVER = "mx.house.example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[imap_server.ImapServer]:
    with imap_server.running() as running:
        yield running


@pytest.fixture
def given(server) -> dict[str, object]:
    server.empty()

    return {
        "code": "bank-mail",
        "kind": "mail",
        "address": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "user": imap_server.USER,
        "secret": imap_server.PASSWORD,
        "sender": SENDER,
        "pattern": "*.csv",
    }


@pytest.fixture
def channel(bank, manager, given) -> Channel:
    return make_channel(bank, manager, **given)


def raw(head: str, body: bytes = b"a,b", sender: str = SENDER) -> bytes:
    """A mail as it comes over the wire."""
    front = f"From: {sender}\r\nTo: house@example.com\r\nMIME-Version: 1.0\r\n{head}\r\n\r\n"
    return front.encode() + body


def names() -> list[str]:
    return list(ChannelFile.objects.order_by("pk").values_list("name", flat=True))


IS_THE_FILE = raw('Content-Type: text/csv\r\nContent-Disposition: attachment; filename="only.csv"')
ALONE_IN_RELATED = raw(
    'Content-Type: multipart/related; boundary="x"',
    b"--x\r\nContent-Type: text/csv\r\n"
    b'Content-Disposition: attachment; filename="only.csv"\r\n\r\na,b\r\n--x--\r\n',
)
BESIDE_THE_TEXT = raw(
    'Content-Type: multipart/alternative; boundary="x"',
    b"--x\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n--x\r\nContent-Type: text/csv\r\n"
    b'Content-Disposition: attachment; filename="only.csv"\r\n\r\na,b\r\n--x--\r\n',
)


@pytest.mark.parametrize("content", [IS_THE_FILE, ALONE_IN_RELATED, BESIDE_THE_TEXT])
def test_a_file_is_found_wherever_it_hangs(channel, server, content) -> None:
    now = timezone.now()
    server.put(content, at=now)
    assert look_at_all(now) == 1
    assert names() == ["only.csv"]


def test_neither_a_logo_nor_what_another_mail_holds_is_a_file(bank, manager, server, given) -> None:
    make_channel(bank, manager, **given | {"pattern": "*"})
    inner = EmailMessage()
    inner["From"] = "stranger@example.net"
    inner.set_content("x")
    inner.add_attachment(b"x", maintype="text", subtype="csv", filename="theirs.csv")

    outer = EmailMessage()
    outer["From"] = SENDER
    outer.set_content("x")
    outer.add_attachment(inner)
    outer.add_attachment(
        b"x", maintype="image", subtype="png", filename="logo.png", disposition="inline"
    )
    outer.add_attachment(b"x", maintype="text", subtype="csv", filename="ours.csv")

    server.put(outer.as_bytes(), at=timezone.now())
    look_at_all(timezone.now())
    assert names() == ["ours.csv"]


@pytest.mark.parametrize("name", ["filename*=utf-8''a%00b.csv", f"filename={'n' * 400}.csv"])
def test_a_bad_name_keeps_no_other_mail_out(channel, server, name, sample) -> None:
    bad = raw(f"Content-Type: text/csv\r\nContent-Disposition: attachment; {name}")
    now = timezone.now()
    server.put(bad, mail(SENDER, 委案=sample), at=now)
    assert look_at_all(now) == 1

    channel.refresh_from_db()
    assert channel.error == ""
    wrong, good = ChannelFile.objects.order_by("pk")
    assert (wrong.state, wrong.error, good.name) == ("wrong", "file.name", "委案.csv")
    assert wrong.name.endswith(".csv") and len(wrong.name) <= 255


def test_each_mail_is_read_once_also_one_without_a_file(
    channel, server, sample, monkeypatch
) -> None:
    now = timezone.now()
    server.put(mail(SENDER), mail(SENDER, 委案=sample), at=now)
    look_at_all(now)
    read = []
    whole = mails._mail
    monkeypatch.setattr(mails, "_mail", lambda *given: read.append(given) or whole(*given))
    look_at_all(now)
    assert read == []

    server.put(mail(SENDER, 二=sample + b"\n"), at=now)
    look_at_all(now)
    assert len(read) == 1 and names() == ["委案.csv", "二.csv"]


def test_a_watch_that_was_dead_for_long_reads_what_came_meanwhile(channel, server, sample) -> None:
    now = timezone.now()
    last_look = now - dt.timedelta(days=30)
    look_at_all(last_look)
    server.put(mail(SENDER, 委案=sample), at=now - dt.timedelta(days=16))
    assert look_at_all(now) == 1


@pytest.mark.parametrize(
    "sender", [f"a:{SENDER},;", f"{SENDER}, b@example.net", f"x <{SENDER}.cn>"]
)
def test_who_is_not_the_one_sender_brings_nothing(channel, server, sender, sample) -> None:
    head = 'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="x.csv"'
    server.put(raw(head, sample, sender=sender), at=timezone.now())
    look_at_all(timezone.now())
    assert names() == []


def vouched(results: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = SENDER
    message["Authentication-Results"] = results
    return message


@pytest.mark.parametrize(
    ("results", "is_believed"),
    [
        (f"{OUR_SERVER}; dmarc=pass (p=reject) header.from=bank.example.com", True),
        (f"{OUR_SERVER} 1; spf=none; dkim=pass header.d=bank.example.com", True),
        (f"{OUR_SERVER}; dmarc=fail header.from=bank.example.com", False),
        (f"{OUR_SERVER}; dkim=pass header.d=example.net", False),
        (f"{OUR_SERVER}; spf=pass smtp.mailfrom=bank.example.com", False),
        ("mx.example.net; dmarc=pass header.from=bank.example.com", False),
        (f"{OUR_SERVER}; none", False),
    ],
)
def test_the_house_s_own_server_vouches_for_the_sender(results, is_believed) -> None:
    assert is_vouched(vouched(results), OUR_SERVER, SENDER) is is_believed


def test_a_result_that_came_with_the_mail_counts_for_nothing() -> None:
    """The server writes its own above it."""
    message = EmailMessage()
    message["Authentication-Results"] = f"{OUR_SERVER}; dmarc=fail header.from=bank.example.com"
    message["Authentication-Results"] = f"{OUR_SERVER}; dmarc=pass header.from=bank.example.com"
    assert not is_vouched(message, OUR_SERVER, SENDER)


def test_without_it_a_channel_that_asks_for_it_takes_no_file(
    bank, manager, server, given, sample
) -> None:
    make_channel(bank, manager, **given | {"vouched_by": OUR_SERVER})
    server.put(mail(SENDER, 委案=sample), at=timezone.now())
    assert look_at_all(timezone.now()) == 0
    file = ChannelFile.objects.get()
    assert (file.state, file.error) == ("wrong", "file.not_vouched")


def test_a_mailbox_that_refuses_the_password_says_so(bank, manager, given) -> None:
    channel = make_channel(bank, manager, **given | {"secret": "wrong"})
    look_at_all(timezone.now())
    channel.refresh_from_db()
    assert channel.error == "channel.refused"
