"""The closed word lists of playbooks and contact rules. Wrong words are found by the check with a suggestion.

Roles are not among them: they are rows of the book, and who checks a pack tells the reader which there are.
"""

from huikuan.engine import acts
from huikuan.engine.options import HOLD_KINDS

#: Acts that reach somebody outside: they pass the gate.
CONTACT_ACTIONS = acts.CHANNELS
#: The verdict on such an act where no number or address is known; every other one is the code of a rule.
NO_POINT = "NO-POINT"
ACTIONS = acts.TITLES
ADDRESSEES = ("debtor", "guarantor", "co_debtor", "third_party", "client", "house")
#: Why a step makes contact that asks for no payment now. The first where it does not say.
QUIET_PURPOSES = ("business", "remind")
STRENGTHS = ("must", "should", "advice")
CONFIDENCES = ("V1", "V2", "V2-", "M")
#: Queues of the work list that a pack fills. `overdue` and `promise` follow from tasks and facts alone.
QUEUES = ("return", "untouched", "key")

#: Kinds of request that a room asks for, and whether they have an amount. A playbook may give each a
#: chain of its own, also of one sort only: `correction.waiver`.
APPROVALS = {
    "payment": True,
    "reversal": True,
    "correction": True,
    "hold": False,
    "complaint": True,
}
SORTS = {
    "correction": ("credit_note", "waiver", "correction", "void"),
    "hold": tuple(HOLD_KINDS),
    "complaint": (
        "explanation",
        "apology",
        "correction",
        "waiver",
        "refund",
        "unreasonable",
        "escalation",
    ),
}
