"""Forms of this room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.clocks.sentences import MOST_REASON
from huikuan.web.forms import FilterForm, Form

STATES = (
    ("", _("running")),
    ("missed", pgettext_lazy("deadline", "missed")),
    ("explained", _("explained, to be lifted")),
    ("paused", _("paused by a hold")),
    ("met", _("met in time")),
)


class ClockFilter(FilterForm):
    """The filters of the list."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)


class ExtendForm(Form):
    """Why more time is needed, and until when; without a moment as long as the procedure lets."""

    reason = forms.CharField(
        label=_("Why more time is needed"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    until = forms.DateTimeField(
        label=_("New end"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave it empty for the longest that the procedure lets."),
    )


class LiftForm(Form):
    """Why the deadline was not missed."""

    reason = forms.CharField(
        label=_("Why the deadline was not missed"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
