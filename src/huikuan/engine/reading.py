"""What a query reads of a subject's facts: no column more.

A subject has two hundred columns with those of its ancestors and the day; a step reads ten. Joined
whole they are most of what Ibis works through when it compiles, and of what Postgres plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from huikuan.engine import sources
from huikuan.engine.nodes import Node
from huikuan.engine.vocabulary import Vocabulary

#: Rows → the rows that are wanted of them.
Narrow = Callable[[ir.Table], ir.Table]


@dataclass(frozen=True)
class Reading:
    """A query over one subject, whose conditions and values are built on `table`.

    `table` has every column and no rows behind it. `select` finds which columns were read, and
    joins those.
    """

    vocabulary: Vocabulary
    subject: str
    #: Conditions and values whose totals are joined.
    nodes: Sequence[Node] = ()

    @cached_property
    def table(self) -> ir.Table:
        """Every column that may be read."""
        return ibis.table(sources.every_column(self.vocabulary, self.subject, self._beside))

    @cached_property
    def _beside(self) -> list[sources.Beside]:
        return list(sources.beside(self.nodes, self.vocabulary))

    def select(
        self,
        columns: Mapping[str, Any],
        where: Iterable[Any] = (),
        *,
        rows: Narrow | None = None,
        rows_read: Iterable[str] = (),
    ) -> ir.Table:
        """These columns of the rows that `rows` leaves and for which all of `where` holds.

        `rows_read`: the columns that `rows` itself reads.
        """
        conditions = list(where)
        read = self._read([*conditions, *columns.values()])
        only = {*read, *rows_read}
        found = sources.joined(self.vocabulary, self.subject, self._beside, only)
        if rows is not None:
            found = rows(found)

        instead = {self.table[name].op(): found[name].op() for name in read}
        if conditions:
            # Filtered rows are another table; Ibis finds the columns of these in it.
            wanted = [_instead(condition, instead) for condition in conditions]
            filtered = found.filter(*wanted)
            instead = {self.table[name].op(): filtered[name].op() for name in read}
            found = filtered
        return found.select(**{name: _instead(one, instead) for name, one in columns.items()})

    def _read(self, values: Iterable[Any]) -> list[str]:
        """The names of the columns that these values are made of, each once."""
        whole = self.table.op()
        found = {
            field.name: None
            for value in values
            for field in value.op().find(ops.Field)
            if field.rel == whole
        }
        return list(found)


def _instead(value: Any, columns: Mapping[Any, Any]) -> Any:
    """The same value over other columns."""
    return value.op().replace(columns).to_expr()
