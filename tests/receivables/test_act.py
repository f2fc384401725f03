"""A statement from its draft to the invoice: who enters what, in which order, what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts
from huikuan.casebook.models import Item, PackVersion, StatementEvent, StatementLine, Task
from huikuan.casebook.statement_items import items_of
from huikuan.engine.pack import hash_of
from huikuan.engine.subjects import STANDARD
from huikuan.ops.made_once import made_once
from huikuan.planning.activate import activate
from huikuan.receivables.act import Entry, Line, choices, record
from huikuan.receivables.find import visible_statements
from tests import people
from tests.receivables.conftest import FIRST, PLACED, Office, november
from tests.shipped import texts_of

pytestmark = pytest.mark.long


@made_once(autouse=True)
def opened(office: Office) -> Office:
    office.open()
    office.plan(FIRST)
    return office


def codes(answer: object) -> list[str]:
    return [problem.code for problem in answer.problems]  # type: ignore[attr-defined]


def test_the_registry_and_the_table_name_the_same_events() -> None:
    assert list(STANDARD["statement"].events) == StatementEvent.Kind.values


def test_a_whole_month(office: Office) -> None:
    office.send()
    finance = office.finance
    assert office.facts().month_sent_on == november(5)
    assert office.case_facts().unconfirmed_month == office.statement.month
    office.record("progress", november(8), office.collector, note="正在核对")
    assert office.record("confirmed", november(18), office.collector).problems == ()
    assert office.record("invoice_data", november(28), office.collector).problems == ()
    unsaid = office.record("invoice_sent", november(29), finance)
    assert codes(unsaid) == ["mail.of_act"], "the customer is told how it went"
    by_post = office.record("invoice_sent", november(29), finance, note="顺丰 SF123")
    assert by_post.problems == ()

    summary = office.facts()
    days = (summary.month_progress_on, summary.month_confirmed_on, summary.month_invoice_sent_on)
    assert days == (november(8), november(18), november(29))
    assert office.case_facts().statement_day_1 == 18
    assert office.case_facts().unconfirmed_month is None
    assert not facts.differences()


def test_an_event_ends_the_task_that_asks_for_it(office: Office) -> None:
    answer = office.record("submitted", november(2), office.collector)
    assert answer.tasks_done == 1
    task = Task.objects.get(step__code="month_submit")
    assert (task.status, task.status_reason, task.status_on) == ("done", "event", november(2))
    office.plan(november(3))
    assert office.steps() == {"month_check"}


def test_maker_is_never_checker(office: Office) -> None:
    office.record("submitted", november(2), office.lead)
    assert codes(office.record("checked", november(2), office.lead)) == ["statement.maker"]
    assert "checked" not in dict(choices(office.statement, office.lead, november(2)))
    assert office.record("checked", november(2), office.other_lead).problems == ()


def test_nothing_is_sent_unchecked_nor_confirmed_unsent(office: Office) -> None:
    assert codes(office.record("checked", november(2), office.lead)) == ["statement.needs"]
    office.record("submitted", november(2), office.collector)
    assert codes(office.record("sent", november(2), office.lead)) == ["statement.needs"]
    assert codes(office.record("confirmed", november(2), office.collector)) == ["statement.needs"]
    assert StatementEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("submitted", "finance"),
        ("checked", "collector"),
        ("sent", "collector"),
        ("invoice_sent", "collector"),
        ("receipts", "legal"),
    ],
)
def test_each_event_belongs_to_a_role(office: Office, kind: str, role: str) -> None:
    user = people.make_user(role)
    if role == "collector":
        user = office.collector
    refused = set(codes(office.record(kind, november(6), user)))
    assert refused & {"statement.role", "statement.right"}
    assert not StatementEvent.objects.exists()


def test_days_in_the_future_and_before_the_statement_are_refused(office: Office) -> None:
    at = people.moment(november(2), 10)
    for day, code in ((3, "statement.future"), (0, "statement.before")):
        on = november(1).replace(day=day) if day else FIRST.replace(month=10, day=31)
        answer = record(office.statement.pk, Entry("submitted", on), actor=office.collector, at=at)
        assert codes(answer) == [code]


def test_the_same_event_a_second_time_changes_nothing(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    assert codes(office.record("submitted", november(3), office.collector)) == ["statement.again"]
    office.record("checked", november(3), office.lead)
    office.record("sent", november(3), office.lead)
    for day in (4, 5):
        answered = office.record("progress", november(day), office.collector, note="正在核对")
        assert answered.problems == ()
    again = office.record("progress", november(5), office.collector, note="正在核对")
    assert codes(again) == ["statement.again"]


def test_an_answer_of_the_customer_says_what_it_is(office: Office) -> None:
    """Else an empty one every few days keeps a silent statement from the supervisor."""
    office.send()
    empty = office.record("progress", november(8), office.collector, note=" ")
    assert codes(empty) == ["statement.progress_of_what"]
    assert not StatementEvent.objects.filter(kind="progress").exists()


def test_readers_strangers_and_other_teams_enter_nothing(office: Office) -> None:
    reader = people.make_user("quality")
    stranger = people.make_user("manager", people.make_house("other"))
    other_team = people.make_user("collector", team=people.make_team("other"))
    client = people.make_user("client", creditor=office.case.creditor)

    for user, code in (
        (reader, "statement.read_only"),
        (client, "statement.read_only"),
        (stranger, "statement.unknown"),
        (other_team, "statement.unknown"),
    ):
        assert codes(office.record("submitted", november(2), user)) == [code]
    assert [visible_statements(u).count() for u in (reader, client, stranger, other_team)] == [
        1,
        1,
        0,
        0,
    ]


def with_approval(office: Office, step: str) -> None:
    """The shipped procedure, with an approval of one step, in force from the first of the month."""
    files = dict(texts_of("b2b_receivables"))
    before, after = files["playbook.yaml"].split(f"  - id: {step}\n")
    files["playbook.yaml"] = f"{before}  - id: {step}\n    approval: manager\n{after}"
    strict = PackVersion.objects.create(
        pack="b2b_receivables",
        hash=hash_of(files),
        kind="playbook",
        version="strict",
        content=files,
        effective_from=PLACED,
        approved_by=office.manager.username,
        loaded_at=people.moment(PLACED),
    )

    activate(strict, actor=office.manager, at=people.moment(FIRST, 8))


def test_a_step_that_needs_approval_is_not_recorded_round_it(office: Office) -> None:
    """Neither beside its open task, nor where there is no task in which to ask."""
    with_approval(office, "month_submit")
    assert codes(office.record("submitted", november(2), office.collector)) == ["done.approval"]
    Task.objects.update(status="closed")
    refused = office.record("submitted", november(2), office.collector)
    assert codes(refused) == ["done.unplanned"]
    assert not StatementEvent.objects.exists()


def test_what_was_approved_today_did_not_take_place_yesterday(office: Office) -> None:
    with_approval(office, "month_submit")
    task = Task.objects.get(step__code="month_submit")
    at = people.moment(november(4), 9)
    asked = ask_for(task.pk, reason="月初", actor=office.collector, at=at).approval
    assert asked is not None
    assert decide(asked.pk, grant=True, reason="", actor=office.manager, at=at).act is not None

    def submitted(day: int) -> list[str]:
        entry = Entry("submitted", november(day))
        return codes(record(office.statement.pk, entry, actor=office.collector, at=at))

    assert submitted(3) == ["done.before_grant"]
    assert submitted(5) == ["statement.future"]
    assert submitted(4) == []


def test_nothing_takes_place_before_what_it_rests_on(office: Office) -> None:
    office.record("submitted", november(3), office.collector)
    at = people.moment(november(6), 9)
    entry = Entry("checked", november(2))
    answer = record(office.statement.pk, entry, actor=office.lead, at=at)
    assert codes(answer) == ["statement.early"]


# --- the items ------------------------------------------------------------------------------------


def test_an_item_stands_on_the_statement_of_its_month(office: Office) -> None:
    first, second, third = office.items
    assert list(items_of(office.statement)) == [first, second]
    old = Item.objects.filter(pk=second.pk)
    old.update(valid_on=FIRST.replace(month=7))
    assert second in items_of(office.statement), "nobody stated it before"
    assert third not in items_of(office.statement)


def test_confirming_a_statement_confirms_its_items(office: Office) -> None:
    office.send()
    assert office.confirmed() == [None, None, None]
    office.record("confirmed", november(18), office.collector)
    assert office.confirmed() == [november(18), november(18), None]
    assert not facts.differences()


def test_lines_that_differ_are_recorded_and_the_rest_is_confirmed(office: Office) -> None:
    office.send()
    differing = Line(office.items[1].pk, True, "客户账上 180 元，运费未计")
    answer = office.record("confirmed", november(18), office.collector, (differing,))
    assert answer.problems == ()
    assert office.confirmed() == [november(18), None, None]
    assert office.facts().month_differing == 1
    office.plan(november(19))
    assert "month_differences" in office.steps()

    settled = Line(office.items[1].pk, False)
    office.record("progress", november(20), office.collector, (settled,))
    assert office.confirmed() == [november(18), november(20), None]
    assert (office.facts().month_differing, office.facts().month_differs_on) == (0, None)
    assert not facts.differences()


def test_the_greatest_evidence_wins(office: Office) -> None:
    """A line about the item, then statement or placement, whichever came first."""
    Item.objects.filter(pk=office.items[0].pk).update(confirmed_on=november(2))
    facts.refresh([office.case.pk])
    assert office.confirmed()[0] == november(2)
    office.send()
    differing = Line(office.items[0].pk, True, "数量不符")
    office.record("progress", november(10), office.collector, (differing,))
    assert office.confirmed()[0] is None
    office.record("confirmed", november(18), office.collector)
    assert office.confirmed() == [None, november(18), None]
    assert not facts.differences()


def test_lines_need_their_item_and_what_differs(office: Office) -> None:
    office.send()
    elsewhere = Line(office.items[2].pk, True, "x")
    silent = Line(office.items[0].pk, True, " ")
    for line, code in ((elsewhere, "statement.item"), (silent, "statement.line_note")):
        answer = office.record("confirmed", november(18), office.collector, (line,))
        assert codes(answer) == [code]
    answer = office.record("invoice_data", november(18), office.collector, (elsewhere,))
    assert "statement.lines_kind" in codes(answer)
    assert not StatementLine.objects.exists()


def test_what_is_written_has_a_length(office: Office) -> None:
    """A page limits its fields; a command and a task do not."""
    office.send()
    long = "长" * 301
    day = november(18)
    refused = office.record("progress", day, office.collector, note=long)
    assert codes(refused) == ["statement.note_long"]

    line = Line(office.items[0].pk, True, long)
    refused = office.record("confirmed", day, office.collector, (line,))
    assert codes(refused) == ["statement.line_long"]
    assert StatementEvent.objects.filter(valid_on=day).count() == 0

    longest = replace(line, note=" " + long[:300] + " ")
    answer = office.record("confirmed", day, office.collector, (longest,), note=long[:300])
    assert answer.problems == ()


# --- late months ----------------------------------------------------------------------------------


def test_months_that_are_late_are_counted_newest_first(office: Office) -> None:
    office.send()
    assert office.case_facts().statement_day_1 is None, "the newest month is still open"
    office.record("confirmed", november(25), office.collector)
    assert office.case_facts().statement_day_1 == 25
    office.open(november(1).replace(month=12))
    office.open(november(1).replace(year=2027, month=1))
    summary = office.case_facts()
    assert (summary.statement_day_1, summary.statement_day_2) == (9999, 25)
    assert not facts.differences()
