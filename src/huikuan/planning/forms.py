"""Forms of what is done about a case without a contact."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import CaseEvent, CaseNote
from huikuan.planning.event import MOST_REASON
from huikuan.planning.note import WRITTEN
from huikuan.web.forms import Form


class DoneForm(Form):
    """How a task was done."""

    text = forms.CharField(
        label=_("What was done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )


class NoteForm(Form):
    """A note, a word to the next holder, or how the customer works. `key`: a double click saves
    once."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in WRITTEN],
        initial=CaseNote.Kind.NOTE,
    )
    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": "3"})
    )
    purpose = forms.CharField(
        label=_("What of the work needs it"),
        required=False,
        max_length=200,
        help_text=_("Only of a note about the customer: manner, preferences, situation."),
    )
    key = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=64, initial=lambda: uuid.uuid4().hex
    )


class EventForm(Form):
    """What happened to the case, and when. Fields that the event does not need are left alone."""

    kind = forms.ChoiceField(label=_("Event"))
    on = forms.DateField(label=_("Day"), widget=forms.DateInput)
    until = forms.DateField(
        label=_("Keep until"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Only when the case is kept."),
    )
    reason = forms.CharField(label=_("Remark"), required=False, max_length=MOST_REASON)

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`offered`: the events to choose from, as `event.choices` gives them."""
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = offered
        kinds = {code for code, _label in offered}
        if CaseEvent.Kind.RETAINED not in kinds:
            del self.fields["until"]
