"""Forms in the look of the house: dense widgets, errors that say what to do, ids that screen readers follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from huikuan.lib.days import is_in_book

#: Django's own messages say what is wrong; these also say what to do.
ERRORS = {
    "required": _("This is needed. Please fill it in."),
    "invalid_choice": _("Please choose one of the values offered."),
    "invalid_date": _("Write the day as year-month-day, for example 2026-11-23."),
    "date_outside": _("This is no day of the book. Please check the year."),
    "invalid_number": _("Write a number, without letters or units."),
    "invalid_code": _("Use letters, digits, - and _ only, without blanks."),
    "invalid_email": _("Write an e-mail address, for example name@example.com."),
    "invalid_file": _("The file did not arrive. Please choose it again."),
    "empty_file": _("The file is empty. Ask the sender for it again."),
}
#: Every box that something is written into; those that are ticked or hidden are asked for before.
_CONTROL = (forms.widgets.Input, forms.Textarea)


class Form(forms.Form):
    """Base of every form."""

    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


class ModelForm(forms.ModelForm):
    """Base of forms on a table's row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


class FilterForm(Form):
    """The filters of a list: sent by GET, nothing required; values that are not understood are dropped, not refused."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def chosen(self) -> dict[str, Any]:
        """Filters that are set and understood."""
        if not self.is_bound:
            return {}
        self.full_clean()
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", [], False)
        }


def check_day(given: dt.date) -> None:
    """Refuses a day or moment outside of the years of the book, on every form."""
    if not is_in_book(given):
        raise ValidationError(ERRORS["date_outside"], code="date_outside")


def dress(field: forms.Field) -> None:
    """Give one field's widget the classes and messages of the house; what a form has set itself stays."""
    widget = field.widget
    if isinstance(widget, forms.DateInput) and not isinstance(widget, forms.DateTimeInput):
        widget.input_type = "date"
        widget.format = widget.format or "%Y-%m-%d"
    if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        _add_class(widget, "form-check-input")
    elif isinstance(widget, forms.Select):
        _add_class(widget, "form-select form-select-sm")
    elif isinstance(widget, _CONTROL) and not widget.is_hidden:
        _add_class(widget, "form-control form-control-sm")
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":  # Django's default
        widget.attrs["rows"] = "3"
    if isinstance(field, (forms.DateField, forms.DateTimeField)):
        field.validators.append(check_day)
    field.error_messages = {**field.error_messages, **_messages(field), **_own_messages(field)}


def _add_class(widget: forms.Widget, names: str) -> None:
    if "class" not in widget.attrs:
        widget.attrs["class"] = names


def _messages(field: forms.Field) -> dict[str, Any]:
    messages: dict[str, Any] = {"required": ERRORS["required"]}
    if isinstance(field, forms.ChoiceField):
        messages["invalid_choice"] = ERRORS["invalid_choice"]
    elif isinstance(field, forms.DateField):
        messages["invalid"] = ERRORS["invalid_date"]
    elif isinstance(field, (forms.IntegerField, forms.DecimalField)):
        messages["invalid"] = ERRORS["invalid_number"]
    elif isinstance(field, forms.SlugField):
        messages["invalid"] = ERRORS["invalid_code"]
    elif isinstance(field, forms.EmailField):
        messages["invalid"] = ERRORS["invalid_email"]
    elif isinstance(field, forms.FileField):
        messages |= {
            "missing": ERRORS["invalid_file"],
            "invalid": ERRORS["invalid_file"],
            "empty": ERRORS["empty_file"],
        }
    return messages


def _own_messages(field: forms.Field) -> dict[str, Any]:
    """Messages that the form's author gave: they differ from the class's defaults."""
    defaults: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        defaults.update(getattr(kind, "default_error_messages", {}))
    return {
        code: message
        for code, message in field.error_messages.items()
        if defaults.get(code) != message
    }
