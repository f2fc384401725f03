"""The watch: every channel is looked at; what has come in whole is a batch that has arrived."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import transaction

from huikuan.casebook.models import Channel, ChannelFile
from huikuan.channels.fetch import fetch
from huikuan.channels.readers import reader_of
from huikuan.channels.seen import LARGEST, Seen, Unreachable, done_names, wanted
from huikuan.intake.arrive import arrive
from huikuan.intake.file_name import name_problem
from huikuan.people.service import service_user_of

log = logging.getLogger("huikuan.channels")
#: Servers that are asked at the same time: one that is dead keeps none of the others waiting.
AT_ONCE = 8
#: Keys of a channel that are remembered: of so many files the newest.
REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a channel gave: what lies there, or why nothing is known."""

    channel: Channel
    listed: list[Seen] | None
    error: Unreachable | None = None


def look_at_all(at: dt.datetime, channels: Iterable[Channel] | None = None) -> int:
    """Looks at every channel that is watched, or at these. Gives the number of files that arrived.

    What is wrong with one of them is written on its page, and stops no other.
    """
    if channels is None:
        channels = Channel.objects.filter(ended=None).select_related("creditor__organisation")
    listed = list(channels)
    known = {channel.pk: _known_keys(channel) for channel in listed}

    # Only the network is asked in threads; what is written is written here, one by one.
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        looks = list(pool.map(lambda channel: _look(channel, known[channel.pk]), listed))

    arrived = 0
    for look in looks:
        try:
            arrived += take_in(look, at)
        except Exception:
            log.exception("channel %s", look.channel.pk)
            _note(look.channel, Unreachable("channel.failed"), at)
    return arrived


def _look(channel: Channel, known: Collection[str]) -> Look:
    try:
        return Look(channel, reader_of(channel).listed(channel, known))
    except Unreachable as error:
        return Look(channel, None, error)
    except Exception:
        log.exception("channel %s", channel.pk)
        return Look(channel, None, Unreachable("channel.failed"))


def take_in(look: Look, at: dt.datetime) -> int:
    """Writes down what a look gave. Gives the number of files that arrived by it."""
    if look.listed is None:
        _note(look.channel, look.error, at)
        return 0

    arrived = _write(look.channel, look.listed, at)
    _note(look.channel, None, at)
    if look.channel.fetches_itself:
        actor = service_user_of(look.channel.creditor.organisation)
        for file in look.channel.files.filter(state=ChannelFile.State.ARRIVED):
            fetch(file.pk, actor=actor, at=at)
    return len(arrived)


@transaction.atomic
def _write(channel: Channel, listed: list[Seen], at: dt.datetime) -> list[ChannelFile]:
    """The files as they now lie there; those that have come in whole arrive."""
    # Two looks at once would each make the row of a new file: the second waits here.
    Channel.objects.select_for_update().get(pk=channel.pk)
    done = done_names(listed)
    rows = _newest_rows(channel, [seen.key for seen in listed])
    arrived = []

    for seen in wanted(channel, listed):
        row = _row(channel, seen, rows.get(seen.key), at)
        if row is None or not _is_whole(channel, seen, row, done, at):
            continue
        if _arrive(channel, row, at):
            arrived.append(row)

    _mark_gone(channel, {seen.key for seen in listed}, at)
    return arrived


def _newest_rows(channel: Channel, keys: list[str]) -> dict[str, ChannelFile]:
    """Key → the last file of this key that was seen."""
    rows = ChannelFile.objects.filter(channel=channel, key__in=keys).order_by("pk")
    return {row.key: row for row in rows}


def _row(
    channel: Channel, seen: Seen, row: ChannelFile | None, at: dt.datetime
) -> ChannelFile | None:
    """The row of a file that may have come in whole; None where there is nothing to ask."""
    if row is not None and row.state not in ChannelFile.WAITING and _is_same(row, seen):
        if row.state != ChannelFile.State.GONE:
            return None
        row = None

    if row is None or row.state not in ChannelFile.WAITING:
        return _new_row(channel, seen, at)

    if not _is_same(row, seen):
        # It is written again. Its batch, where it has one, keeps its moment.
        row.size = seen.size
        row.own_time = seen.own_time
        row.same_since = at
        row.state = ChannelFile.State.UNDER_WAY
    row.seen_at = at
    row.save(update_fields=["size", "own_time", "same_since", "state", "seen_at"])
    return row if row.state == ChannelFile.State.UNDER_WAY else None


