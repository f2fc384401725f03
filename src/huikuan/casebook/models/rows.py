"""What every row of the case book carries."""

from django.db import models


def wall(model: str, **options: object) -> models.ForeignKey:
    """An organisation or creditor column. Bulk rows trust their parent row: the check would cost 5 µs a row and column."""
    return models.ForeignKey(model, models.PROTECT, related_name="+", db_index=False, **options)  # type: ignore[arg-type]


class Row(models.Model):
    """Belongs to one organisation and one creditor; was written by one act."""

    organisation = wall("people.Organisation", db_constraint=False)
    creditor = wall("people.Creditor", db_constraint=False)
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class FactRow(Row):
    """Two dates: the local day on which it is true in the world, and the moment at which we learned it."""

    valid_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True
