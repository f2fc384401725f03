"""Why a case goes to this collector and not to another: the principle that decided, with its figures. Pure.

Asked of the finished allocation: who else fits? Nobody: requirements decided. Nobody with room: capacity. Otherwise the
case is held against the next best collector; the principle whose part of F would rise most by that decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huikuan.allocation.balance import SOFT, Problem
from huikuan.allocation.loads import Loads

Reason = dict[str, Any]


def reasons(problem: Problem, placed: Mapping[int, int]) -> Iterator[tuple[int, Reason]]:
    """(position of the case, reason) for every case, placed or not; cases of one kind and collector share it."""
    loads = Loads(problem)
    for index, u in placed.items():
        loads.put(u, problem.kind_of[index], (loads.worth[index], index))
    yield from _placed(loads)
    nobody: dict[int, Reason] = {}
    for index, kind in enumerate(problem.kind_of):
        if index not in placed:
            want = loads.want_of[kind]
            if want not in nobody:
                nobody[want] = _nobody(problem, want)
            yield index, nobody[want]


def _nobody(problem: Problem, want: int) -> Reason:
    """Why nobody can take it: nobody fits, those who fit are absent, or they are full."""
    fitting = [holder for holder in problem.holders if holder.lacks(problem.wants[want]) is None]
    here = [holder for holder in fitting if not holder.absent]
    figures = {
        "of": len(problem.holders),
        "fit": len(fitting),
        "present": len(here),
        "want": problem.wants[want].as_dict(),
    }
    if not fitting:
        return {"principle": "requirements", "code": "nobody_fits", **figures}
    if not here:
        return {"principle": "capacity", "code": "all_absent", **figures}
    return {"principle": "capacity", "code": "all_full", **figures}


def _placed(loads: Loads) -> Iterator[tuple[int, Reason]]:
    problem = loads.problem
    users = range(len(problem.holders))
    for kind in range(len(problem.kinds)):
        holding = [u for u in users if kind in loads.cells[u]]
        if not holding:
            continue
        fitting = [u for u in users if loads.may(u, kind)]
        middle = _middle(loads, kind, holding)
        free = sorted((loads.add_cost(u, kind, middle), u) for u in fitting if loads.room[u] > 0)[
            :2
        ]
        for u in holding:
            other = next((v for _cost, v in free if v != u), None)
            reason = _reason(loads, kind, middle, u, fitting, other)
            for _minor, index in loads.cells[u][kind]:
                yield index, reason


def _middle(loads: Loads, kind: int, holding: list[int]) -> int:
    cell = loads.cells[holding[0]][kind]
    return cell[len(cell) // 2][0]


def _reason(
    loads: Loads, kind: int, minor: int, u: int, fitting: list[int], other: int | None
) -> Reason:
    problem = loads.problem
    base = {"fit": len(fitting), "of": len(problem.holders)}
    if want := problem.wants[loads.want_of[kind]].as_dict():
        base["want"] = want  # type: ignore[assignment]
    if len(fitting) == 1:
        return {"principle": "requirements", "code": "only_one", **base}
    if other is None:
        return {"principle": "capacity", "code": "others_full", **base}
    parts = {name: _part(loads, name, kind, minor, u, other) for name in SOFT}
    decided = max(SOFT, key=lambda name: (parts[name], -SOFT.index(name)))
    return {
        "principle": decided,
        "code": "even",
        **base,
        **_figures(loads, decided, kind, u, other),
    }


def _part(loads: Loads, name: str, kind: int, minor: int, u: int, v: int) -> float:
    """By how much this principle's part of F would rise if `v` had the case instead of `u`."""
    part, age, c = loads.problem.parts[name], loads.age_of[kind], loads.currency_of[kind]
    gives = part.number2[u] * (2 * loads.number[u] - 1) + part.number1[u]
    takes = part.number2[v] * (2 * loads.number[v] + 1) + part.number1[v]
    rise = takes - gives + part.age2 * 2 * (loads.by_age[v][age] - loads.by_age[u][age] + 1)
    rise += minor * (part.amount2[v][c] * (2 * loads.minor[v][c] + minor) + part.amount1[v][c])
    return rise - minor * (
        part.amount2[u][c] * (2 * loads.minor[u][c] - minor) + part.amount1[u][c]
    )


def _figures(loads: Loads, name: str, kind: int, u: int, v: int) -> Reason:
    """The figures of the principle: what this collector and the next best one have, and the mean where there is one."""
    problem, c, age = loads.problem, loads.currency_of[kind], loads.age_of[kind]
    mine, theirs = problem.holders[u], problem.holders[v]
    figures: Reason = {
        "other": theirs.id,
        "number": loads.number[u],
        "other_number": loads.number[v],
    }
    if name == "mix":
        figures |= {
            "mean_number": round(problem.mean_number, 1),
            "currency": problem.currencies[c],
            "minor": loads.minor[u][c],
            "mean_minor": round(problem.mean_minor[c]),
            "age_number": loads.by_age[u][age],
            "mean_age": round(problem.mean_ages.get(age, 0.0), 1),
        }
    elif name == "capacity":
        figures |= {"capacity": mine.capacity, "other_capacity": theirs.capacity}
        figures |= {
            "after": mine.held + loads.number[u],
            "other_after": theirs.held + loads.number[v],
        }
    else:
        figures |= {
            "after": mine.held + loads.number[u],
            "other_after": theirs.held + loads.number[v],
        }
    return figures