def _is_same(row: ChannelFile, seen: Seen) -> bool:
    return row.size == seen.size and row.own_time == seen.own_time


def _new_row(channel: Channel, seen: Seen, at: dt.datetime) -> ChannelFile | None:
    """A file that is seen for the first time. One that can never be taken says so and waits for
    nothing.
    """
    row = ChannelFile(
        organisation_id=channel.organisation_id,
        creditor_id=channel.creditor_id,
        channel=channel,
        key=seen.key,
        name=seen.name,
        size=seen.size,
        own_time=seen.own_time,
        first_seen_at=at,
        same_since=at,
        seen_at=at,
    )

    if name_problem(seen.name) is not None:
        row.state = ChannelFile.State.WRONG
        row.error = "file.name"
    elif seen.size > LARGEST:
        row.state = ChannelFile.State.WRONG
        row.error = "file.large"
        row.error_params = {"most": LARGEST >> 30}
    row.save()
    return None if row.error else row


def _is_whole(
    channel: Channel, seen: Seen, row: ChannelFile, done: set[str], at: dt.datetime
) -> bool:
    """Whether the file has come in as a whole, by the sign of its channel."""
    if seen.is_whole or channel.whole == Channel.Whole.RENAMED:
        return True
    if channel.whole == Channel.Whole.DONE:
        return seen.name in done
    return at - row.same_since >= dt.timedelta(seconds=channel.still_seconds)


def _arrive(channel: Channel, row: ChannelFile, at: dt.datetime) -> bool:
    """The batch of the file has arrived: since it was seen as it is, not since we were sure.

    A file that must lie still arrives when it began to lie still; its hour is not made longer by
    our waiting. An empty file is no batch. Gives whether it arrived.
    """
    if row.size == 0:
        row.state = ChannelFile.State.WRONG
        row.error = "file.empty"
        row.save(update_fields=["state", "error"])
        return False

    row.state = ChannelFile.State.ARRIVED
    if row.arrived_at is None:
        row.arrived_at = row.same_since
        if channel.whole != Channel.Whole.STILL:
            row.arrived_at = at
    if row.placement_id is None:
        actor = service_user_of(channel.creditor.organisation)
        row.placement = arrive(
            channel.creditor,
            channel.mapping,
            row.name,
            actor,
            at=at,
            arrived_at=row.arrived_at,
            reason=channel.code,
            is_seen=True,
        )
    row.save(update_fields=["state", "arrived_at", "placement"])
    return True


def _mark_gone(channel: Channel, keys: set[str], at: dt.datetime) -> None:
    """What was taken away before it was fetched says so. A mailbox is listed in part only."""
    if channel.kind == Channel.Kind.MAIL:
        return
    waiting = ChannelFile.objects.filter(channel=channel, state__in=ChannelFile.WAITING)
    left = waiting.exclude(key__in=keys)
    left.update(state=ChannelFile.State.GONE, error="channel.gone")


def _known_keys(channel: Channel) -> set[str]:
    newest = channel.files.order_by("-pk").values_list("key", flat=True)
    return set(newest[:REMEMBERED])


def _note(channel: Channel, error: Unreachable | None, at: dt.datetime) -> None:
    """How the look went, for the page of channels."""
    if error is None:
        Channel.objects.filter(pk=channel.pk).update(
            looked_at=at, tried_at=at, error="", error_params={}, error_since=None
        )
        return

    row = Channel.objects.get(pk=channel.pk)
    row.tried_at = at
    row.error_since = row.error_since or at
    row.error = error.code
    row.error_params = error.params
    row.save(update_fields=["tried_at", "error_since", "error", "error_params"])
