"""One line of the doctor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and the repair when it is not well."""

    check: str
    verdict: Verdict
    text: str
    repair: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
