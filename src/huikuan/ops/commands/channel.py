"""huikuan channel list | files | add | change | end | look | fetch | key: channels of clients."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from huikuan.ops import requests

if TYPE_CHECKING:
    import datetime as dt

    from huikuan.casebook.models import Channel, ChannelFile
    from huikuan.channels.declare import ChannelEntry, Declared
    from huikuan.people.models import User

HELP = "set up channels of clients, look at them, fetch what has come"
NEEDS_DATABASE = True
KINDS = ("folder", "sftp", "mail")
WHOLE = ("renamed", "done", "still")
SECURITY = ("ssl", "starttls", "none")
#: Words of the command that are words of the table.
_SAME_NAMES = (
    "mapping",
    "address",
    "port",
    "host_key",
    "security",
    "folder",
    "sender",
    "vouched_by",
    "pattern",
    "whole",
    "under_way",
    "still_seconds",
    "fetches_itself",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `files`, `look`, `fetch FILE`, `key HOST`; `add`, `change` and `end` of a CHANNEL."""
    from huikuan.ops.words import gettext as _

    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help=_("channels, and how their last look went"))
    requests.common_arguments(listed)

    files = acts.add_parser("files", help=_("files that came in the channels, the newest in front"))
    files.add_argument("code", nargs="?", metavar="CHANNEL", help=_("name of the channel"))
    files.add_argument("--waiting", action="store_true", help=_("only those that wait"))
    requests.common_arguments(files)

    _add_arguments(acts.add_parser("add", help=_("set up a channel")))

    change = acts.add_parser("change", help=_("watch a channel in another way"))
    change.add_argument("code", metavar="CHANNEL", help=_("name of the channel"))
    _way_arguments(change)

    end = acts.add_parser("end", help=_("watch a channel no more"))
    end.add_argument("code", metavar="CHANNEL", help=_("name of the channel"))
    end.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    requests.common_arguments(end)

    look = acts.add_parser("look", help=_("look at every channel now"))
    requests.common_arguments(look)

    fetch = acts.add_parser("fetch", help=_("fetch a file that has arrived"))
    fetch.add_argument("file", type=int, metavar="FILE", help=_("number of the file"))
    requests.common_arguments(fetch)

    key = acts.add_parser("key", help=_("show the key of an SFTP server, to compare it"))
    key.add_argument("host", metavar="HOST", help=_("name of the server"))
    key.add_argument("--port", type=int, metavar="N", help=_("22 if absent"))
    requests.common_arguments(key)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose a new channel is, and what it has."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("code", metavar="CHANNEL", help=_("name of the channel"))
    parser.add_argument("--creditor", required=True, metavar="CODE", help=_("code of the creditor"))
    parser.add_argument("--kind", choices=KINDS, required=True)
    _way_arguments(parser)


def _way_arguments(parser: argparse.ArgumentParser) -> None:
    """How a channel is watched. What is not given is as it was, or as is usual."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "--mapping", metavar="NAME", help=_("mapping; default: the creditor's code")
    )
    parser.add_argument(
        "--address",
        metavar="WHERE",
        help=_("folder below HUIKUAN_HOME/channels/HOUSE, or name of the server"),
    )
    parser.add_argument("--port", type=int, metavar="N", help=_("the usual one if absent"))
    parser.add_argument("--user", dest="login", metavar="USER", help=_("user there"))
    parser.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help=_("file with the password or the private key; it is kept sealed"),
    )
    parser.add_argument(
        "--host-key", metavar="KEY", help=_("key of the SFTP server: ssh-ed25519 AAAA…")
    )
    parser.add_argument("--security", choices=SECURITY, help=_("of a mailbox"))
    parser.add_argument("--folder", metavar="PATH", help=_("folder on the server"))
    parser.add_argument("--sender", metavar="MAIL", help=_("whose mails count"))
    parser.add_argument(
        "--vouched-by",
        metavar="SERVER",
        help=_("mail server of the house that must vouch for the sender"),
    )
    parser.add_argument("--pattern", metavar="NAMES", help=_("such as '*.xlsx'"))
    parser.add_argument("--whole", choices=WHOLE, help=_("when a file is whole"))
    parser.add_argument("--under-way", metavar="END", help=_("end of a draft"))
    parser.add_argument("--still-seconds", type=int, metavar="N")
    parser.add_argument(
        "--fetches-itself",
        action=argparse.BooleanOptionalAction,
        help=_("fetch each file once it has arrived"),
    )
    requests.common_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0: the list is told, or this call did what it asks for; 1: it did not, and why."""
    from django.utils import timezone

    actor = requests.actor_of(args)
    at = timezone.now()
    if args.act == "list":
        return _list(args, actor)
    if args.act == "files":
        return _files(args, actor)
    if args.act == "add":
        return _add(args, actor, at)
    if args.act == "change":
        return _change(args, actor, at)
    if args.act == "end":
        return _end(args, actor, at)
    if args.act == "look":
        return _look(args, actor, at)
    if args.act == "fetch":
        return _fetch(args, actor, at)
    return _key(args)


