"""A signed version comes into force from a day, for all or for a part of the cases; and gives way
again.

The past is never rewritten: an activation begins today or later. Only the first version of a pack
may begin earlier, because no day had an answer from it yet.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import journal, packs, spells
from huikuan.casebook.models import Act, PackActivation, PackVersion
from huikuan.clocks.refresh import catch_up
from huikuan.lib.problems import gettext_noop as _
from huikuan.people.models import Creditor, Team, User
from huikuan.people.rights import Right

#: Loading, signing and activating wait for each other.
LOCK = 7_305_001


#: What a row of the history is on a day.
STATES = (
    _("in force"),
    _("coming"),
    _("ended"),
    _("replaced"),
    _("taken back"),
)


class NotActivated(Exception):
    """The version did not come into force."""


class MayNotActivate(NotActivated):
    """Only a manager or general manager of the house says which version is in force."""


class NotSigned(NotActivated):
    """Nobody has approved this version; a manager approves it first."""


class RulesHoldForAll(NotActivated):
    """Contact rules hold for all: they cannot be activated for a part of the cases."""


class BeforeEffective(NotActivated):
    """The version says itself from which day it holds; choose that day or a later one."""


class NoDays(NotActivated):
    """An activation ends after the day on which it begins."""


class NothingBefore(NotActivated):
    """No other version was in force before; there is nothing to roll back to."""


class HasBegun(NotActivated):
    """This activation has begun; activate another version, or roll back."""


@dataclass(frozen=True)
class Scope:
    """Whose cases an activation is for; None and "" stand for all."""

    creditor: Creditor | None = None
    product: str = ""
    team: Team | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether nothing is left out."""
        return self.creditor is None and self.team is None and not self.product

    def rows(self, pack: str) -> QuerySet[PackActivation]:
        """Every activation of the pack that was ever said for exactly this scope."""
        return PackActivation.objects.filter(
            pack=pack, creditor=self.creditor, product=self.product, team=self.team
        )


FOR_ALL = Scope()


def may_activate(user: User) -> bool:
    """Packs hold for the whole installation, so an agency that works for a principal decides
    nothing.
    """
    house = user.organisation
    is_own_house = house is not None and house.principal_id is None
    return user.is_active and user.may(Right.SIGN_PACKS) and is_own_house


def local_day(at: dt.datetime) -> dt.date:
    """The day of the installation: packs belong to no single house."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@transaction.atomic
def activate(
    version: PackVersion,
    *,
    actor: User | None,
    at: dt.datetime,
    scope: Scope = FOR_ALL,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    reason: str = "",
) -> PackActivation:
    """Puts a signed version in force for the scope, from its day on, until `until_on` where that
    is given.

    A day before today is today, unless this is the first version of the pack. Without `from_on`
    it is the day that the version names. Nothing is written where the version holds for these
    days already. `actor` None: it came with the program. Raises NotActivated.
    """
    _check(version, actor, scope, from_on)
    lock()

    today = local_day(at)
    first_on = from_on or version.effective_from
    is_first = not PackActivation.objects.filter(pack=version.pack).exists()
    if not is_first:
        first_on = max(first_on, today)
    if until_on is not None and until_on <= first_on:
        raise NoDays

    rows = scope.rows(version.pack)
    holds_already = _covers(rows, version, first_on, until_on)
    if holds_already is not None:
        return holds_already

    act = _act(actor, version, at, reason)
    spells.make_room(rows, first_on, until_on, act=act, at=at)
    made = PackActivation.objects.create(
        version=version,
        pack=version.pack,
        creditor=scope.creditor,
        product=scope.product,
        team=scope.team,
        from_on=first_on,
        until_on=until_on,
        act=act,
        recorded_at=at,
    )
    packs.changed()
    # Its clocks run from now on, also without a morning's plan.
    catch_up(at=at)
    return made


def _check(version: PackVersion, actor: User | None, scope: Scope, from_on: dt.date | None) -> None:
    """Raises NotActivated where the version may not come into force in this way."""
    if actor is not None and not (may_activate(actor) and _of_own_house(actor, scope)):
        raise MayNotActivate
    if not version.approved_by:
        raise NotSigned
    if version.kind == PackVersion.Kind.LIMITS and not scope.is_for_all:
        raise RulesHoldForAll
    if from_on is not None and from_on < version.effective_from:
        raise BeforeEffective


def _of_own_house(actor: User, scope: Scope) -> bool:
    """Whether creditor and team of the scope, where it names any, belong to the actor's house."""
    named = [each for each in (scope.creditor, scope.team) if each is not None]
    return all(each.organisation_id == actor.organisation_id for each in named)


def _covers(
    rows: QuerySet[PackActivation],
    version: PackVersion,
    from_on: dt.date,
    until_on: dt.date | None,
) -> PackActivation | None:
    """The activation by which the version holds on all these days already."""
    to_the_end = Q(until_on__isnull=True)
    if until_on is not None:
        to_the_end |= Q(until_on__gte=until_on)
    same = spells.known(rows, None).filter(to_the_end, version=version, from_on__lte=from_on)
    return same.first()


