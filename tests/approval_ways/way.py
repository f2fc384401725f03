"""A way: an address or a command, and an attempt at the act of a step by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.approval_ways.office import Office

Attempt = Callable[[Office], object]


@dataclass(frozen=True)
class Way:
    """`door`: name of the address, or words of the command. `act`: what is attempted by it."""

    door: str
    act: str
    attempt: Attempt

    def __str__(self) -> str:
        return f"{self.door}: {self.act}"
