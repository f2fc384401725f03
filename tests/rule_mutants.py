"""Changed copies of contact rules, each with one thing altered, and whether cases notice.

A rule is taken out; its scope is taken away, turned round or made wider part by part; a channel, a
target or an exempt purpose comes in or goes out; a part of what refuses is left out or turned
round; a figure moves; its strength, its first day, and when the act would be allowed are exchanged.
"""

from __future__ import annotations

import ast
import copy
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from django.db import connection

from huikuan.casebook import run_row
from huikuan.casebook.statements import named
from huikuan.engine import gate, vocabulary, words
from huikuan.engine.limits import PURPOSES, TARGETS, Limits, Rule, read_limits
from huikuan.gate import specification
from huikuan.gate.ask import Answer
from huikuan.gate.specification import Example
from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from tests.conditions_altered import conditions, moved
from tests.mutants import Mutant, Tree

#: Lists of a rule, and what stands in them: without the key every channel and target, no purpose.
LISTS = {
    "channels": (tuple(words.CONTACT_ACTIONS), tuple(words.CONTACT_ACTIONS)),
    "targets": (TARGETS, TARGETS),
    "exempt": (PURPOSES, ()),
}
#: Columns of the question.
Row = dict[str, Any]


def mutants(text: str) -> list[Mutant]:
    """Every mutant of rules.yaml."""
    tree = yaml.load(text, yaml.BaseLoader)  # every value a text
    return [mutant for number in range(len(tree["rules"])) for mutant in _of_rule(tree, number)]


def _of_rule(tree: Tree, number: int) -> Iterator[Mutant]:
    rule = tree["rules"][number]
    code = rule["id"]
    place = ("rules", number)
    yield Mutant(f"{code}: taken out", tree, place, None, code, taken_out=True)

    if "scope" in rule:
        yield Mutant(f"{code}: scope taken away", tree, (*place, "scope"), None, code)
        for what, altered in _of_condition(rule["scope"]):
            yield Mutant(f"{code}: scope {what}", tree, (*place, "scope"), altered, code)
    for what, altered in _of_condition(rule["refuse_when"]):
        yield Mutant(f"{code}: refuses {what}", tree, (*place, "refuse_when"), altered, code)

    for key in LISTS:
        yield from _of_list(tree, number, key)
    yield from _of_figures(tree, number)
    for key in ("from", "until"):
        if key in rule:
            for day in _days_beside(rule[key]):
                yield Mutant(f"{code}: {key} {day}", tree, (*place, key), day, code)

    # Must and should both refuse, and differ only in which of two rules is named.
    other = "must" if rule["strength"] == "advice" else "advice"
    yield Mutant(f"{code}: strength {other}", tree, (*place, "strength"), other, code)
    yield from _of_earliest(tree, number)


def _of_list(tree: Tree, number: int, key: str) -> Iterator[Mutant]:
    """One word more, and one less, of those that the rule names or means."""
    rule = tree["rules"][number]
    known, unsaid = LISTS[key]
    stands = list(rule.get(key, unsaid))
    for word in known:
        altered = [other for other in stands if other != word]
        what = f"{rule['id']}: {key} without {word}"
        if word not in stands:
            altered = [*stands, word]
            what = f"{rule['id']}: {key} with {word}"
        yield Mutant(what, tree, ("rules", number, key), altered, rule["id"])


def _of_figures(tree: Tree, number: int) -> Iterator[Mutant]:
    """A figure one unit up and down, a minute of a time of day."""
    rule = tree["rules"][number]
    for name, lines in rule.get("values", {}).items():
        for at, line in enumerate(lines):
            path = ("rules", number, "values", name, at, "value")
            for value in moved(line["value"]) or _minutes_beside(line["value"]):
                what = f"{rule['id']}: {name} {value}"
                yield Mutant(what, tree, path, value, rule["id"])


def _of_earliest(tree: Tree, number: int) -> Iterator[Mutant]:
    """Another way of finding the day; of a day after, one day earlier. Advice lets nobody wait."""
    rule = tree["rules"][number]
    path = ("rules", number, "earliest")
    written = rule["earliest"]
    if rule["strength"] == "advice":
        return

    other: Any = "next_working_day" if written == "next_day" else "next_day"
    if isinstance(written, dict):
        other = {"after": f"({written['after']}) - 1"}
    yield Mutant(f"{rule['id']}: earliest {other}", tree, path, other, rule["id"])