def _act(actor: User | None, version: PackVersion, at: dt.datetime, reason: str) -> Act | None:
    if actor is None:
        return None
    what = f"{version.pack} {version.version} {version.hash[:12]}"
    return journal.begin(actor, "planning.activate", at=at, reason=reason or what)


@transaction.atomic
def roll_back(
    pack: str, *, actor: User, at: dt.datetime, scope: Scope = FOR_ALL, reason: str = ""
) -> PackActivation:
    """Puts the version in force again that held before the present one, from today. Raises
    NotActivated.

    Twice in a row leads back to the version that was rolled back.
    """
    if not may_activate(actor):
        raise MayNotActivate

    today = local_day(at)
    present = spells.on_day(spells.known(scope.rows(pack), None), today).first()
    others = scope.rows(pack).select_related("version")
    if present is not None:
        others = others.exclude(version=present.version_id)

    # The last that was in force: until the day on which it ended, else the one that was said last.
    began = [row for row in others if _began(row, today)]
    last = max(began, key=lambda row: (row.until_on or today, row.pk), default=None)
    if last is None:
        raise NothingBefore
    return activate(last.version, actor=actor, at=at, scope=scope, reason=reason)


def _began(row: PackActivation, today: dt.date) -> bool:
    """Whether the activation was ever in force: it was not taken back before its first day."""
    taken_back = row.replaced_at is not None and local_day(row.replaced_at) < row.from_on
    return row.from_on <= today and not taken_back


@transaction.atomic
def take_back(
    activation: PackActivation, *, actor: User, at: dt.datetime, reason: str = ""
) -> None:
    """Withdraws an activation that has not begun; its days get what they had before. Raises
    NotActivated.
    """
    related = PackActivation.objects.select_related("version", "creditor", "team")
    said = related.get(pk=activation.pk)
    scope = Scope(creditor=said.creditor, product=said.product, team=said.team)
    if not may_activate(actor) or not _of_own_house(actor, scope):
        raise MayNotActivate
    lock()

    own = PackActivation.objects.filter(Q(pk=said.pk) | Q(rest_of=said))
    coming = list(spells.known(own, None).select_for_update())
    if not coming or min(row.from_on for row in coming) <= local_day(at):
        raise HasBegun

    act = _act(actor, said.version, at, reason)
    same_scope = PackActivation.objects.filter(
        pack=said.pack, creditor=said.creditor_id, product=said.product, team=said.team_id
    )
    gave_way = list(same_scope.filter(replaced_at=said.recorded_at))
    for row in coming:
        row.replaced_at = at
        row.replaced_by = act
        row.save(update_fields=["replaced_at", "replaced_by"])
        for earlier in gave_way:
            _hand_back(earlier, row, act=act, at=at)
    packs.changed()
    catch_up(at=at)


def _hand_back(
    earlier: PackActivation, days_of: PackActivation, *, act: Act | None, at: dt.datetime
) -> None:
    """Lets `earlier` hold again on the days of the other row, as far as it spoke of them."""
    from_on = max(earlier.from_on, days_of.from_on)
    ends = [row.until_on for row in (earlier, days_of) if row.until_on is not None]
    until_on = min(ends, default=None)
    if until_on is None or from_on < until_on:
        spells.write_again(earlier, from_on, until_on, act=act, at=at)


@dataclass(frozen=True)
class Said:
    """An activation as the history shows it: `until_on` and `state` count what later ones left of
    it.
    """

    row: PackActivation
    state: str
    until_on: dt.date | None


def history(pack: str, on: dt.date) -> list[Said]:
    """Every activation of the pack that somebody said, the newest first, as it is on the day."""
    said = PackActivation.objects.filter(pack=pack, rest_of=None)
    with_names = said.select_related(
        "act__actor", "creditor__organisation", "team__organisation", "version"
    )
    rows = with_names.defer("version__content", "version__compiled").order_by("-pk")

    left: dict[int, list[PackActivation]] = defaultdict(list)
    believed = spells.known(PackActivation.objects.filter(pack=pack), None)
    for part in believed.order_by("from_on"):
        left[part.rest_of_id or part.pk].append(part)
    return [_said(row, left[row.pk], on) for row in rows]


def _said(row: PackActivation, left: list[PackActivation], on: dt.date) -> Said:
    """What is left of an activation: it may hold still, wait, or have ended on an earlier day."""
    if not left:
        word = "replaced" if _began(row, on) else "taken back"
        return Said(row, word, row.until_on)

    last_until = left[-1].until_on
    if any(part.from_on <= on and (part.until_on is None or part.until_on > on) for part in left):
        return Said(row, "in force", last_until)
    if any(part.from_on > on for part in left):
        return Said(row, "coming", last_until)
    return Said(row, "ended", last_until)


def lock() -> None:
    """One at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
