"""Forms of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Case, Hold, Item, Person
from huikuan.holds.entry import MOST_REASON, HoldEntry, kinds_for, scopes_for
from huikuan.lib.money import format_minor
from huikuan.web.forms import FilterForm, Form

_EVERY = ("", _("all"))
#: Items offered for a choice; a case with more is held by account.
_MOST = 200


class HoldForm(Form):
    """Set or propose a hold."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Hold.Kind.choices)
    scope = forms.ChoiceField(
        label=_("Reach"),
        choices=Hold.Scope.choices,
        help_text=_(
            "A dispute holds its item or account; death, insolvency, illness or a lawyer hold the person."
        ),
    )
    item = forms.TypedChoiceField(label=_("Item"), required=False, coerce=int, empty_value=None)
    account = forms.TypedChoiceField(
        label=_("Account"), required=False, coerce=int, empty_value=None
    )
    on = forms.DateField(label=_("From"), widget=forms.DateInput)
    reason = forms.CharField(
        label=_("Reason and evidence"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    contact = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limit("kind", kinds_for(case.person))
        self._limit("scope", scopes_for(case.person))
        if case.person.kind == Person.Kind.COMPANY:
            self.fields["scope"].help_text = _(
                "A dispute holds its item or account; insolvency or a lawyer hold the customer."
            )
        items = case.items.select_related("summary").order_by("due_on", "pk")
        self._choices("item", named_items(items, case))
        self._choices(
            "account", list(case.accounts.order_by("pk").values_list("pk", "number_shown"))
        )

    def _choices(self, name: str, pairs: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "—"), *pairs]

    def _limit(self, name: str, pairs: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = pairs

    def entry(self) -> HoldEntry:
        given = self.cleaned_data
        return HoldEntry(
            given["kind"],
            given["scope"],
            given["on"],
            given["reason"],
            given["item"],
            given["account"],
        )


def named_items(items: QuerySet[Item], case: Case) -> list[tuple[int, str]]:
    """Each item by its number and what is open on it: whoever is on the phone names one of them."""
    language = get_language() or "zh-hans"
    named = []
    for item in items[:_MOST]:
        amount = format_minor(item.summary.open_minor, case.currency, language)
        text = gettext("{item}, open {amount}").format(item=item.number, amount=amount)
        named.append((item.pk, text))
    return named


class EndForm(Form):
    """The first day without the hold, and why."""

    on = forms.DateField(label=_("Holds no more from"), widget=forms.DateInput)
    reason = forms.CharField(label=_("Why"), max_length=300)

    @classmethod
    def fresh(cls, on: dt.date, name: str) -> EndForm:
        return cls(initial={"on": on}, auto_id=name)


class HoldFilter(FilterForm):
    """The filters of the list of holds."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[_EVERY, *Hold.Kind.choices])
    scope = forms.ChoiceField(label=_("Reach"), choices=[_EVERY, *Hold.Scope.choices])
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("standing")), ("ended", _("ended"))]
    )
    q = forms.CharField(
        label=_("Case number"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Case number")}),
    )
