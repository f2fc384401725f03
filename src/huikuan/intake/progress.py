"""How far a long import is: one line on a terminal, and the batch's own row for the screen."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.db import connection

from huikuan.intake.accept import Progress


class Meter:
    """Tells the stages of an import. The batch's row is written over a connection of its own: others see it at once,
    while the import's transaction is still open."""

    def __init__(self, placement_id: int | None = None, *, line: bool = False) -> None:
        self.placement_id, self.line, self.began = placement_id, line, time.monotonic()
        self._own: Any = None

    @classmethod
    def of_command(cls, quiet: bool) -> Progress | None:
        """A line on the terminal for people; nothing for scripts."""
        return cls(line=True) if sys.stderr.isatty() and not quiet else None

    def __call__(self, stage: str, done: int, of: int) -> None:
        if self.line:
            print(
                f"\r{stage} {done}/{of}  {time.monotonic() - self.began:.0f} s",
                end="\n",
                file=sys.stderr,
            )
        if self.placement_id is not None:
            self._store({"stage": stage, "done": done, "of": of})

    def _store(self, progress: dict[str, object]) -> None:
        import psycopg

        if self._own is None:
            parameters = connection.get_connection_params()
            parameters.pop("cursor_factory", None)
            parameters.pop("context", None)
            self._own = psycopg.connect(**parameters, autocommit=True)
        self._own.execute(
            "UPDATE casebook_placement SET progress = %s WHERE id = %s",
            [json.dumps(progress), self.placement_id],
        )

    def close(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None
