"""What may not happen to a complaint, whoever tries: the rules that stand behind its pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from huikuan.approvals import decide as approvals
from huikuan.casebook import done, facts, journal
from huikuan.casebook.models import (
    Approval,
    Breach,
    Clock,
    Complaint,
    ComplaintEvent,
    Hold,
    Notice,
    StepDone,
    Task,
)
from huikuan.clocks import extend as clocks
from huikuan.clocks.access import visible_clocks
from huikuan.clocks.watch import record_breaches
from huikuan.complaints import close, dossier_make, legal, propose, told, unreasonable
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.correct import Correction, correct
from huikuan.complaints.day import lines_of
from huikuan.complaints.figures import figures
from huikuan.complaints.find import interest_of
from huikuan.complaints.own import escalate, own
from huikuan.complaints.promise import promise
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import receive
from huikuan.complaints.write import Done, event
from huikuan.holds import end as holds
from huikuan.people.models import User
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

ONE_DAY = dt.timedelta(days=1)
#: Words of a complainant about somebody else, which nobody reads who holds the case.
SAID = "其妻张丽（13911112222）称催收员打到单位"


def codes(done: Done) -> list[str]:
    return [problem.code for problem in done.problems]


def offer(
    office: Office, complaint: Complaint, amount: int, who: User, sort: str = "waiver"
) -> Done:
    number = complaint.proposals.count() + 1
    entry = Proposal(number, sort, f"第 {number} 个方案", amount)
    return propose.propose(complaint.number, entry, actor=who, at=AT)


def say(office: Office, complaint: Complaint, agrees: bool) -> None:
    said = propose.answer(
        complaint.number, agrees=agrees, text="……", way="call", actor=office.clerk, at=AT
    )
    assert said.done


def decided(office: Office, complaint: Complaint) -> None:
    """Every point is decided, and the complainant knows."""
    for number in complaint.points.values_list("number", flat=True):
        close.decide_point(
            complaint.number, number, result="upheld", text="属实", actor=office.clerk, at=AT
        )
    assert close.reply(complaint.number, text="已告知", way="call", actor=office.clerk, at=AT).done


def end(office: Office, complaint: Complaint, at: dt.datetime = AT) -> Done:
    return close.close(
        complaint.number, result="upheld", text="已道歉", lesson="培训", actor=office.clerk, at=at
    )


def tell_all(office: Office, complaint: Complaint) -> None:
    """Department and client are told."""
    told.tell_departments(
        complaint.number, ["quality_supervision"], question="请核对", actor=office.clerk, at=AT
    )
    told.report(complaint.number, "report", by_mail=True, note="", actor=office.clerk, at=AT)


def closed(office: Office) -> Complaint:
    complaint = office.accepted()
    tell_all(office, complaint)
    decided(office, complaint)
    assert end(office, complaint).done
    return complaint


# --- what was done, and what was not -------------------------------------------------------------


def test_what_nobody_did_is_not_done_because_it_was_answered(office: Office) -> None:
    complaint = office.accepted()
    decided(office, complaint)

    mine = Task.objects.filter(subject_id=complaint.pk, step__subject="complaint")
    ended = dict(mine.exclude(status="open").values_list("step__code", "status"))
    assert ended == {
        "accept": "done",
        "name_owner": "done",
        "reply": "done",
        "plan": "closed",
        "tell_time": "closed",
    }
    remembered = StepDone.objects.filter(subject_id=complaint.pk, void_at=None)
    assert set(remembered.values_list("step__code", flat=True)) == {"accept", "name_owner", "reply"}
    assert done.differences() == []


def test_it_is_not_closed_over_what_the_procedure_demands(office: Office) -> None:
    complaint = office.accepted()
    decided(office, complaint)

    with translation.override("zh-hans"):
        refused = end(office, complaint)
    assert codes(refused) == ["complaint.demanded"]
    named = refused.problems[0].params["steps"]
    assert "通知相关部门" in named and "同时报告委托方" in named

    told.tell_departments(complaint.number, ["legal"], question="请核对", actor=office.clerk, at=AT)
    assert codes(end(office, complaint)) == ["complaint.demanded"]
    told.report(complaint.number, "report", by_mail=True, note="", actor=office.clerk, at=AT)
    assert end(office, complaint).done


def test_a_client_who_was_never_told_is_a_missed_deadline(office: Office) -> None:
    complaint = office.accepted()
    decided(office, complaint)
    reported = Clock.objects.get(subject_kind="complaint", kind="reported")
    assert reported.met_at is None
    record_breaches(AT + ONE_DAY)
    assert Breach.objects.filter(clock=reported).exists()


# --- money ---------------------------------------------------------------------------------------


def test_no_sum_is_given_in_parts(office: Office) -> None:
    complaint = office.accepted()
    assert offer(office, complaint, 20_000, office.clerk).done
    say(office, complaint, True)

    second = offer(office, complaint, 1, office.clerk)
    assert second.problems == () and not second.done
    request = Approval.objects.get()
    assert (request.role, request.amount_minor) == ("manager", 20_001)


def test_the_sum_is_that_of_the_case(office: Office) -> None:
    first = office.accepted()
    second = office.accepted(key="another")
    assert offer(office, first, 20_000, office.clerk).done
    assert not offer(office, second, 10_000, office.clerk, "refund").done
    assert Approval.objects.get().amount_minor == 30_000


def test_what_the_complainant_refused_does_not_stand(office: Office) -> None:
    complaint = office.accepted()
    assert offer(office, complaint, 20_000, office.clerk).done
    say(office, complaint, False)
    assert offer(office, complaint, 20_000, office.clerk).done


def test_who_was_refused_a_sum_gives_no_part_of_it_alone(office: Office) -> None:
    complaint = office.accepted()
    offer(office, complaint, 100_000, office.clerk)
    request = Approval.objects.get()
    propose.decide(request.pk, grant=False, reason="过高", actor=office.manager, at=AT)

    part = offer(office, complaint, 20_000, office.clerk)
    assert not part.done, "it waits for somebody, or is refused"
    assert not ComplaintEvent.objects.filter(kind=ComplaintEvent.Kind.PROPOSED).exists()


def test_a_second_agreed_proposal_is_answered_too(office: Office) -> None:
    complaint = office.accepted()
    assert offer(office, complaint, 0, office.clerk, "apology").done
    say(office, complaint, True)
    assert offer(office, complaint, 0, office.clerk, "explanation").done
    assert "agree_plan" in steps(complaint)
    say(office, complaint, True)
    assert "agree_plan" not in steps(complaint)


def test_a_waiting_proposal_keeps_it_open(office: Office) -> None:
    complaint = office.accepted()
    tell_all(office, complaint)
    offer(office, complaint, 50_000, office.clerk)
    decided(office, complaint)
    assert codes(end(office, complaint)) == ["complaint.waits"]


# --- who has an interest -------------------------------------------------------------------------


def test_who_has_an_interest_decides_no_proposal(office: Office) -> None:
    complaint = office.accepted()
    people.make_assignment(office.case, MONDAY, office.manager)
    people.make_assignment(office.case, MONDAY, office.collector)
    offer(office, complaint, 100_000, office.clerk)
    request = Approval.objects.get()

    assert request not in approvals.waiting(office.manager, MONDAY)
    asked = Notice.objects.filter(kind=Notice.Kind.APPROVAL)
    assert office.manager.pk not in asked.values_list("user_id", flat=True)
    answered = propose.decide(request.pk, grant=True, reason="", actor=office.manager, at=AT)
    assert [problem.code for problem in answered.problems] == ["complaint.interest"]
    request.refresh_from_db()
    assert request.status == Approval.Status.WAITING


def test_the_legal_time_is_extended_on_the_complaint_alone(office: Office) -> None:
    complaint = office.accepted()
    clock = Clock.objects.get(subject_kind="complaint", kind="legal")
    given = clocks.extend(clock.pk, reason="调录音", actor=office.manager, at=AT)
    assert [problem.code for problem in given.problems] == ["clock.elsewhere"]

    people.make_assignment(office.case, MONDAY, office.manager)
    more = legal.more_time(
        complaint.number, "complex", reason="调录音", actor=office.manager, at=AT
    )
    assert codes(more) == ["complaint.interest"]
    inner = clocks.give_time(clock.pk, reason="调录音", actor=office.manager, at=AT)
    assert [problem.code for problem in inner.problems] == ["clock.interest"]


@pytest.mark.parametrize("who", ["collector", "lead"])
def test_an_interest_does_not_end_with_a_change_of_team(office: Office, who: str) -> None:
    complaint = office.open()
    accept(complaint.number, [CONDUCT], actor=office.clerk, at=AT)
    moved = getattr(office, who)
    moved.team = people.make_team("other")
    moved.save(update_fields=["team"])

    assert interest_of(office.lead, complaint)
    named = own(complaint.number, office.lead.username, actor=office.clerk, at=AT)
    assert codes(named) == ["complaint.owner_interest"]
    act = journal.begin(office.clerk, "test", at=AT)
    with pytest.raises(IntegrityError, match="interest"), transaction.atomic():
        event(complaint, ComplaintEvent.Kind.OWNED, act, AT, user=office.lead)


def test_who_never_led_the_team_of_the_collector_has_none(office: Office) -> None:
    complaint = office.open()
    other = people.make_user(["team_lead", "complaints"], team=people.make_team("other"))
    assert interest_of(other, complaint) == ""
    assert interest_of(office.clerk, complaint) == ""


def test_a_complaint_is_not_taken_from_its_owner_without_a_word(office: Office) -> None:
    complaint = office.accepted()
    taken = own(
        complaint.number, office.colleague.username, actor=office.colleague, at=AT, reason="我来"
    )
    assert codes(taken) == ["complaint.not_owner"]
    silent = own(complaint.number, office.colleague.username, actor=office.manager, at=AT)
    assert codes(silent) == ["complaint.empty"]

    given = own(
        complaint.number, office.colleague.username, actor=office.clerk, at=AT, reason="休假"
    )
    assert given.done
    above = own(
        complaint.number, office.clerk.username, actor=office.manager, at=AT, reason="已回来"
    )
    assert above.done
    lost = Notice.objects.filter(kind=Notice.Kind.COMPLAINT, params__what="taken")
    assert [notice.user for notice in lost] == [office.colleague]


def test_deadlines_of_a_complaint_are_seen_by_whoever_sees_it(office: Office) -> None:
    office.open()
    other_lead = people.make_user("team_lead", team=people.make_team("other"))
    for user, sees in ((office.clerk, True), (office.collector, False), (other_lead, False)):
        seen = visible_clocks(user).filter(subject_kind="complaint")
        assert seen.exists() == sees, user


def test_a_client_is_no_department(office: Office) -> None:
    complaint = office.accepted()
    asked = told.tell_departments(
        complaint.number, ["client"], question="请核对", actor=office.clerk, at=AT
    )
    assert codes(asked) == ["complaint.department"]


# --- what the database keeps ---------------------------------------------------------------------


def _as_owner(complaint: Complaint, office: Office) -> None:
    Complaint.objects.filter(pk=complaint.pk).update(about_user=office.clerk)


def _other_words(complaint: Complaint, office: Office) -> None:
    Complaint.objects.filter(pk=complaint.pk).update(said="没什么")


def _other_receipt(complaint: Complaint, office: Office) -> None:
    Complaint.objects.filter(pk=complaint.pk).update(received_at=AT + ONE_DAY)


def _gone(complaint: Complaint, office: Office) -> None:
    complaint.events.all()._raw_delete("default")


def _other_event(complaint: Complaint, office: Office) -> None:
    complaint.events.filter(kind="owned").update(user=office.colleague)


@pytest.mark.parametrize("write", [_as_owner, _other_words, _other_receipt, _gone, _other_event])
def test_what_was_written_down_stays(
    office: Office, write: Callable[[Complaint, Office], None]
) -> None:
    complaint = office.accepted()
    with pytest.raises(IntegrityError), transaction.atomic():
        write(complaint, office)


def test_a_forged_summary_makes_nobody_the_owner(office: Office) -> None:
    complaint = office.accepted()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casebook_complaintsummary SET owner_id = %s WHERE complaint_id = %s",
            [office.colleague.pk, complaint.pk],
        )
    done = offer(office, complaint, 0, office.colleague, "apology")
    assert codes(done) == ["complaint.not_owner"]


def test_nothing_is_written_to_a_closed_complaint(office: Office) -> None:
    complaint = closed(office)
    who = {"actor": office.clerk, "at": AT}
    tries = [
        own(complaint.number, office.colleague.username, **who),
        escalate(complaint.number, reason="再看", level=1, **who),
        promise(complaint.number, until=AT + ONE_DAY, way="call", **who),
        told.tell_departments(complaint.number, ["legal"], question="请核对", **who),
        told.answer_department(
            complaint.number,
            role="quality_supervision",
            text="……",
            actor=office.supervision,
            at=AT,
        ),
        told.report(complaint.number, "help", by_mail=False, note="电话", **who),
        legal.more_time(complaint.number, "complex", reason="再查", actor=office.manager, at=AT),
        offer(office, complaint, 0, office.clerk, "apology"),
        unreasonable.second_word(complaint.number, agrees=True, reason="……", **who),
        correct(complaint.number, Correction("查明", about=""), **who),
    ]
    assert [codes(done) for done in tries] == [["complaint.closed"]] * len(tries)

    act = journal.begin(office.clerk, "test", at=AT)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        event(complaint, ComplaintEvent.Kind.PROPOSED, act, AT)
    result = told.report(complaint.number, "result", by_mail=False, note="电话", **who)
    assert result.done


# --- holds ---------------------------------------------------------------------------------------


def test_nobody_who_holds_the_case_reads_the_complainants_words(office: Office) -> None:
    complaint = office.open()
    points = [Point("third_person", SAID, "停止联系其妻张丽", "case")]
    accept(complaint.number, points, actor=office.clerk, at=AT)

    for user in (office.collector, office.lead, office.client):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user)
        for address in (reverse("case", args=[office.case.number]), reverse("holds:list")):
            page = client.get(address).content.decode()
            assert "张丽" not in page and "13911112222" not in page, (user, address)
    assert complaint.number in Hold.objects.get().reason


def test_what_a_complaint_disputes_rests_until_its_point_is_decided(office: Office) -> None:
    complaint = office.accepted()
    hold = Hold.objects.get()
    for user in (office.lead, office.manager):
        ended = holds.end(hold.pk, on=MONDAY, reason="继续催", actor=user, at=AT)
        assert [problem.code for problem in ended.problems] == ["hold.disputed"]
    hold.refresh_from_db()
    assert hold.ended_on is None

    close.decide_point(
        complaint.number, 2, result="unfounded", text="未付", actor=office.clerk, at=AT
    )
    hold.refresh_from_db()
    assert hold.ended_on == MONDAY


# --- levels and times ----------------------------------------------------------------------------


def test_a_level_is_owned_by_its_role(office: Office) -> None:
    complaint = office.accepted()
    escalate(complaint.number, reason="两次未成", level=1, actor=office.clerk, at=AT)
    assert "name_owner" in steps(complaint)
    assert codes(offer(office, complaint, 0, office.clerk, "apology")) == ["complaint.level_owner"]
    named = own(complaint.number, office.colleague.username, actor=office.clerk, at=AT)
    assert codes(named) == ["complaint.level_owner"]
    further = escalate(complaint.number, reason="再升", level=2, actor=office.clerk, at=AT)
    assert codes(further) == ["complaint.level_role"]

    assert own(complaint.number, office.supervision.username, actor=office.clerk, at=AT).done
    assert "name_owner" not in steps(complaint)
    assert offer(office, complaint, 0, office.supervision, "apology").done


def say_until(office: Office, complaint: Complaint, until: dt.datetime, at: dt.datetime) -> Done:
    return promise(
        complaint.number, until=until, way="call", reason="等录音", actor=office.clerk, at=at
    )


def test_where_no_law_sets_an_end_the_procedure_bounds_the_time_of_reply(office: Office) -> None:
    complaint = office.accepted()
    Clock.objects.filter(subject_kind="complaint", kind="legal").update(void_at=AT)
    last = people.moment(MONDAY + 15 * ONE_DAY, 23)
    assert codes(say_until(office, complaint, last + ONE_DAY, AT)) == ["complaint.too_far"]
    assert say_until(office, complaint, last, AT).done


def test_a_time_of_reply_has_bounds_and_does_not_move_for_ever(office: Office) -> None:
    complaint = office.accepted()
    last = people.moment(MONDAY + 15 * ONE_DAY, 23)
    beyond = say_until(office, complaint, last + ONE_DAY, AT)
    assert codes(beyond) == ["complaint.beyond_law"], "a bank's complaint: fifteen days"

    for days in (2, 3, 4):
        assert say_until(office, complaint, AT + days * ONE_DAY, AT).done
    moved = Notice.objects.filter(kind=Notice.Kind.COMPLAINT, params__what="moved")
    assert [notice.user for notice in moved] == [office.supervision] * 2
    assert codes(say_until(office, complaint, AT + 5 * ONE_DAY, AT)) == ["complaint.changes"]
    above = promise(
        complaint.number,
        until=AT + 5 * ONE_DAY,
        way="call",
        reason="等录音",
        actor=office.manager,
        at=AT,
    )
    assert above.done


def test_the_last_day_of_the_bound_may_be_told(office: Office) -> None:
    complaint = office.accepted()
    assert say_until(office, complaint, people.moment(MONDAY + 15 * ONE_DAY, 23), AT).done


def test_no_time_is_told_beyond_the_legal_one(office: Office) -> None:
    complaint = office.accepted(received_at=AT - 10 * ONE_DAY)
    legal = Clock.objects.get(subject_kind="complaint", kind="legal")
    assert legal.due_at == people.moment(dt.date(2026, 11, 29), 0)
    beyond = say_until(office, complaint, legal.due_at + HOUR, AT)
    assert codes(beyond) == ["complaint.beyond_law"]
    assert say_until(office, complaint, legal.due_at, AT).done


def test_a_later_time_needs_a_reason(office: Office) -> None:
    complaint = office.accepted()
    assert say_until(office, complaint, AT + ONE_DAY, AT).done
    silent = promise(
        complaint.number, until=AT + 2 * ONE_DAY, way="call", actor=office.clerk, at=AT
    )
    assert codes(silent) == ["complaint.empty"]


def test_what_is_told_anew_after_it_ran_out_may_be_broken_too(office: Office) -> None:
    complaint = office.accepted()
    first = AT + HOUR
    second = AT + 3 * HOUR
    say_until(office, complaint, first, AT)
    assert say_until(office, complaint, second, first + HOUR).done
    record_breaches(second + HOUR)

    broken = Breach.objects.filter(clock__kind__in=["promised", "promised_again"])
    assert set(broken.values_list("clock__kind", "due_at")) == {
        ("promised", first),
        ("promised_again", second),
    }
    third = say_until(office, complaint, second + 3 * HOUR, second + HOUR)
    assert codes(third) == ["complaint.promise_over"]


def test_a_demand_may_be_held_unreasonable_again_after_a_no(office: Office) -> None:
    complaint = office.accepted()
    offer(office, complaint, 0, office.clerk, "explanation")
    say(office, complaint, False)

    for agrees in (False, True):
        held = unreasonable.hold_unreasonable(
            complaint.number,
            reason="威胁员工",
            harms=True,
            blocks=True,
            actor=office.clerk,
            at=AT,
        )
        assert held.done
        assert "second_person" in steps(complaint)
        second = unreasonable.second_word(
            complaint.number, agrees=agrees, reason="已核", actor=office.supervision, at=AT
        )
        assert second.done
    assert summary(complaint).unreasonable_agreed_on == MONDAY


# --- receipt and correction ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [({"about": "nobody"}, "complaint.person"), ({"creditor": "nobody"}, "complaint.client")],
)
def test_a_typing_mistake_is_no_unknown_collector(
    office: Office, given: dict[str, object], code: str
) -> None:
    received = receive(reception(**given), actor=office.clerk, at=AT)
    assert [problem.code for problem in received.problems] == [code]
    assert not Complaint.objects.exists()


def test_another_complaint_under_a_used_key_is_not_lost(office: Office) -> None:
    first = receive(reception(key="k1"), actor=office.clerk, at=AT)
    again = receive(reception(key="k1"), actor=office.clerk, at=AT + HOUR)
    assert again.complaint == first.complaint and not again.is_new

    for entry, who in (
        (reception(key="k1", said="另一件事"), office.clerk),
        (reception(key="k1"), office.colleague),
    ):
        other = receive(entry, actor=who, at=AT)
        assert [problem.code for problem in other.problems] == ["complaint.key_used"]
        assert other.complaint is None


def test_a_strangers_complaint_gets_its_case(office: Office) -> None:
    complaint = receive(reception(), actor=office.clerk, at=AT).complaint
    assert complaint is not None
    accept(complaint.number, [Point("paid", "早已还清", "停止催收")], actor=office.clerk, at=AT)
    own(complaint.number, office.clerk.username, actor=office.clerk, at=AT)
    assert not Clock.objects.filter(subject_kind="complaint", kind="legal").exists()

    entry = Correction(
        "来电人是债务人",
        case=office.case.number,
        about=office.collector.username,
        rests="case",
    )
    assert correct(complaint.number, entry, actor=office.clerk, at=AT + HOUR).done
    complaint.refresh_from_db()
    assert (complaint.case, complaint.creditor) == (office.case, office.case.creditor)
    hold = Hold.objects.get()
    assert (hold.case, hold.scope) == (office.case, "case")
    legal = Clock.objects.get(subject_kind="complaint", kind="legal")
    assert legal.due_at == people.moment(dt.date(2026, 12, 9), 0)
    assert "report_client" in steps(complaint)
    assert interest_of(office.lead, complaint)

    # The wrong case after all: what rested on it goes on.
    entry = Correction("同名的另一人", about="")
    assert correct(complaint.number, entry, actor=office.clerk, at=AT + 2 * HOUR).done
    hold.refresh_from_db()
    legal.refresh_from_db()
    assert hold.ended_on == MONDAY
    assert legal.void_at is not None and legal.creditor is None


def test_a_correction_names_another_owner_where_the_present_one_has_an_interest(
    office: Office,
) -> None:
    complaint = receive(reception(), actor=office.clerk, at=AT).complaint
    assert complaint is not None
    accept(complaint.number, [CONDUCT], actor=office.clerk, at=AT)
    own(complaint.number, office.lead.username, actor=office.clerk, at=AT)

    given = {"reason": "查明是谁", "about": office.collector.username}
    alone = correct(complaint.number, Correction(**given), actor=office.clerk, at=AT)
    assert codes(alone) == ["complaint.new_owner"]
    entry = Correction(**given, owner=office.colleague.username)
    assert correct(complaint.number, entry, actor=office.clerk, at=AT).done
    assert summary(complaint).owner_id == office.colleague.pk


# --- what a client reads; the day; the dossier ---------------------------------------------------


def test_a_client_reads_what_is_named_and_nothing_else(office: Office) -> None:
    complaint = office.accepted()
    inside = Proposal(1, "waiver", "内部：先给一千试探", 100_000)
    propose.propose(complaint.number, inside, actor=office.clerk, at=AT)

    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(office.client)
    pages = {
        name: client.get(address).content.decode()
        for name, address in {
            "page": reverse("complaints:complaint", args=[complaint.number]),
            "list": reverse("complaints:list"),
        }.items()
    }
    hidden = (str(office.clerk), str(office.collector), "内部", "1,000", complaint.said, "三次打断")
    for name, page in pages.items():
        assert complaint.number in page, name
        for word in hidden:
            assert word not in page, (name, word)

    request = Approval.objects.get()
    propose.decide(request.pk, grant=True, reason="", actor=office.manager, at=AT)
    page = client.get(reverse("complaints:complaint", args=[complaint.number])).content.decode()
    assert "1,000" in page, "told to the complainant, it is no secret"


def test_a_client_does_not_read_which_collector_is_complained_about(office: Office) -> None:
    for key in ("one", "two", "three"):
        complaint = office.open(key=key)
        accept(complaint.number, [CONDUCT], actor=office.clerk, at=AT)
    found = figures(office.client, MONDAY, 30)
    assert (found.clients, found.collectors) == ([], [])
    assert [each.whose for each in found.repeated] == [office.case.creditor.name]


@pytest.mark.parametrize(
    ("back", "is_repeated"), [((0, 1, 89), True), ((0, 1, 90), False), ((0, 1), False)]
)
def test_the_figures_of_a_repeated_cause(
    office: Office, back: tuple[int, ...], is_repeated: bool
) -> None:
    """Three within ninety days, the day itself among them; not two, and not the ninety-first."""
    for days in back:
        at = AT - days * ONE_DAY
        complaint = office.open(at, received_at=at, key=f"k{days}")
        accept(complaint.number, [CONDUCT], actor=office.clerk, at=at)
    found = figures(office.manager, MONDAY, 7)
    assert bool(found.repeated) == is_repeated


def test_the_figures_of_the_law_and_of_departments(office: Office) -> None:
    """Thirty and sixty days from the receipt, twenty-four hours: one more or less is another."""
    complaint = office.accepted()
    told.tell_departments(complaint.number, ["legal"], question="请核对", actor=office.clerk, at=AT)
    assert complaint.departments.get().answer_by == AT + 24 * HOUR
    deadline = Clock.objects.get(subject_kind="complaint", kind="legal")
    for sort, last in (("complex", dt.date(2026, 12, 23)), ("special", dt.date(2027, 1, 22))):
        legal.more_time(complaint.number, sort, reason="调录音", actor=office.manager, at=AT)
        deadline.refresh_from_db()
        assert deadline.due_at == people.moment(last + ONE_DAY, 0)


def test_what_is_to_be_done_stands_on_the_day_of_whoever_does_it(office: Office) -> None:
    complaint = office.accepted()
    mine = [line.title for line in lines_of(office.clerk, MONDAY)]
    assert mine and all(complaint.number in title for title in mine)
    assert lines_of(office.colleague, MONDAY) == [], "it has an owner"
    assert lines_of(office.collector, MONDAY) == []
    assert lines_of(office.lead, MONDAY) == []

    told.tell_departments(
        complaint.number, ["quality_supervision"], question="请核对", actor=office.clerk, at=AT
    )
    assert [line.due_on for line in lines_of(office.supervision, MONDAY)] == [MONDAY + ONE_DAY]
    later = lines_of(office.clerk, MONDAY + 3 * ONE_DAY)
    assert {line.late for line in later} == {True}


def test_my_day_shows_it(office: Office) -> None:
    now = timezone.now()
    complaint = office.open(now, received_at=now)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(office.clerk)
    page = client.get(reverse("worklist")).content.decode()
    assert reverse("complaints:complaint", args=[complaint.number]) in page


def test_a_complaint_is_handed_over_from_inside_the_call(office: Office) -> None:
    point = people.make_point(office.case)
    facts.refresh([office.case.pk])
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(office.collector)
    page = client.get(reverse("calls:call", args=[office.case.number, point.pk]))
    assert reverse("complaints:hand_over", args=[office.case.number]) in page.content.decode()


def test_a_dossier_that_failed_is_made_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = office.accepted()

    def ask(at: dt.datetime) -> object:
        return dossier_make.ask(complaint.number, actor=office.clerk, at=at, language="zh-hans")

    def full(*_args: object, **_more: object) -> bytes:
        raise OSError("no space")

    with monkeypatch.context() as broken:
        broken.setattr(dossier_make, "pdf", full)
        with pytest.raises(OSError, match="no space"):
            ask(AT)
    made, problems = ask(AT + dt.timedelta(minutes=1))  # type: ignore[misc]
    assert problems == () and made.made_at is not None


def test_a_dossier_that_nobody_makes_any_more_is_none(office: Office) -> None:
    complaint = office.accepted()
    ask = {"actor": office.clerk, "language": "zh-hans"}
    made, _problems = dossier_make.ask(complaint.number, at=AT, **ask)  # type: ignore[arg-type]
    assert made is not None
    type(made).objects.filter(pk=made.pk).update(made_at=None)

    soon = AT + dt.timedelta(minutes=1)
    _same, problems = dossier_make.ask(complaint.number, at=soon, **ask)  # type: ignore[arg-type]
    assert [problem.code for problem in problems] == ["complaint.again"]
    again, problems = dossier_make.ask(complaint.number, at=AT + HOUR, **ask)  # type: ignore[arg-type]
    assert problems == () and again != made


def test_a_closed_complaint_still_has_its_dossier(office: Office) -> None:
    complaint = closed(office)
    told.report(complaint.number, "result", by_mail=True, note="", actor=office.clerk, at=AT)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(office.clerk)
    page = client.get(reverse("complaints:complaint", args=[complaint.number])).content.decode()
    assert reverse("complaints:dossier", args=[complaint.number]) in page
