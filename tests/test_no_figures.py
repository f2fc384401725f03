"""No figure and no role of a procedure stands in code: they are data of a pack.

Roles are searched as words of their own. Figures are searched as constants whose name says what
they count, as lengths of time, and as numbers beside a fact in SQL. What is allowed says why.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from huikuan.people.roles import shipped_codes

SOURCE = Path(__file__).parents[1] / "src" / "huikuan"
#: Folders that are no code of the product's own: data, tools for measuring, the demo, tests.
NOT_SEARCHED = ("packs", "ops/bench", "ops/demo", "locale", "migrations", "tests")
ROLES = set(shipped_codes())

#: Where a text that is also a role's code may stand, each with what it means there.
ROLES_ALLOWED = {
    "allocation/forms.py:collector": "the field of a form: who holds a case",
    "allocation/views.py:collector": "the field of a form: who holds a case",
    "casebook/models/complaints.py:client": "a way on which a complaint came",
    "casebook/models/complaints.py:complaints": "the name of related rows",
    "complaints/figures.py:client": "a filter of the list: whose debt it is about",
    "complaints/listed.py:client": "a filter of the list: whose debt it is about",
    "complaints/urls.py:complaints": "the name of a room",
    "complaints/views.py:collector": "a column: who is complained about",
    "contacts/script_values.py:collector": "a value of a script: the name of who speaks",
    "engine/declared/complaints.py:complaints": "the name of a family of facts",
    "engine/options.py:client": "a way on which a complaint came",
    "channels/forms.py:security": "the field of a form: how a mailbox is encrypted",
    "ops/commands/channel.py:security": "a word of a command: how a mailbox is encrypted",
    "engine/requirements.py:security": "the name of a piece of work",
    "engine/scripts.py:collector": "a value of a script: the name of who speaks",
    "engine/lists.py:client": "what a kind of request means: the client is asked",
    "engine/words.py:client": "an addressee of a step",
    "ops/commands/ageing.py:collector": "a column: who holds a case",
    "ops/procedures.py:security": "the name of a piece of work",
    "people/service.py:system_admin": "what a program may do by itself",
    "promises/forms.py:collector": "the field of a form: who holds a case",
    "receivables/forms.py:collector": "the field of a form: who holds a case",
    "receivables/views.py:collector": "a column: who holds a case",
    "reports/ageing.py:collector": "a column: who holds a case",
    "reports/ageing_sheet.py:collector": "a column: who holds a case",
    "reports/facts.py:complaints": "a figure: complaints made",
    "reports/measures.py:complaints": "a figure: complaints made",
    "reports/shown.py:client": "a column: the creditor",
    "reports/shown.py:collector": "a column: who holds a case",
    "reports/shown.py:complaints": "a figure: complaints made",
    "staff/first.py:manager": "what the first user of a book may do",
    "staff/first.py:system_admin": "what the first user of a book may do",
    "web/fact_words.py:client": "an addressee of a step",
}
#: A constant with such a name holds a figure of a procedure.
FIGURE_NAME = re.compile(
    r"(?:^|_)(?:REMIND|REVIEW|LEAVING|FRESH|SOON|OVERDUE|LARGE_AMOUNT|HAND|WEEKS|DAYS|HOURS|CLOCKS)"
)
#: A number beside a day, an amount or a count of a case, in SQL.
FIGURE_IN_SQL = re.compile(
    r"(?:\{on\}\s*[-+]\s*\d+"
    r"|(?:hand|nth|balance_minor|broken\w*|\w+_on|seconds\w*)\s*[<>]=?\s*[1-9]\d*"
    r"|\w+_on\s*[-+]\s*(?:[2-9]|\d\d)\d*"
    r"|count\(\*\)\s*[<>]?=\s*(?:[2-9]|\d\d)\d*"
    r"|coalesce\([\w.]*(?:seconds|days|amount\w*),\s*[1-9]\d*\)[^,\n]{0,12})"
)

#: Rooms without a procedure: forms of names and numbers, the server, the answer of a page.
WITHOUT_PROCEDURE = ("lib/", "ops/")
#: What is no figure of a procedure: file:place → what it is.
FIGURES_ALLOWED = {
    "calls/quick.py:count < 2": "one alone is no choice",
    "contacts/check.py:0 <= minute < 1440": "the minutes of a day",
    "payments/receive.py:exponent(case.currency) == 2": "a currency with hundredths",
    "web/assets.py:response.status_code == 200": "a page that was found",
    "allocation/seen.py:DAYS": "so many days fit on the page",
    "channels/mail.py:DAYS": "older mails of a channel were seen on their day",
    "filtering/queue.py:DAYS": "so many days stand in the list",
    "casebook/calendar.py:_DAYS_OF_A_NOTICE": "a yearly notice has at least so many days",
    "casebook/calls.py:dt.timedelta(0)": "no time",
    "casebook/models/cases.py:hand": "a case that comes for the first time",
    "calls/quick.py:dt.timedelta(hours=2)": "a suggestion of the form, free to change",
    "calls/start.py:dt.timedelta(hours=4)": "no call is longer: a call left open ends",
    "complaints/dossier_make.py:dt.timedelta(minutes=5)": "no request takes longer",
    "complaints/dossier_make.py:dt.timedelta(hours=1)": "no job takes longer",
    "casebook/models/plans.py:dt.timedelta(minutes=1)": "asked so much later is asked afterwards",
    "casebook/partitions.py:MOST_WEEKS": "a gap of more weeks has one partition",
    "casebook/partitions.py:dt.timedelta(days=7)": "a week",
    "allocation/views.py:MOST_CLOCKS": "so many fit above the list",
    "desk/worklist.py:MOST_CLOCKS": "so many fit above the list",
    "engine/bounds.py:MOST_DAYS": "no figure of a pack counts more days",
    "engine/bounds.py:_FACT_DAYS": "what a fact is taken to add to a day at most",
    "engine/clock_due.py:dt.timedelta(days=3660)": "no clock runs longer",
    "engine/clock_due.py:dt.timedelta(microseconds=1)": "the last moment of a day",
    "desk/case_next.py:DAYS": "so many days fit beside the case",
    "desk/next_step.py:FAR_DAYS": "no page looks further ahead",
    "gate/reserve.py:dt.timedelta(minutes=10)": "a permission waits so long for its act",
    "documents/statement.py:dt.timedelta(days=31)": "no month is longer",
    "ops/doctor_house.py:dt.timedelta(minutes=20)": "the morning's plan may be late by so much",
    "outbox/mailbox.py:dt.timedelta(days=30)": "mails of so many days are read at first",
    "outbox/state.py:dt.timedelta(hours=1)": "what is held back is asked about again",
    "outbox/state.py:dt.timedelta(hours=6)": "the longest wait between two tries",
    "outbox/state.py:dt.timedelta(minutes=1)": "the first wait between two tries",
    "outbox/state.py:dt.timedelta(minutes=10)": "a sender that is silent for so long is gone",
    "outbox/take.py:dt.timedelta(days=5)": "servers give up after so long",
    "casebook/run_row.py:DAYS_AFTER": "so far the calendar of a run reaches",
    "casebook/run_row.py:DAYS_BEFORE": "so far the calendar of a run reaches",
    "staff/first.py:dt.timedelta(hours=4)": "the one-time address holds so long",
    "ops/doctor.py:dt.timedelta(60)": "the calendar is asked for in time",
    "planning/plan.py:DAYS_AHEAD": "so many days ahead a plan is written",
    "reports/board.py:SOON": "shown as running out",
    "reports/board.py:dt.timedelta(hours=4)": "shown as running out",
    "reports/targets.py:DAYS": "so many days fit into the table",
    "telephony/line.py:dt.timedelta(minutes=5)": "two clocks may differ by so much",
}


def searched() -> list[Path]:
    """Every Python file of the product in which no figure or role may stand."""
    names = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        parts = f"/{name}"
        if not any(f"/{folder}/" in parts for folder in NOT_SEARCHED):
            names.append(path)
    return names


def texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text of a file but docstrings."""
    docstrings = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            docstrings.add(id(body[0].value))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield cast(ast.Constant, node)