def _list(args: argparse.Namespace, actor: "User") -> int:
    from huikuan.channels.access import visible_channels

    for channel in visible_channels(actor):
        if args.json:
            print(json.dumps(_as_json(channel), ensure_ascii=False))
        else:
            print(_line(channel))
    return 0


def _files(args: argparse.Namespace, actor: "User") -> int:
    """The files, a line each."""
    from huikuan.casebook.models import ChannelFile
    from huikuan.channels.access import visible_channels

    files = ChannelFile.objects.filter(channel__in=visible_channels(actor))
    if args.code:
        files = files.filter(channel=_channel(args.code, actor))
    if args.waiting:
        files = files.filter(state__in=ChannelFile.WAITING)

    for file in files.select_related("channel", "placement").order_by("-first_seen_at", "-pk"):
        if args.json:
            print(json.dumps(_file_as_json(file), ensure_ascii=False))
        else:
            print(_file_line(file))
    return 0


def _add(args: argparse.Namespace, actor: "User", at: "dt.datetime") -> int:
    """Sets up the channel, or says why not."""
    from huikuan.channels.declare import ChannelEntry, declare
    from huikuan.intake.creditors import made
    from huikuan.ops.placements_named import creditor_named, mapping_named

    mapping = mapping_named(args.mapping or args.creditor)
    args.mapping = mapping.name
    creditor = made(creditor_named(args.creditor, mapping, actor))
    entry = ChannelEntry(args.code, args.kind, mapping.name, args.address or "")
    declared = declare(_with_given(entry, args), creditor, actor=actor, at=at)
    return _tell_channel(declared, args)


def _change(args: argparse.Namespace, actor: "User", at: "dt.datetime") -> int:
    """Watches the channel in another way, or says why not."""
    from huikuan.channels.declare import change, entry_of

    channel = _channel(args.code, actor)
    entry = _with_given(entry_of(channel), args)
    return _tell_channel(change(channel.pk, entry, actor=actor, at=at), args)


def _with_given(entry: "ChannelEntry", args: argparse.Namespace) -> "ChannelEntry":
    """The entry with what the command gives."""
    named = {name: getattr(args, name) for name in _SAME_NAMES}
    named["user"] = args.login
    given = {name: value for name, value in named.items() if value is not None}
    return replace(entry, secret=_secret(args.secret_file), **given)


def _tell_channel(declared: "Declared", args: argparse.Namespace) -> int:
    """The channel as it stands, or why it does not."""
    from huikuan.ops.acts import tell

    said: dict[str, object] = {"channel": None}
    sentence = ""
    if declared.channel is not None:
        said = _as_json(declared.channel)
        sentence = _line(declared.channel)
    return tell(declared.problems, said, sentence, args, done=declared.done)


