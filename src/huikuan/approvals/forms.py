"""The form by which the approval of a step is asked for, and the filter of the list."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Approval
from huikuan.web.forms import FilterForm, Form


class AskForm(Form):
    """Why the step is wanted now."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class InboxFilter(FilterForm):
    """Of what waits for a user, one kind."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=(("", _("all")), *Approval.Kind.choices), required=False
    )
