"""Forms of the allocation screens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from huikuan.allocation.access import collectors, teams
from huikuan.allocation.recall import MOST_REASON
from huikuan.allocation.shown import PRINCIPLES
from huikuan.casebook.models import AllocationRun, Target
from huikuan.lib.money import to_decimal
from huikuan.people.models import Creditor, Team, User
from huikuan.people.rights import Right
from huikuan.web.forms import FilterForm, Form, dress


class ProposeForm(Form):
    """Make a proposal: for which team (management may choose the whole house)."""

    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        queryset=None, label=_("Team"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        field.queryset = teams(user)  # type: ignore[attr-defined]
        if user.may_in_house(Right.ALLOCATE):
            field.empty_label = _("Whole house")  # type: ignore[attr-defined]
        else:
            field.required, field.initial, field.empty_label = True, user.team_id, None  # type: ignore[attr-defined]


class LineFilter(FilterForm):
    """The filters of a proposal's cases."""

    q = forms.CharField(
        label=_("Case number"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Case number")}),
    )
    collector = forms.ChoiceField(label=_("Collector"))
    creditor = forms.ChoiceField(label=_("Creditor"))
    age = forms.ChoiceField(label=_("Age class"))
    principle = forms.ChoiceField(label=_("Decided by"))

    def __init__(
        self, *args: Any, run: AllocationRun, names: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everyone = ("", _t("all"))
        people = sorted(((str(pk), name) for pk, name in names.items()), key=lambda pair: pair[1])
        creditors = Creditor.objects.filter(organisation_id=run.organisation_id).order_by("name")
        self._choices("collector", [everyone, ("none", _t("nobody")), *people])
        self._choices(
            "creditor", [everyone, *((creditor.code, creditor.name) for creditor in creditors)]
        )
        self._choices("age", [everyone, *((age, age) for age in run.summary.get("ages", []))])
        self._choices(
            "principle", [everyone, *((code, _t(text)) for code, text in PRINCIPLES.items())]
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class AbsenceForm(Form):
    """Who is away, from when until when; both days included."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None, label=_("Collector"))
    absent_from = forms.DateField(label=_("Away from"), widget=forms.DateInput)
    absent_until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Both days included; empty: until further notice."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole_house = user.may_in_house(Right.ALLOCATE)
        team = None if whole_house else user.team
        found = collectors(user.organisation_id or 0, team)
        chosen: Any = self.fields["user"]
        chosen.queryset = found if team or whole_house else found.none()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("absent_from"), values.get("absent_until")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
            self.add_error(
                "absent_until", _t("The last day lies before the first. Please change one of them.")
            )
        return values


class TargetForm(Form):
    """From which day, and for each collector calls, talks and the amount to be recovered, in yuan. Empty: none."""

    from_on = forms.DateField(label=_("From"), widget=forms.DateInput)

    def __init__(
        self,
        *args: Any,
        people: list[User],
        today: dt.date,
        tomorrow: dt.date,
        held: dict[tuple[int, str], int],
        **kwargs: Any,
    ) -> None:
        self.people, self.today = people, today
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = tomorrow
        for person in people:
            for kind in Target.Kind:
                self.fields[f"{kind}-{person.pk}"] = self._field(
                    person, kind, held.get((person.pk, kind), 0)
                )

    def _field(self, person: User, kind: Target.Kind, held: int) -> forms.Field:
        label = f"{person}: {kind.label}"
        field: forms.Field
        if kind == Target.Kind.RECOVERED:
            field = forms.DecimalField(
                label=label, required=False, min_value=0, max_digits=11, decimal_places=2
            )
            field.initial = to_decimal(held, "CNY") if held else None
        else:
            field = forms.IntegerField(label=label, required=False, min_value=0, max_value=2000)
            field.initial = held or None
        field.widget.attrs |= {"aria-label": label, "class": "form-control form-control-sm"}
        dress(field)
        return field

    def clean_from_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["from_on"]
        if on < self.today:
            raise forms.ValidationError(
                _t("A target cannot begin in the past. Choose today or a later day.")
            )
        return on

    def rows(self) -> list[tuple[User, list[forms.BoundField]]]:
        return [
            (person, [self[f"{kind}-{person.pk}"] for kind in Target.Kind])
            for person in self.people
        ]

    def wanted(self) -> dict[tuple[User, str], int]:
        """Collector and kind → amount; money in minor units; 0 for an empty field."""
        told: dict[tuple[User, str], int] = {}
        for person in self.people:
            for kind in Target.Kind:
                value = self.cleaned_data[f"{kind}-{person.pk}"] or 0
                told[person, str(kind)] = (
                    int(value * 100) if kind == Target.Kind.RECOVERED else value
                )
        return told


class ReturnFilter(FilterForm):
    """The filters of the list of cases to return or keep."""

    q = forms.CharField(
        label=_("Case number"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Case number")}),
    )
    creditor = forms.ChoiceField(label=_("Creditor"))
    due = forms.ChoiceField(
        label=_("Day of return"),
        choices=[
            ("", _("all")),
            ("over", _("passed")),
            ("7", _("within 7 days")),
            ("30", _("within 30 days")),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        creditors = Creditor.objects.filter(organisation_id=user.organisation_id or 0).order_by(
            "name"
        )
        choices = [("", _t("all")), *((creditor.code, creditor.name) for creditor in creditors)]
        self.fields["creditor"].choices = choices  # type: ignore[attr-defined]


class ReturnAction(Form):
    """What becomes of the chosen cases."""

    action = forms.ChoiceField(
        choices=[("return", _("return")), ("retain", _("keep")), ("recall", _("recall"))]
    )
    until_on = forms.DateField(label=_("Keep until"), required=False, widget=forms.DateInput)
    reason = forms.CharField(label=_("Remark"), required=False, max_length=MOST_REASON)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (
            values.get("action") == "retain"
            and not values.get("until_on")
            and "until_on" not in self.errors
        ):
            self.add_error("until_on", _t("Say until which day the cases are kept."))
        return values
