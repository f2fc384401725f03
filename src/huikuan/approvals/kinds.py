"""Which kinds of request there are, at which addresses they are decided, and by which chain."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huikuan.casebook import packs
from huikuan.casebook.models import Approval, Case
from huikuan.engine.chain import Chain
from huikuan.engine.read_chain import Known, kinds_of_requests, read_chains
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.people.rights import Right

FILE = Path(__file__).with_name("kinds.yaml")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a kind of request is decided and withdrawn.

    `url_name`: an address that takes the approval's id, by POST, with `grant` yes or no;
    `withdraw` takes the id, by POST, from whoever asked. `sort`: the word of the subject by which
    a procedure may give one sort a chain of its own.
    """

    url_name: str
    withdraw: str
    sort: str = ""


RULES: dict[str, Rule] = {
    Approval.Kind.PAYMENT: Rule("payments:decide", "payments:withdraw"),
    Approval.Kind.REVERSAL: Rule("payments:decide", "payments:withdraw"),
    Approval.Kind.CORRECTION: Rule("payments:decide", "payments:withdraw", "type"),
    Approval.Kind.HOLD: Rule("holds:decide", "holds:withdraw", "kind"),
    Approval.Kind.STEP: Rule("approvals:decide_step", "approvals:withdraw_step"),
}


@functools.cache
def shipped_chains() -> Mapping[str, Chain]:
    """Kind of request → who decides it where no procedure says otherwise."""
    problems: list[Problem] = []
    root, found = yamlfile.load(FILE)
    problems += found
    known = kinds_of_requests(Known(rights=tuple(Right.values)))
    chains = read_chains(root, known, problems)
    if problems:
        raise ValueError("\n".join(str(problem) for problem in problems))
    return chains


def chain_of(kind: str, case: Case, subject: Mapping[str, Any], on: dt.date) -> Chain:
    """Who decides a request of a room, for this case on this day: its procedure, else the file.

    A sort (`correction.waiver`) goes before its kind. A step brings its own chain.
    """
    sort = subject.get(RULES[kind].sort)
    words = (f"{kind}.{sort}", kind)
    for version in packs.of_case(case, on):
        chains = packs.playbook_of(version).approvals
        for word in words:
            if word in chains:
                return chains[word]
    return shipped_chains()[kind]
