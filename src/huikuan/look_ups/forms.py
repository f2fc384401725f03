"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.act_names import in_either
from huikuan.casebook.models import ContactPoint, LookUp
from huikuan.contacts.points import NewPoint
from huikuan.look_ups.ask import LookUpEntry
from huikuan.look_ups.sentences import MOST_NAME, MOST_PERSON, MOST_TEXT
from huikuan.look_ups.words import Words
from huikuan.web.forms import FilterForm, Form


class AskForm(Form):
    """What is asked, of whom, and on which basis."""

    kind = forms.ChoiceField(label=_("What is asked for"))
    addressed_to = forms.CharField(
        label=_("Bank or department"),
        required=False,
        max_length=MOST_NAME,
        help_text=_("Not for what is asked of the client: it goes to the client"),
    )
    question = forms.CharField(
        label=_("Question"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=_("No ID number and no telephone number: the data centre has the case"),
    )
    basis = forms.ChoiceField(
        label=_("Lawful basis"),
        required=False,
        help_text=_("Without one the request is refused, and that is recorded"),
    )
    evidence = forms.CharField(
        label=_("What the basis rests on"), required=False, max_length=MOST_TEXT
    )

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = _pairs(words.kinds)
        bases: Any = self.fields["basis"]
        bases.choices = [("", _("none of these")), *_pairs(words.bases)]

    def entry(self) -> LookUpEntry:
        """What was filled in."""
        return LookUpEntry(**self.cleaned_data)


def _pairs(words: Any) -> list[tuple[str, Any]]:
    return [
        (entry.code, in_either(entry.title.get("zh", ""), entry.title.get("en", "")))
        for entry in words.entries
    ]


class ConfirmForm(Form):
    """Who confirmed the submission by telephone, and when."""

    spoken_to = forms.CharField(label=_("Spoken to"), max_length=MOST_PERSON)
    happened_at = forms.DateTimeField(
        label=pgettext_lazy("look-up", "When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave it empty for now."),
    )


class AnswerForm(Form):
    """What was found: a contact point, or that nothing was."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    place = forms.ChoiceField(label=_("Place"), choices=ContactPoint.Place.choices)
    value = forms.CharField(label=_("Number or address"), required=False, max_length=MOST_TEXT)
    text = forms.CharField(label=_("In words"), required=False, max_length=MOST_TEXT)

    def points(self) -> list[NewPoint]:
        """The point of the debtor that was found, where there is one."""
        given = self.cleaned_data
        if not given["value"].strip():
            return []
        point = NewPoint(
            kind=given["kind"], value=given["value"], place=given["place"], field="value"
        )
        return [point]


class LookUpFilter(FilterForm):
    """The filters of the list."""

    status = forms.ChoiceField(
        label=_("State"),
        choices=[("", pgettext_lazy("look-up", "waiting")), *LookUp.Status.choices],
    )
