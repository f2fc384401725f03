"""Forms of the payment screens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huikuan.casebook.models import Case, Charge, PaymentFile
from huikuan.lib.money import parse_minor
from huikuan.lib.problems import Refused
from huikuan.payments.access import creditors
from huikuan.payments.correct import ASKED_FOR, LOWERING
from huikuan.payments.lawful import Ground
from huikuan.payments.rows import QUEUED, State
from huikuan.payments.sources import SOURCES
from huikuan.people.models import Creditor, User
from huikuan.web.forms import FilterForm, Form


class UploadForm(Form):
    """A file of payments and whose it is."""

    creditor = forms.ModelChoiceField(
        label=gettext_lazy("Creditor"),
        queryset=Creditor.objects.none(),
        to_field_name="code",
        empty_label="—",
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV (UTF-8 or GB18030) or XLSX, one payment a row, as the bank or the creditor sent it"
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["creditor"]
        offered.queryset = creditors(user)


class FileFilter(FilterForm):
    q = forms.CharField(
        label=gettext_lazy("File name"), widget=forms.TextInput(attrs={"type": "search"})
    )
    creditor = forms.ChoiceField(label=gettext_lazy("Creditor"))
    status = forms.ChoiceField(label=gettext_lazy("Status"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("all"))]
        offered: Any = self.fields["creditor"]
        offered.choices = everything + list(creditors(user).values_list("code", "name"))
        statuses: Any = self.fields["status"]
        statuses.choices = everything + PaymentFile.Status.choices


class QueueFilter(FilterForm):
    creditor = forms.ChoiceField(label=gettext_lazy("Creditor"))
    state = forms.ChoiceField(label=gettext_lazy("Status"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("all"))]
        offered: Any = self.fields["creditor"]
        offered.choices = everything + list(creditors(user).values_list("code", "name"))
        states: Any = self.fields["state"]
        states.choices = everything + [
            (state.value, state.label) for state in (*QUEUED, State.ASKED)
        ]


class HandForm(Form):
    """A payment by hand. The amount is read in the currency of the case."""

    paid_on = forms.DateField(label=gettext_lazy("Payment day"), widget=forms.DateInput())
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autofocus": True}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=120,
        help_text=gettext_lazy(
            "The bank's transaction number: it keeps a payment from being posted twice"
        ),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=tuple(SOURCES.items()))
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Items that the debtor named"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "hk-check"}),
    )
    reason = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)
    is_another = forms.BooleanField(
        label=gettext_lazy("It is another payment than the one already posted"), required=False
    )

    def __init__(self, *args: Any, case: Case, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        chosen: Any = self.fields["chosen"]
        chosen.choices = items
        if not items:
            del self.fields["chosen"]

    def clean_amount(self) -> int:
        """Minor units."""
        return read_amount(self.cleaned_data["amount"], self.case)


class CorrectForm(Form):
    """A correction of what is owed. The amount is read in the currency of the case.

    A credit note or a waiver is entered as the amount that is given up: 100 means 100 less.
    """

    item = forms.ChoiceField(label=gettext_lazy("Item"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in ASKED_FOR],
    )
    charge_kind = forms.ChoiceField(
        label=gettext_lazy("Of what"),
        choices=Charge.Kind.choices,
        initial=Charge.Kind.PRINCIPAL,
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autofocus": True}),
        help_text=gettext_lazy(
            "What a credit note or waiver gives up; of a correction, below zero where less is owed"
        ),
    )
    on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput())
    reference = forms.CharField(
        label=gettext_lazy("Number of the paper"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as the number of the red-letter invoice"),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Owed by"),
        choices=[("", "—"), *Ground.choices],
        required=False,
        help_text=gettext_lazy("Needed where more is to be owed"),
    )
    basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=80,
        required=False,
        help_text=gettext_lazy(
            "Needed where more is to be owed: the clause, or what the paper says"
        ),
    )
    reason = forms.CharField(label=pgettext_lazy("correction", "Reason"), max_length=200)

    def __init__(self, *args: Any, case: Case, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        offered: Any = self.fields["item"]
        offered.choices = items

    def clean(self) -> dict[str, Any]:
        """What only a higher debt needs is dropped where something is given up: it is hidden then."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("kind") in LOWERING:
            given["ground"] = ""
            given["basis"] = ""
        return given

    def clean_amount(self) -> int:
        """Minor units as entered; `signed_amount` is what the charge will be."""
        return read_amount(self.cleaned_data["amount"], self.case)

    def signed_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if self.cleaned_data["kind"] in LOWERING:
            return -abs(amount)
        return amount


def read_amount(text: str, case: Case) -> int:
    """Minor units, or a ValidationError with the remedy."""
    try:
        return parse_minor(text, case.currency)
    except Refused as refused:
        found = refused.problem()
        raise forms.ValidationError(f"{found.text(_)}; {found.remedy_text(_)}") from refused


class ReverseForm(Form):
    on = forms.DateField(label=gettext_lazy("Day of the reversal"), widget=forms.DateInput())
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For example: the debit was returned"),
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
