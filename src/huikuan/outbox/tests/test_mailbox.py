"""The mailbox of a real IMAP server: what comes back finds its message once and stays there."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pydantic import SecretStr
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Case,
    Document,
    Mailbox,
    MailboxMessage,
    Notice,
    OutboxMessage,
    PointStatus,
    Reveal,
)
from huikuan.documents.read import content_of
from huikuan.lib.sentences import Refusal
from huikuan.outbox import mailbox as reading
from huikuan.outbox import state
from huikuan.outbox.mailbox import NotReadable, read_mailbox
from huikuan.outbox.take import match, set_aside, waiting_mails
from huikuan.outbox.tests import imap_server, mails
from huikuan.outbox.tests.conftest import AT, ON, again, free_port, posted, story
from huikuan.outbox.tests.imap_server import ImapServer

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Status = OutboxMessage.Status
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def one_server() -> Iterator[ImapServer]:
    with imap_server.running() as server:
        yield server


@pytest.fixture
def imap(one_server: ImapServer, house_settings: Callable[..., None]) -> ImapServer:
    one_server.empty()
    point_to(one_server, house_settings)
    return one_server


def point_to(server: ImapServer, house_settings: Callable[..., None], **more: Any) -> None:
    given = {
        "imap_host": "127.0.0.1",
        "imap_port": server.port,
        "imap_security": "none",
        "imap_user": imap_server.USER,
        "imap_password": SecretStr(imap_server.PASSWORD),
    }
    house_settings(**given | more)


def read() -> Counter[str]:
    return read_mailbox(lambda: LATER)


def sent(case: Case, to: str = mails.TO) -> OutboxMessage:
    """A mail of the case that a server took at AT."""
    message = posted(case, to=to)
    claimed = state.claim(message.pk, AT)
    assert claimed is not None
    return state.finish(claimed, state.Outcome("taken", "250", "OK"), AT)


def test_a_bounce_is_a_row_of_its_message_and_makes_it_bounced(case, imap):
    message = sent(case)
    imap.put(mails.postfix_bounce(message.far_id), at=LATER)
    assert read() == {"bounce": 1}

    bounced = again(message)
    assert bounced.status == Status.BOUNCED
    assert "User unknown" in bounced.error
    assert mails.TO not in bounced.error
    event = message.events.get(kind="bounced")
    assert (event.code, event.mail.kind) == ("5.1.1", "bounce")
    assert story(message) == ["posted", "sending", "taken", "bounced"]


def test_an_answer_becomes_a_document_of_the_subject(case, imap):
    message = sent(case)
    raw = mails.answer(message.far_id)
    imap.put(raw, at=LATER)
    assert read() == {"answer": 1}

    assert again(message).status == Status.SENT
    document = Document.objects.get()
    assert (document.subject_kind, document.subject_id) == ("case", case.pk)
    assert (document.name, document.media_type) == ("回复：对账单.eml", "message/rfc822")
    assert document.valid_on == LATER.date()
    assert content_of(document) == raw
    entry = MailboxMessage.objects.get()
    assert (entry.message, entry.document, entry.raw_sealed) == (message, document, None)
    assert entry.act is not None and entry.act.actor.username == "service.house"


def test_who_holds_the_case_hears_of_an_answer_and_the_history_has_it(case, imap):
    collector = people.make_user("collector", case.organisation)
    people.make_assignment(case, ON, collector)
    facts.refresh([case.pk])
    message = sent(case)
    imap.put(mails.answer(message.far_id), at=LATER)
    read()

    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.params["case"]) == (collector, "answered", case.number)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(collector)
    assert "债务人已回复邮件" in client.get(reverse("notices")).content.decode()
    page = client.get(reverse("case", args=[case.number])).content.decode()
    assert "回信见案件文件" in page


@pytest.mark.parametrize(
    ("mail", "status", "last"),
    [
        (mails.answer, Status.SENT, "answered"),
        (mails.postfix_bounce, Status.BOUNCED, "bounced"),
        (mails.exim_bounce, Status.BOUNCED, "bounced"),
        (mails.absence, Status.OUTCOME_UNKNOWN, "auto_answered"),
    ],
)
def test_what_comes_back_settles_an_unknown_outcome(case, imap, mail, status, last):
    message = posted(case)
    state.claim(message.pk, AT)
    assert state.lose_abandoned(AT + 2 * state.LEASE) == 1
    imap.put(mail(message.far_id), at=LATER)
    read()
    assert again(message).status == status
    assert story(message)[-1] == last


def test_reports_of_delay_and_delivery_are_events(case, imap):
    message = sent(case)
    delay = mails.postfix_bounce(message.far_id, action="delayed", status="4.4.1")
    receipt = mails.postfix_bounce(message.far_id, action="delivered", status="2.0.0")
    imap.put(delay, receipt, at=LATER)
    assert read() == {"delay": 1, "receipt": 1}
    assert again(message).status == Status.SENT
    assert story(message)[-2:] == ["delayed", "delivered"]


def test_a_bounce_without_an_id_of_ours_waits_for_a_person_and_changes_nothing(case, imap):
    """Whoever knows the address could have written it: only our own id says that it is ours."""
    message = sent(case)
    address = people.make_point(case, kind="email", value=mails.TO)
    imap.put(mails.chinese_bounce(), mails.forged_bounce(), at=LATER)
    assert read() == {"bounce": 2}

    assert again(message).status == Status.SENT
    assert story(message) == ["posted", "sending", "taken"]
    assert not PointStatus.objects.filter(point=address).exists()
    for entry in MailboxMessage.objects.all():
        assert (entry.message, entry.kind, entry.candidate) == (None, "bounce", message)
        assert entry.organisation == case.organisation


def test_a_person_says_that_a_bounce_without_id_belongs_to_a_message(case, imap):
    first = sent(case)
    second = sent(case)
    imap.put(mails.chinese_bounce(), at=LATER)
    read()
    entry = MailboxMessage.objects.get()
    assert entry.candidate == second

    manager = people.make_user("manager", case.organisation)
    match(entry.pk, second.pk, actor=manager, at=LATER, reason="按时间是这封")
    assert again(first).status == Status.SENT
    assert again(second).status == Status.BOUNCED
    assert second.events.get(kind="bounced").code == "550"


@pytest.mark.parametrize("action", ["failed", "delivered"])
def test_a_report_that_names_two_of_ours_is_about_neither(case, imap, action):
    first = sent(case)
    second = sent(case)
    raw = mails.postfix_bounce(first.far_id, action=action)
    both = raw.replace(b"\r\n\r\n", f"\r\nReferences: {second.far_id}\r\n\r\n".encode(), 1)
    imap.put(both, at=LATER)
    read()
    waiting = MailboxMessage.objects.filter(raw_sealed__isnull=False)
    assert [entry.candidate for entry in waiting] == [second]
    assert again(second).status == Status.SENT
    assert story(second) == ["posted", "sending", "taken"]


@pytest.mark.parametrize("mail", [mails.delay_in_words, mails.forged_bounce])
def test_no_report_acts_by_the_address_of_its_receiver_alone(case, imap, mail):
    message = sent(case)
    imap.put(mail(), at=LATER)
    read()
    assert story(message) == ["posted", "sending", "taken"]
    assert MailboxMessage.objects.get().raw_sealed is not None


def test_who_does_not_see_the_case_decides_nothing_about_its_mail(case, imap):
    message = sent(case)
    imap.put(mails.chinese_bounce(), at=LATER)
    read()
    entry = MailboxMessage.objects.get()
    other = people.make_user("collector", case.organisation)
    holder = people.make_user("collector", case.organisation)
    people.make_assignment(case, AT.date(), holder)
    facts.refresh([case.pk])

    assert list(waiting_mails(other)) == []
    assert list(waiting_mails(holder)) == [entry]
    with pytest.raises(Refusal) as caught:
        match(entry.pk, message.pk, actor=other, at=LATER, reason="x")
    assert caught.value.code == "mailbox.unknown"
    quality = people.make_user("quality", case.organisation)
    with pytest.raises(Refusal) as caught:
        set_aside(entry.pk, actor=quality, at=LATER, reason="x")
    assert caught.value.code == "outbox.right"
    match(entry.pk, message.pk, actor=holder, at=LATER, reason="按时间是这封")
    assert again(message).status == Status.BOUNCED


def test_a_mail_by_a_known_sender_waits_with_the_last_message_to_them(case, imap):
    sent(case)
    last = sent(case)
    raw = mails.stranger(mails.TO.upper())
    imap.put(raw, mails.stranger(name="other"), at=LATER)
    assert read() == {"other": 2}
    known, unknown = MailboxMessage.objects.order_by("uid")
    assert (known.message, known.candidate, known.organisation) == (None, last, case.organisation)
    assert known.sender_masked == "l****@jiahe.example.com"
    assert (unknown.candidate, unknown.organisation) == (None, None)
    assert b"Buy now" not in bytes(known.raw_sealed)
    assert not Document.objects.exists()

    stranger = people.make_user("manager", people.make_house("elsewhere"))
    with pytest.raises(Refusal) as caught:
        match(known.pk, last.pk, actor=stranger, at=LATER, reason="x")
    assert caught.value.code == "mailbox.unknown"

    agent = people.make_user("manager", people.make_agency("agency", case.organisation))
    with pytest.raises(Refusal) as caught:
        set_aside(unknown.pk, actor=agent, at=LATER, reason="x")
    assert caught.value.code == "mailbox.unknown"

    manager = people.make_user("manager", case.organisation)
    match(known.pk, last.pk, actor=manager, at=LATER, reason="答复对账单")
    assert content_of(Document.objects.get()) == raw
    assert story(last)[-1] == "answered"
    with pytest.raises(Refusal) as caught:
        match(known.pk, last.pk, actor=manager, at=LATER, reason="再来一次")
    assert caught.value.code == "mailbox.unknown"

    set_aside(unknown.pk, actor=manager, at=LATER, reason="广告")
    assert not MailboxMessage.objects.filter(raw_sealed__isnull=False).exists()


def test_reading_again_takes_nothing_twice_and_changes_nothing_there(case, imap):
    message = sent(case)
    imap.put(mails.answer(message.far_id), mails.stranger(), at=LATER)
    before = imap.left()
    assert read() == {"answer": 1, "other": 1}
    assert read() == {}
    assert imap.left() == before
    assert not any(b"\\Seen" in flags for flags in before.values())

    imap.put(mails.answer(message.far_id), mails.answer(message.far_id, name="more"), at=LATER)
    assert read() == {"answer": 1}
    assert story(message).count("answered") == 2
    assert Document.objects.count() == 2


def test_a_mail_under_the_id_of_a_bounce_does_not_keep_the_bounce_away(case, imap):
    """Who guesses what id a server will give writes first; the bounce still counts."""
    message = sent(case)
    bounce = mails.postfix_bounce(message.far_id)
    its_id = bounce.decode().partition("Message-Id: ")[2].partition("\r\n")[0]
    early = mails.stranger().replace(b"<offer@shop.example.org>", its_id.encode())
    imap.put(early, bounce, at=LATER)
    assert read() == {"other": 1, "bounce": 1}
    assert again(message).status == Status.BOUNCED


def test_a_mail_that_is_delivered_twice_is_known_by_what_it_says(case, imap):
    message = sent(case)
    raw = mails.answer(message.far_id)
    imap.put(raw, b"Received: by another way\r\n" + raw, at=LATER)
    assert read() == {"answer": 1}


def test_a_server_that_numbers_anew_gives_nothing_twice(case, imap, house_settings):
    message = sent(case)
    imap.put(mails.answer(message.far_id), at=LATER)
    assert read() == {"answer": 1}
    first = Mailbox.objects.get()

    with imap_server.running() as restored:
        # The same mailbox by name; its mails have other numbers.
        point_to(restored, house_settings)
        filler = [mails.stranger(name=f"n{number}") for number in range(3)]
        restored.put(*filler, mails.answer(message.far_id), at=LATER)
        assert read() == {"other": 3}
    row = Mailbox.objects.get()
    assert row.uid_validity != first.uid_validity
    assert story(message).count("answered") == 1


def test_a_reader_that_ends_in_the_middle_goes_on_where_it_was(case, imap, monkeypatch):
    message = sent(case)
    imap.put(*[mails.answer(message.far_id, name=f"a{number}") for number in range(4)], at=LATER)
    real_fetch = reading._fetch
    fetched = []

    def fetch_two(client: Any, uid: int, uid_validity: int) -> Any:
        if len(fetched) == 2:
            raise ConnectionResetError("line broken")
        fetched.append(uid)
        return real_fetch(client, uid, uid_validity)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_fetch", fetch_two)
        with pytest.raises(NotReadable):
            read()
    assert MailboxMessage.objects.count() == 2
    assert "line broken" in Mailbox.objects.get().error

    assert read() == {"answer": 2}
    assert story(message).count("answered") == 4
    assert Mailbox.objects.get().error == ""


def test_old_mail_of_before_is_not_taken_at_the_first_reading(case, imap):
    imap.put(mails.stranger(name="old"), at=AT - dt.timedelta(days=60))
    imap.put(mails.stranger(name="new"), at=AT)
    assert read() == {"other": 1}


def test_a_mail_that_is_too_large_is_taken_by_its_headers(case, imap, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 200)
    message = sent(case)
    imap.put(mails.answer(message.far_id) + b"x" * 1000, at=LATER)
    assert read() == {"answer": 1}
    assert b"xxx" not in content_of(Document.objects.get())


def test_a_server_that_is_away_or_refuses_is_told_without_the_password(case, imap, house_settings):
    point_to(imap, house_settings, imap_password=SecretStr("wrong"))
    with pytest.raises(NotReadable) as caught:
        read()
    assert "wrong" not in str(caught.value)

    point_to(imap, house_settings, imap_port=free_port())
    with pytest.raises(NotReadable, match="refused"):
        read()


def test_the_page_shows_a_forged_bounce_and_takes_what_a_person_decides(case, imap):
    message = sent(case)
    imap.put(mails.forged_bounce(), at=LATER)
    read()
    entry = MailboxMessage.objects.get()
    manager = people.make_user("manager", case.organisation)
    client = Client()
    client.force_login(manager)
    page = client.get("/outbox/").content.decode()
    assert case.number in page and mails.TO not in page

    words = client.post("/outbox/read/", {"mail": entry.pk}).content.decode()
    assert "User unknown" in words
    look = Reveal.objects.get(field="mail", subject_id=entry.pk)
    assert (look.case, look.act.actor) == (case, manager)
    assert client.post("/outbox/read/", {"mail": "²"}).status_code == 404

    sent_form = {"act": "set_aside", "mail": entry.pk, "reason": "伪造"}
    assert client.post("/outbox/decide/", sent_form).status_code == 302
    assert MailboxMessage.objects.get().set_aside_at is not None
    assert again(message).status == Status.SENT
    assert client.post("/outbox/decide/", {"act": "burn"}).status_code == 404
