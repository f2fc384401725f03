"""A figure that F cannot fall below: how good an answer is when the best one cannot be counted out. Pure.

It leaves the requirements out, lets amounts be split to the fen, and lets age classes be split as evenly as the number
allows (Σₐ (zₐ − z̄ₐ)² ≥ (n − n̄)² / classes). What is left is a sum of squares of the number alone, which giving out one
place at a time solves exactly.
"""

from __future__ import annotations

import heapq

from huikuan.allocation.balance import Problem
from huikuan.allocation.loads import Loads


def lower_bound(problem: Problem) -> float:
    """Never more than F of any allocation that places every case."""
    loads = Loads(problem)
    here = [u for u, holder in enumerate(problem.holders) if not holder.absent]
    classes = len(problem.mean_ages)
    least_age = loads.age2 / classes if classes else 0.0
    n2 = [loads.number2[u] + least_age for u in here]
    n1 = [loads.number1[u] - 2 * least_age * problem.mean_number for u in here]
    number = _fill(n2, n1, [loads.room[u] for u in here], len(problem.pieces))
    bound = loads.constant + sum(
        n * (two * n + one) for n, two, one in zip(number, n2, n1, strict=True)
    )
    bound += len(here) * least_age * problem.mean_number**2
    bound -= len(here) * loads.age2 * sum(mean * mean for mean in problem.mean_ages.values())
    for c, mean in enumerate(problem.mean_minor):
        bound += _level(
            [(loads.amount2[u][c], loads.amount1[u][c]) for u in here], mean * problem.present
        )
    return bound


def _fill(n2: list[float], n1: list[float], room: list[int], cases: int) -> list[int]:
    number = [0] * len(room)
    heap = [(n2[i] + n1[i], i) for i in range(len(room)) if room[i] > 0]
    heapq.heapify(heap)
    for _ in range(min(cases, sum(room))):
        i = heap[0][1]
        number[i] += 1
        if number[i] < room[i]:
            heapq.heapreplace(heap, (n2[i] * (2 * number[i] + 1) + n1[i], i))
        else:
            heapq.heappop(heap)
    return number


def _level(squares: list[tuple[float, float]], total: float) -> float:
    """The least Σ(a·x² + b·x) with Σx = total: equal slopes."""
    if not squares or not squares[0][0]:
        return 0.0
    slope = (total + sum(b / (2 * a) for a, b in squares)) / sum(1 / (2 * a) for a, _b in squares)
    shares = [(slope - b) / (2 * a) for a, b in squares]
    return sum(x * (a * x + b) for x, (a, b) in zip(shares, squares, strict=True))
