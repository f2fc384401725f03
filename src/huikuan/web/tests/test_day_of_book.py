"""No form takes a day at the ends of the calendar, where a zone more is no day any longer."""

from __future__ import annotations

import pytest
from django import forms

from huikuan.web.forms import Form


class _Days(Form):
    on = forms.DateField()
    at = forms.DateTimeField()


@pytest.mark.parametrize(
    ("year", "is_taken"),
    [("0001", False), ("1899", False), ("1900", True), ("2100", True), ("2101", False)],
)
def test_a_form_takes_days_and_moments_of_the_book_only(year: str, is_taken: bool) -> None:
    form = _Days({"on": f"{year}-06-30", "at": f"{year}-06-30 10:00"})
    assert form.is_valid() is is_taken
    if not is_taken:
        assert set(form.errors) == {"on", "at"}
