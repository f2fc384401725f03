"""A channel of a client is set up, changed, or ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction

from huikuan.casebook import journal, sealed
from huikuan.casebook.models import Channel
from huikuan.channels.folder import folder_of, root
from huikuan.channels.sentences import problem
from huikuan.intake import mapping
from huikuan.intake.creditors import reads
from huikuan.lib.problems import Problem
from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """What a form or a command says of a channel; the words are those of the table."""

    code: str
    kind: str
    mapping: str
    address: str
    port: int | None = None
    user: str = ""
    secret: str = ""
    host_key: str = ""
    security: str = Channel.Security.SSL
    folder: str = ""
    sender: str = ""
    vouched_by: str = ""
    pattern: str = "*"
    whole: str = Channel.Whole.STILL
    under_way: str = ".part"
    still_seconds: int = 60
    fetches_itself: bool = False


#: What may be another from one day to the next; a secret is compared with nothing.
_CHANGEABLE = tuple(
    field.name for field in fields(ChannelEntry) if field.name not in ("code", "kind", "secret")
)
#: Of these the ones that say neither where files lie nor how one comes there.
_ONLY_HOW = {"mapping", "whole", "under_way", "still_seconds", "fetches_itself"}


def entry_of(channel: Channel) -> ChannelEntry:
    """The channel in the words of a form, without its secret."""
    given = {name: getattr(channel, name) for name in _CHANGEABLE}
    return ChannelEntry(code=channel.code, kind=channel.kind, **given)


@dataclass(frozen=True, slots=True)
class Declared:
    """The channel as it stands, or why nothing was written."""

    channel: Channel | None
    problems: tuple[Problem, ...] = ()

    @property
    def done(self) -> bool:
        """Whether this call wrote it."""
        return self.channel is not None


@transaction.atomic
def declare(entry: ChannelEntry, creditor: Creditor, *, actor: User, at: dt.datetime) -> Declared:
    """Sets up a channel, watched from the next minute on. All that is wrong is said at once."""
    problems = tuple(_problems(entry, creditor, actor))
    if problems:
        return Declared(None, problems)

    if entry.kind == Channel.Kind.FOLDER:
        # The folder of the channel itself may be a mount, and is made by whoever has the machine.
        root(creditor.organisation).mkdir(parents=True, exist_ok=True)
    channel = Channel(
        organisation_id=creditor.organisation_id,
        creditor=creditor,
        act=journal.begin(actor, "channels.declare", at=at, reason=entry.code),
        code=entry.code,
        kind=entry.kind,
    )
    _take_over(entry, channel)
    channel.save()
    return Declared(channel)


@transaction.atomic
def change(channel_id: int, entry: ChannelEntry, *, actor: User, at: dt.datetime) -> Declared:
    """Watches a channel in another way from the next minute on. Name, kind and client stay.

    An empty secret leaves the one that is kept. The act names what was changed; a secret it does
    not tell.
    """
    of_house = Channel.objects.filter(organisation_id=actor.organisation_id or 0)
    with_client = of_house.select_related("creditor__organisation")
    channel = with_client.select_for_update(of=("self",)).filter(pk=channel_id).first()
    if channel is None:
        return Declared(None, (problem("channel.unknown"),))
    if channel.ended_id is not None:
        return Declared(None, (problem("channel.ended"),))

    entry = replace(entry, code=channel.code, kind=channel.kind)
    problems = tuple(_problems(entry, channel.creditor, actor, channel=channel))
    if problems:
        return Declared(None, problems)

    changed = _take_over(entry, channel)
    if not changed:
        return Declared(None, (problem("channel.same"),))
    if changed - _ONLY_HOW:
        # Another place is read from its beginning, and what was wrong with the old one is over.
        channel.read_to = ""
        channel.error = ""
        channel.error_params = {}
        channel.error_since = None

    listed = ", ".join(sorted(changed))
    journal.begin(actor, "channels.change", at=at, reason=f"{channel.code}: {listed}")
    channel.save()
    return Declared(channel)


def _take_over(entry: ChannelEntry, channel: Channel) -> set[str]:
    """The channel as the entry says. Gives the names of what is another now."""
    given = {name: getattr(entry, name) for name in _CHANGEABLE}
    given["host_key"] = entry.host_key.strip()
    given["pattern"] = entry.pattern or "*"

    changed = {name for name, value in given.items() if getattr(channel, name) != value}
    for name in changed:
        setattr(channel, name, given[name])
    if entry.secret:
        channel.secret = sealed.seal(entry.secret)
        changed.add("secret")
    return changed


@transaction.atomic
def end(channel_id: int, *, reason: str, actor: User, at: dt.datetime) -> Declared:
    """Ends the watch of a channel. What came in it stays to be read, and can still be fetched."""
    of_house = Channel.objects.filter(organisation_id=actor.organisation_id or 0)
    channel = of_house.select_for_update().filter(pk=channel_id).first()
    if channel is None:
        return Declared(None, (problem("channel.unknown"),))
    if not actor.may(Right.SET_UP_HOUSE):
        return Declared(None, (problem("channel.right"),))
    if channel.ended_id is not None:
        return Declared(None, (problem("channel.ended"),))

    channel.ended = journal.begin(actor, "channels.end", at=at, reason=reason)
    channel.save(update_fields=["ended"])
    return Declared(channel)


def _problems(
    entry: ChannelEntry, creditor: Creditor, actor: User, *, channel: Channel | None = None
) -> Iterator[Problem]:
    """What forbids the channel, or its change."""
    if creditor.organisation_id != actor.organisation_id:
        yield problem("channel.unknown")
        return
    if not actor.may(Right.SET_UP_HOUSE):
        yield problem("channel.right")
        return

    same = Channel.objects.filter(organisation_id=creditor.organisation_id, code=entry.code)
    if channel is None and same.exists():
        yield problem("channel.code_taken", column="code", code=entry.code)
    yield from _mapping_problems(entry, creditor)
    if entry.kind == Channel.Kind.FOLDER:
        yield from _folder_problems(entry, creditor)
    else:
        has_secret = channel is not None and channel.secret is not None
        yield from _server_problems(entry, has_secret=has_secret)


def _mapping_problems(entry: ChannelEntry, creditor: Creditor) -> Iterator[Problem]:
    """The mapping can be read, and is the client's."""
    try:
        read = mapping.load(entry.mapping, settings.HUIKUAN.packs)
    except (mapping.NoMapping, mapping.WrongMapping):
        yield problem("file.mapping", column="mapping", name=entry.mapping)
        return
    if not reads(read, creditor):
        owner = f"{read.creditor.name} ({read.creditor.code})"
        yield problem("channel.mapping", column="mapping", owner=owner)


