"""The file of the case at a glance 案件概要: who, what is owed, the last promise, the last talks, what rests, agreed hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from huikuan.approvals.step import hindrances
from huikuan.casebook import packs
from huikuan.casebook.labels import labels_of_all
from huikuan.casebook.models import Case, ContactPoint, ContactRecord, Hold, Person, PointStatus
from huikuan.casebook.statements import named
from huikuan.engine.playbook import Step
from huikuan.engine.time_of_day import clock
from huikuan.lib import areas
from huikuan.lib.problems import Problem
from huikuan.people.models import User
from huikuan.promises.state import Instalment, Paid, standing

ITEMS, CONTACTS, NOTES = 6, 12, 3
#: What is known of how the customer works: the newest notes of it.
CUSTOMER_NOTES = 3
#: Items that a form offers to choose from.
ITEMS_OFFERED = 100
Part = TypeVar("Part")


@dataclass(frozen=True)
class OpenItem:
    """An item that is not paid yet."""

    pk: int
    number: str
    due_on: dt.date
    open_minor: int
    disputed: bool
    #: The last day on which the debtor said that it is paid.
    claimed_on: dt.date | None


@dataclass(frozen=True)
class Talk:
    """A contact, and the name of who recorded it."""

    pk: int
    at: dt.datetime
    connected: bool
    answered: str
    note: str
    by: str

    @property
    def who(self) -> str:
        return str(ContactRecord.Answered(self.answered).label)


@dataclass(frozen=True, slots=True)
class Promised(Instalment):
    currency: str = ""


@dataclass(frozen=True)
class Resting:
    """A hold that runs. `item`: the number of the item that it covers, where it is one."""

    kind: str
    scope: str
    valid_on: dt.date
    reason: str
    item: str

    @property
    def title(self) -> str:
        return str(Hold.Kind(self.kind).label)

    @property
    def reach(self) -> str:
        return str(Hold.Scope(self.scope).label)


@dataclass(frozen=True)
class Differing:
    """An unpaid item of which the customer's books say something else, and what they say."""

    number: str
    note: str
    valid_on: dt.date


@dataclass(frozen=True)
class CustomerNote:
    """How the customer works, and for what of the work that was written down."""

    text: str
    purpose: str
    valid_on: dt.date


@dataclass(frozen=True)
class Hours:
    """Hours agreed with the debtor, minutes of the local day."""

    from_minute: int
    to_minute: int
    until_on: dt.date | None

    @property
    def text(self) -> str:
        return f"{clock(self.from_minute)}–{clock(self.to_minute)}"


@dataclass(frozen=True)
class Covered:
    """An open task of the case with its step, as the version that made it has it."""

    pk: int
    subject_id: int
    pack_version_id: int
    code: str
    due_on: dt.date
    deadline_on: dt.date | None
    reason: str

    @cached_property
    def step(self) -> Step:
        return packs.step_of(self.pack_version_id, self.code)


@dataclass(frozen=True)
class Offered:
    """A task that a page offers to be covered by a contact; `lacking`: why this user may not;
    `about`: the item or statement, where it is not the case itself.
    """

    task: Covered
    lacking: Problem | None
    about: str = ""


