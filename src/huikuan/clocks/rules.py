"""Which clocks are declared for a kind of subject, and which version speaks on a day."""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huikuan.casebook import packs
from huikuan.casebook.models import Case
from huikuan.clocks.histories import Place
from huikuan.engine.clock import Clock
from huikuan.engine.moments import TIMED, lineage


@dataclass(frozen=True)
class Declared:
    """A clock as one version of a pack has it."""

    version_id: int
    pack: str
    clock: Clock

    @property
    def name(self) -> tuple[str, str]:
        """The clock, whichever version."""
        return self.pack, self.clock.id


#: Pack and id of a clock → the clock as each version has it.
Names = Mapping[tuple[str, str], Sequence[Declared]]


def declared(kind: str) -> Names:
    """Every clock of such subjects that a version has which is, was or will be in force."""
    return _declared(packs.activated_playbooks(), kind)


def declared_below(kind: str) -> bool:
    """Whether a clock speaks of such subjects or of what belongs to them."""
    below = [name for name in TIMED if TIMED[kind] in lineage(name)]
    return any(declared(name) for name in below)


@functools.lru_cache(maxsize=32)
def _declared(versions: packs.Stored, kind: str) -> Names:
    named: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    for version_id, pack, _hash in versions:
        for clock in _clocks_of(version_id):
            if clock.per == kind:
                named[pack, clock.id].append(Declared(version_id, pack, clock))
    return dict(named)


def _clocks_of(version_id: int) -> tuple[Clock, ...]:
    """None of a version that cannot be read any more: no file is turned away because of it."""
    try:
        return packs.playbook_of(packs.version(version_id)).clocks
    except ValueError:
        return ()


def version_for(
    pack: str,
    kind: str,
    place: Place,
    case: Case | None,
    on: dt.date,
) -> int | None:
    """The version of the pack that a subject follows on the day; None where it follows none.

    What lies in a case follows the procedures of the case. What has no case, such as a batch,
    follows every procedure in force for its creditor, or for its house where no creditor is known:
    it is bound to no product.
    """
    day = packs.holding(on)
    if not TIMED[kind].case_column or case is None:
        return day.version_in(place.organisation_id, pack, place.creditor_id)

    followed = {line.pack: line.version_id for line in day.of_case(case, on)}
    return followed.get(pack)
