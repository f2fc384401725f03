"""Changed copies of a pack, each with one thing altered.

Of a playbook: a figure is moved by one unit; a role, a channel, an addressee, an approval, an
event, a script is exchanged; what is said or not is turned round; a part of a condition, of a step
or of a queue, is negated or left out; a step is taken out. Of the outcomes: what one asks for,
records, proposes and offers is exchanged, left out, or comes in. What a specification does not
notice, it does not specify (`tests/noticed.py`).
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from huikuan.engine import outcomes, scripts, vocabulary, words
from huikuan.people.roles import shipped_codes

#: A whole or decimal number that is no part of a word.
FIGURE = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w'])")
FIGURES = ("due", "deadline", "priority")
PLAYBOOK = "playbook.yaml"
#: What a word is exchanged for: the next one of its list.
EXCHANGED: dict[str, Sequence[str]] = {
    "role": shipped_codes(),
    "action": tuple(words.ACTIONS),
    "addressee": words.ADDRESSEES,
    "approval": shipped_codes(),
    "purpose": words.QUIET_PURPOSES,
}
#: Of an outcome: what it records, and the words that it may be.
SETS: dict[str, Sequence[str]] = {
    "point": outcomes.POINT,
    "willingness": outcomes.WILLINGNESS,
    "refusal": ("true", "false"),
}
HOLD: dict[str, Sequence[str]] = {"kind": outcomes.HOLDS, "scope": outcomes.SCOPES}
#: Written in C where libyaml is there, many times quicker.
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Tree = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """What was altered: the value at a path, taken away where there is none.

    step: the code of the step or rule. taken_out: that step or rule is gone as a whole. file: the
    file of the pack that is altered.
    """

    what: str
    tree: Tree
    path: Path
    value: str | Sequence[str] | Tree | None
    step: str = ""
    taken_out: bool = False
    file: str = PLAYBOOK

    def text(self) -> str:
        """The file with it."""
        changed = copy.deepcopy(self.tree)
        node: Any = changed
        for key in self.path[:-1]:
            node = node[key]

        if self.value is None:
            del node[self.path[-1]]
        else:
            node[self.path[-1]] = self.value

        text: str = yaml.dump(
            changed, Dumper=DUMPER, allow_unicode=True, sort_keys=False, width=100_000
        )
        return text


def mutants(files: Mapping[str, str]) -> list[Mutant]:
    """Every mutant of the playbook of a pack (file name → text), and of its outcomes."""
    tree = yaml.load(files[PLAYBOOK], yaml.BaseLoader)  # every value a text
    found = [*_of_the_book(tree), *_of_steps(tree, scripts.ids(files))]
    if outcomes.FILE in files:
        talks = yaml.load(files[outcomes.FILE], yaml.BaseLoader)
        found += _of_outcomes(talks, scripts.ids(files))
    return found


def _of_the_book(tree: Tree) -> Iterator[Mutant]:
    """Named figures, guards, queues and terms: what they change reaches many steps."""
    for name, value in tree.get("parameters", {}).items():
        for other in moved(value):
            yield _mutant(tree, f"parameter {name} {other}", ("parameters", name), other)

    for kind, key in (("guard", "guards"), ("queue", "queues")):
        for name, condition in tree.get(key, {}).items():
            yield from _of_condition(tree, f"{kind} {name}", (key, name), condition)
    for name, term in tree.get("terms", {}).items():
        key = "is" if "is" in term else "where"
        yield from _of_condition(tree, f"term {name}", ("terms", name, key), term[key])


def _of_condition(tree: Tree, name: str, path: Path, condition: str) -> Iterator[Mutant]:
    for what, altered in conditions(condition):
        yield _mutant(tree, f"{name}: {what}", path, altered)


def _of_steps(tree: Tree, known_scripts: Sequence[str]) -> Iterator[Mutant]:
    for number, step in enumerate(tree["steps"]):
        code = step["id"]
        place = ("steps", number)
        for key in FIGURES:
            for path, value in _moved_under(step.get(key)):
                yield _mutant(tree, f"{code}: {key} {value}", (*place, key, *path), value)

        events = _events_of(step.get("per", "case"))
        exchanged = {**EXCHANGED, "records": events, "checks": events, "script": known_scripts}
        for key, known in exchanged.items():
            # A chain of approvals is no word.
            if isinstance(step.get(key), str):
                other = following(step[key], known)
                yield _mutant(tree, f"{code}: {key} {other}", (*place, key), other)
        for key, value in _turned_round(step).items():
            yield _mutant(tree, f"{code}: {key} {value}", (*place, key), value)

        yield from _of_condition(tree, code, (*place, "when"), step["when"])
        yield from _of_first_day(tree, code, place, step.get("not_before", ""))
        yield from _of_cadence(tree, code, place, step.get("cadence"))
        yield _without(tree, number)


def _of_first_day(tree: Tree, code: str, place: Path, day: str) -> Iterator[Mutant]:
    for what, altered in _figures(day):
        yield _mutant(tree, f"{code}: not before {what}", (*place, "not_before"), altered)


def _events_of(per: str) -> list[str]:
    """What may happen to the subject of a step, and to what that belongs to."""
    lineage = vocabulary.standard().subjects.lineage(per)
    return [event for subject in lineage for event in subject.events]


def _turned_round(step: Tree) -> dict[str, str]:
    """What a step is or is not, the other way round: key → value."""
    dunning = step.get("dunning", str(step["action"] in words.CONTACT_ACTIONS).lower())
    together = step.get("together", "false")
    return {
        "dunning": following(dunning, ("true", "false")),
        "together": following(together, ("true", "false")),
    }


def _of_outcomes(tree: Tree, known_scripts: Sequence[str]) -> Iterator[Mutant]:
    for place, answer in enumerate(tree["answers"]):
        path: Path = ("answers", place)
        if "script" in answer:
            other = following(answer["script"], known_scripts)
            what = f"{answer['who']}: script {other}"
            yield _of_talk(tree, what, (*path, "script"), other)
        for number, outcome in enumerate(answer["outcomes"]):
            name = f"{answer['who']} {outcome['code']}"
            yield from _of_outcome(tree, name, (*path, "outcomes", number), outcome)


def _of_outcome(tree: Tree, name: str, path: Path, outcome: Tree) -> Iterator[Mutant]:
    """What it asks for, records, proposes and offers, each exchanged, left out or added."""
    other = following(outcome.get("right_party", "false"), ("true", "false"))
    yield _of_talk(tree, f"{name}: right_party {other}", (*path, "right_party"), other)

    sets = {**SETS, "reason": tuple(tree["reasons"])}
    for key, known in sets.items():
        for what, altered in _word_of(outcome.get("sets", {}), key, known):
            yield _of_talk(tree, f"{name}: sets {what}", (*path, "sets"), altered)
    if "hold" in outcome:
        yield _of_talk(tree, f"{name}: no hold", (*path, "hold"), None)
        for key, known in HOLD.items():
            word = following(outcome["hold"][key], known)
            yield _of_talk(tree, f"{name}: hold {key} {word}", (*path, "hold", key), word)

    for key, known in (("needs", outcomes.NEEDS), ("follow_up", outcomes.OFFERS)):
        for what, altered in _list_of(outcome.get(key, []), known):
            yield _of_talk(tree, f"{name}: {key} {what}", (*path, key), altered)


def _word_of(sets: Tree, key: str, known: Sequence[str]) -> Iterator[tuple[str, Tree]]:
    """What is recorded with another word under the key, and without it; with one where none is."""
    others = {name: word for name, word in sets.items() if name != key}
    if key not in sets:
        yield f"{key} {known[0]}", {**others, key: known[0]}
        return

    word = following(sets[key], known)
    yield f"{key} {word}", {**others, key: word}
    yield f"without {key}", others


def _list_of(words_of: Sequence[str], known: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """A list without each of its words, and with one that it has not."""
    for word in words_of:
        yield f"without {word}", [other for other in words_of if other != word]
    missing = next((word for word in known if word not in words_of), "")
    if missing:
        yield f"with {missing}", [*words_of, missing]


def following(word: str, known: Sequence[str]) -> str:
    """The next word of the list, after the last the first."""
    return known[(known.index(word) + 1) % len(known)]


def _of_cadence(tree: Tree, code: str, place: Path, cadence: Tree | None) -> Iterator[Mutant]:
    if cadence is None:
        return

    for number, segment in enumerate(cadence["occurs"]):
        for key, value in segment.items():
            for other in moved(value):
                path = (*place, "cadence", "occurs", number, key)
                yield _mutant(tree, f"{code}: {number} {key} {other}", path, other)
    for what, altered in _figures(cadence["from"]):
        yield _mutant(tree, f"{code}: from {what}", (*place, "cadence", "from"), altered)


def _moved_under(value: str | Tree | None) -> Iterator[tuple[Path, str]]:
    """A figure moved, or those of a mapping such as {working_days: 3}, with the way to each."""
    if not isinstance(value, dict):
        yield from (((), other) for other in moved(value))
        return

    for key, part in value.items():
        yield from (((key,), other) for other in moved(part))


def moved(value: str | None) -> list[str]:
    """A whole number one unit up and one down; nothing of any other text."""
    if value is None or not re.fullmatch(r"-?\d+", value):
        return []
    return [str(int(value) + 1), str(int(value) - 1)]


def conditions(text: str) -> Iterator[tuple[str, str]]:
    """Each figure moved; each part that must hold negated, and left out."""
    yield from _figures(text)
    parts = _parts(text)
    for number, part in enumerate(parts):
        others = [f"({other})" for at, other in enumerate(parts) if at != number]
        yield f"not ({part})", " and ".join([*others, f"not ({part})"])
        if others:
            yield f"without {part}", " and ".join(others)


def _figures(text: str) -> Iterator[tuple[str, str]]:
    for match in FIGURE.finditer(text):
        for value in moved(match[0]):
            altered = text[: match.start()] + value + text[match.end() :]
            yield f"{match[0]} to {value} in {text}", altered


def _parts(text: str) -> list[str]:
    """The parts that must all hold."""
    tree = ast.parse(f"({text})", mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [ast.unparse(value) for value in tree.values]
    return [ast.unparse(tree)]


def _mutant(tree: Tree, what: str, path: Path, value: str) -> Mutant:
    return Mutant(what, tree, path, value)


def _of_talk(tree: Tree, what: str, path: Path, value: str | Sequence[str] | Tree | None) -> Mutant:
    return Mutant(f"outcome {what}", tree, path, value, file=outcomes.FILE)


def _without(tree: Tree, number: int) -> Mutant:
    code = tree["steps"][number]["id"]
    return Mutant(f"{code}: taken out", tree, ("steps", number), None, code, taken_out=True)
