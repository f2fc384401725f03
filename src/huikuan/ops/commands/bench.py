"""huikuan bench NAME"""

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


def _plan(args: argparse.Namespace) -> dict[str, Any]:
    from huikuan.ops.bench import plan

    return plan.measure(args.cases or 1_000_000, args.contacts, args.sample or 20_000)


def _import(args: argparse.Namespace) -> dict[str, Any]:
    from huikuan.ops.bench import import_

    return import_.measure(args.cases or 1_000_000)


def _allocate(args: argparse.Namespace) -> dict[str, Any]:
    from huikuan.ops.bench import allocate

    return allocate.measure(args.cases or 100_000)


def _gate(args: argparse.Namespace) -> dict[str, Any]:
    from huikuan.ops.bench import book, gate, plan

    book.fill(args.cases or 1_000_000, args.contacts, on=plan.ON, at=plan.AT)
    return gate.measure(args.sample or 2_000, at=plan.AT.replace(hour=3))


def _desk(args: argparse.Namespace) -> dict[str, Any]:
    from huikuan.ops.bench import desk

    return desk.measure(args.cases or 1_000_000, args.contacts, args.collectors, args.seconds, args.think)


_MEASURES = {"plan": _plan, "import": _import, "allocate": _allocate, "gate": _gate, "desk": _desk}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=_MEASURES, metavar="|".join(_MEASURES))
    parser.add_argument("--cases", type=int, metavar="N")
    parser.add_argument("--contacts", type=int, default=22, metavar="N")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--collectors", type=int, default=50, metavar="N")
    parser.add_argument("--seconds", type=float, default=60, metavar="S")
    parser.add_argument("--think", type=float, default=5, metavar="S")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    with _own_database():
        result = _MEASURES[args.name](args)
        result = {**result, "versions": _versions(), "cores": os.cpu_count()}
    result.setdefault("peak_memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(json.dumps(result, ensure_ascii=False) if args.json else "\n".join(_lines(result)))
    return 0


@contextmanager
def _own_database() -> Iterator[None]:
    """An embedded server in a new HUIKUAN_HOME that is removed afterwards: a bench never touches the user's book."""
    from huikuan.ops import config, database, postgres

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
