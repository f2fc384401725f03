"""What was done today: contacts, talks, promises and money, of one collector, a team or the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, QuerySet

from huikuan.casebook.models import Target
from huikuan.people.models import User
from huikuan.people.rights import Right

_FIGURES = """
WITH mine AS MATERIALIZED (
    SELECT r.id, r.case_id, r.channel, r.connected, r.answered
    FROM casebook_contactrecord r JOIN casebook_act a ON a.id = r.act_id
    WHERE r.organisation_id = %(house)s AND r.valid_on = %(on)s AND NOT r.inbound
        AND (%(users)s::bigint[] IS NULL OR a.actor_id = ANY(%(users)s::bigint[]))
)
SELECT 'contacts', '', count(*), 0::numeric FROM mine
UNION ALL SELECT 'cases', '', count(DISTINCT case_id), 0 FROM mine
UNION ALL SELECT 'calls', '', count(*), 0 FROM mine WHERE channel = 'call'
UNION ALL SELECT 'connected', '', count(*), 0 FROM mine WHERE channel = 'call' AND connected
UNION ALL SELECT 'talks', '', count(*), 0 FROM mine
    WHERE channel IN ('call', 'visit') AND connected AND answered = 'debtor'
UNION ALL SELECT 'promises', m.currency, count(DISTINCT m.plan), sum(m.amount_minor)
    FROM mine JOIN casebook_promise m ON m.case_id = mine.case_id AND m.contact_id = mine.id GROUP BY m.currency
UNION ALL SELECT 'recovered', y.currency, count(*), sum(y.amount_minor)
    FROM casebook_payment y JOIN casebook_casesummary f ON f.case_id = y.case_id
    WHERE y.organisation_id = %(house)s AND y.valid_on = %(on)s
        AND NOT EXISTS (SELECT 1 FROM casebook_reversal v WHERE v.payment_id = y.id)
        AND (%(users)s::bigint[] IS NULL OR f.assignee_id = ANY(%(users)s::bigint[]))
    GROUP BY y.currency
"""


@dataclass
class Figures:
    """Numbers of one day. Money by currency, in minor units. `calls` includes those that nobody answered."""

    contacts: int = 0
    cases: int = 0
    calls: int = 0
    connected: int = 0
    talks: int = 0
    promises: int = 0
    payments: int = 0
    promised: dict[str, int] = field(default_factory=dict)
    recovered: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """A target in force and what is reached of it; `amount` and `reached` in minor units when it is about money."""

    kind: str
    label: str
    reached: int
    amount: int

    @property
    def is_money(self) -> bool:
        return self.kind == Target.Kind.RECOVERED

    @property
    def share(self) -> float:
        return min(self.reached / self.amount, 1) if self.amount else 1


def whose_work(user: User) -> list[int] | None:
    """Ids of the users whose work a user's figures are about: their own, their team's, or (None) the whole house's."""
    if user.leads_team:
        return list(members(user).values_list("pk", flat=True))
    if user.sees_house and not user.may(Right.HOLD_CASES):
        return None
    return [user.pk]


def members(lead: User) -> QuerySet[User]:
    """The lead's team, the lead included."""
    mine = Q(team_id=lead.team_id, team__isnull=False) | Q(pk=lead.pk)
    return User.objects.filter(mine, organisation=lead.organisation).order_by("pk")


def figures(user: User, on: dt.date, users: list[int] | None) -> Figures:
    """One query. `on` is the local day. Payments are those received on cases that these users hold."""
    found = Figures()
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"house": user.organisation_id, "on": on, "users": users})
        for name, currency, count, amount in cursor.fetchall():
            if name == "recovered":
                found.payments += count
                found.recovered[currency] = int(amount)
            elif name == "promises":
                found.promises += count
                found.promised[currency] = int(amount)
            else:
                setattr(found, name, count)
    return found


def progress(user: User, on: dt.date, done: Figures) -> list[Progress]:
    """Of each kind of target the one in force: the newest that began by `on`. Nothing when there is none."""
    newest = (
        Target.objects.filter(user=user, from_on__lte=on)
        .order_by("kind", "-from_on")
        .distinct("kind")
    )
    reached = {
        Target.Kind.CALLS: done.calls,
        Target.Kind.TALKS: done.talks,
        Target.Kind.RECOVERED: done.recovered.get("CNY", 0),
    }
    by_kind = {target.kind: target for target in newest if target.amount > 0}
    return [
        Progress(kind.value, str(kind.label), reached[kind], by_kind[kind].amount)
        for kind in reached
        if kind.value in by_kind
    ]
