"""The process that does background jobs."""

import argparse

HELP = "do background jobs until stopped"
NEEDS_DATABASE = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """How many jobs at once, and whether to stop when there is nothing more to do."""
    from huikuan.ops.words import gettext as _

    parser.add_argument(
        "--concurrency", type=int, default=1, metavar="N", help=_("jobs at once (default 1)")
    )
    parser.add_argument("--once", action="store_true", help=_("stop when no job is waiting"))
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Works until SIGTERM or Ctrl-C; finishes the jobs at hand for up to ten seconds."""
    from django.conf import settings
    from django.utils import translation
    from procrastinate.contrib.django import app

    from huikuan.ops.lifeline import end_with_parent

    if args.child:
        end_with_parent()
    translation.activate(settings.LANGUAGE_CODE)
    # the connector of Django cannot wait for notices; it makes one that can
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(
            concurrency=args.concurrency,
            wait=not args.once,
            delete_jobs="successful",
            shutdown_graceful_timeout=10,
        )
    return 0
