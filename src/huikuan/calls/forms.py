"""The form of a talk: what a collector enters, read into a TalkEntry; what the outcome asks for, checked all at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.act_names import channels
from huikuan.casebook.models import Case, ContactPoint, ContactRecord, Item
from huikuan.contacts.check import OBLIGED, WILLINGNESS
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.points import NewPoint, source_of, spelled
from huikuan.contacts.procedure import Procedure
from huikuan.contacts.save import AgreedHours, HoldWish, TalkEntry
from huikuan.contacts.sentences import problem
from huikuan.engine.acts import is_spoken
from huikuan.engine.outcomes import Outcome
from huikuan.lib.money import parse_minor
from huikuan.lib.problems import Problem, Refused
from huikuan.promises.make import PromiseEntry, instalments
from huikuan.web.asked import number_in
from huikuan.web.forms import Form

#: Rows for contact data in the form.
NEW_POINTS = 3
MOST_PARTS = 60
#: Columns of the record's problems → fields of this form.
COLUMNS = {
    "promise.amount": "promise_amount",
    "promise.due_on": "promise_on",
    "promise.total": "promise_amount",
    "promise.tolerance": "promise_amount",
    "promise": "promise_amount",
    "next_contact_on": "next_on",
    "next_contact_minute": "next_at",
    "task_ids": "tasks",
    "point_status": "outcome",
    "point_id": "point",
    "exchange": "answered",
}
EVERY = [("", _("a month")), ("7", _("7 days")), ("14", _("14 days"))]
#: What a contact record can be, seen from its form.
CALL, CALL_IN = "call", "call_in"


def ways() -> list[tuple[str, Any]]:
    """The contacts that the form of other contacts records."""
    others = [(code, name) for code, name in channels() if code != CALL]
    return [
        (CALL_IN, _("call from the debtor")),
        (CALL, _("call made outside the guided call")),
        *others,
    ]


def is_voice(channel: str) -> bool:
    """Whether somebody answers at once."""
    return channel == CALL_IN or is_spoken(channel)


@dataclass(frozen=True)
class Situation:
    """What the form is filled in for. `point` is None where the form asks for it."""

    case: Case
    procedure: Procedure
    point: ContactPoint | None
    channel: str = CALL


class TalkForm(Form):
    """Every field may be empty here; what is needed depends on the outcome and is said by `problems`."""

    answered = forms.ChoiceField(
        choices=ContactRecord.Answered, label=_("Who answered"), required=False
    )
    identified = forms.BooleanField(label=_("Identity confirmed"), required=False)
    outcome = forms.CharField(label=_("Outcome"), max_length=40, required=False)
    promise_amount = forms.CharField(label=_("Promised amount"), max_length=24, required=False)
    promise_on = forms.DateField(label=_("Promised day"), required=False)
    promise_count = forms.IntegerField(
        label=_("Parts"), min_value=1, max_value=MOST_PARTS, required=False
    )
    promise_every = forms.ChoiceField(choices=EVERY, label=_("Every"), required=False)
    next_on = forms.DateField(label=_("Next contact"), required=False)
    next_at = forms.TimeField(label=_("Time"), required=False)
    reason_code = forms.CharField(label=_("Reason for the arrears"), max_length=40, required=False)
    willingness = forms.CharField(label=_("Willingness to repay"), max_length=20, required=False)
    evidence = forms.CharField(label=_("Evidence"), max_length=400, required=False)
    relation = forms.CharField(label=_("Relation to the debtor"), max_length=40, required=False)
    hold_item = forms.IntegerField(label=_("Item that is to rest"), required=False)
    paid_items = forms.ModelMultipleChoiceField(
        Item.objects.none(), label=_("Items that are said to be paid"), required=False
    )
    hours_from = forms.TimeField(label=_("Hours agreed from"), required=False)
    hours_to = forms.TimeField(label=_("Hours agreed to"), required=False)
    hours_until = forms.DateField(label=_("Hours agreed until"), required=False)
    note = forms.CharField(label=_("Call note"), max_length=2000, required=False)
    analysis = forms.CharField(label=_("Own analysis"), max_length=2000, required=False)
    plan = forms.CharField(label=_("What this call is to settle"), max_length=200, required=False)
    call_id = forms.UUIDField(required=False)
    seconds = forms.IntegerField(
        label=_("Length in seconds"), min_value=0, max_value=24 * 3600, required=False
    )
    override_reason = forms.CharField(
        label=_("Why it took place all the same"), max_length=300, required=False
    )
    request_key = forms.CharField(max_length=64, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, seen: Situation, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.seen = seen
        self.voice = is_voice(seen.channel)
        paid_items = self.fields["paid_items"]
        assert isinstance(paid_items, forms.ModelMultipleChoiceField)
        paid_items.queryset = Item.objects.filter(case=seen.case, summary__open_minor__gt=0)

    # --- what is wrong

    def problems(self) -> list[Problem]:
        """Everything that stands in the way, by field. Empty: `entry` may be saved."""
        self.full_clean()
        found = [
            problem("contact.invalid", column=name)
            if not texts
            else Problem("contact.form", str(texts[0]), column=name)
            for name, texts in self.errors.items()
        ]
        return [
            *found,
            *self._outcome_problems(),
            *self._promise_problems(),
            *self._other_problems(),
        ]

    def _outcome_problems(self) -> Iterator[Problem]:
        outcome, code = self.came_of, self._text("outcome")
        if not self.voice or self.seen.procedure.outcomes is None:
            return
        if not code:
            yield problem("contact.need_outcome", column="outcome")
        elif outcome is None:
            yield problem("contact.outcome_other", column="outcome")
        else:
            yield from self._needs(outcome)

    def _needs(self, outcome: Outcome) -> Iterator[Problem]:
        if outcome.right_party and not self.cleaned_data.get("identified"):
            yield problem("contact.unverified", column="identified")
        asked = {
            "promise": ("promise_amount", "promise_on"),
            "next_contact": ("next_on", "next_at"),
            "willingness": ("willingness",),
            "reason": ("reason_code",),
            "relation": ("relation",),
            "evidence": ("evidence",),
            "note": ("note",),
        }
        for need in outcome.needs:
            for name in asked.get(need, ()):
                if not self._text(name) and name not in self.errors:
                    yield problem("contact.need", column=name, field=str(self.fields[name].label))
        if "contact_data" in outcome.needs and not self._told_rows():
            yield problem("contact.need", column="new0_value", field=gettext("Contact data"))
        if (
            "paid_items" in outcome.needs
            and not self._paid_items()
            and "paid_items" not in self.errors
        ):
            yield problem("contact.need_paid_items", column="paid_items")
        if outcome.hold and outcome.hold.scope in ("item", "account") and self._item() is None:
            yield problem("contact.need_item", column="hold_item")

    def _promise_problems(self) -> Iterator[Problem]:
        amount, first = self._text("promise_amount"), self.cleaned_data.get("promise_on")
        if not amount:
            if first and "promise_amount" not in self.errors and "promise" not in self._asked():
                yield problem(
                    "contact.need",
                    column="promise_amount",
                    field=str(self.fields["promise_amount"].label),
                )
            return
        if (refused := self._refused()) is not None:
            yield refused.problem(column="promise_amount")
        elif first is None and "promise" not in self._asked() and "promise_on" not in self.errors:
            yield problem(
                "contact.need", column="promise_on", field=str(self.fields["promise_on"].label)
            )
        elif first is not None and self._promise() is None:
            yield problem("contact.instalments", column="promise_count", count=self._parts())

    def _other_problems(self) -> Iterator[Problem]:
        yield from (one for one in self._spelled() if isinstance(one, Problem))
        start, end = self.cleaned_data.get("hours_from"), self.cleaned_data.get("hours_to")
        if (start or end) and not (start and end and start < end):
            yield problem("contact.hours", column="hours_to" if start else "hours_from")
        if self.willing not in ("", *WILLINGNESS):
            yield problem(
                "contact.choice",
                column="willingness",
                value=self.willing,
                known=", ".join(WILLINGNESS),
            )

    def _asked(self) -> tuple[str, ...]:
        return self.came_of.needs if self.came_of else ()

    # --- what was entered

    def _text(self, name: str) -> str:
        value = self.cleaned_data.get(name)
        return "" if value is None else str(value).strip()

    @property
    def who(self) -> str:
        return self._text("answered") or ContactRecord.Answered.NOBODY

    @property
    def came_of(self) -> Outcome | None:
        return self.seen.procedure.outcome(self.who, self._text("outcome"))

    @property
    def willing(self) -> str:
        """As entered, else as the outcome sets it."""
        return self._text("willingness") or (self.came_of.willingness if self.came_of else "")

    @property
    def talked(self) -> bool:
        return self.connected and self.who != ContactRecord.Answered.NOBODY

    @property
    def connected(self) -> bool:
        if not self.voice:
            return True
        return self.came_of.connected if self.came_of else self.who != ContactRecord.Answered.NOBODY

    def _refused(self) -> Refused | None:
        """Why the promised amount cannot be read."""
        try:
            parse_minor(self._text("promise_amount"), self.seen.case.currency)
        except Refused as refused:
            return refused
        return None

    def _minor(self) -> int | None:
        if not self._text("promise_amount") or self._refused():
            return None
        return parse_minor(self._text("promise_amount"), self.seen.case.currency)

    def _parts(self) -> int:
        return self.cleaned_data.get("promise_count") or 1

    def _promise(self) -> PromiseEntry | None:
        minor, first = self._minor(), self.cleaned_data.get("promise_on")
        if minor is None or first is None:
            return None
        every = int(self._text("promise_every")) if self._text("promise_every") else None
        try:
            due = instalments(minor, first, self._parts(), every_days=every)
        except (ValueError, OverflowError):
            return None
        procedure, currency = self.seen.procedure, self.seen.case.currency
        tolerance = parse_minor(procedure.tolerance, currency)
        return PromiseEntry(due, minor, procedure.grace_days, tolerance)

    def _told_rows(self) -> list[NewPoint]:
        """The rows of contact data in which something was written."""
        rows = []
        for n in range(NEW_POINTS):
            given = {
                name: str(self.data.get(f"new{n}_{name}", "")).strip()
                for name in ("kind", "value", "whose", "place", "holder")
            }
            if given["value"]:
                rows.append(self._told_row(given, f"new{n}_value"))
        return rows

    def _told_row(self, given: dict[str, str], name: str) -> NewPoint:
        def chosen(key: str, known: list[str]) -> str:
            return given[key] if given[key] in known else known[0]

        whose = chosen("whose", ContactPoint.Whose.values)
        point = self.seen.point
        return NewPoint(
            kind=chosen("kind", ContactPoint.Kind.values),
            value=given["value"],
            whose=whose,
            place=chosen("place", ContactPoint.Place.values),
            source=source_of(self.who, point.whose if point else ContactPoint.Whose.DEBTOR),
            holder="" if whose == ContactPoint.Whose.DEBTOR else given["holder"][:80],
            relation=self._text("relation") if whose == ContactPoint.Whose.OTHER else "",
            field=name,
        )

    def _spelled(self) -> list[NewPoint | Problem]:
        return [spelled(row) for row in self._told_rows()]

    def _item(self) -> int | None:
        wanted = self.cleaned_data.get("hold_item")
        if wanted is None:
            return None
        return self.seen.case.items.filter(pk=wanted).values_list("pk", flat=True).first()

    def _paid_items(self) -> tuple[int, ...]:
        """What the debtor says is paid; empty where the outcome says nothing of the kind."""
        if "paid_items" not in self._asked():
            return ()
        return tuple(item.pk for item in self.cleaned_data.get("paid_items") or ())

    def _many(self, name: str) -> list[str]:
        return (
            self.data.getlist(name)
            if isinstance(self.data, QueryDict)
            else list(self.data.get(name, ()))
        )

    def _tasks(self) -> tuple[int, ...]:
        return tuple(key for key in map(number_in, self._many("tasks")) if key)

    def _checked(self) -> tuple[tuple[int, str], ...]:
        """check-<id>=same or changed: what the debtor says of each known point."""
        said = {"same": "valid", "changed": "invalid"}
        named = (
            (key.removeprefix("check-"), str(value))
            for key, value in self.data.items()
            if key.startswith("check-")
        )
        known = ((number_in(key), said[value]) for key, value in named if value in said)
        return tuple((key, status) for key, status in known if key)

    # --- the entry

    def entry(
        self, *, at: dt.datetime | None, point_id: int | None, staff: int | None = None
    ) -> TalkEntry:
        """What is to be saved, as far as it could be read. `at`: when it took place."""
        outcome = self.came_of
        speaks = self.who == ContactRecord.Answered.DEBTOR and self.talked
        return TalkEntry(
            contact=self._contact(at, point_id, staff),
            told=tuple(one for one in self._spelled() if isinstance(one, NewPoint))
            if self.talked
            else (),
            checked=self._checked() if speaks else (),
            hours=self._hours() if speaks else None,
            hold=HoldWish(outcome.hold.kind, outcome.hold.scope, self._item())
            if outcome and outcome.hold
            else None,
            paid_items=self._paid_items() if speaks else (),
            call_id=self.cleaned_data.get("call_id"),
        )

    def _contact(
        self, at: dt.datetime | None, point_id: int | None, staff: int | None
    ) -> ContactEntry:
        outcome, channel = self.came_of, self.seen.channel
        next_at = self.cleaned_data.get("next_at")
        talked = self.talked
        return ContactEntry(
            case_id=self.seen.case.pk,
            channel=CALL if channel == CALL_IN else channel,
            inbound=channel == CALL_IN,
            connected=self.connected,
            point_id=point_id,
            style=ContactRecord.Style.INTERACTIVE if self.voice else ContactRecord.Style.INFORMING,
            answered=self.who,
            identified=bool(self.cleaned_data.get("identified")) and talked,
            seconds=self.cleaned_data.get("seconds") if self.connected else None,
            exchange=True if talked else None,
            at=at,
            outcome=self._text("outcome"),
            reason_code=self._text("reason_code") or (outcome.reason if outcome else ""),
            willingness=self.willing,
            note=self._note(),
            analysis=self._analysis(),
            next_contact_on=self.cleaned_data.get("next_on"),
            next_contact_minute=next_at.hour * 60 + next_at.minute if next_at else None,
            promise=self._promise(),
            point_status=self._status(outcome),
            task_ids=self._tasks(),
            staff=staff,
            override_reason=self._text("override_reason"),
            request_key=self._text("request_key"),
        )

    def _note(self) -> str:
        """The note, with what the outcome asked for in lines of its own: the record has no columns for it."""
        note = self._text("note")
        if not note and self.talked:
            return ""  # evidence alone is no note of a talk
        lines = [
            (self.fields[name].label, self._text(name))
            for name in ("evidence", "relation")
            if self._text(name)
        ]
        return "\n".join([note, *(f"{label}：{text}" for label, text in lines)]).strip()

    def _analysis(self) -> str:
        plan = self._text("plan")
        planned = [f"{self.fields['plan'].label}：{plan}"] if plan else []
        return "\n".join(filter(None, [self._text("analysis"), *planned]))

    def _status(self, outcome: Outcome | None) -> str:
        """The debtor's own number is not closed by a third person's wish; that a stranger has it is recorded by itself."""
        status = outcome.point if outcome else ""
        point = self.seen.point
        return "" if status == "refused" and (point is None or point.whose in OBLIGED) else status

    def _hours(self) -> AgreedHours | None:
        start, end = self.cleaned_data.get("hours_from"), self.cleaned_data.get("hours_to")
        if not (start and end):
            return None
        return AgreedHours(
            start.hour * 60 + start.minute,
            end.hour * 60 + end.minute,
            self.cleaned_data.get("hours_until"),
        )


def placed(problems: list[Problem] | tuple[Problem, ...]) -> list[Problem]:
    """The problems with the names of this form's fields as their columns, each once."""
    named = [one.at(column=COLUMNS.get(str(one.column or ""), one.column)) for one in problems]
    seen: dict[tuple[str, object], Problem] = {}
    for one in named:
        seen.setdefault((one.text(), one.column), one)
    return list(seen.values())
