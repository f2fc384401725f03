"""What each collector has got so far, and what F gains or loses when one case comes or goes. Pure.

Amounts below zero (a credit balance) count as nothing owed.
"""

from __future__ import annotations

from bisect import bisect_left, insort

from huikuan.allocation.balance import Problem

Slot = tuple[int, int]  # amount in minor units, number of the piece


class Loads:
    """The state of the search: numbers, age classes, amounts and cases by collector."""

    def __init__(self, problem: Problem) -> None:
        everyone = range(len(problem.holders))
        self.problem = problem
        self.room = [holder.room for holder in problem.holders]
        self.ages = max((kind.age for kind in problem.kinds), default=0) + 1
        self.number = [0 for _ in everyone]
        self.by_age = [[0] * self.ages for _ in everyone]
        self.minor = [[0] * len(problem.currencies) for _ in everyone]
        #: per collector: kind → its cases, by amount
        self.cells: list[dict[int, list[Slot]]] = [{} for _ in everyone]
        self.want_of = [kind.want for kind in problem.kinds]
        self.age_of = [kind.age for kind in problem.kinds]
        self.currency_of = [kind.currency for kind in problem.kinds]
        self.worth = [max(piece.minor, 0) for piece in problem.pieces]
        parts = problem.parts.values()
        self.number2 = [sum(p.number2[u] for p in parts) for u in everyone]
        self.number1 = [sum(p.number1[u] for p in parts) for u in everyone]
        self.age2 = sum(p.age2 for p in parts)
        self.age1 = [sum(p.age1.get(age, 0.0) for p in parts) for age in range(self.ages)]
        self.constant = sum(p.constant for p in parts)
        money = range(len(problem.currencies))
        self.amount2 = [[sum(p.amount2[u][c] for p in parts) for c in money] for u in everyone]
        self.amount1 = [[sum(p.amount1[u][c] for p in parts) for c in money] for u in everyone]

    # --- what a change costs

    def add_cost(self, u: int, kind: int, minor: int) -> float:
        """By how much F grows when `u` gets a case."""
        age, c = self.age_of[kind], self.currency_of[kind]
        return (
            self.number2[u] * (2 * self.number[u] + 1)
            + self.number1[u]
            + self.age2 * (2 * self.by_age[u][age] + 1)
            + self.age1[age]
            + minor * (self.amount2[u][c] * (2 * self.minor[u][c] + minor) + self.amount1[u][c])
        )

    def drop_cost(self, u: int, kind: int, minor: int) -> float:
        """By how much F grows when a case is taken from `u` (usually less than zero)."""
        age, c = self.age_of[kind], self.currency_of[kind]
        return -(
            self.number2[u] * (2 * self.number[u] - 1)
            + self.number1[u]
            + self.age2 * (2 * self.by_age[u][age] - 1)
            + self.age1[age]
            + minor * (self.amount2[u][c] * (2 * self.minor[u][c] - minor) + self.amount1[u][c])
        )

    def change_cost(self, u: int, gone: int, gone_minor: int, come: int, come_minor: int) -> float:
        """By how much F grows when `u` gives one case and gets another."""
        cost = 0.0
        age, new_age = self.age_of[gone], self.age_of[come]
        if age != new_age:
            row = self.by_age[u]
            cost += (
                self.age2 * (2 * (row[new_age] - row[age]) + 2)
                + self.age1[new_age]
                - self.age1[age]
            )
        c, new_c = self.currency_of[gone], self.currency_of[come]
        square, line, minor = self.amount2[u], self.amount1[u], self.minor[u]
        if c == new_c:
            by = come_minor - gone_minor
            return cost + by * (square[c] * (2 * minor[c] + by) + line[c])
        cost -= gone_minor * (square[c] * (2 * minor[c] - gone_minor) + line[c])
        return cost + come_minor * (square[new_c] * (2 * minor[new_c] + come_minor) + line[new_c])

    def wanted(self, u: int, v: int, c: int) -> float:
        """The amount in currency c that should go from `u` to `v`: where the squares of both are least."""
        square = self.amount2[u][c]
        if not square:
            return 0.0
        return (self.minor[u][c] - self.minor[v][c]) / 2 + (
            self.amount1[u][c] - self.amount1[v][c]
        ) / (4 * square)

    def cost(self) -> float:
        """F as it stands."""
        total = self.constant
        for u in range(len(self.number)):
            total += self.number[u] * (self.number2[u] * self.number[u] + self.number1[u])
            total += sum(
                n * (self.age2 * n + self.age1[age]) for age, n in enumerate(self.by_age[u])
            )
            for c, minor in enumerate(self.minor[u]):
                total += minor * (self.amount2[u][c] * minor + self.amount1[u][c])
        return total

    # --- changes

    def put(self, u: int, kind: int, slot: Slot) -> None:
        """Gives a case to `u`."""
        insort(self.cells[u].setdefault(kind, []), slot)
        self._count(u, kind, slot[0], 1)

    def take(self, u: int, kind: int, slot: Slot) -> None:
        """Takes a case from `u`."""
        cell = self.cells[u][kind]
        del cell[bisect_left(cell, slot)]
        if not cell:
            del self.cells[u][kind]
        self._count(u, kind, slot[0], -1)

    def move(self, u: int, v: int, kind: int, slot: Slot) -> None:
        self.take(u, kind, slot)
        self.put(v, kind, slot)

    def _count(self, u: int, kind: int, minor: int, by: int) -> None:
        self.room[u] -= by
        self.number[u] += by
        self.by_age[u][self.age_of[kind]] += by
        self.minor[u][self.currency_of[kind]] += by * minor

    def may(self, u: int, kind: int) -> bool:
        """Whether `u` meets the requirements of this kind (room aside)."""
        return self.problem.fits[self.want_of[kind]][u]

    def placed(self) -> dict[int, int]:
        """Piece number → collector number."""
        return {
            index: u
            for u, cells in enumerate(self.cells)
            for cell in cells.values()
            for _minor, index in cell
        }
