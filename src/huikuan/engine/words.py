"""The closed word lists of playbooks and contact rules. Wrong words are found by the check with a suggestion.

Roles are not among them: they are rows of the book, and who checks a pack tells the reader which there are.
"""

from huikuan.engine.options import HOLD_KINDS

#: Acts that reach somebody outside: they pass the gate.
CONTACT_ACTIONS = ("call", "sms", "email", "letter", "visit")
#: The fact that says that the debtor can be reached in a channel.
REACHED_BY = {
    "call": "has_phone",
    "sms": "has_phone",
    "email": "has_email",
    "letter": "has_address",
    "visit": "has_address",
}
#: Channels in which nothing can be done without a number or an address that is known.
NEED_POINT = ("call", "sms", "email")
#: The verdict on such an act where none is known; every other one is the code of a rule.
NO_POINT = "NO-POINT"
INNER_ACTIONS = (
    "information_request",
    "review",
    "legal_step",
    "notify",
    "lock",
    "unlock",
    "statement",
    "handover",
    "approval",
    "charge",
)
ACTIONS = CONTACT_ACTIONS + INNER_ACTIONS
ADDRESSEES = ("debtor", "guarantor", "co_debtor", "third_party", "client", "house")
#: Why a step makes contact that asks for no payment now. The first where it does not say.
QUIET_PURPOSES = ("business", "remind")
STRENGTHS = ("must", "should", "advice")
CONFIDENCES = ("V1", "V2", "V2-", "M")
#: Queues of the work list that a pack fills. `overdue` and `promise` follow from tasks and facts alone.
QUEUES = ("return", "untouched", "key")

#: Kinds of request that a room asks for, and whether they have an amount. A playbook may give each a
#: chain of its own, also of one sort only: `correction.waiver`.
APPROVALS = {"payment": True, "reversal": True, "correction": True, "hold": False}
SORTS = {
    "correction": ("credit_note", "waiver", "correction", "void"),
    "hold": tuple(HOLD_KINDS),
}
