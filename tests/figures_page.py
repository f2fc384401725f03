"""The table of every figure in docs/figures.md, written from the definitions.

python tests/write_figures.py
"""

from __future__ import annotations

from django.utils.translation import override

from huikuan.reports import facts, tally
from huikuan.reports.measures import HELD, MEASURES, Measure

BEGIN = "<!-- figures: written by tests/write_figures.py -->"
HEAD = """\
| code | 中文 | English | unit | what counts | 口径 | asked by |
|---|---|---|---|---|---|---|"""
#: Each figure comes from one of these statements.
STATEMENTS = {
    "facts._CONTACTS": facts._CONTACTS,
    "facts._PROMISES": facts._PROMISES,
    "facts._DUE": facts._DUE,
    "facts._PAYMENTS": facts._PAYMENTS,
    "facts._CORRECTIONS": facts._CORRECTIONS,
    "facts._REFUSED": facts._REFUSED,
    "facts._DONE": facts._DONE,
    "facts._OPEN": facts._OPEN,
    "facts._TARGETS": facts._TARGETS,
    "tally.HELD": tally.HELD,
}


def statements_of(measure: Measure) -> list[str]:
    """The statements that give this figure; a second one would be a second definition."""
    # An amount of an instalment's state is named where the statement runs.
    code = measure.code.removesuffix("_minor")
    return [name for name, text in STATEMENTS.items() if f"'{code}'" in text]


def table() -> str:
    """A row for each figure, in the order of the reports."""
    return "\n".join([HEAD, *(_row(measure) for measure in (*MEASURES, HELD))])


def page(text: str) -> str:
    """The page with its table made anew; what stands before the mark is kept."""
    before, _mark, _table = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n"


def _row(measure: Measure) -> str:
    unit = "minor units by currency"
    if measure.kind == "number":
        unit = "number"

    with override("zh-hans"):
        in_chinese = (measure.shown_title, measure.shown_meaning)
    with override("en"):
        in_english = (measure.shown_title, measure.shown_meaning)

    asked_by = " ".join(f"`{name}`" for name in statements_of(measure))
    columns = (
        f"`{measure.code}`", in_chinese[0], in_english[0], unit, in_english[1], in_chinese[1],
        asked_by,
    )  # fmt: skip
    return f"| {' | '.join(columns)} |"
