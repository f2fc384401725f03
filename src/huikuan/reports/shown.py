"""The tables of the day report: columns in groups, a cell holds a number and the amount that goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from huikuan.lib.money import to_decimal
from huikuan.reports.day import Figures, Line, Report
from huikuan.reports.measures import ANSWER_RATE, BY_CODE, GROUPS, MEASURES
from huikuan.web.export import Column


@dataclass(frozen=True, slots=True)
class Head:
    """One column: a short title, the measure of its number, of its amount. `tone` colours what is not zero."""

    title: str
    number: str = ""
    minor: str = ""
    tone: str = ""

    @property
    def shown(self) -> str:
        return gettext(self.title)

    @property
    def group(self) -> str | Promise:
        """The title of its group, which a phone shows before the column's own."""
        return next(GROUPS[code] for code, columns in COLUMNS if self in columns)

    @property
    def meaning(self) -> str:
        """What the column counts, for its tooltip."""
        told = [BY_CODE[code] for code in (self.number, self.minor) if code]
        return "; ".join(
            f"{gettext(measure.title)}: {gettext(measure.meaning)} ({measure.source})"
            for measure in told
        ) or str(ANSWER_RATE)


COLUMNS: tuple[tuple[str, tuple[Head, ...]], ...] = (
    ("calls", (
        Head(_("tried"), "calls"), Head(_("cases worked"), "cases"), Head(_("connected"), "connected"), Head(_("answer rate")),
        Head(_("with the debtor"), "right_party"), Head(_("third persons"), "third_party"), Head(_("calls in"), "inbound"),
    )),
    ("found", (
        Head(_("deceased"), "deceased"), Head(_("suspected fraud"), "fraud"), Head(_("disputes"), "disputes"),
        Head(_("complaints made"), "complaints", tone="warn"),
    )),
    ("promises", (Head(_("given"), "promises", "promised"),)),
    ("due", (
        Head(_("due"), "due", "due_minor"), Head(_("kept"), "kept", "kept_minor", "good"),
        Head(_("kept in part"), "part", "part_minor"), Head(_("broken"), "broken", "broken_minor", "bad"),
    )),
    ("money", (
        Head(_("amount received"), "payments", "received", "good"), Head(_("taken back"), "reversals", "reversed", "bad"),
        Head(_("corrections"), "corrections", "corrected"),
    )),
    ("work", (
        Head(_("letters"), "letters"), Head(_("visits"), "visits"), Head(_("messages"), "messages"),
        Head(_("tasks done"), "done"), Head(_("tasks open"), "open"), Head(_("tasks due today"), "last_day"),
        Head(_("tasks overdue"), "overdue", tone="bad"), Head(_("not allowed today"), "barred"),
        Head(_("refused by the gate"), "refused", tone="warn"),
        Head(_("made all the same"), "overrides", tone="bad"),
        Head(_("without approval"), "unapproved", tone="bad"),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    head: Head
    number: int | None
    amounts: list[tuple[str, int]]
    rate: float | None = None

    @property
    def zero(self) -> bool:
        return not self.number and not self.amounts and self.rate is None


def heads() -> list[tuple[Any, Sequence[Head]]]:
    return [(GROUPS[code], columns) for code, columns in COLUMNS]


def cells(figures: Figures) -> list[Cell]:
    """One line of a table."""
    rate = figures.answer_rate
    return [
        Cell(
            head,
            figures.numbers[head.number] if head.number else None,
            figures.amounts(head.minor) if head.minor else [],
            float(rate) if rate is not None and not head.number else None,
        )
        for _code, columns in COLUMNS
        for head in columns
    ]


@dataclass(frozen=True)
class Row:
    """`code`: user name, team or creditor code; "" for the line of what belongs to none of them."""

    code: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """`total` stands under the rows."""

    code: str
    title: str | Promise
    rows: list[Row]
    total: list[Cell]


def tables(report: Report) -> list[Table]:
    """By collector, team and client; the first two only for who may see them."""
    total = cells(report.total)
    kinds = (
        ("users", gettext_lazy("By collector"), report.users, gettext("nobody held the case")),
        ("teams", gettext_lazy("By team"), report.teams, gettext("without a team")),
        ("clients", gettext_lazy("By client"), report.clients, "—"),
    )
    return [
        Table(code, title, [_row(line, rest) for line in lines], total)
        for code, title, lines, rest in kinds
        if lines
    ]


def _row(line: Line, nameless: str) -> Row:
    return Row(line.code, line.name or nameless, cells(line.figures))


def chart(report: Report) -> dict[str, Any]:
    """Calls of each collector (for a client: of each creditor): tried, connected, the debtor in person."""
    lines = [line for line in report.users or report.clients if line.figures.numbers["calls"]][:20]
    kinds = (
        ("calls", gettext("calls tried")),
        ("connected", gettext("connected")),
        ("right_party", gettext("right-party contacts")),
    )
    return {
        "xAxis": {
            "type": "category",
            "data": [line.name for line in lines],
            "axisLabel": {"interval": 0, "hideOverlap": True},
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "name": name, "data": [line.figures.numbers[code] for line in lines]}
            for code, name in kinds
        ],
    }


def money_chart(report: Report) -> dict[str, Any]:
    """Promised and received by collector, in the currency with the most lines, in whole units."""
    lines = [line for line in report.users or report.clients if line.figures.minor][:20]
    currency = main_currency(report.total)
    kinds = (("promised", gettext("promised amount")), ("received", gettext("amount received")))
    return {
        "xAxis": {
            "type": "category",
            "data": [line.name or "—" for line in lines],
            "axisLabel": {"interval": 0, "hideOverlap": True},
        },
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "name": name, "data": [_units(line, code, currency) for line in lines]}
            for code, name in kinds
        ],
    }


