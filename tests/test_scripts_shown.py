"""Every script that a step of a shipped pack names is shown on the page where the step is done."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts, journal, packs
from huikuan.casebook.about import About
from huikuan.casebook.models import (
    Case,
    DeliveryLock,
    PackBinding,
    PackVersion,
    PlanRun,
    Statement,
    StatementEvent,
    Task,
)
from huikuan.casebook.models import Step as StepRow
from huikuan.engine.playbook import Step
from huikuan.engine.scripts import Script
from huikuan.outbox.post import post_webhook
from huikuan.people.models import User
from huikuan.web import rooms
from tests import people
from tests.shipped import load_packs

ON = dt.date(2026, 11, 23)
MONTH = dt.date(2026, 10, 1)
#: Pack → whom it speaks to.
KINDS = {"phone_collection": "person", "b2b_receivables": "company"}
#: Events that come before one that a step records, in their order.
COURSE = ("submitted", "checked", "sent", "confirmed", "invoice_data", "invoice_sent")
_VARIABLE = re.compile(r"\{[^{}]*\}")


@pytest.fixture
def manager(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(timezone, "now", lambda: people.moment(ON, 10))
    load_packs()
    people.make_house(callback_phone="021-5555 0100")
    return people.make_user("manager")


def case_of(pack: str) -> Case:
    """A case that follows the pack, with an item that is late and a statement."""
    is_company = pack == "b2b_receivables"
    creditor = people.make_creditor("client", pay_to="招商银行 1234")
    person = people.make_person(creditor, kind=KINDS[pack], name="海川")
    PackBinding.objects.create(
        creditor=creditor, product="debt", pack=pack, from_on=dt.date(2020, 1, 1)
    )

    case = people.make_case(
        person,
        product="debt",
        placed_on=dt.date(2026, 10, 5),
        items=[(dt.date(2026, 11, 1), 10_000)],
        statement_cycle=is_company,
    )

    people.make_point(case, kind="mobile")
    people.make_point(case, "relative", kind="mobile")
    people.make_point(case, kind="email", value="caiwu@example.com")
    people.make_statement(case, MONTH)
    # What was agreed last is said only where something was.
    people.make_promise(case, dt.date(2026, 11, 10), [(dt.date(2026, 12, 20), 5_000)])
    facts.refresh([case.pk])
    return case


def task_of(case: Case, step: Step, version: PackVersion) -> Task:
    """An open task of the step, about what the step is about."""
    subjects = {
        "case": case.pk,
        "item": case.items.get().pk,
        "statement": case.statements.get().pk,
    }
    row, _new = StepRow.objects.get_or_create(
        pack=version.pack, code=step.id, defaults={"subject": step.per}
    )

    run = PlanRun.objects.create(act_id=case.act_id, on=ON, milliseconds=1, at=people.moment(ON, 8))
    return Task.objects.create(
        organisation_id=case.organisation_id,
        creditor_id=case.creditor_id,
        run=run,
        pack_version=version,
        case=case,
        subject_id=subjects[step.per],
        step=row,
        anchor=ON,
        due_on=ON,
        reason="tests",
    )


def come_so_far(statement: Statement, records: str) -> None:
    """Everything happened that comes before this event."""
    maker = people.make_user("collector")
    act = journal.begin(maker, "tests", at=people.moment(ON, 8))
    row = journal.columns(statement.case, act, on=ON, at=people.moment(ON, 8))
    for kind in COURSE[: COURSE.index(records)]:
        StatementEvent.objects.create(**row, case=statement.case, statement=statement, kind=kind)
    facts.refresh([statement.case_id])


def lock_deliveries(case: Case) -> None:
    """Deliveries are locked, so that they can be unlocked."""
    at = people.moment(ON, 9)
    act = journal.begin(people.make_user("manager"), "tests", at=at)
    event = post_webhook("erp.lock", {}, subject=About.of_case(case), act=act, at=at)

    row = journal.columns(case, act, on=ON, at=at)
    words = {"kind": "lock", "because": "overdue", "orders": "new", "reason": "屡催不付"}
    DeliveryLock.objects.create(**row, **words, case=case, message=event)


def page(client: Client, case: Case, step: Step, task: Task) -> str:
    """The page on which the step is done; of a call what comes when it is started."""
    if step.action == "call":
        whose = "relative" if step.addressee == "third_party" else "debtor"
        point = case.person.points.get(kind="mobile", whose=whose)
        address = reverse("calls:start", args=[case.number, point.pk])
        sent = {"request_key": "page-1", "took_place": "yes", "override_reason": "tests"}
        return client.post(address, sent).content.decode()

    found = rooms.page_of(step)
    assert found is not None, step.id
    return client.get(found.address(case.number, task)).content.decode()


def fixed_words(script: Script, action: str) -> Iterator[str]:
    """The longest stretch of each line, without what its case fills in."""
    parts = script.versions["zh"].parts
    if action == "call" and any(part.tag not in ("text", "advice") for part in parts):
        parts = tuple(part for part in parts if part.tag != "text")
    for part in parts:
        for line in part.all_lines():
            # The page of a mail has a field for its subject.
            text = line.text.removeprefix("主题：")
            yield max(_VARIABLE.split(text), key=len).strip()


def plain(markup: str) -> str:
    """The words without the marks; a mail's subject stands in its field."""
    markup = re.sub(r'<input[^>]* value="([^"]*)"[^>]*>', r"\1", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


@pytest.mark.parametrize("pack", sorted(KINDS))
def test_every_script_stands_where_its_step_is_done(manager: User, pack: str) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(manager)
    case = case_of(pack)
    (version,) = packs.of_case(case, ON)
    scripts = packs.words_of(version).scripts

    unseen: list[tuple[str, str]] = []
    for step in packs.playbook_of(version).steps:
        if not step.script:
            continue
        Task.objects.filter(case=case).update(status="closed")
        StatementEvent.objects.filter(case=case).delete()
        if step.records and step.per == "statement":
            come_so_far(case.statements.get(), step.records)

        if step.action == "unlock":
            lock_deliveries(case)

        shown = plain(page(client, case, step, task_of(case, step, version)))
        words = fixed_words(scripts[step.script], step.action)
        unseen += [(step.id, text) for text in words if text not in shown]

    assert unseen == []
