"""The times of the shipped packs come out as their cases say, and each figure of them is shown.

A time that is moved by a minute, a day more or less, a name left out: a case must notice.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import huikuan.packs
from huikuan.engine import playbook, times_cases, vocabulary
from huikuan.engine.playbook import Playbook
from huikuan.engine.time_of_day import clock, minute_of
from huikuan.engine.times_file import WEEKDAYS
from huikuan.lib.calendar import china

SHIPPED = Path(huikuan.packs.__file__).parent
PACKS = sorted(folder.parent.parent.name for folder in SHIPPED.glob("*/tests/times"))
Tree = dict[str, Any]


def files_of(pack: str) -> dict[str, str]:
    folder = SHIPPED / pack
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in found}


def read(pack: str, text: str | None = None) -> Playbook | None:
    """The playbook as it ships, or with another text."""
    files = files_of(pack)
    if text is not None:
        files["playbook.yaml"] = text
    return playbook.read_playbook(files, vocabulary.standard())[0]


def written(tree: Tree) -> str:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100_000)


def wrong(pack: str, book: Playbook) -> list[str]:
    """The cases that do not come out."""
    cases, unreadable = times_cases.of_folder(SHIPPED / pack, book)
    assert cases or unreadable
    found = [f"{case.name}" for case in cases if list(times_cases.differences(case, book, china()))]
    return found + [str(problem) for problem in unreadable]


def test_both_procedures_say_something_of_times() -> None:
    assert PACKS == ["b2b_receivables", "phone_collection"]


@pytest.mark.parametrize("pack", PACKS)
def test_the_cases_come_out(pack: str) -> None:
    book = read(pack)
    assert book is not None
    assert wrong(pack, book) == []


def altered(times: Tree) -> Iterator[tuple[str, Tree]]:
    """What was changed, and the times with it."""
    for place, value in _leaves(times, ()):
        for other in _others(place[-1], value):
            changed = copy.deepcopy(times)
            node: Any = changed
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = other
            yield f"{'.'.join(place)}: {value} to {other}", changed


def _leaves(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in node.items():
        if key in ("title", "serves"):
            continue
        if isinstance(value, dict):
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key), value


def _others(key: str, value: Any) -> Iterator[Any]:
    """A figure one unit up and down; a list without each of its names, and in another order."""
    if isinstance(value, list):
        for number, name in enumerate(value):
            yield value[:number] + value[number + 1 :]
            if key == "weekdays":
                yield [WEEKDAYS[(WEEKDAYS.index(name) + 1) % len(WEEKDAYS)]]
        if key == "slots":
            yield [value[1], value[0], *value[2:]]
    elif value in ("true", "false"):
        yield "false"
    else:
        minute = minute_of(value)
        if minute is not None:
            yield from (clock(minute + 1), clock(minute - 1))
        else:
            yield from (str(int(value) + 1), str(int(value) - 1))


#: Figures of which a minute more or less means nothing, and why.
MEANS_NOTHING = {
    "b2b_receivables": {"named.mornings.until": "the minutes around noon are avoided in any case"},
    "phone_collection": {
        "named.afternoons.until": "after the last slot comes the first one anyway"
    },
}


@pytest.mark.parametrize("pack", PACKS)
def test_a_case_notices_each_change(pack: str) -> None:
    tree = yaml.load(files_of(pack)["playbook.yaml"], yaml.BaseLoader)
    unchanged = read(pack, written(tree))
    assert unchanged is not None and wrong(pack, unchanged) == [], "else anything would be noticed"

    unnoticed = []
    tried = 0
    for what, times in altered(tree["times"]):
        book = read(pack, written(tree | {"times": times}))
        tried += 1
        if book is not None and not wrong(pack, book):
            unnoticed.append(what)

    assert tried > len(tree["times"]["named"])
    known = MEANS_NOTHING[pack]
    assert {what.partition(": ")[0] for what in unnoticed} == set(known), "\n".join(unnoticed)