def roles_in(text: str) -> list[str]:
    """The codes of roles that stand as a text of their own, once for each place."""
    return [str(node.value) for node in texts(ast.parse(text)) if node.value in ROLES]


def figures_in(text: str) -> list[str]:
    """Constants, lengths of time and pieces of SQL that hold a figure of a procedure."""
    tree = ast.parse(text)
    found = [name for body in _bodies(tree) for node in body for name in _constants(node)]
    for node in ast.walk(tree):
        if _is_length(node) or _is_default(node) or _is_missing(node) or _is_compared(node):
            found.append(ast.unparse(node))
        if isinstance(node, ast.arguments):
            found += _defaults(node)
    for node in texts(tree):
        found += figures_in_sql(str(node.value))
    return found


def figures_in_sql(text: str) -> list[str]:
    """Numbers beside a day, an amount or a count; what stands behind -- is no question."""
    lines = [line.split("--")[0] for line in text.splitlines()]
    return [match[0] for line in lines for match in FIGURE_IN_SQL.finditer(line)]


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """What a module and its classes say of themselves; not what a function does."""
    yield tree.body
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.body


def _constants(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a number to, where the name says what the number counts."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return

    targets: list[ast.expr] = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
    for target in targets:
        for part in ast.walk(target):
            if (
                isinstance(part, ast.Name)
                and FIGURE_NAME.search(part.id.upper())
                and _number(node.value)
            ):
                yield part.id


def _is_length(node: ast.AST) -> bool:
    """A length of time that is no single day."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("timedelta"):
        return False
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    constants = [value.value for value in values if isinstance(value, ast.Constant)]
    one_day = ast.unparse(node).endswith(("timedelta(1)", "timedelta(days=1)"))
    return bool(constants) and not one_day


def _is_default(node: ast.AST) -> bool:
    """A number that stands in for one that a pack does not give."""
    if not isinstance(node, ast.BoolOp) or not isinstance(node.op, ast.Or):
        return False
    named = any("days" in ast.unparse(value) for value in node.values[:-1])
    return named and _number(node.values[-1])


def _is_missing(node: ast.AST) -> bool:
    """`.get(NAME, number)`: a number for what a pack does not give. Nothing is no figure."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr != "get" or len(node.args) != 2:
        return False
    named = re.search("(?i)days|hours|weeks|months|times|grace|limit", ast.unparse(node.args[0]))
    return bool(named) and _number(node.args[1])


def _is_compared(node: ast.AST) -> bool:
    """A value beside a number that is neither none nor one. A length does not count."""
    if not isinstance(node, ast.Compare):
        return False

    sides = [node.left, *node.comparators]
    named = [side for side in sides if not isinstance(side, ast.Constant)]
    lengths = [side for side in named if re.match(r"len\(|.*\.len_chars\(\)", ast.unparse(side))]
    if len(lengths) == len(named):
        return False
    numbers = [
        side.value
        for side in sides
        if isinstance(side, ast.Constant) and type(side.value) in (int, float)
    ]
    return any(abs(number) > 1 for number in numbers)


def _defaults(node: ast.arguments) -> list[str]:
    """Parameters of a function with a figure for whoever says none."""
    placed = [*node.posonlyargs, *node.args]
    pairs = list(zip(placed[len(placed) - len(node.defaults) :], node.defaults, strict=True))
    named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
    pairs += [(name, value) for name, value in named if value]
    return [
        name.arg for name, value in pairs if FIGURE_NAME.search(name.arg.upper()) and _number(value)
    ]


def _number(node: ast.expr) -> bool:
    """A number, a length of time, or a table of them. Nothing is no figure."""
    numbers = [
        inner
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)
    ]
    return any(inner.value and not isinstance(inner.value, bool) for inner in numbers)


