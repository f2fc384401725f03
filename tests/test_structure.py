"""What no contract of import-linter says: no circles of files, and keys that leave no doubt."""

from __future__ import annotations

import re
from pathlib import Path

import grimp
import pytest

import huikuan
from huikuan.web import navigation, rooms

#: What leads back to itself, with the reason. The list only becomes shorter.
CIRCLES_NOT_YET = {
    # Run as a program it is a second module: what commands raise is the first one's.
    frozenset({"huikuan.ops.cli"}),
    # What is counted over history is parsed by the parser, and parses its own arguments by it.
    frozenset({"huikuan.engine.conditions", "huikuan.engine.history"}),
    # Django's manager of users gives them roles; what a role is reads the tables.
    frozenset({"huikuan.people.models", "huikuan.people.roles"}),
}


def circles(imports: dict[str, set[str]]) -> set[frozenset[str]]:
    """Groups of files of which each leads to each other one, whichever way round."""
    reach = {name: reached(name, imports) for name in imports}
    found = set()
    for name, names in reach.items():
        group = frozenset(other for other in names if name in reach[other])
        if len(group) > 1 or name in imports[name]:
            found.add(group)
    return found


def reached(name: str, imports: dict[str, set[str]]) -> set[str]:
    """Every file that a file leads to, over any number of others."""
    seen: set[str] = set()
    waiting = list(imports[name])
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting += imports[other]
    return seen


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    graph = grimp.build_graph("huikuan")
    return {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


def test_no_files_import_each_other_in_a_circle(imports: dict[str, set[str]]) -> None:
    assert circles(imports) - CIRCLES_NOT_YET == set()


def test_the_list_of_circles_names_none_that_is_gone(imports: dict[str, set[str]]) -> None:
    assert CIRCLES_NOT_YET - circles(imports) == set()


def test_a_circle_is_found_over_any_number_of_files() -> None:
    made = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}
    assert circles(made) == {frozenset("abc")}


def test_the_keys_of_the_side_bar_leave_no_doubt() -> None:
    navigation.install(rooms.entries())


def test_no_two_advisory_locks_have_one_number() -> None:
    """Whoever takes another's lock waits for work that has nothing to do with its own."""
    numbers = []
    for file in sorted(Path(huikuan.__file__).parent.rglob("*.py")):
        numbers += re.findall(r"^\w*LOCK = (7_305_\d+)", file.read_text("utf-8"), re.MULTILINE)
    assert len(numbers) > 5
    assert len(numbers) == len(set(numbers)), sorted(numbers)
