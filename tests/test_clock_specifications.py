"""Every figure, role and event of the clocks that ship matters: an altered one breaks a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from huikuan.engine import clock_cases
from huikuan.engine.clock import Clock, Length, Table, Told
from huikuan.lib.calendar import china
from huikuan.planning import load

PACKS = [
    folder.name for folder in sorted(load.SHIPPED.iterdir()) if (folder / "clocks.yaml").exists()
]
#: A role that no clock of the packs that ship names.
ANOTHER = "engineering"


def clocks_of(pack: str) -> tuple[Clock, ...]:
    book = load.check(pack, load.SHIPPED / pack).playbook
    assert book is not None
    return book.clocks


def cases_of(pack: str) -> list[clock_cases.ClockCase]:
    cases, problems = clock_cases.of_folder(load.SHIPPED / pack, clocks_of(pack))
    assert problems == []
    return cases


def lengths(length: Length | Table | Told) -> Iterator[Length | Table]:
    """A length one unit longer, and one shorter; of a table each of its figures."""
    if isinstance(length, Told):  # its moment is told, and no figure of the pack
        return
    if isinstance(length, Table):
        yield from _tables(length)
        return
    yield replace(length, amount=length.amount + 1)
    if length.amount:
        yield replace(length, amount=length.amount - 1)


def _tables(table: Table) -> Iterator[Table]:
    for more in (1, -1):
        yield replace(table, every=table.every + more)
        yield replace(table, more=table.more + more)
    for place, rung in enumerate(table.rungs):
        others = [replace(rung, up_to=rung.up_to + more) for more in (1, -1)]
        others += [replace(rung, length=length) for length in lengths(rung.length)]
        for other in others:
            rungs = (*table.rungs[:place], other, *table.rungs[place + 1 :])
            yield replace(table, rungs=rungs)


def mutants(clock: Clock) -> Iterator[tuple[str, Clock]]:
    """What was altered, and the clock that then says something else."""
    yield "role", replace(clock, role=ANOTHER)

    for within in lengths(clock.within):
        yield f"within {within}", replace(clock, within=within)
    for name in clock.starts:
        yield f"starts without {name}", replace(clock, starts=_without(clock.starts, name))
    for name in clock.stops:
        yield f"stops without {name}", replace(clock, stops=_without(clock.stops, name))

    for kind in clock.pauses:
        yield f"pauses without {kind}", replace(clock, pauses=_without(clock.pauses, kind))
    if clock.cut_off is not None:
        yield "no cut-off", replace(clock, cut_off=None)
    if clock.extension is not None:
        yield from _extension_mutants(clock)


def _extension_mutants(clock: Clock) -> Iterator[tuple[str, Clock]]:
    extension = clock.extension
    assert extension is not None

    yield "no extension", replace(clock, extension=None)
    yield "extended by another", replace(clock, extension=replace(extension, by=(ANOTHER,)))

    for at_most in lengths(extension.at_most):
        longer = replace(extension, at_most=at_most)
        yield f"at most {at_most.amount}", replace(clock, extension=longer)
    if extension.reason_within is not None:
        for reason_within in lengths(extension.reason_within):
            other = replace(extension, reason_within=reason_within)
            yield f"reason within {reason_within.amount}", replace(clock, extension=other)


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def fails(cases: list[clock_cases.ClockCase], clocks: dict[str, Clock]) -> bool:
    return any(list(clock_cases.differences(case, clocks, china())) for case in cases)


def test_a_pack_with_clocks_ships() -> None:
    assert PACKS


@pytest.mark.parametrize("pack", PACKS)
def test_each_case_comes_out(pack: str) -> None:
    clocks = {clock.id: clock for clock in clocks_of(pack)}
    for case in cases_of(pack):
        assert list(clock_cases.differences(case, clocks, china())) == [], case.name


@pytest.mark.parametrize("pack", PACKS)
def test_no_altered_clock_goes_unnoticed(pack: str) -> None:
    clocks = {clock.id: clock for clock in clocks_of(pack)}
    cases = cases_of(pack)
    unnoticed = [
        (clock.id, what)
        for clock in clocks.values()
        for what, mutant in mutants(clock)
        if not fails(cases, clocks | {clock.id: mutant})
    ]
    assert unnoticed == []


@pytest.mark.parametrize("pack", PACKS)
def test_each_clock_is_shown_from_both_sides(pack: str) -> None:
    cases = cases_of(pack)
    for clock in clocks_of(pack):
        assert list(clock_cases.lacks(clock, cases)) == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_clock_and_case_names_what_it_serves(pack: str) -> None:
    assert [clock.id for clock in clocks_of(pack) if not clock.serves] == []
    assert [case.name for case in cases_of(pack) if not case.serves] == []


@pytest.mark.parametrize("pack", PACKS)
def test_a_case_fails_for_each_clock_that_is_taken_out(pack: str) -> None:
    for clock in clocks_of(pack):
        ids = set(clock.serves)
        shown = [
            case for case in cases_of(pack) if case.clock == clock.id and ids & set(case.serves)
        ]
        assert shown, clock.id


def test_a_case_that_cannot_be_read_says_all_that_is_wrong(tmp_path) -> None:
    folder = tmp_path / clock_cases.FOLDER
    folder.mkdir(parents=True)

    (folder / "1.yaml").write_text(
        """cases:
  - name: x
    clock: fetcht
    happened: {arrived: 2026-11-23 10:17}
    stands: met
  - name: y
    clock: fetched
    happened: {arived: 2026-11-23 10:17, fetched: 2026-11-23 25:00}
    stands: mett
""",
        encoding="utf-8",
    )

    cases, problems = clock_cases.of_folder(tmp_path, clocks_of("agency_operations"))
    assert cases == []
    lines = [(problem.line, problem.code) for problem in problems]
    assert {3, 8, 9} <= {line for line, _code in lines}
    assert "specification.moment" in {code for _line, code in lines}
