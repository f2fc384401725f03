"""Forms of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Case, Hold
from huikuan.holds.entry import MOST_REASON, HoldEntry
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
        items = case.items.order_by("due_on", "pk").values_list("pk", "number")[:_MOST]
        self._choices("item", list(items))
        self._choices(
            "account", list(case.accounts.order_by("pk").values_list("pk", "number_shown"))
        )

    def _choices(self, name: str, pairs: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "—"), *pairs]

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
