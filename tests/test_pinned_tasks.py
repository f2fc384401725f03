"""What the plan demands of five books, day by day over sixty days, is what was pinned.

`tests/pinned/tasks.yaml` has a line a day: how many tasks stood open in the evening and a checksum
of them, and for each book how all its tasks ended. A difference is a change of what people are told
to do. Where that is wanted, write the file anew and let a reviewer see which days changed:

    HUIKUAN_TESTS_PIN=1 pytest tests/test_pinned_tasks.py      # then look at the difference in git

To see the tasks behind a line: HUIKUAN_TESTS_PIN=show writes them to tests/pinned/shown/.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from huikuan.ops.testing import GIVEN
from tests import figures
from tests.pinned import books

PINS = Path(__file__).parent / "pinned" / "tasks.yaml"
SHOWN = Path(__file__).parent / "pinned" / "shown"
#: "1" writes the pins anew, "show" writes the tasks themselves.
WISH = GIVEN.get("HUIKUAN_TESTS_PIN", "")
ABSENT = "skipped: ../shared absent"

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def checksum(rows: list[tuple[str, ...]]) -> str:
    """Twelve characters that change with any word of any row."""
    text = "\n".join(figures.as_lines(rows))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", list(books.BOOKS))
def test_the_tasks_of_every_day_are_as_pinned(name, settings):
    book = books.BOOKS[name]
    if not book.is_there:
        pytest.skip(ABSENT)

    # Debtors without a number are numbered in the order of their keyed index: the key must stand.
    settings.DATA_KEY = books.DATA_KEY
    days: dict[str, str] = {}

    def evening(on: dt.date) -> None:
        tasks = figures.rows_of(figures.OPEN_TASKS)
        days[on.isoformat()] = f"{len(tasks)} {checksum(tasks)}"
        show(name, on.isoformat(), tasks)

    book.live(book.first, evening)
    endings = figures.rows_of(figures.ENDINGS)
    show(name, "end", endings)
    counts = Counter(row[-1] for row in endings)
    lived = {"days": days, "end": dict(sorted(counts.items())), "all": checksum(endings)}

    assert len(days) == books.DAYS
    if WISH == "1":
        write_pins(name, lived)
    pinned = read_pins()[name]
    changed = [day for day in days if days[day] != pinned["days"].get(day)]
    assert changed == [], f"{name}: first {days[changed[0]]}, was {pinned['days'].get(changed[0])}"
    assert lived == pinned


def read_pins() -> dict[str, dict]:
    """Book → what was pinned of it."""
    if not PINS.exists():
        return {}
    return yaml.safe_load(PINS.read_text(encoding="utf-8"))


def write_pins(name: str, lived: dict) -> None:
    """Puts what was lived in place of what was pinned of this book."""
    pins = read_pins() | {name: lived}
    head = (
        "# Written by tests/test_pinned_tasks.py, which says how. Day: open tasks in the evening.\n"
    )
    text = yaml.safe_dump(pins, sort_keys=True, allow_unicode=True)
    PINS.write_text(head + text, encoding="utf-8")


def show(name: str, what: str, rows: list[tuple[str, ...]]) -> None:
    """Writes the rows behind a checksum, when that was asked for."""
    if WISH != "show":
        return
    SHOWN.mkdir(exist_ok=True)
    text = "\n".join(figures.as_lines(rows))
    (SHOWN / f"{name}-{what}.txt").write_text(text + "\n", encoding="utf-8")
