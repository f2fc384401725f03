"""Contact rules as data: who may be contacted how, when and how often. Reads pack.yaml and rules.yaml of a limits pack.

A rule says where it speaks (`scope`, `channels`, `targets`, `exempt` purposes, `from`), its dated figures (`values`),
when it refuses (`refuse_when`) and from when the act would be allowed (`earliest`). What is unknown refuses; a scope
that is unknown is in scope. `decides: day` rules are judged by the plan of the day, `moment` rules only at the act.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from huikuan.engine import history, requirements, since, words
from huikuan.engine.bounds import MOST_DAYS
from huikuan.engine.conditions import Parser
from huikuan.engine.derive import inline
from huikuan.engine.fact import Fact
from huikuan.engine.nodes import Node
from huikuan.engine.pack import Pack, read_pack
from huikuan.engine.texts import Text, both_languages, one_or_both
from huikuan.engine.time_of_day import minute_of
from huikuan.engine.vocabulary import ACT, RUN, Vocabulary
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

FILE = "rules.yaml"
TARGETS = ("debtor", "guarantor", "co_debtor", "third_party")
PURPOSES = ("collect", "remind", "business", "reply", "statutory", "locate")
DECIDES = ("day", "moment")
#: How the earliest allowed moment is found; `after` (a date expression) is the sixth way.
EARLIEST = ("next_hours", "next_day", "next_working_day", "never", "unknown")
#: Facts of the act that the plan knows: from the step and from the day. All other facts of the act belong to
#: the moment.
DAY_KNOWN = frozenset({"channel", "target", "purpose", "working_day", "subject_held"})
LOOK_BACKS = ("months_past", "working_days_past")
#: The verdict column of a task holds a rule's id.
ID_LENGTH = 24


@dataclass(frozen=True)
class Dated:
    """A figure and the day from which it holds. clause: where this figure stands, when it differs from the rule's."""

    start: dt.date
    value: int
    clause: str = ""


@dataclass(frozen=True)
class Earliest:
    """kind: one of EARLIEST or 'after'; node: the date expression of 'after'."""

    kind: str
    node: Node | None = None


@dataclass(frozen=True)
class Rule:
    """strength: must and should refuse, advice warns. confidence: V1 (primary text read) … M (switched off)."""

    id: str
    title: Text
    clause: str
    source: Text
    strength: str
    confidence: str
    checked: dt.date
    start: dt.date
    end: dt.date | None
    decides: str
    scope: Node | None
    scope_text: str
    channels: tuple[str, ...]
    targets: tuple[str, ...]
    exempt: tuple[str, ...]
    values: Mapping[str, tuple[Dated, ...]]
    refuse_when: Node
    refuse_text: str
    earliest: Earliest
    active: bool
    line: int = 0
    vocabulary: Vocabulary = field(
        default_factory=lambda: Vocabulary([]), compare=False, repr=False
    )
    #: Ids of packs/requirements.tsv.
    serves: tuple[str, ...] = ()

    @property
    def refuses(self) -> bool:
        """Advice warns and never refuses."""
        return self.strength != "advice"

    @property
    def confirm(self) -> bool:
        """Known from a secondary source only: to be confirmed in the primary text."""
        return self.confidence in ("V2", "V2-")

    def speaks_of(self, channel: str, target: str, purpose: str) -> bool:
        """Whether it may speak of such an act. A reminder is exempt only until the due day, so it stays."""
        exempt = purpose in self.exempt and purpose != "remind"
        return self.active and channel in self.channels and target in self.targets and not exempt

    def value_on(self, name: str, on: dt.date) -> int | None:
        """The figure in force on the day."""
        held = [dated for dated in self.values[name] if dated.start <= on]
        return held[-1].value if held else None

    def clause_on(self, on: dt.date) -> str:
        """The clause, with that of the figure in force where it has one of its own."""
        own = [
            dated[-1].clause
            for name in self.values
            if (dated := [d for d in self.values[name] if d.start <= on])
        ]
        return "; ".join(dict.fromkeys([self.clause, *filter(None, own)]))

    def facts(self) -> list[str]:
        """Names of the facts it reads as the rule writes them, its own figures left out."""
        nodes = [node for node in (self.scope, self.refuse_when, self.earliest.node) if node]
        names = dict.fromkeys(name for node in nodes for name in node.facts())
        return [name for name in names if name not in self.values]


