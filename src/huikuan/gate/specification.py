"""The specification of a limits pack: an act and its facts → allowed or refused, by which rule, and from when.

    given: {is_open: true, debtor_kind: person}
    cases:
      - name: 晚上十点整不得拨打
        at: 2026-11-23 22:00
        channel: call
        allowed: false
        rule: CN-HOURS
        earliest: 2026-11-24 08:00

Run through the real compiled question, the facts of the case and of the act given as a row. `law_case` names
the published
or derived example of the law that the case repeats. Facts that are not given are unknown; `none` says so too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection

from huikuan.casebook.statements import named
from huikuan.engine import gate, requirements, vocabulary, words
from huikuan.engine.fact import Fact
from huikuan.engine.limits import PURPOSES, TARGETS, Limits
from huikuan.engine.nodes import MINOR_UNITS
from huikuan.engine.vocabulary import Vocabulary
from huikuan.gate.ask import RUN, Act, Answer, answer, run_of
from huikuan.gate.local import Local
from huikuan.gate.rules import of_packs
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean

_ZONE = ZoneInfo("Asia/Shanghai")
_TYPES = {"bool": "boolean", "int": "bigint", "date": "date", "money": "bigint", "text": "text"}
_DERIVED_HERE = ("working_day", "channel", "target", "purpose")


@dataclass(frozen=True)
class Example:
    """One case of a specification. earliest: a local moment, "none" for unknown, None when not stated."""

    name: str
    place: str
    at: dt.datetime
    channel: str
    target: str
    purpose: str
    facts: dict[str, object]
    allowed: bool
    rule: str
    warns: tuple[str, ...] | None
    earliest: dt.datetime | str | None
    law_case: str
    serves: tuple[str, ...] = ()


def read_examples(file: Path, vocabulary: Vocabulary) -> tuple[list[Example], list[Problem]]:
    """The cases of one file, and everything that is wrong with it."""
    problems: list[Problem] = []
    root, found = yamlfile.load(file, file.name)
    problems += found
    if root is None or not yamlfile.check_keys(root, ("cases",), ("given",), problems):
        return [], problems
    node = cast(yamlfile.Mapping, root)
    problems += requirements.check_tree(root)
    given = _facts(node.get("given"), vocabulary, problems)
    listed = yamlfile.as_sequence(node["cases"], problems)
    examples = [
        e for entry in (listed or ()) if (e := _example(entry, given, vocabulary, problems))
    ]
    return ([] if problems else examples), problems


_OPTIONAL = (
    "target",
    "purpose",
    "facts",
    "rule",
    "warns",
    "earliest",
    "law_case",
    requirements.KEY,
)


def _example(
    entry: yamlfile.Node, given: dict[str, object], vocabulary: Vocabulary, problems: list[Problem]
) -> Example | None:
    if not yamlfile.check_keys(entry, ("name", "at", "channel", "allowed"), _OPTIONAL, problems):
        return None
    node = cast(yamlfile.Mapping, entry)
    at, earliest = _moment(node["at"], problems), node.get("earliest")
    target = yamlfile.as_choice(node["target"], TARGETS, problems) if "target" in node else "debtor"
    fitting = "locate" if target == "third_party" else "collect"
    facts = {
        **given,
        "minute": at and at.hour * 60 + at.minute,
        **_facts(node.get("facts"), vocabulary, problems),
    }
    example = Example(
        name=yamlfile.as_text(node["name"], problems) or "",
        place=f"{node.file}:{node.line}",
        at=at or dt.datetime.min.replace(tzinfo=_ZONE),
        channel=yamlfile.as_choice(node["channel"], words.CONTACT_ACTIONS, problems) or "call",
        target=target or "debtor",
        purpose=(
            yamlfile.as_choice(node["purpose"], PURPOSES, problems) if "purpose" in node else None
        )
        or fitting,
        facts=facts,
        allowed=bool(yamlfile.as_bool(node["allowed"], problems)),
        rule=(yamlfile.as_text(node["rule"], problems) or "") if "rule" in node else "",
        warns=_warns(node, problems),
        earliest="none" if str(earliest) == "none" else _moment(earliest, problems),
        law_case=(yamlfile.as_text(node["law_case"], problems) or "") if "law_case" in node else "",
        serves=requirements.served(node.get(requirements.KEY), problems),
    )
    return example if at else None


def _warns(node: yamlfile.Mapping, problems: list[Problem]) -> tuple[str, ...] | None:
    """The advice that is expected, all of it; None when the example says nothing of advice."""
    if "warns" not in node:
        return None
    return tuple(str(word) for word in yamlfile.as_sequence(node["warns"], problems) or ())


def _moment(node: yamlfile.Node | None, problems: list[Problem]) -> dt.datetime | None:
    text = yamlfile.as_text(node, problems)
    if node is None or text is None:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=_ZONE)
    except ValueError:
        problems.append(
            Problem(
                "specification.moment",
                "{value} is not a moment.",
                "Write it like 2026-11-23 21:59.",
                {"value": text},
                node.file,
                line=node.line,
            )
        )
        return None


def _facts(
    node: yamlfile.Node | None, vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, object]:
    mapping = yamlfile.as_mapping(node, problems)
    read: dict[str, object] = {}
    stored = {
        f.name: f
        for grain in ("case", "act")
        for f in vocabulary.stored(grain)
        if f.name not in _DERIVED_HERE
    }
    for name, value in mapping.items() if mapping else ():
        if name in stored:
            read[name] = _typed(stored[name], value, problems)
            continue
        params = {"name": name, "near": did_you_mean(name, list(stored)) or ""}
        message = "'{name}' is not a stored fact; only stored facts can be given."
        place: dict[str, Any] = {"file": value.file, "line": value.line, "column": value.column}
        problems.append(
            Problem("specification.fact", message, "Did you mean '{near}'?", params, **place)
        )
    return read


def _typed(fact: Fact, node: yamlfile.Node, problems: list[Problem]) -> object:
    if isinstance(node, yamlfile.Scalar) and node.text == "none":
        return None
    if fact.type == "date":
        return yamlfile.as_date(node, problems)
    if fact.type == "bool":
        return yamlfile.as_bool(node, problems)
    if fact.type == "int":
        return yamlfile.as_int(node, problems)
    if fact.type == "money":
        return int((yamlfile.as_decimal(node, problems) or Decimal(0)) * MINOR_UNITS)
    return (
        yamlfile.as_choice(node, tuple(fact.options), problems)
        if fact.options
        else yamlfile.as_text(node, problems)
    )


def judge(example: Example, packs: tuple[Limits, ...]) -> Answer:
    """What the packs say of the example's act, by the query that the gate runs."""
    words = vocabulary.standard()
    act = {"channel": example.channel, "target": example.target, "purpose": example.purpose}
    values = example.facts | act
    on = example.at.date()
    parameters: dict[str, Any] = run_of(on) | {
        f"v_{f.name}": values.get(f.name) for f in words if f.is_stored
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(packs), parameters)
        (row,) = named(cursor)
    minute = values["minute"]
    here = Local(_ZONE, example.at, on, minute if isinstance(minute, int) else None)
    return answer(
        Act(None, example.channel, example.target, example.purpose), row, of_packs(packs), here
    )


_statements: dict[tuple[str, ...], str] = {}


def _statement(packs: tuple[Limits, ...]) -> str:
    key = tuple(pack.pack.hash for pack in packs)
    if key not in _statements:
        _statements[key] = _build(packs)
    return _statements[key]


def _build(packs: tuple[Limits, ...]) -> str:
    words = vocabulary.standard()
    case = [
        "1::bigint AS case_id, 1::bigint AS organisation_id, 1::bigint AS creditor_id",
        *columns(words, "case"),
    ]
    act = ["0::bigint AS act_key", *columns(words, "act")]
    return (
        f"WITH {RUN}, casebook_casesummary AS (SELECT {', '.join(case)}), act_facts AS (SELECT {', '.join(act)})\n"
        + gate.act_query(packs, words).sql.replace("%", "%%")
    )


def columns(words: Vocabulary, grain: str) -> list[str]:
    facts = words.stored(grain)
    return [
        f"%(v_{fact.name})s::{_TYPES[fact.type]} AS {fact.column or fact.name}" for fact in facts
    ]
