"""The search: equal cases are dealt out by group, a stuck case is placed by a chain of moves, then pairs trade. Pure.

- Deal: the groups (requirement × age class × amount band) in a fixed order; inside a group each case goes where F grows
  least, kept in a heap because a case changes the cost of its own collector only.
- Chain: a case for which every fitting collector is full pushes others along (breadth first). Such chains are the
  augmenting paths of a bipartite matching, so afterwards no further case could have been placed by anybody.
- Trade: two collectors move or swap cases while F falls. Small instances: every pair, every kind, then seeded
  shake-ups, the best answer kept. Large ones: the over-loaded with the under-loaded, until the work allowed is done.
The work is counted, never timed: the same input gives the same answer on any machine.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from itertools import groupby
from random import Random
from typing import NamedTuple

from huikuan.allocation.balance import Problem
from huikuan.allocation.loads import Loads, Slot

WORK = 600_000  # evaluations for trading: one to two seconds
SMALL = 400  # cases up to which shake-ups pay
SHAKES = 60
TURNS = 2  # rounds that gain little before the search ends
TRIFLE = 1e-6  # share of F that a trade must gain in a large instance
ENOUGH = 0.005  # a round that lowers F by less than this share gains little
NEAR = 6  # cases looked at in a list of equal kind
NOTHING = -1e-12


def search(problem: Problem, *, work: int = WORK) -> dict[int, int]:
    """Case number → collector number, by position in the problem. Cases that are absent could not be placed."""
    loads = Loads(problem)
    deal(loads)
    trader = Trader(loads, work)
    if len(problem.pieces) <= SMALL:
        return trader.small()
    trader.large()
    return loads.placed()


# --- deal


def deal(loads: Loads) -> None:
    """Places every case that can be placed."""
    problem = loads.problem
    scarce = [sum(row) for row in problem.fits]
    dead: set[int] = set()

    def order(index: int) -> tuple[int, int, int, int, int]:
        kind = problem.kind_of[index]
        return (
            -problem.pieces[index].band,
            scarce[loads.want_of[kind]],
            kind,
            -loads.worth[index],
            index,
        )

    everyone = sorted(
        (i for i in range(len(problem.pieces)) if scarce[loads.want_of[problem.kind_of[i]]]),
        key=order,
    )
    for (_band, _scarce, kind), group in groupby(everyone, key=lambda i: order(i)[:3]):
        _deal_group(loads, kind, list(group), dead)


def _deal_group(loads: Loads, kind: int, group: list[int], dead: set[int]) -> None:
    fitting = [u for u, fits in enumerate(loads.problem.fits[loads.want_of[kind]]) if fits]
    first = loads.worth[group[0]]
    heap = [(loads.add_cost(u, kind, first), u) for u in fitting if loads.room[u] > 0]
    heapq.heapify(heap)
    for index in group:
        slot = (loads.worth[index], index)
        if heap:
            u = heap[0][1]
            loads.put(u, kind, slot)
            if loads.room[u] > 0:
                heapq.heapreplace(heap, (loads.add_cost(u, kind, slot[0]), u))
            else:
                heapq.heappop(heap)
        else:
            _chain(loads, kind, slot, fitting, dead)


def _chain(loads: Loads, kind: int, slot: Slot, fitting: list[int], dead: set[int]) -> bool:
    """Makes room by moving one case of each collector on the way to the next. False when there is no such way."""
    want = loads.want_of[kind]
    if want in dead:
        return False
    came_from: dict[int, tuple[int, int] | None] = dict.fromkeys(fitting, None)
    queue = deque(fitting)
    while queue:
        u = queue.popleft()
        if loads.room[u] > 0:
            while (step := came_from[u]) is not None:
                before, moved = step
                loads.move(before, u, moved, loads.cells[before][moved][0])
                u = before
            loads.put(u, kind, slot)
            return True
        for held in sorted(loads.cells[u]):
            for v, fits in enumerate(loads.problem.fits[loads.want_of[held]]):
                if fits and v not in came_from:
                    came_from[v] = (u, held)
                    queue.append(v)
    dead.add(want)  # no way now means no way later: nothing that follows gives room back
    return False


# --- trade


class Trade(NamedTuple):
    """`gives` goes from u to v, `gets` (if any) from v to u."""

    gain: float
    kind: int
    gives: Slot
    back: int
    gets: Slot | None


class Trader:
    """Moves and swaps between pairs of collectors while F falls."""

    def __init__(self, loads: Loads, work: int) -> None:
        self.loads = loads
        self.left = work
        self.least = -NOTHING  # what a trade must gain
        self.users = [u for u, holder in enumerate(loads.problem.holders) if not holder.absent]

    def small(self) -> dict[int, int]:
        """Every pair until nothing helps, then shake-ups of which the better answer is kept."""
        self._descend()
        best, placed = self.loads.cost(), self.loads.placed()
        dice = Random(1)
        for _ in range(SHAKES if len(self.users) > 1 else 0):
            if self.left <= 0:
                break
            if not self._shake(dice):
                break
            self._descend()
            cost = self.loads.cost()
            if cost < best + NOTHING:
                best, placed = cost, self.loads.placed()
            else:
                self._restore(placed)
        return placed

    def large(self) -> None:
        """Rounds of over-loaded with under-loaded, by number, age class and amount, until a round gains little."""
        turn, cost = 0, self.loads.cost()
        self.least = max(cost * TRIFLE, -NOTHING)
        while self.left > 0 and turn < TURNS:
            for measure in self._measures():
                for u, v in _opposites(sorted(self.users, key=measure), turn):
                    if self.left > 0:
                        self.trade(u, v, across=False)
            before, cost = cost, self.loads.cost()
            if before - cost < ENOUGH * before:
                turn += 1

    def _measures(self) -> list[Callable[[int], tuple[float, int]]]:
        """What each collector has too much of: how fast F grows with number, one age class, amount."""
        loads = self.loads
        ages = [age for age in range(loads.ages) if loads.age2 and age in loads.problem.mean_ages]
        return [
            lambda u: (2 * loads.number2[u] * loads.number[u] + loads.number1[u], u),
            *(lambda u, a=age: (loads.by_age[u][a], u) for age in ages),
            *(
                lambda u, c=c: (
                    2 * loads.amount2[u][c] * loads.minor[u][c] + loads.amount1[u][c],
                    u,
                )
                for c in range(len(loads.problem.currencies))
            ),
        ]

    def _descend(self) -> None:
        again = True
        while again and self.left > 0:
            again = False
            for at, u in enumerate(self.users):
                for v in self.users[at + 1 :]:
                    again |= self.trade(u, v, across=True)

    def trade(self, u: int, v: int, *, across: bool) -> bool:
        """Trades between two collectors while it helps. True when it did."""
        gained = False
        while self.left > 0:
            one, two = self._best(u, v, across), self._best_move(v, u)
            if min(one.gain, two.gain) > -self.least:
                break
            if one.gain <= two.gain:
                self._do(u, v, one)
            else:
                self._do(v, u, two)
            gained = True
        return gained

    def _do(self, u: int, v: int, trade: Trade) -> None:
        self.loads.move(u, v, trade.kind, trade.gives)
        if trade.gets is not None:
            self.loads.move(v, u, trade.back, trade.gets)

    def _best(self, u: int, v: int, across: bool) -> Trade:
        return min(
            self._best_move(u, v), self._best_swap(u, v, across), key=lambda trade: trade.gain
        )

    def _best_move(self, u: int, v: int) -> Trade:
        loads, best = self.loads, Trade(0.0, 0, (0, 0), 0, None)
        if loads.room[v] <= 0:
            return best
        for kind, cell in loads.cells[u].items():
            if not loads.may(v, kind):
                continue
            ideal = loads.wanted(u, v, loads.currency_of[kind])
            for slot in _near(cell, ideal):
                self.left -= 1
                gain = loads.drop_cost(u, kind, slot[0]) + loads.add_cost(v, kind, slot[0])
                if gain < best.gain:
                    best = Trade(gain, kind, slot, 0, None)
        return best

    def _best_swap(self, u: int, v: int, across: bool) -> Trade:
        loads, best = self.loads, Trade(0.0, 0, (0, 0), 0, None)
        for kind, back in self._exchanges(u, v, across):
            c = loads.currency_of[kind]
            ideal = loads.wanted(u, v, c) if loads.currency_of[back] == c else 0.0
            for gives in _sample(loads.cells[u][kind]):
                for gets in _near(loads.cells[v][back], gives[0] - ideal):
                    self.left -= 1
                    gain = loads.change_cost(u, kind, gives[0], back, gets[0])
                    gain += loads.change_cost(v, back, gets[0], kind, gives[0])
                    if gain < best.gain:
                        best = Trade(gain, kind, gives, back, gets)
        return best

    def _exchanges(self, u: int, v: int, across: bool) -> Iterator[tuple[int, int]]:
        """What u may give and v give back: all, or the same kind and the age classes most out of balance."""
        loads = self.loads
        mine = [kind for kind in loads.cells[u] if loads.may(v, kind)]
        theirs = [kind for kind in loads.cells[v] if loads.may(u, kind)]
        if across:
            yield from ((kind, back) for kind in mine for back in theirs)
            return
        more = [x - y for x, y in zip(loads.by_age[u], loads.by_age[v], strict=True)]
        most, least = more.index(max(more)), more.index(min(more))
        # equal cases differ in amount only: F can fall by 2·q·ideal² at best
        money = [
            2 * loads.amount2[u][c] * loads.wanted(u, v, c) ** 2 > self.least
            for c in range(len(loads.minor[u]))
        ]
        for kind in mine:
            age = loads.age_of[kind]
            if money[loads.currency_of[kind]] and kind in loads.cells[v]:
                yield kind, kind
            if age == most != least:
                yield from ((kind, back) for back in theirs if loads.age_of[back] == least)

    # --- shake-ups of small instances

    def _shake(self, dice: Random) -> bool:
        """Two or three cases change hands at random, within requirements and room. False when nothing can."""
        done = False
        for _ in range(dice.choice((2, 3))):
            u, v = dice.sample(self.users, 2)
            mine = [
                (k, slot)
                for k, cell in sorted(self.loads.cells[u].items())
                if self.loads.may(v, k)
                for slot in cell
            ]
            theirs = [
                (k, slot)
                for k, cell in sorted(self.loads.cells[v].items())
                if self.loads.may(u, k)
                for slot in cell
            ]
            if mine and self.loads.room[v] > 0 and dice.random() < 0.5:
                self.loads.move(u, v, *dice.choice(mine))
                done = True
            elif mine and theirs:
                gives, gets = dice.choice(mine), dice.choice(theirs)
                self.loads.move(u, v, *gives)
                self.loads.move(v, u, *gets)
                done = True
        return done or any(self.loads.number[u] for u in self.users)

    def _restore(self, placed: dict[int, int]) -> None:
        kind_of = self.loads.problem.kind_of
        now = self.loads.placed()
        for index, u in now.items():
            if placed[index] != u:
                slot = (self.loads.worth[index], index)
                self.loads.move(u, placed[index], kind_of[index], slot)


def _opposites(order: list[int], turn: int) -> list[tuple[int, int]]:
    """The last with the first, the last but one with the second …; `turn` shifts who meets whom."""
    half = len(order) // 2
    low, high = order[:half], order[len(order) - half :][::-1]
    return [(high[i], low[(i + turn) % half]) for i in range(half)]


def _near(cell: list[Slot], amount: float) -> list[Slot]:
    """The cases of a list whose amounts lie on either side of this one."""
    at = bisect_left(cell, (amount,))
    return cell[max(at - 1, 0) : at + 1]


def _sample(cell: list[Slot]) -> list[Slot]:
    if len(cell) <= NEAR:
        return cell
    last = len(cell) - 1
    return [cell[last * step // (NEAR - 1)] for step in range(NEAR)]
