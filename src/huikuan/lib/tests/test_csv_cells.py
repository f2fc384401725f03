"""No text of a person becomes a formula in a spreadsheet."""

import pytest

from huikuan.lib.csv_cells import plain


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["王小二", "a=b", "", 5, -5, None])
def test_anything_else_stays(cell: object) -> None:
    assert plain(cell) == cell