@dataclass(frozen=True)
class Limits:
    """A pack of contact rules, in the order of the file."""

    pack: Pack
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == code)


def read_limits(
    files: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[Limits | None, list[Problem]]:
    """The rules of a pack from its files (name → text). None, with every problem, when anything is wrong."""
    problems: list[Problem] = []
    pack = read_pack(files, problems)
    if pack is not None and pack.kind != "limits":
        message = "A pack with rules.yaml is of the kind 'limits', not '{kind}'."
        problems.append(
            Problem("limits.kind", message, "Write kind: limits.", {"kind": pack.kind}, "pack.yaml")
        )
    root, found = yamlfile.load(files.get(FILE, ""), FILE)
    problems += found
    if root is None or not yamlfile.check_keys(root, ("rules",), (), problems):
        return None, problems
    node = cast(yamlfile.Mapping, root)
    reader = _Reader(vocabulary, problems)
    rules = [
        rule
        for entry in (yamlfile.as_sequence(node["rules"], problems) or ())
        if (rule := reader.rule(entry))
    ]
    _check_unique(rules, problems)
    if pack is None or any(p.severity == "error" for p in problems):
        return None, problems
    return Limits(pack, tuple(rules)), problems


def _check_unique(rules: list[Rule], problems: list[Problem]) -> None:
    seen: dict[str, int] = {}
    for rule in rules:
        if rule.id in seen:
            params = {"id": rule.id, "first": seen[rule.id]}
            message = "Rule '{id}' stands twice; it is also in line {first}."
            problems.append(
                Problem(
                    "limits.twice",
                    message,
                    "Give one of them another id.",
                    params,
                    FILE,
                    line=rule.line,
                )
            )
        seen.setdefault(rule.id, rule.line)


_WHAT = ("id", "title", "clause", "source", "strength", "confidence", "checked")
_REQUIRED = (*_WHAT, "from", "decides", "refuse_when", "earliest")
_OPTIONAL = (
    "until",
    "scope",
    "channels",
    "targets",
    "exempt",
    "values",
    "active",
    requirements.KEY,
)
_NEVER = Node("const", "bool", value=True)


@dataclass
class _Reader:
    vocabulary: Vocabulary
    problems: list[Problem]

    def rule(self, entry: yamlfile.Node) -> Rule | None:
        before = len(self.problems)
        node = yamlfile.known_part(entry, _REQUIRED, _OPTIONAL, self.problems)
        if node is None or any(key not in node for key in _REQUIRED):
            return None
        start = yamlfile.as_date(node["from"], self.problems) or dt.date.min
        values = self._values(node.get("values"), start)
        own = self._with_values(values)
        confidence = yamlfile.as_choice(node["confidence"], words.CONFIDENCES, self.problems) or "M"
        rule = Rule(
            id=self._id(node["id"]),
            title=both_languages(node["title"], self.problems),
            clause=yamlfile.as_text(node["clause"], self.problems) or "",
            source=one_or_both(node["source"], self.problems),
            strength=yamlfile.as_choice(node["strength"], words.STRENGTHS, self.problems) or "must",
            confidence=confidence,
            checked=yamlfile.as_date(node["checked"], self.problems) or dt.date.min,
            start=start,
            end=yamlfile.as_date(node["until"], self.problems) if "until" in node else None,
            decides=yamlfile.as_choice(node["decides"], DECIDES, self.problems) or "moment",
            scope=self._condition(node.get("scope"), own, "bool"),
            scope_text=str(node.get("scope") or ""),
            channels=self._choices(node, "channels", words.CONTACT_ACTIONS, words.CONTACT_ACTIONS),
            targets=self._choices(node, "targets", TARGETS, TARGETS),
            exempt=self._choices(node, "exempt", PURPOSES, ()),
            values=values,
            refuse_when=self._condition(node["refuse_when"], own, "bool") or _NEVER,
            refuse_text=str(node["refuse_when"]),
            earliest=self._earliest(node["earliest"], own),
            active=self._active(node, confidence),
            line=node.line,
            vocabulary=own,
            serves=requirements.served(node.get(requirements.KEY), self.problems),
        )
        if len(self.problems) == before:
            self._check_decides(rule, node["decides"])
            self._check_hours(rule, node["earliest"])
            self._check_look_back(rule, node["refuse_when"])
        return rule if len(self.problems) == before else None

    def _report(
        self, node: yamlfile.Node, code: str, message: str, remedy: str = "", **params: object
    ) -> None:
        place = {"file": node.file, "line": node.line, "column": node.column}
        self.problems.append(Problem(code, message, remedy, params, **place))  # type: ignore[arg-type]

    def _id(self, node: yamlfile.Node) -> str:
        text = yamlfile.as_text(node, self.problems) or ""
        if text and (len(text) > ID_LENGTH or not re.fullmatch(r"[A-Z0-9][A-Z0-9-]*", text)):
            message = (
                "'{id}' is no rule id: capital letters, digits and hyphens, {length} at the most."
            )
            self._report(node, "limits.id", message, id=text, length=ID_LENGTH)
        return text

    def _values(self, node: yamlfile.Node | None, start: dt.date) -> dict[str, tuple[Dated, ...]]:
        mapping = yamlfile.as_mapping(node, self.problems)
        return (
            {
                name: self._dated(mapping.key_place(name), value, start)
                for name, value in mapping.items()
            }
            if mapping
            else {}
        )

    def _dated(
        self, key: yamlfile.Scalar, node: yamlfile.Node, start: dt.date
    ) -> tuple[Dated, ...]:
        if self.vocabulary.get(key.text):
            self._report(
                key,
                "limits.value",
                "'{name}' is a fact; a figure needs a name of its own.",
                name=key.text,
            )
        lines = [
            line
            for entry in (yamlfile.as_sequence(node, self.problems) or ())
            if (line := self._line(entry))
        ]
        if lines != sorted(lines, key=lambda line: line.start):
            self._report(
                node,
                "limits.order",
                "The lines of '{name}' do not stand in the order of their dates.",
                name=key.text,
            )
        if lines and lines[0].start > start:
            message = "'{name}' holds only from {first}, the rule already from {start}."
            self._report(
                node, "limits.start", message, name=key.text, first=lines[0].start, start=start
            )
        return tuple(lines)

    def _line(self, entry: yamlfile.Node) -> Dated | None:
        if not yamlfile.check_keys(entry, ("from", "value"), ("clause",), self.problems):
            return None
        node = cast(yamlfile.Mapping, entry)
        start, value = yamlfile.as_date(node["from"], self.problems), self._figure(node["value"])
        clause = yamlfile.as_text(node["clause"], self.problems) if "clause" in node else ""
        return Dated(start, value, clause or "") if start and value is not None else None

    def _figure(self, node: yamlfile.Node) -> int | None:
        """A whole number, or a time of day such as 22:00 as minutes."""
        minute = minute_of(str(node))
        if minute is not None:
            return minute
        return yamlfile.as_int(node, self.problems, minimum=-MOST_DAYS, maximum=MOST_DAYS)

    def _with_values(self, values: Mapping[str, object]) -> Vocabulary:
        """The vocabulary with the rule's own figures, which a condition names like facts."""
        if not values:
            return self.vocabulary

        figures = [
            Fact(name, "int", name, name, "A figure of the rule.", "rule", subject=ACT)
            for name in values
        ]
        return Vocabulary([*self.vocabulary, *figures], self.vocabulary.subjects)

    def _condition(
        self, node: yamlfile.Node | None, vocabulary: Vocabulary, wanted: str
    ) -> Node | None:
        text = yamlfile.as_text(node, self.problems)
        if node is None or text is None:
            return None

        def report(column: int, message: str, params: Mapping[str, object]) -> None:
            place = {"file": node.file, "line": node.line, "column": node.column + column}
            self.problems.append(Problem("condition", message, "", dict(params), **place))  # type: ignore[arg-type]

        parser = Parser(vocabulary, frozenset({"case", ACT, RUN}), report)
        return since.read(parser, text, wanted)

    def _earliest(self, node: yamlfile.Node, vocabulary: Vocabulary) -> Earliest:
        if isinstance(node, yamlfile.Mapping):
            if yamlfile.check_keys(node, ("after",), (), self.problems):
                return Earliest("after", self._condition(node["after"], vocabulary, "date"))
            return Earliest("unknown")
        return Earliest(yamlfile.as_choice(node, EARLIEST, self.problems) or "unknown")

    def _choices(
        self, node: yamlfile.Mapping, key: str, options: Iterable[str], default: Iterable[str]
    ) -> tuple[str, ...]:
        if key not in node:
            return tuple(default)
        known = list(options)
        listed = yamlfile.as_sequence(node[key], self.problems) or ()
        return tuple(
            choice
            for entry in listed
            if (choice := yamlfile.as_choice(entry, known, self.problems))
        )

    def _active(self, node: yamlfile.Mapping, confidence: str) -> bool:
        """What nobody has verified stays switched off."""
        chosen = yamlfile.as_bool(node["active"], self.problems) if "active" in node else None
        if chosen and confidence == "M":
            message = "A rule from memory (M) cannot be switched on."
            self._report(
                node["active"],
                "limits.unverified",
                message,
                "Read its source, then raise the confidence.",
            )
        return confidence != "M" if chosen is None else chosen

    def _check_decides(self, rule: Rule, node: yamlfile.Node) -> None:
        """A rule that needs the moment cannot be judged by the plan; one that does not, should be."""
        needed = moment_facts(rule)
        if rule.decides == "day" and needed:
            message = (
                "The day alone cannot decide: {facts} are known only at the moment of the act."
            )
            self._report(
                node, "limits.decides", message, "Write decides: moment.", facts=", ".join(needed)
            )
        if rule.decides == "moment" and not needed:
            message = "This rule reads nothing of the moment, so the plan can already decide."
            self._report(node, "limits.decides", message, "Write decides: day.")

    def _check_hours(self, rule: Rule, node: yamlfile.Node) -> None:
        if rule.earliest.kind == "next_hours" and not {"opens", "closes"} <= set(rule.values):
            message = "next_hours needs the figures 'opens' and 'closes'."
            self._report(
                node, "limits.hours", message, "Give both under values, such as 08:00 and 22:00."
            )

    def _check_look_back(self, rule: Rule, node: yamlfile.Node) -> None:
        """The run of one act carries no look-back arrays; days are counted by subtraction here."""
        nodes = [
            inline(part, rule.vocabulary)
            for part in (rule.scope, rule.refuse_when, rule.earliest.node)
            if part
        ]
        if any(piece.op in LOOK_BACKS for part in nodes for piece in part.walk()):
            message = "Contact rules cannot use months_past or working_days_past."
            self._report(node, "limits.look_back", message, "Count days: on - some_day >= 7.")

        facts = [rule.vocabulary.get(name) for part in nodes for name in part.facts()]
        totals = [fact.name for fact in facts if fact and fact.total]
        totals += history.reads(nodes)
        totals += [
            str(piece.value) for node in nodes for piece in node.walk() if piece.op == since.NAME
        ]
        if totals:
            message = "Contact rules cannot use {names}: one act reads the row of its case alone."
            self._report(node, "limits.total", message, names=", ".join(dict.fromkeys(totals)))


def stored_facts(rule: Rule) -> list[str]:
    """Names of the stored facts behind everything that the rule reads."""
    nodes = [
        inline(node, rule.vocabulary)
        for node in (rule.scope, rule.refuse_when, rule.earliest.node)
        if node
    ]
    return list(
        dict.fromkeys(name for node in nodes for name in node.facts() if name not in rule.values)
    )


def moment_facts(rule: Rule) -> list[str]:
    """Stored facts of the act that the rule reads and the plan does not know."""
    facts = [fact for name in stored_facts(rule) if (fact := rule.vocabulary.get(name))]
    return [fact.name for fact in facts if fact.subject == ACT and fact.name not in DAY_KNOWN]
