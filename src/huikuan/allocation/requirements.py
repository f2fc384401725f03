"""What a creditor asks of those who work its cases, and whether a collector has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Want:
    """Requirements of one kind of case. Empty: everybody may work it. `users` and `teams` name who alone may."""

    skills: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    users: frozenset[str] | None = None
    teams: frozenset[str] | None = None

    def __and__(self, other: Want) -> Want:
        """Both at once."""
        return Want(
            self.skills | other.skills,
            self.exclude | other.exclude,
            _both(self.users, other.users),
            _both(self.teams, other.teams),
        )

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """The same order whatever order the cases came in."""
        return tuple(
            tuple(sorted(part)) if part is not None else ("",)
            for part in (self.skills, self.exclude, self.users, self.teams)
        )

    def as_dict(self) -> dict[str, list[str]]:
        """What is asked for, for the reason of a case."""
        parts = {
            "skills": self.skills,
            "exclude": self.exclude,
            "users": self.users,
            "teams": self.teams,
        }
        return {
            name: sorted(part)
            for name, part in parts.items()
            if part or (part is not None and name in ("users", "teams"))
        }


def _both(one: frozenset[str] | None, two: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or two is None:
        return two if one is None else one
    return one & two


def lacks(want: Want, *, username: str, team: str, skills: frozenset[str]) -> str | None:
    """The first requirement that this collector does not meet (skills, exclude, users, teams), or None."""
    if want.users is not None and username not in want.users:
        return "users"
    if want.teams is not None and team not in want.teams:
        return "teams"
    if username in want.exclude:
        return "exclude"
    return "skills" if want.skills - skills else None
