"""Forms of this room."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models import Breach, Penalty
from huikuan.penalties.propose import ProposalEntry, candidates
from huikuan.penalties.sentences import MOST_TEXT
from huikuan.penalties.wages import Deduction
from huikuan.people.models import User
from huikuan.web.forms import FilterForm, Form

_FEN = 100


def _money(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=12, decimal_places=2
    )


class ProposeForm(Form):
    """Who is named, which penalty, why. The sums are for a deduction alone."""

    user = forms.ModelChoiceField(
        label=pgettext_lazy("penalty", "Who"), queryset=User.objects.none(), empty_label="—"
    )
    kind = forms.ChoiceField(label=_("Penalty"))
    reason = forms.CharField(label=pgettext_lazy("penalty", "Reason"), max_length=MOST_TEXT)
    evidence = forms.CharField(label=pgettext_lazy("penalty", "Evidence"), max_length=MOST_TEXT)
    amount = _money(_("Deduction"))
    loss = _money(_("Proved loss that the worker caused"))
    wage = _money(_("Wage of the month"))
    minimum = _money(_("Local minimum wage"))
    clause = forms.CharField(
        label=_("Clause of the labour contract"), required=False, max_length=MOST_TEXT
    )

    def __init__(self, *args: Any, breach: Breach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = candidates(breach)  # type: ignore[attr-defined]
        named = (breach.penalty or {}).get("kind", "")
        offered = [named, Penalty.Kind.DEDUCTION.value]
        labels = dict(Penalty.Kind.choices)
        kinds: Any = self.fields["kind"]
        kinds.choices = [(code, labels[code]) for code in offered if code in labels]

    def entry(self) -> ProposalEntry:
        """What was filled in."""
        given = self.cleaned_data
        deduction = Deduction(
            _fen(given["amount"]),
            _fen(given["loss"]),
            _fen(given["wage"]),
            _fen(given["minimum"]),
            given["clause"],
        )

        return ProposalEntry(
            given["user"].pk, given["kind"], given["reason"], given["evidence"], deduction
        )


def _fen(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * _FEN)


class AppealForm(Form):
    """Why the penalty is not right."""

    text = forms.CharField(
        label=_("Why it is not right"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )


class DecideForm(Form):
    """Why, and the answer to the appeal."""

    reason = forms.CharField(
        label=_("Why, and the answer to the appeal"), required=False, max_length=MOST_TEXT
    )


class MonthForm(FilterForm):
    """The month of the sheet."""

    month = forms.RegexField(
        label=_("Month"), regex=r"^\d{4}-(0[1-9]|1[0-2])$", help_text="2026-11"
    )

    def first_day(self, today: dt.date) -> dt.date:
        """The first day of the chosen month, else of this one."""
        chosen = self.chosen.get("month")
        if chosen:
            return dt.date.fromisoformat(f"{chosen}-01")
        return today.replace(day=1)
