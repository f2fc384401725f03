"""A signed version comes into force from a day, for all or for a part of a house's cases; and gives
way again.

An activation is a row, and so is its taking back; which version holds is worked out from the rows
that stand (casebook/activations.py). The past is never rewritten: an activation begins today or
later, and what has begun is not taken back. Only where no version of the pack has held yet, an
activation may begin earlier, because no day had an answer from it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from huikuan.casebook import activations, journal, packs, spells
from huikuan.casebook.activations import Active, Stretch
from huikuan.casebook.models import Act, PackActivation, PackVersion
from huikuan.clocks.refresh import catch_up
from huikuan.lib.problems import gettext_noop as _
from huikuan.people.models import Creditor, Organisation, Team, User
from huikuan.people.rights import Right
from huikuan.planning.not_activated import (
    AlreadyTakenBack,
    BeforeEffective,
    HasBegun,
    MayNotActivate,
    NoDays,
    NothingBefore,
    NotSigned,
    RolledBackAlready,
    RulesHoldForAll,
)

#: Loading, signing and activating wait for each other.
LOCK = 7_305_001


#: Verbs of the acts: a roll-back is known by its own.
ACTIVATE = "planning.activate"
ROLL_BACK = "planning.roll_back"

#: What a row of the history is on a day.
STATES = (
    _("in force"),
    _("coming"),
    _("ended"),
    _("replaced"),
    _("taken back"),
)


@dataclass(frozen=True)
class Scope:
    """Whose cases of the house an activation is for; None and "" stand for all."""

    creditor: Creditor | None = None
    product: str = ""
    team: Team | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether nothing is left out."""
        return self.creditor is None and self.team is None and not self.product

    def said(self, pack: str, house: Organisation | None) -> QuerySet[PackActivation]:
        """The activations of the pack that stand for exactly this scope, in the order in which they
        were said: those of the house, and what came with the program.
        """
        mine = said_in(house, pack).filter(
            creditor=self.creditor, product=self.product, team=self.team
        )
        return spells.known(mine, None).select_related("version").order_by("pk")


FOR_ALL = Scope()


def may_activate(user: User) -> bool:
    """An agency that works for a principal decides nothing: it works by the packs of that house."""
    house = user.organisation
    is_own_house = house is not None and house.principal_id is None
    return user.is_active and user.may(Right.SIGN_PACKS) and is_own_house


def said_in(house: Organisation | None, pack: str) -> QuerySet[PackActivation]:
    """Every activation of the pack that somebody of the house ever said, and what came with the
    program; without a house the latter alone.
    """
    owners = Q(organisation=None)
    if house is not None:
        owners |= Q(organisation_id=packs.deciding_house(house))
    return PackActivation.objects.filter(owners, pack=pack)


def local_day(at: dt.datetime) -> dt.date:
    """The day of the installation: what comes with the program belongs to no single house."""
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
    """Puts a signed version in force for the scope in the actor's house, from its day on, until
    `until_on` where that is given.

    A day before today is today, unless no version of the pack has held yet. Without `from_on` it
    is the day that the version names. Nothing is written where the version holds for these days
    already. `actor` None: it came with the program, for every house. Raises NotActivated.
    """
    made = put_in_force(
        version,
        actor=actor,
        at=at,
        scope=scope,
        from_on=from_on,
        until_on=until_on,
        reason=reason,
    )

    # Its clocks run from now on, also without a morning's plan.
    catch_up(by=made.act, at=at)
    return made


def put_in_force(
    version: PackVersion,
    *,
    actor: User | None,
    at: dt.datetime,
    scope: Scope = FOR_ALL,
    from_on: dt.date | None = None,
    until_on: dt.date | None = None,
    reason: str = "",
    verb: str = ACTIVATE,
) -> PackActivation:
    """As `activate`, within a transaction whose end belongs to the caller: who puts several in
    force lets the clocks catch up once, after the last (clocks/refresh.py).
    """
    _check(version, actor, scope, from_on)
    lock()

    house = None if actor is None else actor.organisation
    today = local_day(at)
    first_on = from_on or version.effective_from
    standing_of_pack = spells.known(said_in(house, version.pack), None)
    if standing_of_pack.filter(from_on__lte=today).exists():
        first_on = max(first_on, today)
    if until_on is not None and until_on <= first_on:
        raise NoDays

    standing = list(scope.said(version.pack, house))
    holds_already = _said_already(standing, version, first_on, until_on, today)
    if holds_already is not None:
        return holds_already

    act = _act(actor, version, at, reason, verb)
    made = PackActivation.objects.create(
        version=version,
        pack=version.pack,
        organisation=house,
        creditor=scope.creditor,
        product=scope.product,
        team=scope.team,
        from_on=first_on,
        until_on=until_on,
        act=act,
        recorded_at=at,
    )
    packs.changed()
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


def _said_already(
    standing: Sequence[PackActivation],
    version: PackVersion,
    from_on: dt.date,
    until_on: dt.date | None,
    today: dt.date,
) -> PackActivation | None:
    """The activation by which the version holds on all these days for good: the same that was said
    last (a second click), or one that has begun, which nobody can take back.

    One that is still to come is no reason to be silent: without it the version would not hold.
    """
    said = (version.pk, from_on, until_on)
    if standing:
        newest = standing[-1]
        if said == (newest.version_id, newest.from_on, newest.until_on):
            return newest

    rows = {row.pk: row for row in standing}
    for stretch in activations.stretches([activations.active(row) for row in standing]):
        row = rows[stretch.row.id]
        reaches = stretch.until_on is None or (
            until_on is not None and stretch.until_on >= until_on
        )
        begins = stretch.from_on <= from_on and row.from_on <= today
        if row.version_id == version.pk and begins and reaches:
            return row
    return None