def _units(line: Line, code: str, currency: str) -> float:
    return float(to_decimal(line.figures.minor[code, currency], currency))


def main_currency(figures: Figures) -> str:
    """The one in which most was promised and received; CNY when nothing was."""
    sums: dict[str, int] = {}
    for (_measure, currency), minor in figures.minor.items():
        sums[currency] = sums.get(currency, 0) + abs(minor)
    return max(sums, key=lambda code: sums[code], default="CNY")


def sheet(report: Report) -> tuple[list[Column], Iterable[list[Any]]]:
    """Everything as one sheet: which table, name, the rate, then every measure; amounts once for each currency there is."""
    currencies = sorted({currency for _measure, currency in report.total.minor}) or ["CNY"]
    columns = [
        Column(gettext("Table"), width=12),
        Column(gettext("Name"), width=22),
        Column(gettext("answer rate"), "percent"),
    ]
    for measure in MEASURES:
        title = gettext(measure.title)
        if measure.kind == "number":
            columns.append(Column(title, "number"))
        else:
            columns += [Column(f"{title} {code}", "money", currency=code) for code in currencies]
    return columns, _sheet_rows(report, currencies)


def _sheet_rows(report: Report, currencies: Sequence[str]) -> Iterable[list[Any]]:
    kinds = (
        (gettext("collector"), report.users),
        (gettext("team"), report.teams),
        (gettext("client"), report.clients),
    )
    for kind, lines in kinds:
        for line in lines:
            yield [kind, line.name or "—", *_values(line.figures, currencies)]
    yield [gettext("total"), "", *_values(report.total, currencies)]


def _values(figures: Figures, currencies: Sequence[str]) -> Iterable[Any]:
    rate = figures.answer_rate
    yield float(rate) if rate is not None else None
    for measure in MEASURES:
        if measure.kind == "number":
            yield figures.numbers[measure.code]
        else:
            yield from (figures.minor[measure.code, currency] for currency in currencies)
