"""Whether the procedures to which cases are handed over take them: what can be seen without a case.

A case that goes in a circle, or to a procedure without steps, would be nobody's. Whether each case
of a book is somebody's is asked of its facts each day (casebook/without_procedure.py).
"""

from __future__ import annotations

from collections.abc import Callable

from huikuan.engine.playbook import Playbook
from huikuan.engine.track import HandOver
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _

#: The procedure of a pack; None for contact rules and for a pack that cannot be read.
BookOf = Callable[[str], Playbook | None]


def check_track(book: Playbook, known: list[str], book_of: BookOf) -> list[Problem]:
    """What is wrong with the hand-overs of a procedure. `known`: the packs that there are."""
    found = [_check(book.pack.name, each, known, book_of) for each in book.track.hands_over]
    return [problem for problem in found if problem is not None]


def _check(name: str, each: HandOver, known: list[str], book_of: BookOf) -> Problem | None:
    """What is wrong with one hand-over of the procedure `name`."""
    if each.pack == name:
        message = _("the procedure {pack} hands its cases over to itself")
        return _problem(each, "itself", message, _("leave it out"))
    if each.pack not in known:
        return _unknown(each, known)

    target = book_of(each.pack)
    if target is None or not target.steps:
        message = _("{pack} has no steps: a case that is handed over to it gets no work")
        return _problem(each, "no_steps", message, _("name a procedure that works on cases"))

    way = _way_back(each.pack, name, book_of)
    if way:
        message = _("cases are handed over in a circle: {way}; one may be nobody's")
        remedy = _("one procedure keeps them: write enters_when there instead of handing back")
        return _problem(each, "circle", message, remedy, way=" → ".join([name, *way]))
    return None


def _way_back(first: str, home: str, book_of: BookOf) -> list[str]:
    """The procedures through which a case comes back `home`, from the first one on; empty where
    none does."""
    ways = [[first]]
    seen = {first}

    while ways:
        way = ways.pop()
        for pack in _handed_on(way[-1], book_of):
            if pack == home:
                return [*way, home]
            if pack not in seen:
                seen.add(pack)
                ways.append([*way, pack])

    return []


def _handed_on(name: str, book_of: BookOf) -> list[str]:
    """The procedures to which this one hands cases over."""
    book = book_of(name)
    if book is None:
        return []
    return [each.pack for each in book.track.hands_over]


def _unknown(each: HandOver, known: list[str]) -> Problem:
    near = did_you_mean(each.pack, known)
    message = _("cases are handed over to the procedure {pack}, which does not exist")
    remedy = _("did you mean {near}?") if near else _("known here: {known}")
    return _problem(each, "unknown", message, remedy, near=near, known=", ".join(known))


def _problem(each: HandOver, code: str, message: str, remedy: str, /, **params: object) -> Problem:
    values = {"pack": each.pack, **params}
    problem = Problem(f"track.{code}", message, remedy, values, file="playbook.yaml")
    return problem.at(line=each.line, column=each.column)
