"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.act_names import in_either
from huikuan.casebook.models import CaseFilter
from huikuan.engine.texts import Text
from huikuan.filtering.fields import Sheet
from huikuan.filtering.save import DOUBTFUL, MISSING, READ, FilterEntry
from huikuan.filtering.sentences import MOST_NOTE
from huikuan.filtering.words import Words
from huikuan.web.forms import Form, dress

_MARKS = ((READ, _("read")), (MISSING, _("missing")), (DOUBTFUL, _("doubtful")))
_FRONT = "mark_"


class FilterForm(Form):
    """A mark for every field of the procedure, a class, and whether the client is asked.

    What has no value is proposed as missing. That the rest was read the collector says.
    """

    def __init__(
        self,
        *args: Any,
        words: Words,
        sheet: Sheet,
        before: CaseFilter | None = None,
        **kwargs: Any,
    ) -> None:
        """One field for each word of the procedure. `before`: what is corrected."""
        super().__init__(*args, **kwargs)
        given = before or CaseFilter()
        marked = given.marks
        for entry in words.fields.entries:
            proposed = marked.get(entry.code)
            if proposed is None and not sheet.value(entry.code):
                proposed = MISSING
            self.fields[_FRONT + entry.code] = forms.ChoiceField(
                label=_in_either(entry.title),
                choices=_MARKS,
                initial=proposed,
                widget=forms.RadioSelect,
            )

        classes = [(entry.code, _in_either(entry.title)) for entry in words.classes.entries]
        self.fields["class_code"] = forms.ChoiceField(
            label=_("Class"),
            choices=classes,
            widget=forms.RadioSelect,
            initial=given.class_code,
        )
        self.fields["asks"] = forms.BooleanField(
            label=_("Ask the client for what is missing or doubtful"),
            required=False,
            initial=True,
        )
        self.fields["note"] = forms.CharField(
            label=_("Note"),
            required=False,
            max_length=MOST_NOTE,
            initial=given.note,
        )
        dress(self.fields["note"])
        self.fields["corrects"] = forms.BooleanField(
            required=False, initial=before is not None, widget=forms.HiddenInput
        )

    def entry(self) -> FilterEntry:
        """What was filled in."""
        given = self.cleaned_data
        marks = {
            name.removeprefix(_FRONT): value
            for name, value in given.items()
            if name.startswith(_FRONT)
        }
        return FilterEntry(
            given["class_code"], marks, given["asks"], given["note"], given["corrects"]
        )


class LookForm(Form):
    """Whether a case was filtered as it should be."""

    agrees = forms.BooleanField(required=False)
    reason = forms.CharField(label=_("Why"), required=False, max_length=MOST_NOTE)


def _in_either(title: Text) -> Any:
    return in_either(title.get("zh", ""), title.get("en", ""))
