"""Every outcome of the shipped packs, by the literal table in the pack's tests/talks/outcomes.yaml.

That the pack says what its table says is a part of its specification (`huikuan check
--specifications`). Here the book is asked: what is expected is never read from the outcome itself,
so an outcome that loses its hold, its promise or its relation leaves another book behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from tests import people

from huikuan.calls.tests.call import DAY, Room, lose, make_room
from huikuan.casebook import packs
from huikuan.casebook.models import Approval, ContactRecord, PointStatus, Promise, Refusal
from huikuan.contacts import procedure as procedures
from huikuan.contacts.procedure import Procedure
from huikuan.engine import requirements, talk_cases
from huikuan.engine.outcomes import Outcomes
from huikuan.engine.talk_cases import Table, Talk

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PACKS = {"phone_collection": "person", "b2b_receivables": "company"}
#: What is asked for → the fields that answer it.
ANSWERS: dict[str, tuple[str, ...]] = {
    "promise": ("promise_amount", "promise_on"),
    "next_contact": ("next_on", "next_at"),
    "willingness": ("willingness",),
    "reason": ("reason_code",),
    "relation": ("relation",),
    "contact_data": ("new0_value",),
    "evidence": ("evidence",),
    "note": ("note",),
    "paid_items": ("paid_items",),
}
#: A talk far ahead, for a procedure that sets no limit.
FAR = 60


@cache
def table(pack: str) -> Table:
    """The talks of a pack that ships."""
    found, problems = talk_cases.of_folder(requirements.FILE.parent / pack)
    assert problems == []
    return found


# --- what the book holds after the talk, against the table


def complete(room: Room, talk: Talk) -> dict[str, Any]:
    """The form with exactly what the talk asks for; a talk has a note in any case."""
    values: dict[str, Any] = {
        "promise_amount": "100", "promise_on": str(room.today + DAY), "next_on": str(room.today + DAY), "next_at": "10:00",
        "willingness": "wavering", "reason_code": "other", "relation": "朋友", "new0_value": "13800006666",
        "evidence": "转账截图", "note": "如实记录",
        "paid_items": [str(room.case.items.earliest("due_on").pk)],
    }  # fmt: skip
    wanted = {name for asked in talk.asks for name in ANSWERS[asked]}
    if talk.connected:
        wanted.add("note")
    form: dict[str, Any] = {name: text for name, text in values.items() if name in wanted}
    if talk.hold and talk.hold[1] == "item":
        form["hold_item"] = room.case.items.earliest("due_on").pk
    return form | {
        "request_key": "page-1", "answered": talk.who, "outcome": talk.outcome, "new0_kind": "mobile",
        "identified": "on" if talk.right_party else "",
    }  # fmt: skip


def saved(room: Room, talk: Talk, form: dict[str, Any]) -> str:
    """Saves the talk; the problems of the page where it was refused. A third person's wish is that
    of a third person's number, which may be dialled while the debtor is lost."""
    point = room.mobile
    if talk.refuses:
        lose(room)
        point = room.relative
    decision = people.make_decision(room.case, timezone.now(), point, actor=room.collector)
    answer = room.save(form | {"decision": decision.pk}, point)
    if answer.status_code == 200:
        return ""
    return " ".join(strip_tags(answer.content.decode()).split())


def recorded(room: Room, talk: Talk) -> dict[str, object]:
    """What the book holds of the one talk that it knows."""
    contact = ContactRecord.objects.get(case=room.case)
    status = PointStatus.objects.filter(act_id=contact.act_id, point_id=contact.point_id).first()
    minor = [(row.amount_minor, row.due_on) for row in Promise.objects.all()]
    return {
        "who, outcome": (contact.answered, contact.outcome),
        "right party": contact.identified,
        "connected": contact.connected,
        "willingness": contact.willingness,
        "reason": contact.reason_code,
        "number": status.status if status else "",
        "promise": minor,
        "next contact": (contact.next_contact_on, contact.next_contact_minute),
        "relation": "朋友" in contact.note,
        "holds": [(row.subject["kind"], row.subject["scope"]) for row in Approval.objects.all()],
        "never again": Refusal.objects.exists(),
    }


def expected(room: Room, talk: Talk) -> dict[str, object]:
    """The same by the table alone. What the form asks for goes before what the outcome sets."""
    tomorrow = room.today + DAY
    return {
        "who, outcome": (talk.who, talk.outcome),
        "right party": talk.right_party,
        "connected": talk.connected,
        "willingness": "wavering" if "willingness" in talk.asks else talk.willingness,
        "reason": "other" if "reason" in talk.asks else talk.reason,
        "number": talk.number,
        "promise": [(100_00, tomorrow)] if "promise" in talk.asks else [],
        "next contact": (tomorrow, 600) if "next_contact" in talk.asks else (None, None),
        "relation": "relation" in talk.asks,
        "holds": [talk.hold] if talk.hold else [],
        "never again": talk.refuses,
    }


