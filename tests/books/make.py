"""Makes dumps of books of this very version: python -m tests.books.make FOLDER [NAME…]

Each book is made in a HUIKUAN_HOME of its own, by a process of its own, and dumped by the embedded
server's pg_dump. Beside the dump lies what the book said, as `tests/figures.py` reads it.
"""

from __future__ import annotations

import datetime as dt
import json
import lzma
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
DATA_KEY = HERE / "data_key"
NAMES = ("demo", "invoices", "uci")
DEMO_CASES = 120
CUSTOMERS = 30
CARDS = 100
#: So many days are planned before the dump, so that tasks stand and have ended.
DAYS = 10


def make_demo() -> dt.date:
    """The worked office of the demo, with the kinds of rows that its people do not write."""
    from huikuan.ops.demo.load import load
    from huikuan.people.models import User
    from tests.books import more
    from tests.pinned import books

    load(DEMO_CASES, end=books.DEMO_END)
    more.add_all(books.DEMO_END)
    # Days on which nobody works: promises break, tasks are missed.
    days = books.days_from(books.DEMO_END, DAYS)
    for on in days:
        books.plan_day(on, User.objects.get(username="mam"))
    return days[-1]


def make_invoices() -> dt.date:
    """Invented customers with all their invoices, in the middle of their two years."""
    from tests.books.invoices import write_invoices
    from tests.pinned import books

    first = books.BOOKS["ibm"].first
    manager = books.office(first)
    with tempfile.TemporaryDirectory() as folder:
        path = write_invoices(Path(folder) / "invoices.csv", CUSTOMERS)
        books.bring_in(path, "ibm_ar", manager, books.DATA_END)

    days = books.days_from(first, DAYS)
    for on in days:
        books.plan_day(on, manager)
    return days[-1]


def make_uci() -> dt.date:
    """Cards without a name or a number to call."""
    from tests.pinned import books

    first = books.BOOKS["uci"].first
    manager = books.office(first)
    with tempfile.TemporaryDirectory() as folder:
        path = books.write_cards(Path(folder) / "uci.csv", CARDS)
        books.bring_in(path, "uci_cards", manager, first)

    days = books.days_from(first, DAYS)
    for on in days:
        books.plan_day(on, manager)
    return days[-1]


MAKERS: dict[str, Callable[[], dt.date]] = {
    "demo": make_demo,
    "invoices": make_invoices,
    "uci": make_uci,
}


def make(name: str, folder: Path) -> None:
    """Makes one book in the HUIKUAN_HOME of this process, and writes its two files."""
    from huikuan.ops import database

    lease = database.connect()
    assert lease is not None
    try:
        planned = MAKERS[name]()
        write_figures(folder / f"{name}.json", planned)
        dump(folder / f"{name}.sql.xz")
    finally:
        lease.release()


def write_figures(path: Path, planned: dt.date) -> None:
    """What the book says: the day of its last plan, the rows of each table, the figures."""
    from tests import figures

    lines = {name: figures.as_lines(rows) for name, rows in figures.all_figures().items()}
    said = {
        "planned": planned.isoformat(),
        "tables": figures.count_tables(),
        "figures": lines,
    }
    path.write_text(json.dumps(said, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def dump(path: Path) -> None:
    """The whole database as SQL, compressed. Without owners or rights: it is restored elsewhere."""
    from django.db import connection

    from huikuan.ops import binaries

    place = connection.settings_dict
    program = binaries.program_folder() / "bin" / "pg_dump"
    command = [str(program), "--no-owner", "--no-privileges", f"--host={place['HOST']}"]
    command += [f"--port={place['PORT']}", f"--username={place['USER']}", place["NAME"]]
    environment = os.environ | {"PGPASSWORD": place["PASSWORD"]}
    written = subprocess.run(command, env=environment, check=True, capture_output=True)
    path.write_bytes(lzma.compress(written.stdout, preset=9))


def make_apart(name: str, folder: Path) -> None:
    """Makes one book in a process of its own: settings are read once in a process."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUIKUAN_")}
    with tempfile.TemporaryDirectory() as home:
        environment = kept | {
            "HUIKUAN_HOME": str(Path(home) / "home"),
            "HUIKUAN_DATA_KEY": DATA_KEY.read_text().strip(),
        }
        command = [sys.executable, "-m", "tests.books.make", "--here", str(folder), name]
        try:
            subprocess.run(command, env=environment, check=True)
        finally:
            # Imported here: the module is a plugin of pytest, and makes a home when it is read.
            from huikuan.ops.testing import remove_home

            remove_home(Path(home) / "home")


def main(arguments: list[str]) -> None:
    """`--here` makes the named book in this process; else each named one in its own."""
    here = arguments[:1] == ["--here"]
    folder, *names = arguments[here:]
    Path(folder).mkdir(exist_ok=True)
    for name in names or NAMES:
        if here:
            make(name, Path(folder))
        else:
            make_apart(name, Path(folder).absolute())


if __name__ == "__main__":
    main(sys.argv[1:])
