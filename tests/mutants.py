"""Changed copies of a pack, each with one thing altered.

Of a playbook: a figure is moved by one unit; a role, a channel, an addressee, an approval, an
event, a script is exchanged; what is said or not is turned round; a part of a condition or of a
day, however deep, is negated, exchanged or left out (`tests/conditions_altered.py`); what a step
need not say, and what the book asks of every case and suggests for a promise, is left out; a step
is taken out. Of the outcomes: what one asks for, records, proposes and offers is exchanged, left
out, or comes in. Times are altered by `tests/test_times_specified.py`, clocks by
`tests/test_clock_specifications.py`. What a specification does not notice, it does not specify
(`tests/noticed.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from huikuan.engine import outcomes, scripts, vocabulary, words
from huikuan.people.roles import shipped_codes
from tests.conditions_altered import conditions, figures, inside, moved

FIGURES = ("due", "deadline", "priority")
#: What a step need not say.
MAY_BE_SILENT = (
    "not_before", "due", "deadline", "priority", "script", "approval", "records", "checks",
    "dunning", "together", "purpose", "cadence",
)  # fmt: skip
#: Lists of facts that a book names for the program.
LISTED = ("requires", "promise_amounts")
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

    yield from _named_for_the_program(tree)


def _named_for_the_program(tree: Tree) -> Iterator[Mutant]:
    """What no step says: the facts that every case should have, amounts, who decides a request."""
    for key in LISTED:
        for place, name in enumerate(tree.get(key, [])):
            yield Mutant(f"{key} without {name}", tree, (key, place), None)

    for kind, chain in tree.get("approvals", {}).items():
        yield from _of_chain(tree, kind, chain)


def _of_chain(tree: Tree, kind: str, chain: Tree) -> Iterator[Mutant]:
    """Who decides a kind of request: a station, its amount, or what follows silence, left out."""
    path: Path = ("approvals", kind)
    for place, station in enumerate(chain["by"]):
        if len(chain["by"]) > 1:
            yield Mutant(f"{kind}: no station {place}", tree, (*path, "by", place), None)
        if "up_to" in station and isinstance(station, dict):
            up_to: Path = (*path, "by", place, "up_to")
            yield Mutant(f"{kind}: station {place} no up_to", tree, up_to, None)
    for key in ("answer_within", "otherwise"):
        if key in chain:
            yield Mutant(f"{kind}: no {key}", tree, (*path, key), None)


def _of_condition(tree: Tree, name: str, path: Path, condition: str) -> Iterator[Mutant]:
    for altered_by in (conditions, inside):
        for what, altered in altered_by(condition):
            yield _mutant(tree, f"{name}: {what}", path, altered)


def _of_steps(tree: Tree, known_scripts: Sequence[str]) -> Iterator[Mutant]:
    for number, step in enumerate(tree["steps"]):
        code = step["id"]
        place = ("steps", number)
        for key in FIGURES:
            for path, value in _moved_under(step.get(key)):
                yield _mutant(tree, f"{code}: {key} {value}", (*place, key, *path), value)

        yield from _of_words(tree, step, place, known_scripts)
        yield from _of_condition(tree, code, (*place, "when"), step["when"])
        if "not_before" in step:
            path = (*place, "not_before")
            yield from _of_day(tree, f"{code}: not before", path, step["not_before"])
        yield from _of_cadence(tree, code, place, step.get("cadence"))
        yield _without(tree, number)


def _of_words(
    tree: Tree, step: Tree, place: Path, known_scripts: Sequence[str]
) -> Iterator[Mutant]:
    """What a step says of itself exchanged, left out, and turned round."""
    code = step["id"]
    events = _events_of(step.get("per", "case"))
    exchanged = {**EXCHANGED, "records": events, "checks": events, "script": known_scripts}
    for key, known in exchanged.items():
        # A chain of approvals is no word.
        if isinstance(step.get(key), str):
            other = following(step[key], known)
            yield _mutant(tree, f"{code}: {key} {other}", (*place, key), other)

    for key in MAY_BE_SILENT:
        if key in step:
            yield Mutant(f"{code}: no {key}", tree, (*place, key), None)
    for key, value in _turned_round(step).items():
        yield _mutant(tree, f"{code}: {key} {value}", (*place, key), value)


def _of_day(tree: Tree, name: str, path: Path, day: str) -> Iterator[Mutant]:
    """A day from which something counts."""
    for altered_by in (figures, inside):
        for what, altered in altered_by(day):
            yield _mutant(tree, f"{name} {what}", path, altered)


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
        if len(cadence["occurs"]) > 1:
            path = (*place, "cadence", "occurs", number)
            yield Mutant(f"{code}: occurs without {number}", tree, path, None)
        for key in segment:
            path = (*place, "cadence", "occurs", number, key)
            yield Mutant(f"{code}: {number} no {key}", tree, path, None)
    yield from _of_day(tree, f"{code}: from", (*place, "cadence", "from"), cadence["from"])


def _moved_under(value: str | Tree | None) -> Iterator[tuple[Path, str]]:
    """A figure moved, or those of a mapping such as {working_days: 3}, with the way to each."""
    if not isinstance(value, dict):
        yield from (((), other) for other in moved(value))
        return

    for key, part in value.items():
        yield from (((key,), other) for other in moved(part))


def _mutant(tree: Tree, what: str, path: Path, value: str) -> Mutant:
    return Mutant(what, tree, path, value)


def _of_talk(tree: Tree, what: str, path: Path, value: str | Sequence[str] | Tree | None) -> Mutant:
    return Mutant(f"outcome {what}", tree, path, value, file=outcomes.FILE)


def _without(tree: Tree, number: int) -> Mutant:
    code = tree["steps"][number]["id"]
    return Mutant(f"{code}: taken out", tree, ("steps", number), None, code, taken_out=True)
