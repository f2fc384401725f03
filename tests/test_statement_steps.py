"""Steps that record an event of a statement: done as tasks, each leads to the next, and back."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook import facts
from huikuan.casebook.models import (
    CaseNote,
    CaseSummary,
    PackVersion,
    Statement,
    StatementEvent,
    StatementSummary,
)
from huikuan.engine.pack import hash_of
from huikuan.planning.done import done, undo
from huikuan.planning.tests.conftest import AT, ON, Office
from huikuan.planning.tests.conftest import office as office
from huikuan.planning.tests.test_done import DAY, b2b, codes
from huikuan.receivables.act import Entry, record
from huikuan.receivables.open_months import open_months
from tests import people


def test_a_statement_step_leads_to_the_next_one_and_back(office: Office) -> None:
    b2b(office, dt.date(2026, 10, 20))
    assert open_months(ON, actor=office.manager, at=AT) == 1
    statement = Statement.objects.get()
    office.plan(ON)
    submit = office.task("month_submit")
    assert submit.subject_id == statement.pk
    assert done(submit.pk, text="", actor=office.collector, at=AT).saved
    event = StatementEvent.objects.get()
    assert (event.kind, event.statement, event.valid_on) == ("submitted", statement, ON)

    undo(submit.pk, actor=office.collector, at=AT)
    assert not StatementEvent.objects.exists()
    assert StatementSummary.objects.get().month_submitted_on is None

    done(submit.pk, text="", actor=office.collector, at=AT)
    office.plan(ON + DAY)
    assert done(office.task("month_check").pk, text="", actor=office.lead, at=AT + DAY).saved
    office.plan(ON + 2 * DAY)
    send = office.task("month_send")
    by_note = done(send.pk, text="", actor=office.lead, at=AT + 2 * DAY)
    assert codes(by_note) == ["mail.no_address"], "sending means that a mail leaves"
    by_post = Entry("sent", ON + 2 * DAY, "挂号信", by_mail=False)
    assert record(statement.pk, by_post, actor=office.lead, at=AT + 2 * DAY).tasks_done == 1
    assert StatementSummary.objects.get().month_sent_on == ON + 2 * DAY
    assert not facts.differences()


def test_a_note_too_long_for_the_statement_is_refused(office: Office) -> None:
    b2b(office, dt.date(2026, 10, 20))
    open_months(ON, actor=office.manager, at=AT)
    office.plan(ON)
    submit = office.task("month_submit")
    answer = done(submit.pk, text="长" * 301, actor=office.collector, at=AT)
    assert codes(answer) == ["statement.note_long"]
    assert not CaseNote.objects.exists()
    assert done(submit.pk, text="长" * 300, actor=office.collector, at=AT).saved


def test_who_made_the_statement_does_not_check_it(office: Office) -> None:
    b2b(office, dt.date(2026, 10, 20))
    open_months(ON, actor=office.manager, at=AT)
    office.plan(ON)
    done(office.task("month_submit").pk, text="", actor=office.lead, at=AT)
    office.plan(ON + DAY)
    check = office.task("month_check")
    assert codes(done(check.pk, text="", actor=office.lead, at=AT + DAY)) == ["statement.maker"]
    assert not CaseNote.objects.filter(task=check).exists()
    assert done(check.pk, text="", actor=office.manager, at=AT + DAY).saved


#: A procedure that knows the case's newest month and no statement of its own.
ABOUT_THE_CASE = """
guards: {always: is_open}
steps:
  - id: prepare
    title: {zh: 编制对账单, en: Prepare the statement}
    source: tests
    when: statement_state == 'none'
    cadence: {from: month_first, occurs: [{day: 0}]}
    action: statement
    addressee: house
    role: collector
"""


def test_a_statement_step_about_the_case_records_the_next_event(office: Office) -> None:
    b2b(office, dt.date(2026, 10, 20))
    content = {"pack.yaml": people.PACK_OF_FEW_STEPS, "playbook.yaml": ABOUT_THE_CASE}
    version = PackVersion.objects.create(
        pack="phone_collection",
        kind="playbook",
        version="of the case",
        hash=hash_of(content),
        content=content,
        effective_from=people.PLACED_ON,
        loaded_at=AT,
    )
    task = people.make_task(office.case, ON, "prepare", pack_version=version)

    assert done(task.pk, text="", actor=office.collector, at=AT).saved
    event = StatementEvent.objects.get()
    assert (event.kind, event.statement.month) == ("submitted", dt.date(2026, 10, 1))
    summary = CaseSummary.objects.get(pk=office.case.pk)
    assert (summary.statement_month, summary.statement_submitted_on) == (event.statement.month, ON)
    assert not facts.differences()

    undo(task.pk, actor=office.collector, at=AT)
    assert CaseSummary.objects.get(pk=office.case.pk).statement_submitted_on is None
