"""Fixtures that are made once for the tests of a file, and are as new for each of them.

    @made_once
    def office() -> Office: ...

    @made_once
    def late(office: Office) -> Office: ...

What such a fixture writes into the tables is a layer: a savepoint above the layers of the fixtures
that it names. Before a test exactly the layers lie that it asks for, and it works in a transaction
above them that is rolled back. So nobody sees what another test changed, nor what a fixture wrote
that it did not ask for. Tests that ask for the same layers come one after another.

The fixture may name such fixtures, `db`, and fixtures of the whole file; none that ends with a
test, such as a changed clock: it would not stand for the next one. For a test that commits it is
an ordinary fixture.
"""

from __future__ import annotations

import copy
import inspect
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

#: Of the function that pytest knows as the fixture: the one that makes it.
_MAKES = "made_once_by"
#: A test with one of these commits what it writes.
_COMMITTING = frozenset({"transactional_db", "live_server", "django_db_reset_sequences"})
_VALUES = pytest.StashKey[dict[str, Any]]()


def made_once(make: Callable[..., Any] | None = None, *, autouse: bool = False) -> Any:
    """Marks a function as a fixture that is made once for the tests of a file.

    Each test gets a deep copy of what it returns.
    """
    if make is None:
        return lambda function: made_once(function, autouse=autouse)

    name = make.__name__

    def fixture(request: pytest.FixtureRequest, **needed: Any) -> Any:
        values = request.node.stash.get(_VALUES, {})
        if name in values:
            return values[name]
        return make(**{each: needed[each] for each in _names_in(make)})

    named = dict.fromkeys(["request", "db", *_names_in(make)])
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(each, keyword) for each in named]
    fixture.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    fixture.__doc__ = make.__doc__
    fixture.__module__ = make.__module__
    setattr(fixture, _MAKES, make)
    return pytest.fixture(name=name, autouse=autouse)(fixture)


def _names_in(make: Callable[..., Any]) -> list[str]:
    """The fixtures that a fixture names."""
    return list(inspect.signature(make).parameters)


def in_order(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests in their order, but those of a file that ask for the same layers together."""
    found: list[pytest.Item] = []
    for _path, of_file in itertools.groupby(items, key=lambda item: item.path):
        found += sorted(of_file, key=_place)
    return found


def _place(item: pytest.Item) -> tuple[bool, list[str]]:
    """Where a test stands in its file. What commits comes last, as pytest-django has it."""
    return _is_ordinary(item), [fixture.argname for fixture in _wanted(item)]


def _is_ordinary(item: pytest.Item) -> bool:
    """Whether the fixtures of this test are made for it alone.

    What commits would wait for the layers, or leave them behind. A browser runs an event loop in
    this thread, in which Django has another connection than before and after it.
    """
    if item.get_closest_marker("browser"):
        return True

    mark = item.get_closest_marker("django_db")
    if mark is not None and (mark.kwargs.get("transaction") or mark.kwargs.get("reset_sequences")):
        return True
    return not _COMMITTING.isdisjoint(getattr(item, "fixturenames", ()))


def _wanted(item: pytest.Item) -> list[pytest.FixtureDef[Any]]:
    """The layers of a test, from the lowest up; a fixture lies above those that it names."""
    if _is_ordinary(item):
        return []

    info = getattr(item, "_fixtureinfo", None)
    known = {} if info is None else info.name2fixturedefs
    found: list[pytest.FixtureDef[Any]] = []

    def add(names: Iterable[str]) -> None:
        for name in names:
            fixture = known[name][-1] if name in known else None
            if fixture is None or fixture in found or not hasattr(fixture.func, _MAKES):
                continue
            add(fixture.argnames)
            found.append(fixture)

    add(getattr(item, "fixturenames", ()))
    return found


@dataclass(frozen=True)
class _Layer:
    """A fixture that was made, its savepoint, and the values of all fixtures up to it."""

    fixture: pytest.FixtureDef[Any]
    block: Any
    values: dict[str, Any]


@dataclass
class Layers:
    """The layers that lie in the database of this process."""

    path: Path | None = None
    _laid: list[_Layer] = field(default_factory=list)

    def lay(self, request: pytest.FixtureRequest) -> None:
        """Takes away the layers that the test does not ask for, and makes those that it misses."""
        item = request.node
        wanted = _wanted(item)
        if item.path != self.path:
            self.take_away()
        self.path = item.path
        if wanted and not self._laid:
            # Earlier than the fixtures of the file end, on whose rows the layers may stand.
            item.getparent(pytest.Module).addfinalizer(self._end_of(request))

        shared = 0
        for layer, fixture in zip(self._laid, wanted, strict=False):
            if layer.fixture is not fixture:
                break
            shared += 1

        self.take_away(keep=shared)
        for fixture in wanted[shared:]:
            self._laid.append(self._made(fixture, request))
        if self._laid:
            item.stash[_VALUES] = copy.deepcopy(self._laid[-1].values)

    def _end_of(self, request: pytest.FixtureRequest) -> Callable[[], None]:
        blocker = request.getfixturevalue("django_db_blocker")

        def end() -> None:
            with blocker.unblock():
                self.take_away()

        return end

    def take_away(self, keep: int = 0) -> None:
        """Rolls back what lies above the lowest `keep` layers."""
        from django.db import transaction

        while len(self._laid) > keep:
            layer = self._laid.pop()
            transaction.set_rollback(True)
            layer.block.__exit__(None, None, None)

    def _made(self, fixture: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> _Layer:
        """Makes the fixture in a layer above those that lie there."""
        from django.db import connection, transaction

        # A copy: what this fixture changes of another one is gone together with its layer.
        values = copy.deepcopy(self._laid[-1].values) if self._laid else {}
        make = getattr(fixture.func, _MAKES)
        named: dict[str, Any] = dict.fromkeys(_names_in(make))
        for name in named.keys() - {"db"}:
            named[name] = values[name] if name in values else _of_the_file(name, request)

        block: Any = transaction.atomic()
        block._from_testcase = True  # as that of a test: a durable block may stand in it
        block.__enter__()
        try:
            values[fixture.argname] = make(**named)
            # What is checked at the end of a transaction is checked now, and not by each test.
            connection.check_constraints()
        except BaseException:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
            raise
        return _Layer(fixture, block, values)


def _of_the_file(name: str, request: pytest.FixtureRequest) -> Any:
    """The value of a fixture that stands as long as the layers do."""
    (*_overridden, fixture) = request.node._fixtureinfo.name2fixturedefs[name]
    if fixture.scope == "function":
        pytest.fail(f"made once, a fixture cannot build on {name}: it ends with each test")
    return request.getfixturevalue(name)