def _folder_problems(entry: ChannelEntry, creditor: Creditor) -> Iterator[Problem]:
    """A folder lies below the house's folder of channels, and one channel watches it."""
    path = PurePosixPath(entry.address)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        yield problem("channel.path", column="address", path=entry.address)
        return

    folder = (root(creditor.organisation) / path).resolve()
    itself = {"organisation": creditor.organisation, "code": entry.code}
    of_machine = Channel.objects.filter(kind=Channel.Kind.FOLDER, ended=None)
    for channel in of_machine.exclude(**itself).select_related("organisation"):
        watched = folder_of(channel).resolve()
        if folder.is_relative_to(watched) or watched.is_relative_to(folder):
            yield problem("channel.overlap", column="address", code=_said_code(channel, creditor))
            return


def _said_code(channel: Channel, creditor: Creditor) -> str:
    """The name of the channel; what another house calls its own is said to nobody else."""
    return channel.code if channel.organisation_id == creditor.organisation_id else "—"


def _server_problems(entry: ChannelEntry, *, has_secret: bool) -> Iterator[Problem]:
    """What is missing of an account or a mailbox. `has_secret`: one is kept already."""
    if not entry.address or any(sign in entry.address for sign in "/ @"):
        yield problem("channel.host", column="address")
    if not entry.user:
        yield problem("channel.user", column="user")
    if not entry.secret and not has_secret:
        yield problem("channel.secret", column="secret")

    if entry.kind == Channel.Kind.MAIL and not entry.sender:
        # Whoever writes to the mailbox would otherwise bring placements into the house.
        yield problem("channel.sender", column="sender")
    if entry.kind == Channel.Kind.SFTP:
        yield from _host_key_problems(entry)


def _host_key_problems(entry: ChannelEntry) -> Iterator[Problem]:
    # Loaded here: it is slow to load, and needed for this kind alone.
    from huikuan.channels.sftp import is_host_key

    if not entry.host_key.strip():
        yield problem("channel.host_key_missing", column="host_key")
    elif not is_host_key(entry.host_key):
        yield problem("channel.host_key_form", column="host_key")
