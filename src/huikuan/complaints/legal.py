"""The legal deadline of a complaint: which one it is, and the extra time that the law gives."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.casebook import journal, packs
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Clock, Complaint
from huikuan.clocks import extend as clocks
from huikuan.clocks.histories import house_of
from huikuan.complaints.procedure import figure
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import Done, Kind, event, opened, settle, text_problems
from huikuan.engine.parameters import COMPLEX_DAYS, SPECIAL_DAYS
from huikuan.lib.problems import Problem
from huikuan.people.models import User

ONE_DAY = dt.timedelta(days=1)
COMPLEX = "complex"
SPECIAL = "special"
#: What makes the law give more time, and the parameter that says how much from the receipt.
SORTS = {COMPLEX: COMPLEX_DAYS, SPECIAL: SPECIAL_DAYS}


def running(complaint: Complaint) -> Clock | None:
    """The deadline that the law sets and that still runs; None where there is none."""
    clocks_of = Clock.objects.filter(
        subject_kind="complaint", subject_id=complaint.pk, met_at=None, void_at=None
    )
    return next((clock for clock in clocks_of.order_by("due_at") if _is_legal(clock)), None)


def _is_legal(clock: Clock) -> bool:
    """Whether the procedure names the law that sets it."""
    if clock.pack_version_id is None:
        return False
    book = packs.playbook_of(packs.version(clock.pack_version_id))
    return any(each.id == clock.kind and each.law for each in book.clocks)


def is_bound_by_law(complaint: Complaint, at: dt.datetime) -> bool:
    """Whether the law sets an end that is still to come."""
    clock = running(complaint)
    return clock is not None and clock.due_at is not None and clock.due_at > at


def beyond(complaint: Complaint, until: dt.datetime, at: dt.datetime) -> Problem | None:
    """Why this is no lawful time of reply: it lies after the end that the law sets.

    Where that end has passed already, any time that is told is better than none.
    """
    clock = running(complaint)
    if clock is None or clock.due_at is None or clock.due_at <= at or until <= clock.due_at:
        return None
    return problem("complaint.beyond_law", column="until", moment=last_day(clock, complaint))


def last_day(clock: Clock, complaint: Complaint) -> str:
    """The end of the deadline as people say it: the end of its last day, not the next midnight."""
    assert clock.due_at is not None
    zone = house_of(complaint.organisation).zone
    end = clock.due_at.astimezone(zone)
    if end.time() != dt.time.min:
        return f"{end:%Y-%m-%d %H:%M}"
    return f"{end.date() - ONE_DAY:%Y-%m-%d} 24:00"


def may_extend(complaint: Complaint, user: User) -> bool:
    """Whether the user could give it more time now."""
    clock = running(complaint)
    if clock is None:
        return False
    return clocks.may_give_time(clock, user, clocks.terms_of(clock), timezone.now())


def sorts_now(complaint: Complaint, at: dt.datetime) -> list[str]:
    """The grounds that the law still gives, in their order: it is special only where it was
    complex before.
    """
    clock = running(complaint)
    if clock is None or clock.due_at is None:
        return []
    for sort in SORTS:
        until = _until(complaint, sort, at)
        if until is not None and until > clock.due_at:
            return [sort]
    return []


def _until(complaint: Complaint, sort: str, at: dt.datetime) -> dt.datetime | None:
    """The end of the deadline on this ground, counted from the receipt."""
    days = figure(complaint.organisation, day_of(complaint.organisation, at), SORTS[sort])
    if days is None:
        return None
    house = house_of(complaint.organisation)
    return house.moment(complaint.valid_on + (days + 1) * ONE_DAY)


@transaction.atomic
def more_time(number: str, sort: str, *, reason: str, actor: User, at: dt.datetime) -> Done:
    """The law gives more time where it is complex, and again where it is special besides.

    Both count from the receipt. Who may say so, and how far it goes, the procedure says with the
    deadline itself; the complainant is to be told.
    """
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    clock = running(complaint)
    until = _until(complaint, sort, at)
    if clock is None or clock.due_at is None or until is None:
        return Done(complaint, problems=(problem("complaint.no_clock"),))
    complex_until = _until(complaint, COMPLEX, at)
    if sort == SPECIAL and complex_until is not None and clock.due_at < complex_until:
        return Done(complaint, problems=(problem("complaint.not_complex", column="sort"),))

    extended = clocks.give_time(clock.pk, reason=reason, actor=actor, at=at, until=until)
    if not extended.done:
        return Done(complaint, problems=extended.problems)

    act = journal.begin(actor, "complaints.more_time", at=at, reason=reason)
    titles = {COMPLEX: _("complex"), SPECIAL: _("special")}
    text = f"{titles[sort]}: {reason.strip()}"
    on_until = day_of(complaint.organisation, until)
    given = event(complaint, Kind.EXTENDED, act, at, text=text, until_at=until, until_on=on_until)
    settle(complaint, act, at)
    return Done(complaint, given)


@transaction.atomic
def tell_extension(number: str, *, text: str, way: str, actor: User, at: dt.datetime) -> Done:
    """The complainant was told that it takes longer, why, and until when; once an extension."""
    begun = opened(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)
    if begun.facts.complaint_extensions <= begun.facts.complaint_extensions_told:
        return Done(complaint, problems=(problem("complaint.again"),))
    wrong = text_problems(text, "text")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    act = journal.begin(actor, "complaints.tell_extension", at=at)
    told = event(complaint, Kind.EXTENSION_TOLD, act, at, text=text.strip(), way=way)
    settle(complaint, act, at)
    return Done(complaint, told)
