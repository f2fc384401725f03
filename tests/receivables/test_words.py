"""The words of a script are about the tasks at hand: in a call and in a mail, in both languages."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts, packs
from huikuan.casebook.models import Item, OutboxMessage, PackVersion, Task
from huikuan.mails.send import last_mail
from huikuan.outbox.payload import payload_of
from huikuan.receivables.act import Entry, record
from tests import people
from tests.receivables.conftest import DUE, FIRST, OCTOBER, PLACED, Office, november

DECEMBER = dt.date(2026, 12, 1)
#: INV-1 and INV-2 are thirteen days late, INV-6 twenty-two.
CHASED = dt.date(2026, 12, 23)
#: The sum of what is chased; the balance is larger by what is not due, not confirmed or disputed.
CHASED_SUM = "900.00"
BALANCE = "2,100.00"


@pytest.fixture
def october(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Six items: two due together, one older, one disputed, one not due, one not confirmed."""
    monkeypatch.setattr(timezone, "now", lambda: people.moment(CHASED, 10))
    for number, due_on, amount in (
        ("INV-4", dt.date(2027, 1, 20), 40_000),
        ("INV-5", DUE, 50_000),
        ("INV-6", DECEMBER, 60_000),
    ):
        item = people.make_item(office.case, due_on, amount, on=PLACED)
        Item.objects.filter(pk=item.pk).update(number=number)

    facts.refresh([office.case.pk])
    office.open()
    office.plan(FIRST)
    office.send()
    return office


@pytest.fixture
def chased(october: Office) -> Office:
    """October is confirmed but for what is disputed; the day is planned."""
    october.record("confirmed", november(18), october.collector)
    people.make_hold(october.case, november(20), "dispute", "item", item=october.items[4])
    facts.refresh([october.case.pk])
    october.plan(CHASED)
    return october


@pytest.fixture
def two_months(october: Office) -> Office:
    """Neither October nor November is confirmed."""
    send_november(october)
    october.plan(CHASED)
    return october


def send_november(office: Office) -> None:
    """The statement of November is with the customer, on paper."""
    office.open(DECEMBER)
    statement = office.case.statements.get(month=november(1))

    for kind, day, actor in (
        ("submitted", 2, office.collector),
        ("checked", 3, office.lead),
        ("sent", 4, office.lead),
    ):
        on = DECEMBER.replace(day=day)
        entry = Entry(kind, on, "挂号信", by_mail=False)
        answer = record(statement.pk, entry, actor=actor, at=people.moment(on, 10))
        assert answer.problems == ()


def call(office: Office, language: str = "zh-hans") -> str:
    """What the collector reads out to the customer."""
    client = Client(headers={"accept-language": language})
    client.force_login(office.collector)
    phone = office.case.person.points.get(kind="phone")
    address = reverse("calls:start", args=[office.case.number, phone.pk])
    page = client.post(address, {"request_key": "page-1"}).content.decode()
    _before, script = page.split('data-script="debtor">')
    return plain(script.split("<template data-script")[0])


def mail(office: Office, *tasks: Task) -> Any:
    """The form of the mail, ready to be sent."""
    client = Client()
    client.force_login(office.collector)
    named = {"tasks": [task.pk for task in tasks]}
    return client.get(reverse("mails:mail", args=[office.case.number]), named).context["form"]


