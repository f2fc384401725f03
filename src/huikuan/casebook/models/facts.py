"""Summary rows: the raw history of a case, of an item and of a statement, folded up to its last event.

Their columns are the stored facts that engine/declared/ declares; casebook/tables.py makes the
tables, casebook/facts.py fills them, and nothing else writes to them. They hold days, amounts and
counts that do not depend on the day one asks about; what depends on it ("days past due") the
vocabulary derives. Good for every day from last_event_on on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from huikuan.engine.fact import Column
from huikuan.engine.subjects import CASE, COMPLAINT, ITEM, STATEMENT

_FIELDS: dict[str, type[models.Field[Any, Any]]] = {
    "boolean": models.BooleanField,
    "integer": models.IntegerField,
    "bigint": models.BigIntegerField,
    "date": models.DateField,
    "text": models.TextField,
}


class CaseSummary(models.Model):
    case = models.OneToOneField(
        "casebook.Case",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    last_event_on = models.DateField()

    class Meta:
        managed = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class ItemSummary(models.Model):
    item = models.OneToOneField(
        "casebook.Item",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    case = models.ForeignKey("casebook.Case", models.CASCADE, db_constraint=False, related_name="+")
    last_event_on = models.DateField()

    class Meta:
        managed = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class StatementSummary(models.Model):
    statement = models.OneToOneField(
        "casebook.Statement",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    case = models.ForeignKey("casebook.Case", models.CASCADE, db_constraint=False, related_name="+")
    last_event_on = models.DateField()

    class Meta:
        managed = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class ComplaintSummary(models.Model):
    complaint = models.OneToOneField(
        "casebook.Complaint",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    last_event_on = models.DateField()

    class Meta:
        managed = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _add_fields(model: type[models.Model], columns: list[Column]) -> None:
    """The declared columns as fields, so that a query may name them."""
    present = {field.column for field in model._meta.concrete_fields}
    for column in columns:
        if column.name in present:
            continue
        field = _FIELDS[column.sql_type](null=not column.always)
        field.contribute_to_class(model, column.name)


_add_fields(CaseSummary, CASE.columns())
_add_fields(ItemSummary, ITEM.columns())
_add_fields(StatementSummary, STATEMENT.columns())
_add_fields(ComplaintSummary, COMPLAINT.columns())
