"""The numbers and addresses by which a step can reach whom it is addressed to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from huikuan.casebook.models import ContactPoint
from huikuan.casebook.statements import named
from huikuan.engine.acts import POINT_KINDS
from huikuan.engine.playbook import Step

#: Those that may be used: the last status counts, a refusal for good.
_USABLE = """
SELECT p.person_id, p.id, p.kind, p.whose, p.value_masked AS shown
FROM casebook_contactpoint p
WHERE p.person_id = ANY(%s)
    AND NOT EXISTS (
        SELECT 1 FROM casebook_pointstatus r WHERE r.point_id = p.id AND r.status = 'refused')
    AND coalesce((
        SELECT s.status FROM casebook_pointstatus s WHERE s.point_id = p.id
        ORDER BY s.valid_on DESC, s.id DESC LIMIT 1), 'valid') = 'valid'
ORDER BY p.person_id, p.id
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A number or address as lists show it: `shown` is masked."""

    id: int
    kind: str
    whose: str
    shown: str

    def serves(self, step: Step) -> bool:
        """Whether the step can be done by it: its channel, and whom it is addressed to."""
        if self.kind not in POINT_KINDS.get(step.action, ()):
            return False
        return addressee_of(self.whose) == step.addressee


def addressee_of(whose: str) -> str:
    """The addressee of a step that a contact with this person serves."""
    own = (ContactPoint.Whose.DEBTOR, ContactPoint.Whose.GUARANTOR, ContactPoint.Whose.CO_DEBTOR)
    return whose if whose in own else "third_party"


def usable_points(persons: Collection[int]) -> dict[int, list[Point]]:
    """Id of a person → the points that may be used today, in the order of their ids."""
    found: dict[int, list[Point]] = {}
    if not persons:
        return found

    with connection.cursor() as cursor:
        cursor.execute(_USABLE, [list(persons)])
        for row in named(cursor):
            found.setdefault(row.pop("person_id"), []).append(Point(**row))
    return found
