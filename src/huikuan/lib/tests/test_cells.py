import datetime as dt

import polars as pl
import pytest

from huikuan.lib import columns
from huikuan.lib.cells import cell_problem

ON = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    "kind, cell, sentence",
    [
        ("id", "3101", "an identity number has 18 characters; this has 4"),
        ("id", None, "the identity number is missing"),
        ("credit_code", "9135", "a unified social credit code has 18 characters; this has 4"),
        ("card", "123", "a card number has 12 to 19 digits; this has 3"),
        ("phone", "82345678", "the landline number has no area code"),
        ("date", "2026-02-30", "2026-02-30 does not exist in the calendar"),
        ("amount", "1.234", "the amount has 3 decimals; CNY has 2"),
    ],
)
def test_the_sentence_of_a_refused_cell_has_its_figures(kind, cell, sentence):
    found = cell_problem(kind, cell, on=ON)
    assert found is not None and found.text() == sentence
    assert (found.value or None) == cell


def test_a_right_cell_has_no_problem_and_codes_are_those_of_the_column():
    assert cell_problem("amount", "12.50", on=ON) is None
    assert cell_problem("date", "3/1/2026", on=ON, form="m/d/yyyy") is None
    cells = ["", "12", "x", "1.234", "5万"]
    codes = columns.amounts(pl.Series(cells))["error"].to_list()
    assert codes == [
        found.code if (found := cell_problem("amount", cell, on=ON)) else None for cell in cells
    ]
