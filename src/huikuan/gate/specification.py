"""The specification of a limits pack: an act and its facts → allowed or refused, by which rule, and from when.

    given: {is_open: true, debtor_kind: person}
    cases:
      - name: 晚上十点整不得拨打
        at: 2026-11-23 22:00
        channel: call
        allowed: false
        rule: CN-HOURS
        earliest: 2026-11-24 08:00

The same facts for several acts are one case, with `channels`, `targets` or `purposes` in the place of the answer:

      - name: 晚上十点半，各渠道
        at: 2026-11-23 22:30
        channels: {call: CN-HOURS, sms: CN-HOURS, letter: allowed, visit: [CN-COUNT-JOIN]}

Each is `allowed`, refused by the rule that is named, or allowed with exactly the advice that is listed.

Run through the real compiled question, the facts of the case and of the act given as a row. `law_case` names
the published
or derived example of the law that the case repeats. Facts that are not given are unknown; `none` says so too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection

from huikuan.casebook.run_row import RUN
from huikuan.casebook.statements import named
from huikuan.engine import gate, requirements, vocabulary, words
from huikuan.engine.fact import Fact
from huikuan.engine.limits import PURPOSES, TARGETS, Limits
from huikuan.engine.nodes import MINOR_UNITS
from huikuan.engine.vocabulary import Vocabulary
from huikuan.gate.ask import Act, Answer, answer, run_of_act
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
    facts: dict[str, object]
    channel: str = "call"
    target: str = "debtor"
    purpose: str = "collect"
    allowed: bool = True
    rule: str = ""
    warns: tuple[str, ...] | None = None
    earliest: dt.datetime | str | None = None
    law_case: str = ""
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
    examples: list[Example] = []
    for entry in listed or ():
        examples += _examples(entry, given, vocabulary, problems)
    return ([] if problems else examples), problems


#: What may differ between the acts of one case → what it is of an act → the words that there are.
_SEVERAL = {
    "channels": ("channel", words.CONTACT_ACTIONS),
    "targets": ("target", TARGETS),
    "purposes": ("purpose", PURPOSES),
}
_ALLOWED = "allowed"
_OF_THE_ACT = ("channel", "target", "purpose")
_OF_THE_ANSWER = ("rule", "warns", "earliest", "law_case")


def _examples(
    entry: yamlfile.Node, given: dict[str, object], vocabulary: Vocabulary, problems: list[Problem]
) -> list[Example]:
    """One case; with `channels`, `targets` or `purposes` one for each act that they name."""
    several = [key for key in _SEVERAL if isinstance(entry, yamlfile.Mapping) and key in entry]
    if not several:
        example = _one_act(entry, given, vocabulary, problems)
        return [example] if example else []

    key = several[0]
    varies, known = _SEVERAL[key]
    others = tuple(name for name in _OF_THE_ACT if name != varies)
    required = ("name", "at", key) if varies == "channel" else ("name", "at", "channel", key)
    if not yamlfile.check_keys(entry, required, (*others, "facts", requirements.KEY), problems):
        return []

    node = cast(yamlfile.Mapping, entry)
    base = _base(node, given, vocabulary, problems)
    answers = yamlfile.as_mapping(node[key], problems)
    if base is None or answers is None:
        return []

    examples = []
    for word, said in answers.items():
        value = yamlfile.as_choice(answers.key_place(word), known, problems)
        if value is None:
            continue
        act = _act_of(node, problems, {varies: value})
        example = replace(base, **act, **_answer_of(said, problems))
        examples.append(replace(example, name=f"{base.name} · {word}", place=_place(said)))
    return examples


def _one_act(
    entry: yamlfile.Node, given: dict[str, object], vocabulary: Vocabulary, problems: list[Problem]
) -> Example | None:
    optional = ("target", "purpose", "facts", *_OF_THE_ANSWER, requirements.KEY)
    if not yamlfile.check_keys(entry, ("name", "at", "channel", "allowed"), optional, problems):
        return None

    node = cast(yamlfile.Mapping, entry)
    base = _base(node, given, vocabulary, problems)
    if base is None:
        return None

    earliest = node.get("earliest")
    return replace(
        base,
        **_act_of(node, problems, {}),
        allowed=bool(yamlfile.as_bool(node["allowed"], problems)),
        rule=(yamlfile.as_text(node["rule"], problems) or "") if "rule" in node else "",
        warns=_warns(node.get("warns"), problems),
        earliest="none" if str(earliest) == "none" else _moment(earliest, problems),
        law_case=(yamlfile.as_text(node["law_case"], problems) or "") if "law_case" in node else "",
    )


def _base(
    node: yamlfile.Mapping,
    given: dict[str, object],
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> Example | None:
    """Name, moment and facts of a case, without act and answer; None where the moment is wrong."""
    at = _moment(node["at"], problems)
    if at is None:
        return None
    facts = {
        **given,
        "minute": at.hour * 60 + at.minute,
        **_facts(node.get("facts"), vocabulary, problems),
    }
    return Example(
        name=yamlfile.as_text(node["name"], problems) or "",
        place=_place(node),
        at=at,
        facts=facts,
        serves=requirements.served(node.get(requirements.KEY), problems),
    )


def _place(node: yamlfile.Node) -> str:
    return f"{node.file}:{node.line}"


def _act_of(
    node: yamlfile.Mapping, problems: list[Problem], varying: dict[str, str]
) -> dict[str, Any]:
    """Channel, target and purpose. Third persons are only asked for the debtor."""
    act = dict(varying)
    for name, known in _SEVERAL.values():
        if name in node:
            act[name] = yamlfile.as_choice(node[name], known, problems) or ""
    target = act.setdefault("target", "debtor")
    act.setdefault("purpose", "locate" if target == "third_party" else "collect")
    return act


def _answer_of(node: yamlfile.Node, problems: list[Problem]) -> dict[str, Any]:
    """`allowed`, the rule that refuses, or the list of the advice with which it is allowed."""
    if isinstance(node, yamlfile.Sequence):
        return {"allowed": True, "warns": _warns(node, problems)}
    text = yamlfile.as_text(node, problems) or ""
    return {"allowed": True} if text == _ALLOWED else {"allowed": False, "rule": text}


def _warns(node: yamlfile.Node | None, problems: list[Problem]) -> tuple[str, ...] | None:
    """The advice that is expected, all of it; None when the example says nothing of advice."""
    if node is None:
        return None
    return tuple(str(word) for word in yamlfile.as_sequence(node, problems) or ())


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
    with connection.cursor() as cursor:
        cursor.execute(_statement(packs), parameters_of(example))
        (row,) = named(cursor)
    return answer_of(example, row, packs)


def answer_of(example: Example, row: dict[str, Any], packs: tuple[Limits, ...]) -> Answer:
    """The row that the question gave for the example, as an answer."""
    minute = example.facts["minute"]
    known_minute = minute if isinstance(minute, int) else None
    here = Local(_ZONE, example.at, example.at.date(), known_minute)
    act = Act(None, example.channel, example.target, example.purpose)
    return answer(act, row, of_packs(packs), here)


def comes_out(example: Example, answer: Answer) -> bool:
    """Whether the answer is the one that the example states, as far as it states one."""
    rule = answer.rule.code if answer.rule else ""
    if (answer.allowed, rule) != (example.allowed, example.rule):
        return False

    warned = tuple(said.code for said in answer.warnings)
    if example.warns is not None and warned != example.warns:
        return False
    wanted = None if example.earliest == "none" else example.earliest
    return example.earliest is None or answer.earliest_at == wanted


def parameters_of(example: Example) -> dict[str, Any]:
    """The parameters of `statement`: the run, and `v_<fact>` for every stored fact."""
    act = {"channel": example.channel, "target": example.target, "purpose": example.purpose}
    values = example.facts | act
    stored = [fact.name for fact in vocabulary.standard() if fact.is_stored]
    return run_of_act(example.at.date()) | {f"v_{name}": values.get(name) for name in stored}


_statements: dict[tuple[str, ...], str] = {}


def _statement(packs: tuple[Limits, ...]) -> str:
    key = tuple(pack.pack.hash for pack in packs)
    if key not in _statements:
        _statements[key] = statement(packs)
    return _statements[key]


def statement(packs: tuple[Limits, ...]) -> str:
    """The question of the gate about one act, its facts and the run given as parameters."""
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