def _of_condition(text: str) -> Iterator[tuple[str, str]]:
    """As of a step; and each alternative left out, each word of a list too."""
    yield from conditions(text)
    tree = ast.parse(f"({text})", mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            for alternative in node.values:
                yield _without(tree, node, "values", alternative)
        if isinstance(node, ast.Tuple):
            for word in node.elts:
                yield _without(tree, node, "elts", word)


def _without(tree: ast.expr, node: ast.AST, field: str, part: ast.expr) -> tuple[str, str]:
    """The condition without an alternative, or without a word of a list."""
    listed = getattr(node, field)
    at = listed.index(part)
    altered = copy.deepcopy(tree)
    for other in ast.walk(altered):
        if type(other) is type(node) and ast.dump(other) == ast.dump(node):
            del getattr(other, field)[at]
    return f"without {ast.unparse(part)}", ast.unparse(altered)


def _days_beside(day: str) -> list[str]:
    on = dt.date.fromisoformat(day)
    return [(on + dt.timedelta(number)).isoformat() for number in (-1, 1)]


def _minutes_beside(value: str) -> list[str]:
    hours, minutes = value.split(":")
    minute = int(hours) * 60 + int(minutes)
    return [f"{one // 60:02}:{one % 60:02}" for one in (minute + 1, minute - 1)]


@dataclass(frozen=True)
class SpecifiedRules:
    """A pack of rules with the cases of its specification, and what each rule said of each."""

    limits: Limits
    files: Mapping[str, str]
    examples: Sequence[Example]
    #: Rule → what it alone said of each case. A mutant changes that of its own rule only.
    said: Mapping[str, Sequence[Row]]

    def notices(self, mutant: Mutant) -> bool:
        """Whether a case comes out otherwise, or no such rule can be written."""
        files = {**self.files, "rules.yaml": mutant.text()}
        limits, _problems = read_limits(files, vocabulary.standard())
        if limits is None:
            return True

        said = dict(self.said)
        numbers = range(len(self.examples))
        if mutant.taken_out:
            del said[mutant.step]
        else:
            rule = limits.rule(mutant.step)
            before = said[rule.id]
            after = rows(limits, rule, self.examples)
            said[rule.id] = after
            numbers = [
                number
                for number in numbers
                if _differs(rule, self.limits, before[number], after[number])
            ]
        return any(not self._comes_out(number, limits, said) for number in numbers)

    def wrong(self) -> list[str]:
        """Cases that do not come out by what each rule says for itself."""
        numbers = range(len(self.examples))
        return [
            self.examples[number].name
            for number in numbers
            if not self._comes_out(number, self.limits, self.said)
        ]

    def _comes_out(self, number: int, limits: Limits, said: Mapping[str, Sequence[Row]]) -> bool:
        example = self.examples[number]
        of_case = [of_rule[number] for of_rule in said.values()]
        return specification.comes_out(example, together(limits, example, of_case))


def specified(pack: str) -> SpecifiedRules:
    """A shipped pack of rules, with its cases asked."""
    folder = load.SHIPPED / pack
    files = texts_of(folder)
    limits, problems = read_limits(files, vocabulary.standard())
    assert limits is not None, [str(problem) for problem in problems]

    examples: list[Example] = []
    for file in sorted((folder / "tests").glob("*.yaml")):
        examples += specification.read_examples(file, vocabulary.standard())[0]
    keep(examples)
    said = {rule.id: rows(limits, rule, examples) for rule in limits.rules}
    return SpecifiedRules(limits, files, examples, said)


def _differs(rule: Rule, limits: Limits, before: Row, after: Row) -> bool:
    """Whether the rule says something else of a case, or says it otherwise."""
    old = limits.rule(rule.id)
    same = (rule.strength, rule.earliest, rule.values) == (old.strength, old.earliest, old.values)
    return not same or before != after


def rows(limits: Limits, rule: Rule, examples: Sequence[Example]) -> list[Row]:
    """What one rule alone says of every case, in one query: the cases stand in `rule_examples`."""
    alone = replace(limits, rules=(rule,))
    if not gate.in_order([alone]):
        return [{} for _example in examples]

    of_row = re.sub(r"%\((\w+)\)s", r"e.p_\1", specification.statement((alone,)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.* FROM rule_examples e, LATERAL ({of_row}) d ORDER BY e.number", []
        )
        return [_by_rule(row, rule) for row in named(cursor)]


def _by_rule(row: Row, rule: Rule) -> Row:
    """What the only rule of a question said, named after it, beside the facts."""
    facts = {name: value for name, value in row.items() if name.startswith("f_")}
    return facts | {
        f"{letter} {rule.id}": row[f"{letter}0"] for letter in "are" if f"{letter}0" in row
    }


def together(limits: Limits, example: Example, said: Sequence[Row]) -> Answer:
    """The answer of all rules, put together from what each alone said of the case."""
    row: Row = {}
    for one in said:
        row |= one
    for number, rule in enumerate(gate.in_order([limits])):
        for letter in "are":
            row[f"{letter}{number}"] = row.get(f"{letter} {rule.id}")
    return specification.answer_of(example, row, (limits,))


def keep(examples: Sequence[Example]) -> None:
    """Puts the cases into the table `rule_examples` of this connection."""
    given = [specification.parameters_of(example) for example in examples]
    types = {fact.name: fact.type for fact in vocabulary.standard()}
    of_facts = {f"v_{name}": _SQL_TYPES[kind] for name, kind in types.items()}
    of_parameters = run_row.COLUMNS | of_facts
    columns = [f"p_{name} {of_parameters[name]}" for name in given[0]]

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.rule_examples")
        cursor.execute(f"CREATE TEMP TABLE rule_examples (number int, {', '.join(columns)})")
        marks = ", ".join(["%s"] * (1 + len(columns)))
        values = [[number, *row.values()] for number, row in enumerate(given)]
        cursor.executemany(f"INSERT INTO rule_examples VALUES ({marks})", values)


_SQL_TYPES = {
    "bool": "boolean",
    "int": "bigint",
    "date": "date",
    "money": "bigint",
    "text": "text",
}