def differences(room: Room, talk: Talk) -> list[str]:
    """What of the talk differs from the table, each attempt undone again."""
    name = f"{talk.who} {talk.outcome}"
    form = complete(room, talk)
    with undone():
        refused = saved(room, talk, form)
        if refused:
            return [f"{name}: refused: {refused}"]
        book, wanted = recorded(room, talk), expected(room, talk)
        found = [f"{name}: {key}" for key in wanted if book[key] != wanted[key]]

    for left_out in _left_out(talk):
        with undone():
            less = {key: value for key, value in form.items() if key not in left_out}
            if not saved(room, talk, less):
                found.append(f"{name}: saved without {', '.join(left_out)}")
    return found


def _left_out(talk: Talk) -> Iterator[tuple[str, ...]]:
    """Every field that is asked for, and all that answer one question together."""
    for asked in talk.asks:
        yield ANSWERS[asked]
        if len(ANSWERS[asked]) > 1:
            yield from ((field,) for field in ANSWERS[asked])


def next_contact_differences(room: Room, talk: Talk, days: int | None) -> list[str]:
    """The last day on which a next contact may lie, and the first on which it may not."""
    found = []
    form = complete(room, talk) | {"next_at": "10:00"}
    last = FAR if days is None else days
    with undone():
        if saved(room, talk, form | {"next_on": str(room.today + dt.timedelta(last))}):
            found.append(f"a next contact in {last} days is refused")
    with undone():
        beyond = {"next_on": str(room.today + dt.timedelta(last + 1))}
        if days is not None and not saved(room, talk, form | beyond):
            found.append(f"a next contact in {last + 1} days is taken")
    return found


class undone(transaction.Atomic):
    """What is done inside is taken back at the end."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *raised: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*raised)


def asking_for_next(pack: str) -> Talk:
    """A talk after which a next contact is agreed."""
    return next(talk for talk in table(pack).talks if "next_contact" in talk.asks)


@pytest.fixture
def room(pack: str, procedures: None) -> Room:
    return make_room(pack, PACKS[pack])


@pytest.mark.parametrize("pack", PACKS)
def test_the_book_holds_what_the_table_says(pack: str, room: Room) -> None:
    found = [line for talk in table(pack).talks for line in differences(room, talk)]
    found += next_contact_differences(room, asking_for_next(pack), table(pack).next_days)
    assert not found, "\n".join(found)


def change(room: Room, monkeypatch: pytest.MonkeyPatch, changed: Procedure) -> None:
    monkeypatch.setattr(procedures, "_read", lambda version: changed)


def without(outcomes: Outcomes, who: str, code: str, **change: Any) -> Outcomes:
    """The outcomes with one of them changed."""
    answers = tuple(
        replace(
            answer,
            outcomes=tuple(
                replace(one, **change) if (one.who, one.code) == (who, code) else one
                for one in answer.outcomes
            ),
        )
        for answer in outcomes.answers
    )
    return replace(outcomes, answers=answers)


@pytest.mark.parametrize("pack", PACKS)
def test_the_book_is_other_where_an_outcome_was_changed(
    pack: str, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold, a promise, a relation, the status of a number taken out; three days made nine."""
    version = packs.of_case(room.case, room.today)[0]
    real = procedures._read(version)
    assert real.outcomes is not None
    by_name = {(talk.who, talk.outcome): talk for talk in table(pack).talks}

    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("debtor", "dispute", {"hold": None}),
        ("debtor", "promised", {"needs": ("reason",)}),
        ("other", "lawyer", {"hold": None}),
        ("nobody", "invalid", {"point": ""}),
    ]
    if pack == "phone_collection":
        changes += [
            ("friend", "will_relay", {"needs": ()}),
            ("relative", "refuses_contact", {"point": ""}),
        ]
    for who, code, altered in changes:
        change(room, monkeypatch, real)
        assert differences(room, by_name[who, code]) == []
        outcomes = without(real.outcomes, who, code, **altered)
        change(room, monkeypatch, replace(real, outcomes=outcomes))
        assert differences(room, by_name[who, code]), (who, code, altered)

    nine = {**real.parameters, procedures.NEXT_DAYS: 9}
    change(room, monkeypatch, replace(real, parameters=nine))
    days = table(pack).next_days
    assert next_contact_differences(room, asking_for_next(pack), days)
