"""A deadline is extended: by a role that the pack names, with a reason, in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook import journal, packs
from huikuan.casebook.models import Clock, ClockExtension
from huikuan.clocks import histories
from huikuan.clocks.access import interest_in, visible_clocks
from huikuan.clocks.refresh import lock_subjects, refresh
from huikuan.clocks.sentences import MOST_REASON, problem
from huikuan.engine import clock as declared
from huikuan.engine.clock_due import next_end, reason_until
from huikuan.lib.problems import Problem
from huikuan.people import ranks, roles
from huikuan.people.models import User
from huikuan.web import rooms


@dataclass(frozen=True, slots=True)
class Extended:
    """The clock as it now stands, or why nothing was written."""

    clock: Clock | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call gave it more time."""
        return self.clock is not None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the pack says of extending one clock, in moments.

    `reason_until` None: until it is missed. `latest` None: a hold stops the clock.
    """

    roles: tuple[str, ...]
    reason_until: dt.datetime | None
    latest: dt.datetime | None


@transaction.atomic
def extend(
    clock_id: int,
    *,
    reason: str,
    actor: User,
    at: dt.datetime,
    until: dt.datetime | None = None,
) -> Extended:
    """Gives a running clock more time. `until` None: as long as the pack lets.

    What comes after the moment that the pack sets for the reason is refused: the clock stays, and
    its breach is recorded like any other. Where more time is part of the history of the subject,
    its own page gives it.
    """
    clock = visible_clocks(actor).filter(pk=clock_id).first()
    if clock is not None and is_extended_elsewhere(clock):
        return Extended(None, (problem("clock.elsewhere"),))
    return give_time(clock_id, reason=reason, actor=actor, at=at, until=until)


def is_extended_elsewhere(clock: Clock) -> bool:
    """Whether more time is given on the page of the subject alone."""
    of_room = rooms.deadlines_of(clock.subject_kind)
    return of_room is not None and of_room.is_extended_there


@transaction.atomic
def give_time(
    clock_id: int,
    *,
    reason: str,
    actor: User,
    at: dt.datetime,
    until: dt.datetime | None = None,
) -> Extended:
    """The same, for the room of the subject, which records it in its own history."""
    clock = visible_clocks(actor).filter(pk=clock_id).first()
    if clock is None:
        return Extended(None, (problem("clock.unknown"),))
    if not actor.may_write:
        return Extended(None, (problem("clock.read_only"),))

    # Who extends it in the same moment waits here, and then reads the end that the first one gave.
    # It is the lock of `refresh`, so that two never wait for each other.
    lock_subjects(clock.subject_kind, [clock.subject_id])
    clock.refresh_from_db()

    terms = terms_of(clock)
    refused = _no_authority(clock, terms, actor) or _wrong_reason(reason)
    if refused is None and terms is not None:
        refused = _wrong_moment(clock, terms, at, until)
    if refused is not None:
        return Extended(None, (refused,))

    act = journal.begin(actor, "clocks.extend", at=at, reason=reason)
    ClockExtension.objects.create(
        clock=clock, act=act, reason=reason.strip(), given_at=at, until=until
    )
    refresh({clock.subject_kind: [clock.subject_id]}, by=act, at=at)
    clock.refresh_from_db()
    return Extended(clock)


def terms_of(clock: Clock) -> Terms | None:
    """Who may extend the clock, until when, and how far; None where nobody may."""
    book_clock = _declared(clock)
    if book_clock is None or book_clock.extension is None:
        return None

    house = histories.house_of(clock.organisation)
    happened = histories.histories(clock.subject_kind, [clock.subject_id], [book_clock])
    pauses = happened.of(happened.places[0], clock.pack, book_clock).pauses
    extension = book_clock.extension
    return Terms(
        extension.by,
        reason_until(book_clock, clock.started_at, pauses, house),
        next_end(book_clock, clock.due_at, clock.started_at, pauses, house),
    )


def may_extend(clock: Clock, user: User, terms: Terms | None, at: dt.datetime) -> bool:
    """Whether the user could extend it now on its own page, with a reason and a moment that fit."""
    return not is_extended_elsewhere(clock) and may_give_time(clock, user, terms, at)


def may_give_time(clock: Clock, user: User, terms: Terms | None, at: dt.datetime) -> bool:
    """The same, for the room of the subject."""
    if clock.void_at is not None:
        return False
    if terms is None or not user.may_write or _no_authority(clock, terms, user) is not None:
        return False
    return _wrong_moment(clock, terms, at, None) is None


def _no_authority(clock: Clock, terms: Terms | None, actor: User) -> Problem | None:
    """Whether the clock can still be extended, and by this user."""
    if clock.met_at is not None:
        return problem("clock.ended")

    interest = interest_in(clock, actor)
    if interest:
        return problem("clock.interest", why=interest)
    if terms is None:
        return problem("clock.no_extension")
    if not any(ranks.may_do(role, actor) for role in terms.roles):
        titles = roles.titles(actor.organisation_id)
        return problem("clock.role", roles=", ".join(titles[role] for role in terms.roles))
    return None


def _wrong_reason(reason: str) -> Problem | None:
    """No extension without a reason."""
    if not reason.strip():
        return problem("clock.reason", column="reason")
    if len(reason.strip()) > MOST_REASON:
        return problem("clock.reason_long", column="reason", most=MOST_REASON)
    return None


def _wrong_moment(
    clock: Clock, terms: Terms, at: dt.datetime, until: dt.datetime | None
) -> Problem | None:
    """Whether the reason comes in time, and the new end is one that the procedure lets."""
    if clock.due_at is None:
        return problem("clock.paused")
    last_word = terms.reason_until or clock.due_at
    if at > last_word:
        return problem("clock.too_late", column="reason", moment=_local(last_word, clock))
    if terms.latest is not None and until is not None and until > terms.latest:
        return problem("clock.too_far", column="until", moment=_local(terms.latest, clock))

    wanted = until or terms.latest
    if wanted is not None and wanted <= clock.due_at:
        return problem("clock.not_later", column="until", moment=_local(clock.due_at, clock))
    return None


def _declared(clock: Clock) -> declared.Clock | None:
    """The clock as the version has it by which it started."""
    if clock.pack_version_id is None:
        return None
    book = packs.playbook_of(packs.version(clock.pack_version_id))
    return next((each for each in book.clocks if each.id == clock.kind), None)


def _local(moment: dt.datetime, clock: Clock) -> str:
    """A moment as the house writes it."""
    zone = histories.house_of(clock.organisation).zone
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