def plain(markup: str) -> str:
    """The words without the marks, as they are read."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", markup)))


ITEMS = {
    "zh-hans": (
        "INV-6金额600.00元，付款日12月1日，已逾期22天；"
        "INV-1金额100.00元，付款日12月10日，已逾期13天；"
        "INV-2金额200.00元，付款日12月10日，已逾期13天；"
        "合计900.00元"
    ),
    "en": (
        "INV-6 over 600.00 yuan, due on 1 December, 22 days late; "
        "INV-1 over 100.00 yuan, due on 10 December, 13 days late; "
        "INV-2 over 200.00 yuan, due on 10 December, 13 days late; "
        "in all 900.00 yuan"
    ),
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_call_names_exactly_the_items_of_its_tasks(chased: Office, language: str) -> None:
    said = call(chased, language)
    assert ITEMS[language] in said
    for other in ("INV-3", "INV-4", "INV-5", BALANCE):
        assert other not in said


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_mail_names_the_same_items_one_a_line(
    chased: Office, language: str, settings: Any
) -> None:
    settings.LANGUAGE_CODE = language
    text = mail(chased).initial["text"]
    lines = re.split("；|; ", ITEMS[language])
    assert "\n".join(lines) in text
    for other in ("INV-3", "INV-4", "INV-5", BALANCE, "____"):
        assert other not in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_of_one_item_the_words_name_that_one(chased: Office, language: str, settings: Any) -> None:
    settings.LANGUAGE_CODE = language
    tasks = Task.objects.filter(status="open", step__code="chase_email")
    form = mail(chased, tasks.get(subject_id=chased.items[1].pk))
    of_second = re.split("；|; ", ITEMS[language])[2]
    assert of_second in form.initial["text"]
    assert "INV-1" not in form.initial["text"] and CHASED_SUM not in form.initial["text"]
    assert form.initial["subject"].endswith("INV-2")


def test_what_was_paid_or_disputed_since_the_morning_is_not_named(chased: Office) -> None:
    charge = chased.items[5].charges.get()
    people.make_payment(chased.case, CHASED, charge.amount_minor, to=charge)
    people.make_hold(chased.case, CHASED, "dispute", "item", item=chased.items[1])
    facts.refresh([chased.case.pk])
    said = call(chased)
    assert "INV-1金额100.00元，付款日12月10日，已逾期13天。" in said
    assert "INV-6" not in said and "INV-2" not in said


STATEMENTS = {
    "zh-hans": "2026年10月对账单（期末余额1,800.00元）；2026年11月对账单（期末余额2,100.00元）",
    "en": (
        "October 2026 (closing balance 1,800.00 yuan); "
        "November 2026 (closing balance 2,100.00 yuan)"
    ),
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_two_unconfirmed_months_are_both_named(
    two_months: Office, language: str, settings: Any
) -> None:
    assert STATEMENTS[language] in call(two_months, language)
    settings.LANGUAGE_CODE = language
    assert STATEMENTS[language] in mail(two_months).initial["text"]


@pytest.mark.parametrize("month", [OCTOBER, november(1)])
def test_a_task_of_one_month_speaks_of_that_month(two_months: Office, month: dt.date) -> None:
    statement = two_months.case.statements.get(month=month)
    tasks = Task.objects.filter(status="open", step__code="month_confirm_email")
    form = mail(two_months, tasks.get(subject_id=statement.pk))
    months = set(re.findall("2026年1[01]月", form.initial["subject"] + form.initial["text"]))
    assert months == {f"{month:%Y年%m月}"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_mail_takes_up_what_was_agreed_last_as_the_call_does(
    chased: Office, language: str, settings: Any
) -> None:
    settings.LANGUAGE_CODE = language
    people.make_promise(chased.case, dt.date(2026, 12, 22), [(dt.date(2027, 1, 4), 20_000)])
    facts.refresh([chased.case.pk])
    agreed = {
        "zh-hans": "12月22日您答应2027年1月4日付200.00元",
        "en": "on 22 December you promised to pay 200.00 yuan on 4 January 2027",
    }
    assert agreed[language] in call(chased, language)
    assert agreed[language] in mail(chased).initial["text"]


def test_without_a_talk_the_mail_says_nothing_of_one(chased: Office) -> None:
    text = mail(chased).initial["text"]
    assert "上次" not in text and "____" not in text


def test_nobody_writes_as_the_finance_department_of_the_creditor(chased: Office) -> None:
    """An agency signs: what it writes claims neither a forwarded mail nor a finance of its own."""
    version = PackVersion.objects.filter(pack="b2b_receivables").latest("pk")
    for script in packs.words_of(version).scripts.values():
        written = script.render({}, "zh").version
        lines = [line for part in written.parts for line in part.lines]
        said = "".join(line.text for line in lines if line.said)
        assert not re.search("转发|我司|我们公司", said), script.id


def test_items_and_statements_are_one_mail(chased: Office) -> None:
    """One greeting, each its own words, one sender; the mail does all tasks."""
    send_november(chased)
    chased.plan(CHASED)
    form = mail(chased)
    text = form.initial["text"]
    assert ITEMS["zh-hans"].replace("；", "\n") in text and "2026年11月对账单" in text
    assert text.count("李会计") == 1 and text.count("代表") == 1

    client = Client()
    client.force_login(chased.collector)
    sent = form.initial | {"point": form.fields["point"].choices[0][0], "documents": []}
    answer = client.post(reverse("mails:mail", args=[chased.case.number]), sent)
    assert answer.status_code == 302
    assert payload_of(OutboxMessage.objects.latest("pk"))["text"] == text
    assert not Task.objects.filter(pk__in=sent["tasks"], status="open").exists()


def test_the_page_gives_each_form_a_key_and_says_what_it_has_seen(chased: Office) -> None:
    client = Client()
    client.force_login(chased.collector)
    address = reverse("mails:mail", args=[chased.case.number])
    form = client.get(address).context["form"]
    other = client.get(address).context["form"]
    given = form.initial | {"point": form.fields["point"].choices[0][0], "documents": []}
    assert form.initial["request_key"] != other.initial["request_key"]

    assert client.post(address, given).status_code == 302
    mails = OutboxMessage.objects.count()
    assert client.post(address, given).status_code == 302, "a double click is no mistake"
    assert OutboxMessage.objects.count() == mails

    late_tab = given | {"request_key": other.initial["request_key"], "tasks": []}
    answer = client.post(address, late_tab)
    assert answer.status_code == 422 and OutboxMessage.objects.count() == mails
    assert answer.context["form"]["seen"].value() == str(last_mail(chased.case).pk)
    another = given | {"text": "请于明日付款。", "tasks": []}
    answer = client.post(address, another)
    assert answer.status_code == 422, "gone back to, changed, sent: it has not left"
    assert OutboxMessage.objects.count() == mails
    assert answer.context["form"]["request_key"].value() != given["request_key"]

    without_key = {name: value for name, value in given.items() if name != "request_key"}
    assert client.post(address, without_key).status_code == 422


def test_a_blank_does_not_leave(chased: Office) -> None:
    chased.case.creditor.pay_to = ""
    chased.case.creditor.save()
    form = mail(chased)
    assert "____" in form.initial["text"]

    client = Client()
    client.force_login(chased.collector)
    sent = form.initial | {"point": form.fields["point"].choices[0][0]}
    answer = client.post(reverse("mails:mail", args=[chased.case.number]), sent)
    assert answer.status_code == 422 and "____" in answer.content.decode()
    assert not OutboxMessage.objects.exclude(purpose="statement").exists()


def test_no_notice_of_a_lock_that_no_task_asks_for(chased: Office) -> None:
    client = Client()
    client.force_login(chased.manager)
    address = reverse("receivables:case_lock", args=[chased.case.number])
    assert client.get(address).context["scripts"] == []


def test_the_case_is_spoken_of_where_no_task_is_at_hand(chased: Office) -> None:
    """The whole balance is the case's own; a disputed item is asked of nobody."""
    Task.objects.filter(case=chased.case).update(status="closed")
    said = call(chased)
    assert "INV-5" not in said