def _act(
    actor: User | None,
    version: PackVersion,
    at: dt.datetime,
    reason: str,
    verb: str = ACTIVATE,
) -> Act | None:
    if actor is None:
        return None
    what = f"{version.pack} {version.version} {version.hash[:12]}"
    return journal.begin(actor, verb, at=at, reason=reason or what)


@transaction.atomic
def roll_back(
    pack: str, *, actor: User, at: dt.datetime, scope: Scope = FOR_ALL, reason: str = ""
) -> PackActivation:
    """Puts the version in force again that held before the present one, from today. Raises
    NotActivated.

    What a roll-back put in force is not rolled back: two who both see the same mistake would
    otherwise leave it in force. To go forward again a version is activated.
    """
    if not may_activate(actor):
        raise MayNotActivate
    # Before it is read what holds: the second of two at once sees what the first one wrote.
    lock()

    today = local_day(at)
    rows = list(scope.said(pack, actor.organisation))
    standing = [activations.active(row) for row in rows]
    present = activations.deciding(row for row in standing if row.holds_on(today))
    held = [row for row in rows if _has_held(row, rows, today)]
    if present is not None:
        _check_no_roll_back(next(row for row in rows if row.pk == present.id))
        held = [row for row in held if row.version_id != present.version_id]

    # The last that was in force: until the day on which it ended, else the one that was said last.
    last = max(held, key=lambda row: (min(row.until_on or today, today), row.pk), default=None)
    if last is None:
        raise NothingBefore
    made = put_in_force(
        last.version, actor=actor, at=at, scope=scope, reason=reason, verb=ROLL_BACK
    )
    catch_up(by=made.act, at=at)
    return made


def _check_no_roll_back(present: PackActivation) -> None:
    """Raises RolledBackAlready where the present activation is a roll-back itself."""
    if present.act is not None and present.act.verb == ROLL_BACK:
        raise RolledBackAlready(present.act.actor.username)


def _has_held(row: PackActivation, rows: Sequence[PackActivation], today: dt.date) -> bool:
    """Whether the activation decided on any day until today, be it for an hour.

    One to which another gave its first days before they came may begin later, or never.
    """
    said_on = row.from_on if row.recorded_at is None else local_day(row.recorded_at)
    first_day = max(row.from_on, said_on)
    if first_day > today:
        return False

    # What was said on its first day, after it, left it the hours before.
    known_then = [each for each in rows if each.pk <= row.pk or _said_before(each, first_day)]
    spoke = [activations.active(each) for each in known_then]
    decided = activations.deciding(each for each in spoke if each.holds_on(first_day))
    if decided is not None and decided.id == row.pk:
        return True

    of_all = activations.stretches([activations.active(each) for each in rows])
    return any(part.row.id == row.pk and part.from_on <= today for part in of_all)


def _said_before(row: PackActivation, day: dt.date) -> bool:
    return row.recorded_at is not None and local_day(row.recorded_at) < day


@transaction.atomic
def take_back(
    activation: PackActivation, *, actor: User, at: dt.datetime, reason: str = ""
) -> None:
    """Withdraws an activation that has not begun; it is then as if it had never been said. Raises
    NotActivated.
    """
    if not may_activate(actor) or activation.organisation_id != actor.organisation_id:
        raise MayNotActivate
    lock()

    said = PackActivation.objects.select_related("version").get(pk=activation.pk)
    if said.replaced_at is not None:
        raise AlreadyTakenBack
    if said.from_on <= local_day(at):
        raise HasBegun

    said.replaced_at = at
    said.replaced_by = _act(actor, said.version, at, reason)
    said.save(update_fields=["replaced_at", "replaced_by"])
    packs.changed()
    catch_up(by=said.replaced_by, at=at)


@dataclass(frozen=True)
class Said:
    """An activation as the history shows it: `until_on` and `state` count what later ones left of
    it.
    """

    row: PackActivation
    state: str
    until_on: dt.date | None


def history(pack: str, on: dt.date, house: Organisation | None) -> list[Said]:
    """Every activation of the pack that somebody of the house said or that came with the program,
    the newest first, as it is on the day.
    """
    with_names = said_in(house, pack).select_related(
        "act__actor", "creditor__organisation", "organisation", "team__organisation", "version"
    )
    rows = list(with_names.defer("version__content", "version__compiled").order_by("pk"))

    of_scope: dict[object, list[Active]] = defaultdict(list)
    for row in rows:
        if row.replaced_at is None:
            line = activations.active(row)
            of_scope[line.scope].append(line)
    left: dict[int, list[Stretch]] = defaultdict(list)
    for standing in of_scope.values():
        for stretch in activations.stretches(standing):
            left[stretch.row.id].append(stretch)
    return [_said(row, left[row.pk], on) for row in reversed(rows)]


def _said(row: PackActivation, left: Sequence[Stretch], on: dt.date) -> Said:
    """What is left of an activation: it may hold still, wait, or have ended on an earlier day."""
    if row.replaced_at is not None:
        return Said(row, "taken back", row.until_on)
    if not left:
        return Said(row, "replaced", row.until_on)

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
