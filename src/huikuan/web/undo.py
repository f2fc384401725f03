"""Taking back what was saved a moment ago: one rule, whatever was saved.

Ten seconds on the screen, and two for the way there and back. Only who saved it takes it back, and
only while it has not left the house: what was posted is counted and read elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from huikuan.casebook.models import Act, OutboxMessage
from huikuan.lib.catalogue import Entry
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.lib.sentences import speaker
from huikuan.people.models import User

SECONDS = 10
WINDOW = dt.timedelta(seconds=SECONDS + 2)

CATALOGUE: dict[str, Entry] = {
    "undo.other": Entry(_("somebody else saved this record"), _("ask that person")),
    "undo.late": Entry(
        _("a record can be taken back for ten seconds, and these are over"),
        _("record a further contact or a note that corrects it"),
    ),
    "undo.posted": Entry(
        _("a message has left with this, and what has left is not taken back"),
        _("record a further contact, or correct the entry on its own page, with a reason"),
    ),
}

problem = speaker(CATALOGUE)


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be taken back: the act that wrote it, of which case, and when."""

    act: Act
    case_id: int
    at: dt.datetime


def in_the_way(written: Written, *, actor: User, at: dt.datetime) -> Iterator[Problem]:
    """Why the user may not take it back now; nothing where it may still be taken back.

    Whoever takes something back asks here, and adds only what follows from its own kind of record.
    """
    if written.act.actor_id != actor.pk:
        yield problem("undo.other")
    if at - written.at > WINDOW:
        yield problem("undo.late")
    # The message leaves whatever becomes of the record, so the record of it must stay.
    if OutboxMessage.objects.filter(act=written.act, case_id=written.case_id).exists():
        yield problem("undo.posted")
