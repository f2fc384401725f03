"""Notes and events that people enter: who may, on which day, once, and the facts that follow."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, CaseEvent, CaseNote, CaseSummary
from huikuan.people.roles import shipped_codes, unsaved
from huikuan.planning.event import WHO, EventEntry, choices, event
from huikuan.planning.note import note
from huikuan.planning.tests.conftest import AT, ON, Office
from huikuan.planning.tests.test_done import b2b


def codes(found: object) -> list[str]:
    return [problem.code for problem in found.problems]  # type: ignore[attr-defined]


def test_a_note_to_the_next_holder_is_kept_with_its_writer(office: Office) -> None:
    written = note(office.case.pk, "handover", " 周三再联系 ", actor=office.collector, at=AT).note
    assert written is not None
    assert (written.kind, written.text, written.valid_on, written.act.actor) == (
        "handover", "周三再联系", ON, office.collector,
    )  # fmt: skip


def test_a_double_click_writes_one_note(office: Office) -> None:
    first = note(office.case.pk, "note", "一次", actor=office.collector, at=AT, request_key="k1")
    again = note(office.case.pk, "note", "一次", actor=office.collector, at=AT, request_key="k1")
    assert (again.repeated, again.note) == (True, first.note)
    note(office.case.pk, "note", "一次", actor=office.lead, at=AT, request_key="k1")
    assert CaseNote.objects.count() == 2


def test_another_note_under_a_used_key_is_refused(office: Office) -> None:
    """The second is not lost in silence."""
    note(office.case.pk, "note", "一次", actor=office.collector, at=AT, request_key="k1")
    for kind, text in (("note", "又一次"), ("handover", "一次")):
        other = note(office.case.pk, kind, text, actor=office.collector, at=AT, request_key="k1")
        assert (codes(other), other.note) == (["note.request_key_other"], None)
    assert CaseNote.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("note", " ", "note.text"),
        ("review", "x", "note.kind"),
        ("x", "y", "note.kind"),
        ("customer", "x", "note.purpose"),
    ],
)
def test_what_is_no_note(office: Office, kind: str, text: str, code: str) -> None:
    assert codes(note(office.case.pk, kind, text, actor=office.collector, at=AT)) == [code]
    assert not CaseNote.objects.exists()


def test_strangers_and_readers_write_no_note(office: Office) -> None:
    stranger, reader = (
        people.make_user("manager", people.make_house("other")),
        people.make_user("quality"),
    )
    assert codes(note(office.case.pk, "note", "x", actor=stranger, at=AT)) == ["act.case"]
    assert codes(note(office.case.pk, "note", "x", actor=reader, at=AT)) == ["act.read_only"]


def enter(office: Office, kind: str, actor: object = None, on: dt.date = ON, **more: object):
    return event(office.case.pk, EventEntry(kind, on, **more), actor=actor or office.manager, at=AT)  # type: ignore[arg-type]


def test_the_debtor_was_told_and_the_plan_asks_no_more(office: Office) -> None:
    assert enter(office, "told", on=ON - dt.timedelta(40)).event is not None
    assert CaseSummary.objects.get(pk=office.case.pk).told_on == ON - dt.timedelta(40)
    assert not facts.differences()


def test_a_case_is_kept_until_a_later_day(office: Office) -> None:
    assert codes(enter(office, "retained")) == ["event.until"]
    assert codes(enter(office, "retained", until=ON)) == ["event.until"]
    assert enter(office, "retained", until=ON + dt.timedelta(30)).event is not None
    assert CaseSummary.objects.get(pk=office.case.pk).return_on == ON + dt.timedelta(30)


def test_a_closed_case_leaves_its_collector_and_needs_a_reason(office: Office) -> None:
    assert codes(enter(office, "closed")) == ["event.reason"]
    assert enter(office, "closed", reason="已结清").event is not None
    summary = CaseSummary.objects.get(pk=office.case.pk)
    assert (summary.is_open, summary.assignee_id) == (False, None)
    assert not visible_cases(office.collector).exists()
    assert codes(enter(office, "closed", reason="再结")) == ["event.ended"]
    assert not facts.differences()


def test_the_same_event_of_the_same_day_is_entered_once(office: Office) -> None:
    assert enter(office, "visit_asked").event is not None
    assert codes(enter(office, "visit_asked")) == ["event.again"]
    assert CaseEvent.objects.filter(kind="visit_asked").count() == 1
    assert Act.objects.filter(verb="planning.event").count() == 1


def test_no_event_lies_in_the_future_or_before_the_placement(office: Office) -> None:
    assert codes(enter(office, "visit_asked", on=ON + dt.timedelta(1))) == ["event.future"]
    assert codes(enter(office, "visit_asked", on=ON - dt.timedelta(1))) == ["event.before"]
    assert codes(enter(office, "returned")) == ["event.kind"]
    assert not CaseEvent.objects.exists()


@pytest.mark.parametrize("kind", WHO)
def test_only_its_roles_enter_an_event(office: Office, kind: str) -> None:
    b2b(office, dt.date(2026, 10, 20))
    without = [code for code in shipped_codes() if WHO[kind] not in unsaved(code).rights]
    for role in set(without) - {"client", "quality"}:
        user = people.make_user(role, team=office.team)
        answer = enter(office, kind, user, until=ON + dt.timedelta(5), reason="x")
        assert codes(answer) in (["event.role"], ["act.case"]), role
        assert kind not in dict(choices(user, office.case, ON))
    assert not CaseEvent.objects.exists()


def test_what_a_step_does_on_a_page_of_its_own_is_not_offered(office: Office) -> None:
    office.plan(ON)
    assert "lock_agreed" in dict(choices(office.manager, office.case, ON))
    b2b(office, dt.date(2026, 8, 1))
    offered = dict(choices(office.manager, office.case, ON))
    assert "lock_agreed" not in offered and "legal_agreed" in offered
