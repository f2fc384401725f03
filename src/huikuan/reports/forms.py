"""The form of the reports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.web.forms import FilterForm


class DayForm(FilterForm):
    """Which day."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput)
