"""By which chain a request is decided. Which kinds there are, and the right that decides each where
no procedure says otherwise, is said by the rooms that carry them out (`web.room.RequestKind`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from huikuan.casebook import packs
from huikuan.casebook.models import Case
from huikuan.engine.chain import Chain, Station
from huikuan.web import rooms


def chain_of(kind: str, case: Case, subject: Mapping[str, Any], on: dt.date) -> Chain:
    """Who decides a request of a room, for this case on this day: its procedure, else the room.

    A sort (`correction.waiver`) goes before its kind. A step brings its own chain.
    """
    carried_out = rooms.requests()[kind]
    sort = subject.get(carried_out.sort)
    words = (f"{kind}.{sort}", kind)
    for version in packs.of_case(case, on):
        chains = packs.playbook_of(version).approvals
        for word in words:
            if word in chains:
                return chains[word]

    if carried_out.decides is None:
        raise ValueError(f"a request of the kind {kind} brings its own chain")
    return Chain((Station(right=carried_out.decides.value),))
