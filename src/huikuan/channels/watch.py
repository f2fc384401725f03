"""The watch: every channel is looked at; what has come in whole is a batch that has arrived."""

from __future__ import annotations

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from huikuan.casebook import vault
from huikuan.casebook.clear_copies import clear_folder, sweep
from huikuan.casebook.models import Channel, ChannelFile
from huikuan.channels.fetch import fetch
from huikuan.channels.readers import reader_of
from huikuan.channels.seen import LARGEST, Listing, Seen, Unreachable, done_times, nameable, wanted
from huikuan.intake.arrive import arrive
from huikuan.people.service import service_user_of

log = logging.getLogger("huikuan.channels")
#: Servers that are asked at the same time: one that is dead keeps none of the others waiting.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a channel gave: what lies there, or why nothing is known."""

    channel: Channel
    listing: Listing | None
    error: Unreachable | None = None


def look_at_all(at: dt.datetime, channels: QuerySet[Channel] | None = None) -> int:
    """Looks at every channel that is watched, or at these. Gives the number of files that arrived.

    What is wrong with one of them is written on its page, and stops no other.
    """
    sweep()
    if channels is None:
        channels = Channel.objects.filter(ended=None)
    listed = list(channels.select_related("organisation", "creditor__organisation"))

    # Only the network is asked in threads; what is written is written here, one by one.
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        looks = list(pool.map(_look, listed))

    arrived = 0
    for look in looks:
        try:
            arrived += take_in(look, at)
        except Exception:
            log.exception("channel %s", look.channel.pk)
            _note(look.channel, Unreachable("channel.failed"), at)
    return arrived


def _look(channel: Channel) -> Look:
    try:
        return Look(channel, reader_of(channel).listed(channel))
    except Unreachable as error:
        return Look(channel, None, error)
    except Exception:
        log.exception("channel %s", channel.pk)
        return Look(channel, None, Unreachable("channel.failed"))


def take_in(look: Look, at: dt.datetime) -> int:
    """Writes down what a look gave. Gives the number of files that arrived by it."""
    channel = look.channel
    if look.listing is None:
        _note(channel, look.error, at)
        return 0

    listed = [nameable(seen) for seen in look.listing.files]
    written = _write(channel, listed, at)
    failed = list(written.failed)
    if channel.fetches_itself:
        failed += _fetch_all(channel, at)

    error = Unreachable("channel.file_failed", ", ".join(failed)[:200]) if failed else None
    _note(channel, error, at)
    if not written.failed and look.listing.read_to != channel.read_to:
        Channel.objects.filter(pk=channel.pk).update(read_to=look.listing.read_to)
    return written.arrived


def _fetch_all(channel: Channel, at: dt.datetime) -> list[str]:
    """Fetches what has arrived. Gives the names of the files at which the program itself failed;
    each of the others is fetched, or says why not.
    """
    actor = service_user_of(channel.creditor.organisation)
    failed = []
    for file in channel.files.filter(state=ChannelFile.State.ARRIVED).order_by("pk"):
        try:
            fetch(file.pk, actor=actor, at=at)
        except Exception:
            log.exception("file %s of channel %s", file.pk, channel.pk)
            failed.append(file.name)
    return failed


@dataclass(frozen=True, slots=True)
class Written:
    """How many files arrived, and the names of those that could not be written down."""

    arrived: int
    failed: list[str]


@transaction.atomic
def _write(channel: Channel, listed: list[Seen], at: dt.datetime) -> Written:
    """The files as they now lie there; those that have come in whole arrive."""
    # Two looks at once would each make the row of a new file: the second waits here.
    Channel.objects.select_for_update().get(pk=channel.pk)
    done = done_times(listed)
    rows = _newest_rows(channel, [seen.key for seen in listed])
    arrived = 0
    failed = []

    for seen in wanted(channel, listed):
        try:
            # What one file breaks is taken back alone.
            with transaction.atomic():
                arrived += _take_file(channel, seen, rows.get(seen.key), done, at)
        except Exception:
            log.exception("a file of channel %s", channel.pk)
            failed.append(seen.name)

    _mark_gone(channel, {seen.key for seen in listed}, at)
    return Written(arrived, failed)


def _take_file(
    channel: Channel,
    seen: Seen,
    known: ChannelFile | None,
    done: dict[str, dt.datetime | None],
    at: dt.datetime,
) -> bool:
    """Writes down one file. Gives whether it arrived."""
    row = _row(channel, seen, known, at)
    if row is None or not _is_whole(channel, seen, row, done, at):
        return False
    return _arrive(channel, row, at)


