"""huikuan bench NAME [NAME …]"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HELP = "measure: plan, import, allocate, gate or desk over a large invented book, in a database of its own"
NEEDS_DATABASE = False


#: Benches over one book, in the order in which they leave it fit for the next: the gate reads, the plan fills the task table, the
#: desk works on the planned day.
ONE_BOOK = ("gate", "plan", "desk")
#: Benches that begin with an empty database.
ALONE = ("import", "allocate")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="+",
        choices=(*ONE_BOOK, *ALONE),
        metavar="NAME",
        help=", ".join((*ONE_BOOK, *ALONE)),
    )
    parser.add_argument("--cases", type=int, metavar="N")
    parser.add_argument("--contacts", type=int, default=22, metavar="N")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--past-days", type=int, metavar="N")
    parser.add_argument("--collectors", type=int, default=50, metavar="N")
    parser.add_argument("--seconds", type=float, default=60, metavar="S")
    parser.add_argument("--think", type=float, default=5, metavar="S")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    names = sorted(set(args.names), key=(*ONE_BOOK, *ALONE).index)
    if len(names) > 1 and not set(names) <= set(ONE_BOOK):
        print(f"huikuan bench: {' and '.join(ALONE)} are measured alone", file=sys.stderr)
        return 2
    with _own_database(keep=args.keep):
        for result in _alone(names[0], args) if names[0] in ALONE else _over_one_book(names, args):
            _print({**result, "versions": _versions(), "cores": os.cpu_count()}, as_json=args.json)
    return 0


def _alone(name: str, args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    from huikuan.ops.bench import allocate, import_

    if name == "import":
        yield import_.measure(args.cases or 1_000_000)
    else:
        yield allocate.measure(args.cases or 100_000)


def _over_one_book(names: list[str], args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The results, in the order of the names, each as soon as it is known."""
    from huikuan.ops.bench import book, desk, gate, plan

    cases = args.cases or 1_000_000
    day = desk.today() if "desk" in names else plan.DAY
    book.prepare(cases, args.contacts, day)
    for name in names:
        if name == "gate":
            yield gate.measure(
                args.sample or 2_000, at=day.at if "desk" in names else day.at.replace(hour=3)
            )
        elif name == "plan":
            yield plan.measure(cases, args.sample or 20_000, day, args.past_days)
        else:
            yield desk.measure(day, cases, args.collectors, args.seconds, args.think)


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    result.setdefault("peak_memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(
        json.dumps(result, ensure_ascii=False) if as_json else "\n".join(_lines(result)), flush=True
    )


@contextmanager
def _own_database(*, keep: bool) -> Iterator[None]:
    """An embedded server in a new HUIKUAN_HOME that is removed afterwards unless it is to be kept: a bench never touches the
    user's book.
    """
    from huikuan.ops import config, database

    home = Path(tempfile.mkdtemp(prefix="huikuan-bench-"))
    os.environ.pop("HUIKUAN_DATABASE_URL", None)
    os.environ["HUIKUAN_HOME"] = str(home)
    config.current.cache_clear()
    try:
        lease = database.connect()
        assert lease is not None
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()
            lease.release()
    finally:
        if keep:
            print(f"kept: HUIKUAN_HOME={home}", file=sys.stderr)
        else:
            _remove(home)


def _remove(home: Path) -> None:
    from huikuan.ops import postgres

    if cluster := postgres.find(home):
        shutil.rmtree(cluster.place, ignore_errors=True)
        shutil.rmtree(cluster.sockets, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = str(cursor.fetchone()[0])
    return {
        "python": sys.version.split()[0],
        "postgres": server,
        **{name: version(name) for name in ("huikuan", "django", "ibis-framework", "psycopg")},
    }


def _lines(result: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in result.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}: {value}"
