"""The file of the case at a glance 案件概要: who, what is owed, the last promise, the last talks, what rests, agreed hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from huikuan.casebook import packs
from huikuan.casebook.models import (
    Agreement,
    Case,
    ContactPoint,
    ContactRecord,
    Hold,
    Item,
    PointStatus,
    Promise,
    Task,
)
from huikuan.contacts.moment import clock
from huikuan.engine.playbook import Step
from huikuan.promises.state import Instalment, Paid, standing

ITEMS = 6
NOTES = 3


@dataclass(frozen=True)
class Covered:
    """An open task of the case with its step, as the version that made it has it."""

    task: Task
    step: Step


@dataclass(frozen=True)
class File:
    """Each part is one query, made when it is first asked for."""

    case: Case
    today: dt.date

    @cached_property
    def items(self) -> list[Item]:
        """Unpaid items, the oldest first."""
        found = Item.objects.filter(case=self.case, summary__open_minor__gt=0).select_related("summary")
        items = list(found.order_by("due_on", "pk")[: ITEMS + 1])
        for item in items:
            item.days = (self.today - item.due_on).days  # type: ignore[attr-defined]
        return items

    @property
    def items_shown(self) -> list[Item]:
        return self.items[:ITEMS]

    @property
    def items_more(self) -> bool:
        return len(self.items) > ITEMS

    @cached_property
    def contacts(self) -> list[ContactRecord]:
        """The latest contacts, newest first, each with who recorded it."""
        found = ContactRecord.objects.filter(case=self.case).select_related("act__actor", "point")
        return list(found.order_by("-at", "-pk")[:12])

    @property
    def notes(self) -> list[ContactRecord]:
        return [record for record in self.contacts if record.note][:NOTES]

    @property
    def last_talk(self) -> ContactRecord | None:
        """The last time that somebody answered."""
        talks = (one for one in self.contacts if one.connected and one.answered != ContactRecord.Answered.NOBODY)
        return next(talks, None)

    @cached_property
    def promises(self) -> list[Promise]:
        """Instalments of the promise that was given last."""
        newest = Promise.objects.filter(case=self.case).order_by("-valid_on", "-pk").values("plan")[:1]
        return list(Promise.objects.filter(case=self.case, plan=Subquery(newest)).order_by("due_on"))

    @property
    def promise(self) -> Promise | None:
        """The instalment that counts now: the one of the facts, else the first."""
        due_on = self.case.summary.promise_due_on
        return next((one for one in self.promises if one.due_on == due_on), self.promises[0] if self.promises else None)

    @cached_property
    def promise_state(self) -> str:
        """none, open, kept, part or broken today."""
        if not self.promises:
            return "none"
        lines = [
            Instalment(p.plan, p.pk, p.valid_on, p.due_on, p.amount_minor, p.grace_days, p.tolerance_minor)
            for p in self.promises
        ]
        payments = self.case.payments.filter(valid_on__gte=self.promises[0].valid_on)
        money = payments.values_list("valid_on", "amount_minor", "reversal__valid_on")
        return standing(lines, [Paid(*one) for one in money], self.today).state

    @cached_property
    def holds(self) -> list[Hold]:
        running = Q(ended_on__isnull=True) | Q(ended_on__gt=self.today)
        return list(Hold.objects.filter(running, case=self.case).order_by("valid_on"))

    @cached_property
    def hours(self) -> Agreement | None:
        """The hours agreed with the debtor that hold today."""
        lasting = Q(until_on__isnull=True) | Q(until_on__gte=self.today)
        found = Agreement.objects.filter(lasting, case=self.case, valid_on__lte=self.today)
        agreement = found.order_by("-valid_on", "-pk").first()
        if agreement:
            agreement.text = f"{clock(agreement.from_minute)}–{clock(agreement.to_minute)}"  # type: ignore[attr-defined]
        return agreement

    @cached_property
    def points(self) -> list[ContactPoint]:
        """Contact points of the debtor, each with its last status."""
        newest = PointStatus.objects.filter(point=OuterRef("pk")).order_by("-valid_on", "-pk").values("status")[:1]
        found = ContactPoint.objects.filter(person_id=self.case.person_id).annotate(last_status=Subquery(newest))
        return list(found.order_by(F("whose").asc(), "pk"))

    @property
    def own_points(self) -> list[ContactPoint]:
        return [point for point in self.points if point.whose == ContactPoint.Whose.DEBTOR]

    @cached_property
    def tasks(self) -> list[Covered]:
        """Open tasks, the most urgent first."""
        tasks = Task.objects.filter(case=self.case, status=Task.Status.OPEN).select_related("step")
        found = [Covered(task, packs.step_of(task.pack_version_id, task.step.code)) for task in tasks]
        return sorted(found, key=lambda one: (one.step.priority, one.task.due_on, one.task.pk))

    def tasks_of(self, channel: str, addressee: str | None) -> list[Covered]:
        """Those that such a contact covers."""
        return [
            one
            for one in self.tasks
            if one.step.action == channel and (addressee is None or one.step.addressee == addressee)
        ]

    @property
    def days_past_due(self) -> int | None:
        due = self.case.summary.oldest_due_on
        return (self.today - due).days if due else None

    def who(self) -> list[tuple[str, object]]:
        """The data sheet, numbers masked."""
        person = self.case.person
        rows: list[tuple[str, object]] = [
            (_("ID number"), person.id_masked),
            (_("Sex"), {"m": _("male"), "f": _("female")}.get(person.sex.lower(), person.sex)),
            (_("Household register"), person.region),
            *((str(name), value) for name, value in list(person.details.items())[:4]),
        ]
        return [(label, value) for label, value in rows if value not in (None, "")]


def addressee_of(point: ContactPoint) -> str:
    """The addressee of a step that a contact at this point serves."""
    own = (ContactPoint.Whose.DEBTOR, ContactPoint.Whose.GUARANTOR, ContactPoint.Whose.CO_DEBTOR)
    return point.whose if point.whose in own else "third_party"


def plan_of(tasks: Sequence[Covered]) -> dict[str, str]:
    """Words of the most urgent step: what the call is for."""
    return dict(tasks[0].step.title) if tasks else {}
