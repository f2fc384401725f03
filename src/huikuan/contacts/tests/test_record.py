"""Saving a contact, and everything that stands in the way of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Case,
    CaseSummary,
    ContactPoint,
    ContactRecord,
    GateDecision,
    PackVersion,
    PointStatus,
    Refusal,
)
from huikuan.contacts.entry import ContactEntry, ContactLimits, Recorded
from huikuan.contacts.record import record
from huikuan.contacts.undo import undo
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.promises.make import Due, PromiseEntry, PromiseLimits

pytestmark = pytest.mark.django_db
TODAY = people.PLACED_ON + dt.timedelta(days=5)
NOW = people.moment(TODAY, 10, 30)
DAY = dt.timedelta(days=1)


@dataclasses.dataclass
class Desk:
    """A collector with a case, the debtor's mobile and the gate's answer."""

    collector: User
    case: Case
    mobile: ContactPoint
    allowed: GateDecision

    def entry(self, **more: Any) -> ContactEntry:
        return ContactEntry(
            **{
                "case_id": self.case.pk,
                "channel": "call",
                "connected": False,
                "point_id": self.mobile.pk,
            }
            | more
        )

    def talk(self, **more: Any) -> ContactEntry:
        spoken = {
            "connected": True,
            "answered": "debtor",
            "identified": True,
            "seconds": 95,
            "exchange": True,
            "note": "承诺还款",
        }
        return self.entry(**spoken | more)

    def asked(self, at: dt.datetime, point: ContactPoint, **more: Any) -> GateDecision:
        """What the gate answered to the collector."""
        return people.make_decision(self.case, at, point, actor=self.collector, **more)

    def save(
        self, entry: ContactEntry, decision: GateDecision | None = None, **more: Any
    ) -> Recorded:
        return record(
            entry, actor=self.collector, at=NOW, decision=decision or self.allowed, **more
        )

    def codes(
        self, entry: ContactEntry, decision: GateDecision | None = None, **more: Any
    ) -> set[str]:
        """What stands in the way; nothing was saved."""
        before = ContactRecord.objects.count()
        saved = self.save(entry, decision, **more)
        assert not saved.saved
        assert ContactRecord.objects.count() == before
        return {f"{one.code}:{one.column}" if one.column else one.code for one in saved.problems}

    def summary(self) -> CaseSummary:
        return CaseSummary.objects.get(case=self.case)


@made_once
def desk(packs: list[PackVersion]) -> Desk:
    collector = people.make_user()
    case = people.make_case(items=[(people.PLACED_ON - 40 * DAY, 1000_00)], collector=collector)
    mobile = people.make_point(case)
    facts.refresh([case.pk])
    allowed = people.make_decision(case, NOW, mobile, actor=collector)
    return Desk(collector, case, mobile, allowed)


def test_a_talk_with_a_promise_is_saved_whole(desk: Desk) -> None:
    task = people.make_task(desk.case, TODAY)
    promise = PromiseEntry(
        (Due(TODAY + 2 * DAY, 400_00), Due(TODAY + 9 * DAY, 600_00)), 1000_00, grace_days=1
    )
    entry = desk.talk(
        outcome="promised", willingness="willing", promise=promise, task_ids=(task.pk,), analysis="态度好",
        next_contact_on=TODAY + 2 * DAY, next_contact_minute=9 * 60,
    )  # fmt: skip
    saved = desk.save(entry)
    assert saved.problems == ()
    assert saved.done == (task.pk,)
    contact = saved.contact
    assert contact is not None
    assert (contact.valid_on, contact.local_minute, contact.recorded_at, contact.product) == (
        TODAY,
        630,
        NOW,
        "card",
    )
    assert [line.amount_minor for line in saved.promises] == [400_00, 600_00]
    assert {line.contact_id for line in saved.promises} == {contact.pk}
    assert (contact.act.actor, contact.act.verb) == (desk.collector, "contacts.record")
    summary = desk.summary()
    assert (summary.reached_on, summary.promise_due_on) == (TODAY, TODAY + 2 * DAY)
    assert summary.next_contact_on == TODAY + 2 * DAY
    task.refresh_from_db()
    assert (task.status, task.status_on) == ("done", TODAY)
    assert list(contact.tasks.all()) == [task]
    assert facts.differences() == []


def test_the_local_day_is_the_debtors(desk: Desk) -> None:
    type(desk.case.person).objects.filter(pk=desk.case.person_id).update(
        timezone="Pacific/Honolulu"
    )
    saved = desk.save(desk.entry())
    assert saved.contact is not None
    assert (saved.contact.valid_on, saved.contact.local_minute) == (TODAY - DAY, 16 * 60 + 30)


def test_a_time_zone_that_is_none_is_named(desk: Desk) -> None:
    type(desk.case.person).objects.filter(pk=desk.case.person_id).update(timezone="Mars/Base")
    assert desk.codes(desk.entry()) == {"contact.timezone"}


def test_a_double_click_saves_once(desk: Desk) -> None:
    first = desk.save(desk.talk(request_key="form-1"))
    second = desk.save(desk.talk(request_key="form-1"))
    assert (first.repeated, second.repeated) == (False, True)
    assert second.contact == first.contact
    assert desk.case.contacts.count() == 1
    other = people.make_case(collector=desk.collector)
    facts.refresh([other.pk])
    entry = dataclasses.replace(desk.talk(request_key="form-1"), case_id=other.pk)
    assert desk.codes(entry) == {"contact.request_key"}


def test_a_task_done_by_somebody_else_is_said_and_the_contact_is_kept(desk: Desk) -> None:
    task = people.make_task(desk.case, TODAY)
    still_open = people.make_task(desk.case, TODAY, "send_notice")
    assert desk.save(desk.entry(task_ids=(task.pk,))).done == (task.pk,)
    second = desk.save(
        desk.entry(task_ids=(task.pk, still_open.pk)),
        desk.asked(NOW, desk.mobile),
    )
    assert second.saved
    assert second.done == (still_open.pk,)
    (warning,) = second.problems
    assert (warning.code, warning.severity) == ("contact.task_done", "warning")
    assert "call_debtor" in warning.text()


def test_only_who_holds_the_case_may_write(desk: Desk) -> None:
    stranger = people.make_user()
    assert (
        record(desk.talk(), actor=stranger, at=NOW, decision=desk.allowed).problems[0].code
        == "contact.case"
    )
    foreign = people.make_user("manager", people.make_house("other"))
    assert (
        record(desk.talk(), actor=foreign, at=NOW, decision=desk.allowed).problems[0].code
        == "contact.case"
    )
    quality = people.make_user("quality")
    assert (
        record(desk.talk(), actor=quality, at=NOW, decision=desk.allowed).problems[0].code
        == "contact.read_only"
    )
    assert desk.case.contacts.count() == 0


def test_a_contact_that_nobody_asked_for_is_not_saved(desk: Desk) -> None:
    saved = record(desk.talk(), actor=desk.collector, at=NOW)
    assert [one.code for one in saved.problems] == ["contact.no_decision"]


def test_a_permission_is_for_one_contact_of_its_day(desk: Desk) -> None:
    other = people.make_point(desk.case)
    assert desk.codes(desk.entry(), desk.asked(NOW, other)) == {"contact.decision_other"}
    letter = desk.asked(NOW, desk.mobile, channel="sms")
    assert desk.codes(desk.entry(), letter) == {"contact.decision_other"}
    yesterday = desk.asked(NOW - DAY, desk.mobile)
    assert desk.codes(desk.entry(), yesterday) == {"contact.decision_old:at"}
    assert desk.save(desk.entry()).saved
    assert desk.codes(desk.entry()) == {"contact.decision_used"}


def test_a_permission_serves_whoever_asked_for_it(desk: Desk) -> None:
    colleague = people.make_user("manager")
    theirs = people.make_decision(desk.case, NOW, desk.mobile, actor=colleague)
    assert desk.codes(desk.entry(), theirs) == {"contact.decision_colleague"}
    assert record(desk.entry(), actor=colleague, at=NOW, decision=theirs).saved


def test_a_refused_contact_needs_a_reason_and_is_flagged(desk: Desk) -> None:
    refused = desk.asked(NOW, desk.mobile, allowed=False)
    assert desk.codes(desk.talk(), refused) == {"contact.refused:override_reason"}
    saved = desk.save(desk.talk(override_reason="债务人正在来电等候"), refused)
    assert saved.contact is not None
    assert saved.contact.override_reason == "债务人正在来电等候"
    assert saved.contact.act.reason == "债务人正在来电等候"
    assert saved.contact.decision == refused


def test_three_were_told_yes_and_the_fourth_call_needs_a_reason(desk: Desk) -> None:
    """The caps count what was recorded between the permission and the save (three effective calls a day)."""
    decisions = [desk.asked(NOW, desk.mobile) for _ in range(4)]
    for decision in decisions[:3]:
        assert desk.save(desk.talk(), decision).saved
    assert desk.codes(desk.talk(), decisions[3]) == {"contact.refused_since:override_reason"}
    saved = desk.save(desk.talk(override_reason="通话同时进行"), decisions[3])
    assert saved.contact is not None
    decision = saved.contact.decision
    assert decision is not None
    assert (decision.allowed, decision.rule) == (False, "CN-FREQ-TALK")
    assert saved.contact.override_reason


def test_a_reason_without_a_refusal_flags_nothing(desk: Desk) -> None:
    saved = desk.save(desk.talk(override_reason="不需要"))
    assert saved.contact is not None
    assert saved.contact.override_reason == ""


def test_the_debtor_may_call_at_any_time(desk: Desk) -> None:
    saved = record(desk.talk(inbound=True, point_id=None), actor=desk.collector, at=NOW)
    assert saved.contact is not None
    assert saved.contact.decision is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": "telegram"}, "contact.choice:channel"),
        ({"style": "loud"}, "contact.choice:style"),
        ({"answered": "dog"}, "contact.choice:answered"),
        ({"willingness": "maybe"}, "contact.choice:willingness"),
        ({"point_status": "lost"}, "contact.choice:point_status"),
        ({"point_id": None}, "contact.point_missing:point_id"),
        ({"point_id": 999_999_999}, "contact.point_other:point_id"),
        ({"channel": "visit"}, "contact.point_kind:channel"),
        ({"seconds": 90_000}, "contact.seconds:seconds"),
        ({"at": NOW + dt.timedelta(minutes=1)}, "contact.future:at"),
        ({"at": people.moment(people.PLACED_ON - DAY)}, "contact.before_placement:at"),
        ({"note": " "}, "contact.note:note"),
        ({"answered": "nobody"}, "contact.who:answered"),
        ({"answered": "relative"}, "contact.identified:identified"),
        ({"answered": "colleague", "willingness": "willing"}, "contact.not_the_debtor:willingness"),
        ({"connected": False}, "contact.not_connected:answered"),
        ({"connected": False}, "contact.not_connected:identified"),
        ({"next_contact_on": TODAY + DAY}, "contact.next_time:next_contact_minute"),
        ({"next_contact_minute": 600}, "contact.next_time:next_contact_on"),
        (
            {"next_contact_on": TODAY, "next_contact_minute": 630},
            "contact.next_past:next_contact_on",
        ),
        ({"task_ids": (999_999_999,)}, "contact.task_other:task_ids"),
        ({"point_status": "refused"}, "contact.debtor_refuses:point_status"),
        ({"promise": PromiseEntry((Due(TODAY - DAY, 1),))}, "promise.past:promise.due_on"),
    ],
)
def test_what_is_wrong_is_named_by_field(desk: Desk, changes: dict[str, Any], code: str) -> None:
    assert code in desk.codes(desk.talk(**changes))


def test_everything_wrong_is_said_at_once(desk: Desk) -> None:
    refused = desk.asked(NOW, desk.mobile, allowed=False)
    entry = desk.talk(note="", seconds=-1, next_contact_on=TODAY - DAY, next_contact_minute=5)
    assert desk.codes(entry, refused) == {
        "contact.note:note",
        "contact.seconds:seconds",
        "contact.next_past:next_contact_on",
        "contact.refused:override_reason",
    }


def test_limits_are_the_procedures(desk: Desk) -> None:
    codes = {"outcomes": frozenset({"promised"}), "reasons": frozenset({"hardship"})}
    strict = ContactLimits(**codes, promise=PromiseLimits(days=7))
    promise = PromiseEntry((Due(TODAY + 8 * DAY, 100),))
    entry = desk.talk(outcome="sung", reason_code="moon", promise=promise)
    found = desk.codes(entry, limits=strict)
    assert found == {
        "contact.outcome:outcome",
        "contact.reason:reason_code",
        "promise.far:promise.due_on",
    }
    near = ContactLimits(next_contact_days=3)
    late = desk.talk(next_contact_on=TODAY + 4 * DAY, next_contact_minute=600)
    assert desk.codes(late, limits=near) == {"contact.next_far:next_contact_on"}
    loose = ContactLimits(next_contact_time=False, note_after_talk=False)
    assert desk.save(desk.talk(note="", next_contact_on=TODAY + 30 * DAY), limits=loose).saved


def test_a_third_persons_refusal_holds_for_good(desk: Desk) -> None:
    relative = people.make_point(desk.case, "relative")
    people.make_status(desk.mobile, desk.case, "invalid", TODAY - DAY)
    sibling = people.make_case(desk.case.person, product="loan")
    facts.refresh([desk.case.pk, sibling.pk])
    decision = desk.asked(NOW, relative)
    entry = desk.talk(
        point_id=relative.pk, answered="relative", identified=False, point_status="refused"
    )
    assert desk.save(entry, decision).saved
    assert Refusal.objects.get(point=relative).case == desk.case
    assert [
        s.has_third_party for s in CaseSummary.objects.filter(case__in=[desk.case, sibling])
    ] == [False, False]
    assert facts.differences() == []


def test_what_the_debtor_sends_does_no_step_that_asks_us_to_send(desk: Desk) -> None:
    """A letter of theirs is kept, and is neither our last letter nor our task."""
    task = people.make_task(desk.case, TODAY, "send_notice")
    letter = desk.entry(channel="letter", inbound=True, point_id=None, note="来函")
    with_task = dataclasses.replace(letter, task_ids=(task.pk,))
    assert "contact.inbound_task:task_ids" in desk.codes(with_task)

    assert desk.save(letter).saved
    visit = desk.entry(channel="visit", inbound=True, point_id=None, note="来访")
    assert desk.save(visit).saved
    summary = desk.summary()
    assert (summary.letter_on, summary.letters_sent) == (None, 0)
    assert (summary.visit_on, summary.visits_made) == (None, 0)


def test_who_heard_a_third_person_refuse_does_not_take_it_back(desk: Desk) -> None:
    relative = people.make_point(desk.case, "relative")
    people.make_status(desk.mobile, desk.case, "invalid", TODAY - DAY)
    facts.refresh([desk.case.pk])
    decision = desk.asked(NOW, relative)
    entry = desk.talk(
        point_id=relative.pk, answered="relative", identified=False, point_status="refused"
    )
    contact = desk.save(entry, decision).contact
    assert contact is not None

    undone = undo(contact.pk, actor=desk.collector, at=NOW + dt.timedelta(seconds=5))
    assert [each.code for each in undone.problems] == ["undo.refusal"]
    assert Refusal.objects.filter(point=relative).exists()


def test_a_stranger_at_the_number_and_the_debtor_at_it_again(desk: Desk) -> None:
    entry = desk.talk(answered="stranger", identified=False)
    assert desk.save(entry).saved
    assert PointStatus.objects.get(point=desk.mobile).status == "stranger"
    assert desk.summary().lost_from_on == TODAY
    assert desk.save(desk.talk(inbound=True)).saved
    assert list(
        PointStatus.objects.filter(point=desk.mobile)
        .order_by("pk")
        .values_list("status", flat=True)
    ) == [
        "stranger",
        "valid",
    ]
    assert desk.summary().lost_from_on is None


def test_a_promise_above_the_balance_warns_and_is_saved(desk: Desk) -> None:
    saved = desk.save(desk.talk(promise=PromiseEntry((Due(TODAY + DAY, 1100_00),))))
    assert saved.saved
    assert [one.code for one in saved.problems] == ["promise.above_balance"]


def test_problems_are_sentences(desk: Desk) -> None:
    problems = desk.save(
        desk.talk(channel="visit", answered="relative", note="", seconds=-5)
    ).problems
    assert problems
    for one in problems:
        assert "{" not in one.text() + one.remedy_text()
        assert one.remedy


@pytest.mark.django_db(transaction=True)
def test_two_collectors_save_on_one_case_at_the_same_moment(desk: Desk) -> None:
    task = people.make_task(desk.case, TODAY)
    lead = people.make_user("manager")
    actors = [(desk.collector, lead)[n % 2] for n in range(8)]
    decisions = [people.make_decision(desk.case, NOW, desk.mobile, actor=actor) for actor in actors]
    saved: list[Recorded] = []

    def work(actor: User, decision: GateDecision, key: str) -> None:
        try:
            saved.append(
                record(
                    desk.entry(task_ids=(task.pk,), request_key=key),
                    actor=actor,
                    at=NOW,
                    decision=decision,
                )
            )
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(actors[n], decisions[n], f"key{n // 2}"))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved) == 8
    assert desk.case.contacts.count() == 4
    assert sum(one.repeated for one in saved) == 4
    assert sorted(one.done for one in saved if not one.repeated) == [(), (), (), (task.pk,)]
    assert facts.differences() == []