def _secret(path: Path | None) -> str:
    """What the file says; its last line break is none of it."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError

    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise CommandError(_("{file} cannot be read").format(file=path)) from None


def _end(args: argparse.Namespace, actor: "User", at: "dt.datetime") -> int:
    from django.utils.translation import gettext as _

    from huikuan.channels.declare import end
    from huikuan.ops.acts import tell

    channel = _channel(args.code, actor)
    ended = end(channel.pk, reason=args.reason, actor=actor, at=at)
    said: dict[str, object] = {"channel": channel.code, "ended": ended.done}
    return tell(ended.problems, said, _("The channel is watched no more."), args, done=ended.done)


def _look(args: argparse.Namespace, actor: "User", at: "dt.datetime") -> int:
    """Looks now, and tells how each look went. 0: every channel was reached."""
    from huikuan.channels.access import visible_channels
    from huikuan.channels.watch import look_at_all

    watched = visible_channels(actor).filter(ended=None)
    look_at_all(at, watched.select_related("creditor__organisation"))
    _list(args, actor)
    return 1 if watched.exclude(error="").exists() else 0


def _fetch(args: argparse.Namespace, actor: "User", at: "dt.datetime") -> int:
    """Fetches the file, or says why not."""
    from huikuan.channels.fetch import fetch
    from huikuan.ops.acts import tell

    fetched = fetch(args.file, actor=actor, at=at)

    said: dict[str, object] = {"file": None}
    sentence = ""
    if fetched.file is not None:
        said = _file_as_json(fetched.file)
        sentence = _file_line(fetched.file)
    return tell(fetched.problems, said, sentence, args, done=fetched.done)


def _key(args: argparse.Namespace) -> int:
    """The key that the server shows; whether it is the client's, the client says."""
    from huikuan.channels.seen import Unreachable
    from huikuan.channels.sentences import problem
    from huikuan.channels.sftp import host_key_of
    from huikuan.ops.acts import tell

    try:
        key = host_key_of(args.host, args.port)
    except Unreachable as error:
        return tell([problem(error.code, **error.params)], {"key": None}, "", args, done=False)
    return tell([], {"key": key}, key, args, done=True)


def _channel(code: str, actor: "User") -> "Channel":
    from django.utils.translation import gettext as _

    from huikuan.channels.access import visible_channels
    from huikuan.ops.cli import CommandError

    found = visible_channels(actor).filter(code=code).first()
    if found is None:
        raise CommandError(_("there is no channel '{code}'").format(code=code))
    return found


def _as_json(channel: "Channel") -> dict[str, object]:
    """The keys that docs/cli.md promises. Moments are in UTC; nothing secret."""
    return {
        "channel": channel.code,
        "creditor": channel.creditor.code,
        "kind": channel.kind,
        "mapping": channel.mapping,
        "address": channel.address,
        "ended": channel.ended_id is not None,
        "looked_at": channel.looked_at and channel.looked_at.isoformat(),
        "error": channel.error,
    }


def _line(channel: "Channel") -> str:
    """One line for people: name, client, kind, where, last look, and what is wrong."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    where = channel.address
    state = _("not looked at yet")
    if channel.ended_id is not None:
        state = _("ended")
    elif channel.looked_at is not None:
        state = f"{timezone.localtime(channel.looked_at):%Y-%m-%d %H:%M}"

    parts = [channel.code, channel.creditor.code, channel.get_kind_display(), where, state]
    return "  ".join([*parts, _said(channel)]).rstrip()


def _file_as_json(file: "ChannelFile") -> dict[str, object]:
    """The keys that docs/cli.md promises. Moments are in UTC."""
    moments = {
        "own_time": file.own_time,
        "first_seen_at": file.first_seen_at,
        "arrived_at": file.arrived_at,
        "fetched_at": file.fetched_at,
    }

    return {
        "file": file.pk,
        "channel": file.channel.code,
        "name": file.name,
        "state": file.state,
        "placement": file.placement and file.placement.number,
        "error": file.error,
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }


def _file_line(file: "ChannelFile") -> str:
    """One line for people: number, channel, name, how it stands, its batch."""
    batch = file.placement.number if file.placement else "—"
    parts = [str(file.pk), file.channel.code, file.name, file.get_state_display(), batch]
    return "  ".join([*parts, _said(file)]).rstrip()


def _said(row: "Channel | ChannelFile") -> str:
    """What is wrong with it, in words; empty where nothing is."""
    from django.utils.translation import gettext as _

    from huikuan.channels.sentences import problem

    return problem(row.error, **row.error_params).text(_) if row.error else ""
