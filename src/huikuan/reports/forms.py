"""The forms of the reports."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.people.models import Creditor, User
from huikuan.reports.ageing import GROUPING_TITLES, groupings_of
from huikuan.web.forms import FilterForm


class DayForm(FilterForm):
    """Which day."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)


class AgeingForm(FilterForm):
    """Which day, whose debts, and what the lines are of."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)
    creditor = forms.ModelChoiceField(
        label=_("Creditor"),
        queryset=Creditor.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    by = forms.ChoiceField(label=_("Grouped by"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offers what lies within the user's walls, and nothing else is understood."""
        super().__init__(*args, **kwargs)
        by = cast(forms.ChoiceField, self.fields["by"])
        by.choices = [(code, GROUPING_TITLES[code]) for code in groupings_of(user)]

        creditors = Creditor.objects.filter(organisation_id=user.organisation_id or 0)
        if user.is_client:
            creditors = creditors.filter(pk=user.creditor_id or 0)
        creditor = cast("forms.ModelChoiceField[Creditor]", self.fields["creditor"])
        creditor.queryset = creditors.order_by("name", "pk")
