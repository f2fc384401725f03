"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.act_names import in_either
from huikuan.engine.texts import Text
from huikuan.filtering.fields import Sheet
from huikuan.filtering.save import DOUBTFUL, MISSING, READ, FilterEntry
from huikuan.filtering.sentences import MOST_NOTE
from huikuan.filtering.words import Words
from huikuan.web.forms import Form

_MARKS = ((READ, _("read")), (MISSING, _("missing")), (DOUBTFUL, _("doubtful")))
_FRONT = "mark_"


class FilterForm(Form):
    """A mark for every field of the procedure, a class, and whether the client is asked.

    What has no value is proposed as missing; the rest as read, which the collector changes.
    """

    def __init__(self, *args: Any, words: Words, sheet: Sheet, **kwargs: Any) -> None:
        """One field for each word of the procedure."""
        super().__init__(*args, **kwargs)
        for entry in words.fields.entries:
            proposed = READ if sheet.value(entry.code) else MISSING
            self.fields[_FRONT + entry.code] = forms.ChoiceField(
                label=_in_either(entry.title),
                choices=_MARKS,
                initial=proposed,
                widget=forms.RadioSelect,
            )

        classes = [(entry.code, _in_either(entry.title)) for entry in words.classes.entries]
        self.fields["class_code"] = forms.ChoiceField(
            label=_("Class"), choices=classes, widget=forms.RadioSelect
        )
        self.fields["asks"] = forms.BooleanField(
            label=_("Ask the client for what is missing or doubtful"), required=False, initial=True
        )
        self.fields["note"] = forms.CharField(label=_("Note"), required=False, max_length=MOST_NOTE)

    def entry(self) -> FilterEntry:
        """What was filled in."""
        given = self.cleaned_data
        marks = {
            name.removeprefix(_FRONT): value
            for name, value in given.items()
            if name.startswith(_FRONT)
        }
        return FilterEntry(given["class_code"], marks, given["asks"], given["note"])


class LookForm(Form):
    """Whether a case was filtered as it should be."""

    agrees = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("Why"), required=False, max_length=MOST_NOTE)


def _in_either(title: Text) -> Any:
    return in_either(title.get("zh", ""), title.get("en", ""))
