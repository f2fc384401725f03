"""What a mail that came in is, by its bytes alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.casebook.models import MailboxMessage
from huikuan.outbox import incoming
from huikuan.outbox.incoming import Incoming, parse, read_mail
from huikuan.outbox.tests import mails

Kind = MailboxMessage.Kind
FAR_ID = "<0f0e1c0e-8f1e-4a6e-9d50-77aa00bb11cc@ruijiang.example.com>"


def test_a_report_tells_code_reason_receiver_and_our_id():
    mail = read_mail(mails.postfix_bounce(FAR_ID))
    assert mail.kind == Kind.BOUNCE
    assert FAR_ID in mail.ids
    assert mail.report is not None
    assert (mail.report.code, mail.report.receivers) == ("5.1.1", (mails.TO,))
    assert mail.report.detail.endswith("Recipient address rejected: User unknown")


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.2.2", Kind.BOUNCE),
        ("Failed", "4.4.7", Kind.BOUNCE),
        ("delayed", "4.4.1", Kind.DELAY),
        ("delivered", "2.0.0", Kind.RECEIPT),
        ("relayed", "2.1.9", Kind.RECEIPT),
    ],
)
def test_the_action_of_a_report_decides_not_its_code(action, status, kind):
    mail = read_mail(mails.postfix_bounce(FAR_ID, action=action, status=status))
    assert mail.kind == kind


def test_a_report_in_free_words_with_the_mail_below_it():
    mail = read_mail(mails.exim_bounce(FAR_ID))
    assert mail.kind == Kind.BOUNCE
    assert FAR_ID in mail.ids
    assert mail.report is not None
    assert (mail.report.code, mail.report.receivers) == ("5.7.1", (mails.TO,))
    assert mail.report.detail == "550 5.7.1 mailbox is closed"


def test_a_chinese_report_without_our_id_names_its_receiver():
    mail = read_mail(mails.chinese_bounce())
    assert (mail.kind, mail.subject) == (Kind.BOUNCE, "系统退信")
    assert mail.report is not None
    assert (mail.report.code, mail.report.receivers) == ("550", (mails.TO,))
    assert mail.report.detail == "原因：550 User not found"


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_an_answer_names_the_mail_that_it_answers(header):
    mail = read_mail(mails.answer(f"<first@x.example> {FAR_ID}", header=header))
    assert mail.kind == Kind.ANSWER
    assert FAR_ID in mail.ids
    assert (mail.sender, mail.subject) == (mails.TO, "回复：对账单")


def test_an_answer_that_quotes_a_report_is_an_answer():
    raw = mails.answer(FAR_ID) + b"> The following address(es) failed:\r\n>   a@example.com\r\n"
    assert read_mail(raw).kind == Kind.ANSWER


def test_an_absence_notice_is_by_a_machine():
    assert read_mail(mails.absence(FAR_ID)).kind == Kind.AUTO_ANSWER


def test_everything_else_is_other_mail():
    assert read_mail(mails.stranger()).kind == Kind.OTHER


def test_a_mail_without_an_id_is_known_by_its_bytes():
    first = read_mail(b"From: a@example.com\r\n\r\nhi\r\n")
    assert first.key.startswith("sha256:")
    assert first.key == read_mail(b"From: a@example.com\r\n\r\nhi\r\n").key
    assert first.key != read_mail(b"From: a@example.com\r\n\r\nho\r\n").key


def assert_storable(mail: Incoming) -> None:
    report = mail.report
    texts = [mail.key, mail.sender, mail.subject, *mail.ids]
    if report is not None:
        texts += [report.code, report.detail, *report.receivers]
    for text in texts:
        assert "\0" not in text
        text.encode("utf-8")


SAMPLES = [
    mails.postfix_bounce(FAR_ID),
    mails.exim_bounce(FAR_ID),
    mails.chinese_bounce(),
    mails.absence(FAR_ID),
]


@settings(deadline=None)
@given(sample=st.sampled_from(SAMPLES), data=st.data())
def test_no_damage_to_a_mail_stops_the_reading(sample, data):
    raw = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(start + 40, len(raw))))
        raw[start:end] = data.draw(st.binary(max_size=20))
    assert_storable(parse(bytes(raw)))


@settings(deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_are_some_mail(raw):
    assert_storable(parse(raw))


def test_a_mail_that_cannot_be_parsed_waits_for_a_person(monkeypatch):
    def stumble(raw: bytes) -> Incoming:
        raise AttributeError("as in the library")

    monkeypatch.setattr(incoming, "parse", stumble)
    mail = read_mail(b"x")
    assert (mail.kind, mail.ids) == (Kind.OTHER, ())
    assert mail.key.startswith("sha256:")


def test_signs_that_no_column_takes_are_left_out():
    raw = b"From: \xff\xfe<a@example.com>\r\nSubject: a\x00b\xed\xa0\x80\r\n"
    raw += b"Message-ID: <\x00@\xff>\r\n\r\n\x00"
    assert_storable(read_mail(raw))
