"""The form by which the approval of a step is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.web.forms import Form


class AskForm(Form):
    """Why the step is wanted now."""

    reason = forms.CharField(label=_("Why"), max_length=300)
