"""Which version of which pack holds for whom on one day, worked out from activations and
bindings.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from huikuan.casebook.activations import Active
from huikuan.casebook.models import Assignment, Case, PackVersion

#: Creditor, product, pack.
Bound = list[tuple[int, str, str]]
#: The products of every creditor. Each step goes on in the index behind the pair that was found
#: last:
#: a DISTINCT would read all cases.
_PRODUCTS = """
WITH RECURSIVE pair AS (
    (SELECT creditor_id, product FROM casebook_case ORDER BY creditor_id, product LIMIT 1)
    UNION ALL
    SELECT following.creditor_id, following.product
    FROM pair
    CROSS JOIN LATERAL (
        SELECT c.creditor_id, c.product FROM casebook_case c
        WHERE (c.creditor_id, c.product) > (pair.creditor_id, pair.product)
        ORDER BY c.creditor_id, c.product
        LIMIT 1
    ) following
)
SELECT creditor_id, product FROM pair
"""


class Follows(NamedTuple):
    """The cases of a creditor's product follow a pack by one version of it.

    With `team_id` only the cases that this team holds; never those that one of `other_teams` holds.
    """

    creditor_id: int
    product: str
    pack: str
    version_id: int = 0
    team_id: int | None = None
    other_teams: tuple[int, ...] = ()


@dataclass(frozen=True)
class Holding:
    """Everything that holds on a day: versions in force, activations, bindings.

    `active`: house → what decides there (activations.by_house). `houses`: creditor → the house
    whose activations decide about its cases.
    """

    versions: tuple[PackVersion, ...]
    active: Mapping[int | None, tuple[Active, ...]]
    bound: tuple[tuple[int, str, str], ...]
    houses: Mapping[int, int]

    def active_of(self, house: int | None) -> tuple[Active, ...]:
        """What decides in a house, a row for each pack and scope."""
        return self.active.get(house, self.active.get(None, ()))

    def versions_of(self, house: int | None) -> list[PackVersion]:
        """The versions in force in a house, as `versions` has them for all houses."""
        mine = {row.version_id for row in self.active_of(house)}
        return [version for version in self.versions if version.pk in mine]

    def rules_of(self, house: int | None) -> list[PackVersion]:
        """The contact rules of a house, in the order of their names."""
        return [v for v in self.versions_of(house) if v.kind == PackVersion.Kind.LIMITS]

    def rules_for(self, creditor_id: int) -> list[PackVersion]:
        """The contact rules that hold for the cases of a creditor."""
        return self.rules_of(self.houses.get(creditor_id))

    @property
    def playbooks(self) -> list[PackVersion]:
        """The procedures, in the order of their names; of one pack what holds for all comes
        first.
        """
        return [v for v in self.versions if v.kind == PackVersion.Kind.PLAYBOOK]

    @cached_property
    def _packs(self) -> dict[tuple[int, str], list[str]]:
        packs: dict[tuple[int, str], list[str]] = defaultdict(list)
        for creditor_id, product, pack in self.bound:
            packs[creditor_id, product].append(pack)
        return packs

    @cached_property
    def _playbook_ids(self) -> frozenset[int]:
        return frozenset(version.pk for version in self.playbooks)

    def packs_of(self, creditor_id: int, product: str) -> list[str]:
        """The packs that a product is bound to: its own bindings, else those for every product."""
        own = self._packs.get((creditor_id, product))
        every = self._packs.get((creditor_id, ""))
        return sorted(set(own or every or ()))

    def version_of(
        self, pack: str, creditor_id: int, product: str, team_id: int | None
    ) -> int | None:
        """The version of the pack in force for such a case; None where none is."""
        candidates = [
            active
            for active in self.active_of(self.houses.get(creditor_id))
            if active.pack == pack
            and active.is_for(creditor_id, product)
            and active.team_id in (None, team_id)
            and active.version_id in self._playbook_ids
        ]

        if not candidates:
            return None
        return max(candidates, key=lambda active: active.rank).version_id

    def version_in(self, house: int, pack: str, creditor_id: int | None) -> int | None:
        """The version in force for what belongs to no case: that of its creditor, where one is
        known, or of the house.
        """
        if creditor_id is not None:
            return self.version_of(pack, creditor_id, "", None)

        candidates = [
            active
            for active in self.active_of(house)
            if active.pack == pack and active.creditor_id is None and active.team_id is None
        ]
        whole = [active for active in candidates if active.version_id in self._playbook_ids]
        if not whole:
            return None
        return max(whole, key=lambda active: active.rank).version_id

    def teams_named(self, pack: str, creditor_id: int, product: str) -> list[int]:
        """The teams that have an activation of their own."""
        named = {
            active.team_id
            for active in self.active_of(self.houses.get(creditor_id))
            if active.pack == pack and active.is_for(creditor_id, product)
        }
        return sorted(team_id for team_id in named if team_id is not None)

    def follows(self, pairs: Iterable[tuple[int, str]]) -> list[Follows]:
        """What the cases of these creditors and products follow. A pack without a version is left
        out.
        """
        lines = []
        for creditor_id, product in pairs:
            for pack in self.packs_of(creditor_id, product):
                lines += self._of_pack(creditor_id, product, pack)
        return lines

    def _of_pack(self, creditor_id: int, product: str, pack: str) -> list[Follows]:
        """The version for all cases of the product, and those of teams that have another one."""
        general = self.version_of(pack, creditor_id, product, None)
        of_teams = {
            team_id: self.version_of(pack, creditor_id, product, team_id)
            for team_id in self.teams_named(pack, creditor_id, product)
        }
        differing = {team_id: v for team_id, v in of_teams.items() if v != general}

        lines = []
        if general is not None:
            others = tuple(differing)
            lines.append(Follows(creditor_id, product, pack, general, None, others))
        for team_id, version_id in differing.items():
            if version_id is not None:
                lines.append(Follows(creditor_id, product, pack, version_id, team_id))
        return lines

    def of_case(
        self, case: Case, on: dt.date, known_at: dt.datetime | None = None
    ) -> list[Follows]:
        """What one case follows, the team that holds it included."""
        packs = self.packs_of(case.creditor_id, case.product)
        asks_team = any(self.teams_named(pack, case.creditor_id, case.product) for pack in packs)
        team_id = team_of(case.pk, on, known_at) if asks_team else None

        lines = []
        for pack in packs:
            version_id = self.version_of(pack, case.creditor_id, case.product, team_id)
            if version_id is not None:
                lines.append(Follows(case.creditor_id, case.product, pack, version_id))
        return lines


def team_of(case_id: int, on: dt.date, known_at: dt.datetime | None = None) -> int | None:
    """The team that holds the case on the day, as the facts have it."""
    assignments = Assignment.objects.filter(case_id=case_id, valid_on__lte=on)
    if known_at is not None:
        assignments = assignments.filter(recorded_at__lte=known_at)
    newest = assignments.order_by("-valid_on", "-pk").only("team_id").first()
    return newest.team_id if newest else None


def products() -> list[tuple[int, str]]:
    """Every creditor with each product of which there are cases."""
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS)
        return list(cursor.fetchall())