def all_roles() -> set[str]:
    """File and code of each role that stands in it without being allowed to."""
    found = set()
    for path in searched():
        name = path.relative_to(SOURCE).as_posix()
        found |= {f"{name}:{role}" for role in roles_in(path.read_text(encoding="utf-8"))}
    return found - set(ROLES_ALLOWED)


def all_figures() -> set[str]:
    """File and place of each figure that stands in it without being allowed to."""
    found = set()
    for path in searched():
        name = path.relative_to(SOURCE).as_posix()
        figures = figures_in(path.read_text(encoding="utf-8"))
        if name.startswith(WITHOUT_PROCEDURE):
            figures = [figure for figure in figures if not _is_compared(_expression(figure))]
        found |= {f"{name}:{figure}" for figure in figures}

    for path in sorted(SOURCE.rglob("*.sql")):
        name = path.relative_to(SOURCE).as_posix()
        figures = figures_in_sql(path.read_text(encoding="utf-8"))
        found |= {f"{name}:{figure}" for figure in figures}
    return found - set(FIGURES_ALLOWED)


def _expression(text: str) -> ast.AST:
    """A piece of Python that was found; what is a piece of SQL, as a text."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return ast.Constant(text)


def test_no_role_of_a_procedure_stands_in_code() -> None:
    assert sorted(all_roles()) == []


def test_no_figure_of_a_procedure_stands_in_code() -> None:
    assert sorted(all_figures()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REMIND_DAYS = 2", ["REMIND_DAYS"]),
        ("LEAVING, FRESH = 3, 14", ["LEAVING", "FRESH"]),
        ("wait = dt.timedelta(hours=1)", ["dt.timedelta(hours=1)"]),
        ("QUEUE = 'f.hand >= 3'", ["hand >= 3"]),
        ("last = limits.days or 3", ["limits.days or 3"]),
        ("last = given.get(NEXT_DAYS, 3)", ["given.get(NEXT_DAYS, 3)"]),
        ("class Limits:\n    next_days: int = 3", ["next_days"]),
        ("def remind(days: int, *, after_days: int = 3): ...", ["after_days"]),
        ("LATE = 'SELECT 1 HAVING count(*) >= 3 -- a note of 3'", ["count(*) >= 3"]),
        ("return late >= 28 and is_open", ["late >= 28"]),
        ("if 3 <= case.hand:\n    pass", ["3 <= case.hand"]),
        ("if count > 1 or len(rows) > 30:\n    pass", []),
        ("grace = given.get(GRACE_DAYS, 0)", []),
        ("tomorrow = on + dt.timedelta(days=1)", []),
        ("SIZE = 50", []),
    ],
)
def test_a_figure_is_found(text: str, found: list[str]) -> None:
    assert figures_in(text) == found


def test_a_role_is_found_and_a_docstring_is_not() -> None:
    assert roles_in('"""field_visitor"""\nask(role="field_visitor")') == ["field_visitor"]
    assert roles_in('ESCALATES_TO = "manager"') == ["manager"]
