"""What the verbs of the complaints refuse, and what follows from each."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Approval,
    Clock,
    Complaint,
    ComplaintEvent,
    Hold,
    Notice,
    OutboxMessage,
    Task,
)
from huikuan.clocks.refresh import catch_up
from huikuan.complaints import close, legal, propose, told, unreasonable
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.days import plan_complaints
from huikuan.complaints.figures import figures
from huikuan.complaints.own import own
from huikuan.complaints.promise import promise
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import receive
from huikuan.complaints.write import Done
from huikuan.gate.check import check
from huikuan.people.models import Creditor
from tests import people
from tests.complaints.conftest import (
    AT,
    CONDUCT,
    HOUR,
    MONDAY,
    Office,
    reception,
    steps,
    summary,
)
from tests.together import at_once

ONE_DAY = dt.timedelta(days=1)


def codes(done: Done) -> list[str]:
    return [problem.code for problem in done.problems]


def refused(office: Office, complaint: Complaint) -> None:
    """A proposal that the complainant refused."""
    number = complaint.proposals.count() + 1
    entry = Proposal(number, "explanation", "说明经过")
    assert propose.propose(complaint.number, entry, actor=office.clerk, at=AT).done
    propose.answer(
        complaint.number, agrees=False, text="不接受", way="call", actor=office.clerk, at=AT
    )


def test_nothing_is_accepted_without_a_point_in_full(office: Office) -> None:
    complaint = office.open()

    assert codes(accept(complaint.number, [], actor=office.clerk, at=AT)) == ["complaint.no_point"]
    for lacking in (
        Point("conduct", "", "道歉"),
        Point("conduct", "骂人", ""),
        Point("", "骂人", "道歉"),
    ):
        done = accept(complaint.number, [lacking], actor=office.clerk, at=AT)
        assert codes(done) == ["complaint.empty"]
    assert summary(complaint).complaint_accepted_on is None
    assert accept(complaint.number, [CONDUCT], actor=office.clerk, at=AT).done


def test_only_what_is_disputed_rests(office: Office) -> None:
    point = people.make_point(office.case)
    complaint = office.open()
    both = [office.point(), office.point()]
    accept(complaint.number, both, actor=office.clerk, at=AT)
    own(complaint.number, office.clerk.username, actor=office.clerk, at=AT)

    # Two points about one item rest on one hold, and it ends with the second.
    hold = Hold.objects.get()

    def may_call(item: object) -> bool:
        given = {"actor": office.manager, "at": AT, "style": "interactive", "record": False}
        return check(office.case, point, "call", item=item, **given).allowed  # type: ignore[arg-type]

    assert not may_call(office.items[0])
    assert may_call(office.items[1])
    for number, ended in ((1, None), (2, MONDAY)):
        close.decide_point(
            complaint.number,
            number,
            result="unfounded",
            text="已核对",
            actor=office.clerk,
            at=AT,
        )
        hold.refresh_from_db()
        assert hold.ended_on == ended
    assert may_call(office.items[0])


def test_a_hold_that_stood_before_ends_by_whoever_set_it(office: Office) -> None:
    standing = people.make_hold(
        office.case, MONDAY, kind="complaint", scope="item", item=office.items[0]
    )
    facts.refresh([office.case.pk])
    complaint = office.open()
    accept(complaint.number, [office.point()], actor=office.clerk, at=AT)
    own(complaint.number, office.clerk.username, actor=office.clerk, at=AT)
    close.decide_point(complaint.number, 1, result="upheld", text="属实", actor=office.clerk, at=AT)
    standing.refresh_from_db()
    assert (Hold.objects.count(), standing.ended_on) == (1, None)


def test_each_department_has_a_time_of_its_own(office: Office) -> None:
    complaint = office.accepted()
    for role, answer_by in (("quality_supervision", None), ("legal", AT + 2 * HOUR)):
        done = told.tell_departments(
            complaint.number,
            [role],
            question="请核对",
            answer_by=answer_by,
            actor=office.clerk,
            at=AT,
        )
        assert done.done
    asked = dict(complaint.departments.values_list("role", "answer_by"))
    assert asked == {"quality_supervision": AT + 24 * HOUR, "legal": AT + 2 * HOUR}
    notices = Notice.objects.filter(kind=Notice.Kind.COMPLAINT, params__what="department")
    assert [notice.user for notice in notices] == [office.supervision]

    wrong = told.answer_department(
        complaint.number, role="legal", text="……", actor=office.supervision, at=AT
    )
    assert codes(wrong) == ["complaint.not_asked"]
    plan_complaints(AT + ONE_DAY)
    assert "chase_departments" in steps(complaint)


def test_nobody_gives_more_than_their_authority(office: Office) -> None:
    complaint = office.accepted()
    for amount, waits_for in ((20_000, None), (20_001, "manager")):
        number = complaint.proposals.count() + 1
        entry = Proposal(number, "waiver", "减免违约金", amount)
        done = propose.propose(complaint.number, entry, actor=office.clerk, at=AT)
        assert done.problems == ()
        assert done.done == (waits_for is None)
        if waits_for is None:
            propose.answer(
                complaint.number, agrees=False, text="不够", way="call", actor=office.clerk, at=AT
            )
    request = Approval.objects.get()
    assert (request.role, request.to_come) == ("manager", [])

    # Whoever asked does not decide it, and an amount beyond the manager goes on.
    own_word = propose.decide(request.pk, grant=True, reason="", actor=office.clerk, at=AT)
    assert not own_word.granted
    propose.decide(request.pk, grant=False, reason="再谈", actor=office.manager, at=AT)
    number = complaint.proposals.count() + 1
    large = Proposal(number, "refund", "退还全部费用", 300_000)
    assert propose.propose(complaint.number, large, actor=office.clerk, at=AT).problems == ()
    request = Approval.objects.get(status=Approval.Status.WAITING)
    decided = propose.decide(request.pk, grant=True, reason="", actor=office.manager, at=AT)
    assert decided.goes_on
    decided = propose.decide(request.pk, grant=True, reason="", actor=office.general_manager, at=AT)
    assert decided.granted
    assert "agree_plan" in steps(complaint)


def test_without_an_address_the_client_is_told_otherwise(office: Office) -> None:
    office.client.email = ""
    office.client.save()
    complaint = office.accepted()
    by_mail = told.report(
        complaint.number, "report", by_mail=True, note="", actor=office.clerk, at=AT
    )
    assert codes(by_mail) == ["complaint.no_address"]
    assert "report_client" in steps(complaint), "the task stays"
    assert not Act.objects.filter(verb="complaints.report_report").exists()

    otherwise = told.report(
        complaint.number,
        "report",
        by_mail=False,
        note="已在委托方平台填报",
        actor=office.clerk,
        at=AT,
    )
    assert otherwise.done and not OutboxMessage.objects.exists()
    assert "report_client" not in steps(complaint)


def test_two_people_hold_a_demand_to_be_unreasonable(office: Office) -> None:
    complaint = office.accepted()
    too_early = unreasonable.hold_unreasonable(
        complaint.number,
        reason="要求赔偿十万元",
        harms=True,
        blocks=True,
        actor=office.clerk,
        at=AT,
    )
    assert codes(too_early) == ["complaint.no_refusal"]
    refused(office, complaint)
    half = unreasonable.hold_unreasonable(
        complaint.number, reason="态度不好", harms=False, blocks=True, actor=office.clerk, at=AT
    )
    assert codes(half) == ["complaint.harm"]
    held = unreasonable.hold_unreasonable(
        complaint.number,
        reason="要求赔偿十万元",
        harms=True,
        blocks=True,
        actor=office.clerk,
        at=AT,
    )
    assert held.done
    assert "second_person" in steps(complaint)
    assert "propose_again" not in steps(complaint)

    alone = unreasonable.second_word(
        complaint.number, agrees=True, reason="同意", actor=office.clerk, at=AT
    )
    assert codes(alone) == ["complaint.second"]
    second = unreasonable.second_word(
        complaint.number, agrees=True, reason="属实", actor=office.supervision, at=AT
    )
    assert second.done
    assert {"explain_rules", "ask_help"} <= steps(complaint)
    unreasonable.explain(
        complaint.number, text="按规定不予赔偿", way="call", actor=office.clerk, at=AT
    )
    told.report(complaint.number, "help", by_mail=True, note="", actor=office.clerk, at=AT)
    assert not {"explain_rules", "ask_help"} & steps(complaint)
    assert "decide_points" in steps(complaint)


def test_the_law_gives_more_time_by_a_manager_alone(office: Office) -> None:
    complaint = office.accepted()

    def more(sort: str, actor: object, at: dt.datetime) -> Done:
        return legal.more_time(
            complaint.number, sort, reason="需要向银行调录音", actor=actor, at=at
        )  # type: ignore[arg-type]

    assert codes(more("complex", office.clerk, AT)) == ["clock.role"]
    for sort, until in (
        ("complex", dt.date(2026, 12, 24)),
        ("special", dt.date(2027, 1, 23)),
    ):
        assert more(sort, office.manager, AT).done
        clock = Clock.objects.get(subject_kind="complaint", kind="legal")
        assert clock.due_at == people.moment(until, 0)


@pytest.mark.parametrize("kind", ["micro_loan", "consumer_finance", "supplier"])
def test_no_days_are_invented_for_other_creditors(office: Office, kind: str) -> None:
    Creditor.objects.filter(pk=office.case.creditor_id).update(kind=kind)
    office.open()
    clocks = Clock.objects.filter(subject_kind="complaint")
    assert "legal" not in clocks.values_list("kind", flat=True)


def test_an_owner_who_is_given_the_case_is_replaced(office: Office) -> None:
    complaint = office.accepted()
    assert "name_owner" not in steps(complaint)

    people.make_assignment(office.case, MONDAY, office.clerk)
    facts.refresh([office.case.pk], wrote={"casebook_assignment"})
    assert summary(complaint).owner_interested
    plan_complaints(AT)
    assert "name_owner" in steps(complaint)
    refused_now = propose.propose(
        complaint.number, Proposal(1, "apology", "道歉"), actor=office.clerk, at=AT
    )
    assert codes(refused_now) == ["complaint.interest"]


def test_a_new_day_brings_the_reminder(office: Office) -> None:
    complaint = office.accepted()
    until = people.moment(MONDAY + 3 * ONE_DAY, 17)
    promise(complaint.number, until=until, way="call", actor=office.clerk, at=AT)
    plan_complaints(AT + ONE_DAY)
    assert "remind_promise" not in steps(complaint)
    plan_complaints(AT + 2 * ONE_DAY)
    plan_complaints(AT + 2 * ONE_DAY + HOUR)
    assert "remind_promise" in steps(complaint)
    reminders = Task.objects.filter(step__code="remind_promise", subject_id=complaint.pk)
    assert reminders.count() == 1


def test_every_verb_tells_the_clocks(office: Office) -> None:
    """Worked out anew, nothing would change."""
    complaint = office.accepted()
    until = people.moment(MONDAY + 3 * ONE_DAY, 17)
    promise(complaint.number, until=until, way="call", actor=office.clerk, at=AT)
    told.report(complaint.number, "report", by_mail=True, note="", actor=office.clerk, at=AT)
    refused(office, complaint)

    before = list(Clock.objects.order_by("pk").values())
    assert {row["kind"] for row in before} == {"promised", "legal", "planned", "reported"}
    catch_up(at=AT)
    assert list(Clock.objects.order_by("pk").values()) == before


def test_figures_name_the_repeated_cause(office: Office) -> None:
    for back in (0, 10, 20, 40):
        at = AT - back * ONE_DAY
        complaint = office.open(at, received_at=at)
        accept(complaint.number, [CONDUCT], actor=office.clerk, at=at)

    found = figures(office.manager, MONDAY, 30)
    assert (found.total.number, found.total.before) == (3, 1)
    assert [(line.number, line.before) for line in found.causes] == [(3, 1)]
    assert [line.title for line in found.collectors] == [str(office.collector)]
    whose = {(each.whose, each.number) for each in found.repeated}
    assert whose == {(office.case.creditor.name, 4), (str(office.collector), 4)}
    assert figures(office.collector, MONDAY, 30).total.number == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_or_answer_at_once() -> None:
    from tests.complaints.conftest import make_office

    office = make_office()
    complaint = office.open()

    def accepting(who: object) -> Done:
        return accept(complaint.number, [office.point()], actor=who, at=AT)  # type: ignore[arg-type]

    answers = at_once([lambda: accepting(office.clerk), lambda: accepting(office.colleague)])
    assert sorted(answer.done for answer in answers) == [False, True]
    assert (complaint.points.count(), Hold.objects.count()) == (1, 1)

    entry = reception(key="one-form")
    received = at_once([lambda: receive(entry, actor=office.clerk, at=AT)] * 2)
    assert len({answer.complaint.pk for answer in received}) == 1
    assert complaint.events.filter(kind=ComplaintEvent.Kind.ACCEPTED).count() == 1
    connection.close()
