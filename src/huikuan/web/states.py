"""How each state of a thing looks on a page: its colour, and its words where the model has none.

A page asks with the kind of thing and the state: `{% state_badge "approval" approval.status %}`.
A new state needs one line here and no line in a template.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True, slots=True)
class Look:
    """A tone of the badges (`huikuan_web.TONES`), and a word if it is ours to give."""

    tone: str
    word: str | Promise = ""


#: What a state is shown as that has no line below: the word it came with, in grey.
PLAIN = Look("neutral")

LOOKS: dict[str, dict[str, Look]] = {
    "approval": {
        "waiting": Look("info"),
        "granted": Look("good"),
        "refused": Look("bad", pgettext_lazy("approval", "refused")),
        "taken_back": Look("bad"),
        "agreed": Look("good"),
        "silent": Look("warn"),
    },
    "promise": {
        "open": Look("info", pgettext_lazy("promise", "open")),
        "due": Look("warn", pgettext_lazy("promise", "due")),
        "kept": Look("good", pgettext_lazy("promise", "kept")),
        "part": Look("warn", pgettext_lazy("promise", "kept in part")),
        "broken": Look("bad", pgettext_lazy("promise", "broken")),
        "replaced": Look("neutral", gettext_lazy("replaced")),
    },
    "placement": {
        "arrived": Look("warn"),
        "received": Look("info"),
        "checked": Look("info"),
        "accepted": Look("good"),
        "refused": Look("bad"),
    },
    "payment file": {
        "checked": Look("info"),
        "posted": Look("good"),
    },
    "case": {
        "open": Look("info", gettext_lazy("open")),
        "held": Look("warn", gettext_lazy("held")),
        "settled": Look("good", gettext_lazy("settled")),
        "ended": Look("neutral", gettext_lazy("ended")),
    },
    "item": {
        "paid": Look("good", gettext_lazy("paid")),
        "disputed": Look("warn", gettext_lazy("disputed")),
        "overdue": Look("bad", gettext_lazy("overdue")),
        "not due yet": Look("neutral", gettext_lazy("not due yet")),
    },
    "call": {
        "ringing": Look("info", gettext_lazy("dialling")),
        "talking": Look("good", gettext_lazy("talking")),
        "ended": Look("neutral", gettext_lazy("ended")),
        "failed": Look("bad", gettext_lazy("not dialled")),
    },
    "message": {
        "success": Look("good"),
        "warning": Look("warn"),
        "error": Look("bad"),
        "info": Look("info"),
        "debug": Look("info"),
    },
}


def look(kind: str, state: str) -> Look:
    """How this state of this kind of thing looks. KeyError: nobody has said what the kind is."""
    return LOOKS[kind].get(state, PLAIN)