def _newest_rows(channel: Channel, keys: list[str]) -> dict[str, ChannelFile]:
    """Key → the last file of this key that was seen."""
    rows = ChannelFile.objects.filter(channel=channel, key__in=keys).order_by("pk")
    rows = rows.select_related("placement")
    return {row.key: row for row in rows}


def _row(
    channel: Channel, seen: Seen, row: ChannelFile | None, at: dt.datetime
) -> ChannelFile | None:
    """The row of a file that may have come in whole; None where there is nothing to ask."""
    if row is None:
        return _new_row(channel, seen, at)
    if row.state not in ChannelFile.WAITING:
        if row.state != ChannelFile.State.GONE and not _is_written_again(channel, row, seen):
            return None
        return _new_row(channel, seen, at)

    if not _is_same(row, seen) or _has_other_stamp(row, seen):
        # It is written again. Its batch, where it has one, keeps its moment.
        row.size = seen.size
        row.own_time = seen.own_time
        row.stamp = seen.stamp
        row.same_since = at
        row.state = ChannelFile.State.UNDER_WAY
    # A clock that was set back: nothing has lain still since later than now.
    row.same_since = min(row.same_since, at)
    row.seen_at = at
    row.save(update_fields=["size", "own_time", "stamp", "same_since", "state", "seen_at"])
    return row if row.state == ChannelFile.State.UNDER_WAY else None


def _is_same(row: ChannelFile, seen: Seen) -> bool:
    return row.size == seen.size and row.own_time == seen.own_time


def _has_other_stamp(row: ChannelFile, seen: Seen) -> bool:
    """Whether the file was written since; a row without a stamp cannot tell."""
    return bool(row.stamp) and row.stamp != seen.stamp


def _is_written_again(channel: Channel, row: ChannelFile, seen: Seen) -> bool:
    """Whether a file that is settled is another one now.

    Of one with the same size and time that was written anew the content is compared: its stamp
    changes with its rights, too.
    """
    if not _is_same(row, seen):
        return True
    if not _has_other_stamp(row, seen):
        return False
    if row.state != ChannelFile.State.FETCHED or row.placement is None:
        return True

    with clear_folder() as folder:
        path = folder / "file"
        reader_of(channel).copy(channel, row.key, path)
        is_other = vault.digest(path) != row.placement.file_hash
    if not is_other:
        row.stamp = seen.stamp
        row.save(update_fields=["stamp"])
    return is_other


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
        stamp=seen.stamp,
        first_seen_at=at,
        same_since=at,
        seen_at=at,
        error=seen.error,
    )

    if not row.error and seen.size > LARGEST:
        row.error = "file.large"
        row.error_params = {"most": LARGEST >> 30}
    if row.error:
        row.state = ChannelFile.State.WRONG
    row.save()
    return None if row.error else row


def _is_whole(
    channel: Channel,
    seen: Seen,
    row: ChannelFile,
    done: dict[str, dt.datetime | None],
    at: dt.datetime,
) -> bool:
    """Whether the file has come in as a whole, by the sign of its channel."""
    if seen.is_whole or channel.whole == Channel.Whole.RENAMED:
        return True
    if channel.whole == Channel.Whole.STILL:
        return at - row.same_since >= dt.timedelta(seconds=channel.still_seconds)

    if seen.name not in done:
        return False
    signed_at = done[seen.name]
    if signed_at is None or seen.own_time is None or signed_at >= seen.own_time:
        return True
    # The sign of an earlier file of this name: it says nothing of the one that comes in now.
    if row.error != "file.done_old":
        row.error = "file.done_old"
        row.save(update_fields=["error"])
    return False


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
    row.error = ""
    row.error_params = {}
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
    row.save(update_fields=["state", "arrived_at", "placement", "error", "error_params"])
    return True


def _mark_gone(channel: Channel, keys: set[str], at: dt.datetime) -> None:
    """What was taken away before it was fetched says so. A mailbox is listed in part only."""
    if channel.kind == Channel.Kind.MAIL:
        return
    waiting = ChannelFile.objects.filter(channel=channel, state__in=ChannelFile.WAITING)
    left = waiting.exclude(key__in=keys)
    left.update(state=ChannelFile.State.GONE, error="channel.gone")


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
