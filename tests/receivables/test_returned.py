"""A draft goes back to its maker, what was entered wrongly is taken back; nothing is deleted."""

from __future__ import annotations

import pytest

from huikuan.casebook import facts
from huikuan.casebook.models import (
    OutboxMessage,
    StatementEvent,
    StatementLine,
    StatementVoid,
    Task,
)
from huikuan.desk.timeline import timeline
from huikuan.lib.sentences import Refusal
from huikuan.ops.made_once import made_once
from huikuan.outbox import state
from huikuan.outbox.settle import retry
from huikuan.receivables.act import Line, choices
from huikuan.receivables.take_back import take_back
from tests import people
from tests.receivables.conftest import FIRST, Office, november
from tests.receivables.test_act import codes


@made_once(autouse=True)
def opened(office: Office) -> Office:
    office.open()
    office.plan(FIRST)
    return office


def event(kind: str) -> StatementEvent:
    return StatementEvent.objects.filter(kind=kind).latest("pk")


def undo(office: Office, kind: str, actor: object = None, reason: str = "登记错了") -> list[str]:
    at = people.moment(november(28), 11)
    answer = take_back(event(kind).pk, reason=reason, actor=actor or office.collector, at=at)  # type: ignore[arg-type]
    return codes(answer)


def test_the_mail_of_an_entry_that_was_taken_back_is_not_sent_once_more(office: Office) -> None:
    """Whoever takes it back, the program after a refusal too."""
    office.send()
    message = OutboxMessage.objects.get(purpose="statement")
    at = people.moment(november(6), 10)
    claimed = state.claim(message.pk, at)
    assert claimed is not None
    state.finish(claimed, state.Outcome("refused", "550"), at)

    assert undo(office, "sent", office.lead) == ["statement.void_unknown"]
    with pytest.raises(Refusal) as refused:
        retry(message.pk, actor=office.lead, at=at, reason="地址已更正")
    assert refused.value.problem.code == "statement.mail_void"


# --- back to the maker ----------------------------------------------------------------------------


def test_a_draft_goes_back_with_its_reason_and_is_made_anew(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    answer = office.record("returned", november(3), office.lead, note="少了一张送货单")
    assert answer.problems == ()
    summary = office.facts()
    assert (summary.month_submitted_on, summary.month_returned_on) == (None, november(3))
    assert Task.objects.get(step__code="month_submit").status == Task.Status.OPEN

    office.plan(november(4))
    assert office.steps() == {"month_submit"}
    office.record("submitted", november(4), office.collector)
    assert office.facts().month_submitted_on == november(4)
    office.plan(november(5))
    assert office.steps() == {"month_check"}
    assert office.record("checked", november(5), office.lead).problems == ()
    assert not facts.differences()


def test_a_checked_draft_may_still_go_back(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    office.plan(november(2))
    office.record("checked", november(3), office.lead)
    office.record("returned", november(3), office.other_lead, note="金额不对")
    assert codes(office.record("sent", november(4), office.lead)) == ["statement.needs"]
    office.record("submitted", november(4), office.collector)
    office.plan(november(4))
    assert office.steps() == {"month_check"}, "it is checked once more"


@pytest.mark.parametrize(
    ("who", "note", "code"),
    [
        ("lead", "", "statement.return_reason"),
        ("collector", "不对", "statement.role"),
        ("finance", "不对", "statement.role"),
    ],
)
def test_it_goes_back_with_a_reason_by_whoever_checks(
    office: Office, who: str, note: str, code: str
) -> None:
    office.record("submitted", november(2), office.collector)
    assert codes(office.record("returned", november(3), getattr(office, who), note=note)) == [code]
    assert office.facts().month_submitted_on == november(2)


def test_what_the_customer_has_does_not_go_back(office: Office) -> None:
    office.send()
    refused = codes(office.record("returned", november(6), office.lead, note="不对"))
    assert refused == ["statement.is_sent"]
    assert "returned" not in dict(choices(office.statement, office.lead, november(6)))


def test_what_comes_after_something_lies_not_before_it(office: Office) -> None:
    office.record("submitted", november(3), office.collector)
    assert codes(office.record("checked", november(2), office.lead)) == ["statement.early"]
    office.record("returned", november(4), office.lead, note="不对")
    assert codes(office.record("submitted", november(3), office.collector)) == ["statement.early"]


# --- taken back -----------------------------------------------------------------------------------


def test_a_wrong_confirmation_is_taken_back_with_its_lines(office: Office) -> None:
    office.send()
    differing = Line(office.items[1].pk, True, "数量不符")
    office.record("confirmed", november(18), office.collector, (differing,))
    before = people.moment(november(20))
    assert (office.facts().month_differing, office.confirmed()[0]) == (1, november(18))

    assert undo(office, "confirmed") == []
    summary = office.facts()
    assert (summary.month_confirmed_on, summary.month_differing) == (None, 0)
    assert office.confirmed() == [None, None, None]
    assert not facts.differences()
    # Both stay in the book; who asks what was known then sees what was thought then.
    assert StatementVoid.objects.get().event == event("confirmed")
    assert StatementLine.objects.count() == 1
    with facts.as_of(november(20), before):
        assert office.facts().month_confirmed_on == november(18)
    with facts.as_of(november(20)):
        assert office.facts().month_confirmed_on is None


def test_the_task_that_it_ended_is_to_be_done_again(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    assert undo(office, "submitted") == []
    assert Task.objects.get(step__code="month_submit").status == Task.Status.OPEN
    assert office.record("submitted", november(3), office.collector).problems == ()


def test_what_something_rests_on_stays(office: Office) -> None:
    office.send()
    assert undo(office, "checked", office.lead) == ["statement.void_needed"]
    assert undo(office, "submitted") == ["statement.void_needed", "statement.void_needed"]
    assert undo(office, "sent", office.lead) == []
    assert undo(office, "checked", office.lead) == []


def test_it_is_taken_back_once_with_a_reason_and_by_its_role(office: Office) -> None:
    office.record("submitted", november(2), office.collector)
    assert undo(office, "submitted", office.finance) == ["statement.role"]
    assert undo(office, "submitted", reason=" ") == ["statement.void_reason"]
    assert undo(office, "submitted", people.make_user("quality")) == ["statement.read_only"]
    assert undo(office, "submitted") == []
    assert undo(office, "submitted") == ["statement.void_unknown"]


def test_the_history_of_the_case_marks_what_counts_no_more(office: Office) -> None:
    """Taken back or sent back: it stays in the history, struck out, with the reason."""
    office.record("submitted", november(2), office.collector)
    office.record("returned", november(3), office.lead, note="少了一张送货单")
    marked = {
        each.title: (each.is_void, each.badge) for each in timeline(office.case, office.lead).events
    }
    assert marked["2026-10 对账单：已提交主管"] == (True, "已退回，不再作数")
    assert marked["2026-10 对账单：退回编制人"] == (False, "")

    assert undo(office, "returned", office.lead) == []
    history = timeline(office.case, office.lead).events
    marked = {each.title: (each.is_void, each.badge) for each in history}
    assert marked["2026-10 对账单：已提交主管"] == (False, "")
    assert marked["2026-10 对账单：退回编制人"] == (True, "已撤销")
    returned = next(each for each in history if each.is_void)
    assert "登记错了" in returned.text and "少了一张送货单" in returned.text
