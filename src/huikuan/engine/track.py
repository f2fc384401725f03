"""The track of a procedure: when a case enters it, and when it goes on to another procedure.

A case may follow several procedures at once. What it is in today follows from its facts of the day
alone, so a day in the past asks the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huikuan.engine.nodes import Node, unless
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

#: The keys of playbook.yaml that say it.
KEYS = ("enters_when", "hands_over_to")
Read = Callable[[yamlfile.Node | None], Node | None]


@dataclass(frozen=True)
class HandOver:
    """From the day on which `when` holds, the case is the business of the procedure `pack`."""

    pack: str
    when: Node
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Track:
    """`enters`: the case is in the procedure only where this holds; None: always."""

    enters: Node | None = None
    hands_over: tuple[HandOver, ...] = ()

    def conditions(self) -> list[Node]:
        """What must hold of the case for every step of the procedure.

        Whether a case goes on may not be known. Then it stays: nobody's case is worse than one that
        two people look at.
        """
        entered = [self.enters] if self.enters else []
        stays = [unless(each.when) for each in self.hands_over]
        return [*entered, *stays]

    def handed_over_by(self, condition: Node) -> str:
        """The procedure to which cases go where this condition holds; empty where none does."""
        packs = (each.pack for each in self.hands_over if each.when == condition)
        return next(packs, "")


def read_track(root: yamlfile.Mapping, read: Read, problems: list[Problem]) -> Track:
    """The track of a playbook; `read` reads a condition about a case."""
    enters = read(root.get("enters_when")) if "enters_when" in root else None
    listed = yamlfile.as_sequence(root.get("hands_over_to"), problems)

    handed = []
    for entry in listed or ():
        node = yamlfile.known_part(entry, ("pack", "when"), (), problems)
        if node is None:
            continue
        pack = yamlfile.as_text(node.get("pack"), problems)
        when = read(node.get("when"))
        if pack and when:
            handed.append(HandOver(pack, when, node.line, node.column))
    return Track(enters, tuple(handed))
