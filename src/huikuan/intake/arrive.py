"""Arrival of a batch in its channel, noted before anybody has fetched the file (P4.1)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from huikuan.casebook import journal
from huikuan.casebook.access import visible_placements
from huikuan.casebook.models import Notice, Placement
from huikuan.clocks.refresh import refresh
from huikuan.intake.file_name import WrongName, name_problem
from huikuan.intake.receive import WrongHouse, announced, local_day, lock, next_number
from huikuan.intake.tell import tell_of
from huikuan.people.models import Creditor, User


@transaction.atomic
def arrive(
    creditor: Creditor,
    mapping: str,
    file_name: str,
    actor: User,
    *,
    at: dt.datetime,
    arrived_at: dt.datetime | None = None,
    reason: str = "",
    is_seen: bool = False,
) -> Placement:
    """Gives the batch its number, starts the clocks that run from its arrival, and tells whoever
    answers for them.

    `arrived_at`: the moment at which it lay in the channel; without it, `at`. The same file that
    was announced and waits to be fetched keeps its number and its first moment. `is_seen`: the
    watcher saw the file itself; two files of one name are two batches then, and only what somebody
    noted by hand is the same. Raises WrongHouse, WrongName.
    """
    if creditor.organisation_id != actor.organisation_id:
        raise WrongHouse(creditor.code)
    wrong = name_problem(file_name)
    if wrong is not None:
        raise WrongName(wrong)

    lock(creditor.pk)
    noted_before = announced(creditor, mapping, file_name)
    if is_seen:
        noted_before = noted_before.filter(channel_files=None)
    waiting = noted_before.select_related("act").first()
    if waiting is not None:
        return waiting

    moment = arrived_at or at
    on = local_day(creditor, moment)
    act = journal.begin(actor, "intake.arrive", at=at, reason=reason)
    placement = Placement.objects.create(
        organisation_id=creditor.organisation_id,
        creditor=creditor,
        act=act,
        number=next_number(creditor, on),
        mapping=mapping,
        file_name=file_name,
        file_hash="",
        status=Placement.Status.ARRIVED,
        received_at=moment,
        received_on=on,
        valid_on=on,
    )
    refresh({"placement": [placement.pk]}, by=act, at=at)
    tell_of(placement, Notice.Kind.ARRIVED, at, by=actor)
    return placement


def arrived(user: User) -> QuerySet[Placement]:
    """The batches that wait to be fetched, as far as the user sees them; the oldest in front."""
    waiting = visible_placements(user).filter(status=Placement.Status.ARRIVED)
    return waiting.select_related("creditor").order_by("received_at", "pk")
