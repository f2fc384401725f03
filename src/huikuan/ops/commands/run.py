"""Serve the whole installation."""

import argparse
import signal
import sys

HELP = "serve everything: database, web pages and background jobs; Ctrl-C ends it"
NEEDS_DATABASE = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether an empty book gets demonstration data."""
    from huikuan.ops.words import gettext as _

    parser.add_argument("--no-demo", action="store_true", help=_("leave an empty book empty"))


def run(args: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM. Exit code 0 after a stop that was asked for."""
    from django.db import connections

    from huikuan.ops import cli, config, database, lifeline
    from huikuan.ops import run as running
    from huikuan.ops.words import gettext as _

    settings = config.current()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    running.environment()
    lifeline.adopt_orphans()
    signal.signal(signal.SIGHUP, cli.terminate)
    # A shell that starts us with & has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        lease = database.connect()
        load_packs()
        logins = [] if args.no_demo or settings.production else demo()
        token = first_token()
        connections.close_all()
        wanted, fixed = running.own_port()
        port = running.free_port(settings.host, wanted, fixed)
        if port != wanted and wanted:
            print(_("Port {wanted} is taken; using {port}.").format(wanted=wanted, port=port))
        running.supervise(
            settings.host, port, lease, lambda address: announce(address, logins, token)
        )
    except running.RunError as error:
        raise cli.CommandError(str(error)) from error
    except KeyboardInterrupt:
        pass
    except SystemExit as stop:
        if stop.code != cli.TERMINATED:
            raise
    print(_("Stopped."))
    return 0


def load_packs() -> None:
    """Stores what the pack files say, so that a file can be imported before the first plan."""
    from django.utils import timezone

    from huikuan.planning.load import load_all

    load_all(at=timezone.now())


def demo() -> list[tuple[str, str, str]]:
    """Fills an empty book with invented cases; the demo users as (user name, password, role)."""
    from huikuan.ops import demo as data
    from huikuan.ops.words import gettext as _

    if data.book_is_empty():
        print(
            _("Loading the demo: two weeks of an invented agency; this takes about a minute …"),
            flush=True,
        )
        data.ensure_demo()
    return [(user["username"], user["password"], str(user["role"])) for user in data.users()]


def first_token() -> str:
    """The word of the one-time address where nobody can sign in yet; else nothing."""
    from django.utils import timezone

    from huikuan.staff import first

    if not first.is_needed():
        return ""
    return first.make_key(timezone.now())


def announce(address: str, logins: list[tuple[str, str, str]], token: str = "") -> None:
    """Prints where it is served and who may sign in, or where the first user is made."""
    from huikuan.ops.run import public_address
    from huikuan.ops.words import gettext as _

    print(_("Huikuan is served at {address}").format(address=address))
    if token:
        first = _(
            "Nobody can sign in yet. House and first manager are made here, once, within 4 hours:"
        )
        print(first)
        print(f"  {public_address(address)}/first/{token}/")
        print(_("or by command: `huikuan house set` and `huikuan user add`; see docs/first-day.md"))
    if logins:
        print(_("Demo users:"))
        for name, password, role in logins:
            print(f"  {name:<14} {password:<14} {role}")
    print(_("Ctrl-C ends it."), flush=True)