@dataclass(frozen=True)
class File:
    """All parts but the contact points come from one statement, asked when the first of them is needed."""

    case: Case
    today: dt.date

    @cached_property
    def _row(self) -> dict[str, Any]:
        given: dict[str, Any] = {
            "case": self.case.pk,
            "today": self.today,
            "items": ITEMS_OFFERED,
            "contacts": CONTACTS,
            "customer_notes": CUSTOMER_NOTES,
        }
        with connection.cursor() as cursor:
            cursor.execute(_statement(), given)
            return named(cursor)[0]

    def _parts(self, name: str, kind: type[Part]) -> list[Part]:
        return [_read(kind, row) for row in self._row[name] or ()]

    @cached_property
    def items(self) -> list[OpenItem]:
        """Unpaid items, the oldest first."""
        return self._parts("items", OpenItem)

    @property
    def items_shown(self) -> list[tuple[OpenItem, int]]:
        """The first of them, each with its age in days."""
        return [(item, (self.today - item.due_on).days) for item in self.items[:ITEMS]]

    @property
    def items_more(self) -> bool:
        return len(self.items) > ITEMS

    @cached_property
    def contacts(self) -> list[Talk]:
        """The latest contacts, newest first."""
        return self._parts("contacts", Talk)

    @property
    def notes(self) -> list[Talk]:
        return [one for one in self.contacts if one.note][:NOTES]

    @property
    def last_talk(self) -> Talk | None:
        """The last time that somebody answered."""
        talks = (
            one
            for one in self.contacts
            if one.connected and one.answered != ContactRecord.Answered.NOBODY
        )
        return next(talks, None)

    @cached_property
    def promises(self) -> list[Promised]:
        """Instalments of the promise that was given last."""
        return self._parts("promises", Promised)

    @property
    def promise(self) -> Promised | None:
        """The instalment that counts now: the one of the facts, else the first."""
        due_on = self.case.summary.promise_due_on
        return next(
            (one for one in self.promises if one.due_on == due_on),
            self.promises[0] if self.promises else None,
        )

    @cached_property
    def promise_state(self) -> str:
        """none, open, kept, part or broken today."""
        return standing(self.promises, self._parts("payments", Paid), self.today).state

    @cached_property
    def holds(self) -> list[Resting]:
        return self._parts("holds", Resting)

    @cached_property
    def differing(self) -> list[Differing]:
        """Unpaid items that differ in the customer's books."""
        return self._parts("differing", Differing)

    @cached_property
    def customer_notes(self) -> list[CustomerNote]:
        """How the customer works, the newest first."""
        return self._parts("customer", CustomerNote)

    @cached_property
    def hours(self) -> Hours | None:
        """The hours agreed with the debtor that hold today."""
        return _read(Hours, self._row["hours"]) if self._row["hours"] else None

    @property
    def principal_minor(self) -> int:
        """Principal that is still unpaid."""
        return int(self._row["principal_minor"])

    @property
    def account(self) -> str:
        """The number of the first account, as it may be shown; empty without one."""
        return str(self._row["account"])

    @cached_property
    def tasks(self) -> list[Covered]:
        """Open tasks, the most urgent first."""
        return sorted(
            self._parts("tasks", Covered), key=lambda one: (one.step.priority, one.due_on, one.pk)
        )

    def tasks_of(self, channel: str, addressee: str | None) -> list[Covered]:
        """Those that such a contact covers."""
        return [
            one
            for one in self.tasks
            if one.step.action == channel and (addressee is None or one.step.addressee == addressee)
        ]

    @cached_property
    def points(self) -> list[ContactPoint]:
        """Contact points of the debtor, each with its last status."""
        newest = (
            PointStatus.objects.filter(point=OuterRef("pk"))
            .order_by("-valid_on", "-pk")
            .values("status")[:1]
        )
        found = ContactPoint.objects.filter(person_id=self.case.person_id).annotate(
            last_status=Subquery(newest)
        )
        return list(found.order_by(F("whose").asc(), "pk"))

    @property
    def own_points(self) -> list[ContactPoint]:
        return [point for point in self.points if point.whose == ContactPoint.Whose.DEBTOR]

    @property
    def days_past_due(self) -> int | None:
        due = self.case.summary.oldest_due_on
        return (self.today - due).days if due else None

    def who(self) -> list[tuple[str, object]]:
        """The data sheet, numbers masked."""
        person = self.case.person
        rows: list[tuple[str, object]] = [
            *identity(person),
            *((str(name), value) for name, value in list(person.details.items())[:4]),
        ]
        return [(label, value) for label, value in rows if value not in (None, "")]


def identity(person: Person) -> list[tuple[str, object]]:
    """Who it is by its papers, numbers masked: of a company its registration, of a private person
    their own.
    """
    if person.kind == Person.Kind.COMPANY:
        return [
            (_("Credit code"), person.id_masked),
            (_("Registered in"), areas.in_words(person.region)),
        ]
    return [
        (_("ID number"), person.id_masked),
        (_("Born on"), person.born_on),
        (_("Sex"), {"m": _("male"), "f": _("female")}.get(person.sex.lower(), person.sex)),
        (_("Household register"), areas.in_words(person.region)),
    ]


@cache
def _statement() -> str:
    return Path(__file__).with_name("file.sql").read_text(encoding="utf-8")


def _read(kind: type[Part], row: dict[str, Any]) -> Part:
    return kind(**{name: _value(name, value) for name, value in row.items()})


def _value(name: str, value: Any) -> Any:
    """JSON has no days and moments; here as everywhere their columns are named `…_on` and `at`."""
    if value is not None and (name == "on" or name.endswith("_on")):
        return dt.date.fromisoformat(value)
    return dt.datetime.fromisoformat(value) if name == "at" else value


def offered(tasks: Sequence[Covered], user: User, on: dt.date) -> list[Offered]:
    """The tasks as a page offers them to this user on the day."""
    lacking = hindrances([task.pk for task in tasks], user, on)
    about = labels_of_all((task.step.per, task.subject_id) for task in tasks)
    return [
        Offered(task, lacking.get(task.pk), about.get((task.step.per, task.subject_id), ""))
        for task in tasks
    ]


def plan_of(tasks: Sequence[Covered]) -> dict[str, str]:
    """Words of the most urgent step: what the call is for."""
    return dict(tasks[0].step.title) if tasks else {}
