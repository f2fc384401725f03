"""A mail is posted in the act, leaves by a real server, and each of its answers means one thing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from tests import people

from huikuan.casebook.about import About
from huikuan.casebook.models import OutboxEvent, OutboxMessage
from huikuan.lib.sentences import Refusal
from huikuan.outbox import state
from huikuan.outbox.counted import counted
from huikuan.outbox.post import Email, post_email
from huikuan.outbox.send import sendable, without_way
from huikuan.outbox.settle import retry, settle
from huikuan.outbox.tests.conftest import AT, SENDER, again, free_port, posted, send, story

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


Status = OutboxMessage.Status


def test_a_mail_arrives_as_it_was_posted(case, document, mail_server, house_settings):
    house_settings(mail_reply_to="duizhang@ruijiang.example.com")
    message = posted(case, cc=["wang@jiahe.example.com"], documents=[document])
    assert send() == {"taken": 1}

    ((sender, receivers, _raw),) = mail_server.taken
    assert (sender, receivers) == (SENDER, ["li@jiahe.example.com", "wang@jiahe.example.com"])
    (mail,) = mail_server.mails()
    assert mail["Subject"] == "对账单 2026年10月"
    assert mail["From"].addresses[0].display_name == "瑞江电子有限公司"
    assert mail["Reply-To"] == "duizhang@ruijiang.example.com"
    assert mail["Message-ID"] == message.far_id
    assert message.far_id.endswith("@ruijiang.example.com>")
    assert mail.get_body().get_content().replace("\r\n", "\n") == "您好，请核对附件。\n.\n谢谢。\n"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "对账单 嘉禾 2026-10.pdf"
    assert attached.get_content() == b"%PDF-1.7 \x00\xff"

    sent = again(message)
    assert (sent.status, sent.sent_at, sent.next_at) == (Status.SENT, AT, None)
    assert story(message) == ["posted", "sending", "taken"]
    assert message.events.get(kind="taken").detail == "OK queued as 4F21"
    assert send(AT + dt.timedelta(days=1)) == {}
    assert len(mail_server.taken) == 1


def test_many_mails_go_over_one_connection(case, mail_server):
    for number in range(5):
        posted(case, to=f"li{number}@jiahe.example.com")
    assert send() == {"taken": 5}
    assert mail_server.connections == 1


def test_a_mail_that_holds_a_mail_is_attached_as_a_file(case, mail_server):
    from huikuan.documents.store import NewDocument, store

    raw = "From: caiwu@ruijiang.example.com\r\nSubject: x\r\n\r\n您好\r\n".encode()
    new = NewDocument("mail", "盯账.eml", raw, "message/rfc822")
    eml = store(new, subject=About.of_case(case), act=case.act, on=AT.date(), at=AT)
    posted(case, documents=[eml])
    assert send() == {"taken": 1}
    (attached,) = mail_server.mails()[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("盯账.eml", raw)


def test_what_is_stored_of_a_mail_is_encrypted_or_masked(case):
    message = posted(case)
    assert b"jiahe" not in bytes(message.payload_sealed)
    assert message.target_masked == "l****@jiahe.example.com"


def test_a_house_whose_name_fits_into_no_header_sends_nothing(case, mail_server):
    case.organisation.name = "瑞江\r\nBcc: b@example.com"
    case.organisation.save()
    message = posted(case)
    assert send() == {"refused": 1}
    assert again(message).status == Status.FAILED
    assert mail_server.taken == []


def test_without_a_mail_server_mails_wait_and_are_told_apart(case, house_settings):
    house_settings(smtp_host=None)
    message = posted(case)
    assert send() == {}
    assert again(message).status == Status.WAITING
    everything = OutboxMessage.objects.all()
    assert list(without_way(everything)) == [message]
    assert not sendable(everything)


def test_an_act_that_is_rolled_back_has_posted_nothing(case, mail_server):
    with transaction.atomic():
        posted(case)
        transaction.set_rollback(True)
    assert send() == {}
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"to": "li@example.com\r\nBcc: b@example.com"}, "outbox.address"),
        ({"to": "li@例子.com"}, "outbox.address"),
        ({"to": "a@example.com, b@example.com"}, "outbox.address"),
        ({"cc": ["nobody"]}, "outbox.address"),
        ({"subject": "x\r\nBcc: b@example.com"}, "outbox.header"),
        ({"subject": "x\u2028y"}, "outbox.header"),
        ({"subject": "长" * 201}, "outbox.header"),
        ({"subject": " "}, "outbox.header"),
        ({"subject": "对账单 =?utf-8?b?DQpCY2M6?="}, "outbox.header"),
        ({"to": "li@[127.0.0.1]"}, "outbox.address"),
        ({"text": "\n"}, "outbox.empty"),
    ],
)
def test_what_would_be_no_mail_or_another_one_is_refused(case, words, code):
    with pytest.raises(Refusal) as caught:
        posted(case, **words)
    assert caught.value.code == code
    assert not OutboxMessage.objects.exists()


def test_a_mail_larger_than_servers_take_is_refused(case, document, house_settings):
    document.size = 800_000
    house_settings(mail_largest_mb=1)
    with pytest.raises(Refusal) as caught:
        posted(case, documents=[document])
    assert caught.value.code == "outbox.large"


def test_a_document_of_another_client_does_not_go_along(case, document):
    other = people.make_case(creditor=people.make_creditor("other", case.organisation))
    with pytest.raises(Refusal) as caught:
        posted(other, documents=[document])
    assert caught.value.code == "outbox.document"


@pytest.mark.parametrize(
    ("talk", "status", "event"),
    [
        ("451 try later", Status.WAITING, "put_off"),
        ("552 too large", Status.FAILED, "refused"),
        ("break off before", Status.OUTCOME_UNKNOWN, "lost"),
        ("take and break off", Status.OUTCOME_UNKNOWN, "lost"),
    ],
)
def test_each_answer_to_the_text_means_one_thing(case, mail_server, talk, status, event):
    mail_server.talk = talk
    message = posted(case)
    send()
    assert again(message).status == status
    assert story(message)[-1] == event

    mail_server.talk = "take"
    taken_before = len(mail_server.taken)
    send(AT + dt.timedelta(days=2))
    sent_again = len(mail_server.taken) - taken_before
    assert sent_again == int(status == Status.WAITING)


def test_a_receiver_that_does_not_exist_is_refused_for_good(case, mail_server):
    mail_server.refused["li@jiahe.example.com"] = "550 5.1.1 <li@jiahe.example.com> unknown"
    message = posted(case)
    assert send() == {"refused": 1}
    failed = again(message)
    assert failed.status == Status.FAILED
    assert failed.error == "550 5.1.1 <l****@jiahe.example.com> unknown"


def test_a_copy_that_is_refused_stops_not_the_mail(case, mail_server):
    mail_server.refused["wang@jiahe.example.com"] = "550 5.1.1 unknown"
    message = posted(case, cc=["wang@jiahe.example.com"])
    assert send() == {"taken": 1}
    assert mail_server.taken[0][1] == ["li@jiahe.example.com"]
    assert "w****@jiahe.example.com" in message.events.get(kind="taken").detail


def test_for_all_receivers_put_off_is_put_off(case, mail_server):
    mail_server.refused["li@jiahe.example.com"] = "550 5.1.1 unknown"
    mail_server.refused["wang@jiahe.example.com"] = "450 4.2.1 later"
    message = posted(case, cc=["wang@jiahe.example.com"])
    assert send() == {"put_off": 1}
    assert again(message).status == Status.WAITING


def test_no_mail_server_there_waits_longer_each_time_and_gives_up(case, house_settings):
    house_settings(
        smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none", mail_from=SENDER
    )
    message = posted(case)
    waits = []
    at = AT

    while again(message).status == Status.WAITING:
        assert send(at - dt.timedelta(seconds=1)) in ({}, {"put_off": 1})
        assert send(at) == {"put_off": 1}
        now = again(message)
        if now.next_at:
            waits.append(now.next_at - at)
            at = now.next_at
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert waits == sorted(waits)
    assert waits[-1] == dt.timedelta(hours=6)
    assert sum(waits, dt.timedelta()) > dt.timedelta(days=2)
    assert again(message).status == Status.FAILED
    assert again(message).attempts == state.MOST_ATTEMPTS


def test_of_two_workers_one_has_the_message(case, mail_server):
    message = posted(case)
    first = state.claim(message.pk, AT)
    assert first is not None and first.status == Status.SENDING
    assert state.claim(message.pk, AT) is None
    assert send() == {}
    assert mail_server.taken == []


def test_what_a_dead_worker_left_is_unknown_and_never_sent_by_itself(case, mail_server):
    message = posted(case)
    claimed = state.claim(message.pk, AT)
    assert send(AT + state.LEASE) == {}
    later = AT + state.LEASE + MINUTE
    assert send(later) == {"lost": 1}
    assert again(message).status == Status.OUTCOME_UNKNOWN
    assert send(later + dt.timedelta(days=9)) == {}
    assert mail_server.taken == []

    # The worker was not dead but slow: what it says then is the outcome.
    state.finish(claimed, state.Outcome("taken", "250", "OK"), later)
    assert again(message).status == Status.SENT
    assert story(message) == ["posted", "sending", "lost", "taken"]


def test_a_person_settles_what_is_unknown_with_a_reason(case, mail_server):
    manager = people.make_user("manager", case.organisation)
    mail_server.talk = "take and break off"
    message = posted(case)
    send()
    with pytest.raises(Refusal) as caught:
        settle(message.pk, "sent", actor=manager, at=AT, reason=" ")
    assert caught.value.code == "outbox.reason"
    with pytest.raises(Refusal) as caught:
        retry(message.pk, actor=manager, at=AT, reason="再发")
    assert caught.value.code == "outbox.not_failed"
    stranger = people.make_user("manager", people.make_house("elsewhere"))
    with pytest.raises(Refusal) as caught:
        settle(message.pk, "sent", actor=stranger, at=AT, reason="x")
    assert caught.value.code == "outbox.unknown"

    settle(message.pk, "failed", actor=manager, at=AT, reason="客户说没有收到")
    assert again(message).status == Status.FAILED
    told = OutboxEvent.objects.get(message=message, kind="settled")
    assert (told.act.actor, told.act.reason) == (manager, "客户说没有收到")

    mail_server.talk = "take"
    retry(message.pk, actor=manager, at=AT + MINUTE, reason="客户请我们再发")
    assert send(AT + MINUTE) == {"taken": 1}
    assert story(message)[-4:] == ["settled", "retried", "sending", "taken"]


def test_a_worker_that_wakes_up_after_a_person_settled_changes_nothing(case):
    manager = people.make_user("manager", case.organisation)
    message = posted(case)
    claimed = state.claim(message.pk, AT)
    state.lose_abandoned(AT + state.LEASE + MINUTE)
    settle(message.pk, "failed", actor=manager, at=AT, reason="日志里没有")
    state.finish(claimed, state.Outcome("taken", "250", "OK"), AT + dt.timedelta(hours=1))
    assert again(message).status == Status.FAILED
    assert story(message)[-1] == "taken"


def test_a_bounce_may_be_quicker_than_the_answer_of_the_server(case):
    message = posted(case)
    claimed = state.claim(message.pk, AT)
    state.report(message.pk, OutboxEvent.Kind.BOUNCED, AT, code="5.1.1", detail="unknown")
    state.finish(claimed, state.Outcome("taken", "250", "OK"), AT)
    assert again(message).status == Status.BOUNCED
    assert story(message) == ["posted", "sending", "bounced", "taken"]


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (Status.WAITING, True),
        (Status.SENDING, True),
        (Status.SENT, True),
        (Status.BOUNCED, True),
        (Status.OUTCOME_UNKNOWN, True),
        (Status.FAILED, False),
    ],
)
def test_a_cap_counts_all_but_what_did_not_leave(case, status, counts):
    message = posted(case)
    message.status = status
    message.claim = message.claim or "5b0b1c0e-0000-4000-8000-000000000000"
    message.save()
    span = {"since": AT, "until": AT + MINUTE}
    of_address = counted("email", address="Li@Jiahe.example.com ", **span)
    of_subject = counted("email", subject=About.of_case(case), **span)
    assert of_address.count() == of_subject.count() == int(counts)
    assert counted("email", since=AT + MINUTE, until=AT + 2 * MINUTE).count() == 0
    assert counted("email", address="wang@jiahe.example.com", **span).count() == 0


def test_the_database_refuses_a_message_that_is_sent_by_nobody(case):
    from django.db import IntegrityError

    message = posted(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(status=Status.SENDING)


def test_an_email_without_case_belongs_to_its_subject(case):
    month = About("statement", 9, case.organisation_id, case.creditor_id)
    email = Email(to="li@jiahe.example.com", subject="对账单", text="请核对。")
    message = post_email(email, purpose="statement", subject=month, act=case.act, at=AT)
    assert (message.subject_kind, message.subject_id, message.case) == ("statement", 9, None)
