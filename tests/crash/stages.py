"""The commands of one day in their order, and what each leaves when nobody kills it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils import timezone

from huikuan.ops import postgres
from huikuan.ops.testing import remove_home
from tests.crash import book, files, kill

JSON = ("--json",)
RECEIVED = ("--received-at", "2026-11-02T09:00:00+08:00")
VICTIMS = ("command", "postmaster", "children")
#: {files} stands for the folder of the placement files.
STAGES = {
    "import": (
        "import",
        "{files}/" + files.CARD_FILE,
        "--creditor",
        "card-bank",
        "--mapping",
        "card_cn",
    ),
    # the worker, with one import waiting for it
    "job": ("worker", "--once"),
    "allocate": ("allocate", "--on", "2026-11-02", "--confirm", *JSON),
    "plan": ("plan", "--on", "2026-11-03", *JSON),
    "next plan": ("plan", "--on", "2026-11-12", *JSON),
    "import invoices": (
        "import",
        "{files}/" + files.INVOICE_FILE,
        "--creditor",
        "ibm",
        "--mapping",
        "ibm_ar",
    ),
}
for _name in ("import", "import invoices"):
    STAGES[_name] += (*RECEIVED, *JSON)


@dataclass(frozen=True)
class State:
    """What can be read in a home: the book, what is half done in it, where its summary rows differ from the history."""

    book: book.Book
    halves: dict[str, int]
    differences: list[object]


@dataclass(frozen=True)
class Undisturbed:
    """The book that a stage leaves, and how long the command took."""

    book: book.Book
    seconds: float


class World:
    """The homes of these tests: `begin` as the day begins, and one in which it went by undisturbed."""

    def __init__(
        self, folder: Path, empty: Path, unblocked: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.folder, self.empty, self.unblocked = folder, empty, unblocked
        self.homes: list[Path] = []
        self._made = 0
        self._home: Path | None = None
        self._undisturbed: dict[str, Undisturbed] = {}

    @cached_property
    def begin(self) -> Path:
        files.cards(self.folder / files.CARD_FILE, 2000)
        files.cards(self.folder / files.PILE, 2000, first=3000, bad=20)
        files.invoices(self.folder / files.INVOICE_FILE, 800)
        home = kill.copy(self.empty, self._new())
        ended = kill.run(home, str(self.folder), module="tests.crash.prepare")
        assert ended.code == 0, ended
        return home

    def undisturbed(self, name: str) -> Undisturbed:
        """The day goes on undisturbed up to this stage, if it has not got there yet."""
        if name not in self._undisturbed:
            self._home = self._home or self.morning()
            for stage in list(STAGES)[len(self._undisturbed) : list(STAGES).index(name) + 1]:
                # The server is not stopped and started between command and reading.
                with postgres.join(self._home):
                    ended = kill.run(self._home, *self.words(stage))
                    assert ended.code == 0, (stage, ended)
                    state = self.read(self._home)
                assert not state.halves and not state.differences, (
                    stage,
                    state.halves,
                    state.differences,
                )
                self._undisturbed[stage] = Undisturbed(state.book, ended.seconds)
        return self._undisturbed[name]

    @cached_property
    def first_book(self) -> book.Book:
        """The book as the day begins."""
        return self.read(self.begin).book

    def morning(self) -> Path:
        """A home of one's own as the day begins."""
        return self.copy_of(self.begin)

    def copy_of(self, home: Path) -> Path:
        return kill.copy(home, self._new())

    def forget(self, home: Path) -> None:
        self.homes.remove(home)
        remove_home(home)

    def _new(self) -> Path:
        self._made += 1
        self.homes.append(self.folder / f"home {self._made}")
        return self.homes[-1]

    def nowhere(self) -> Path:
        """A home that does not exist yet."""
        return self._new()

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.format(files=self.folder) for word in STAGES[name])

    def read(self, home: Path) -> State:
        """The book once the watch over the clocks has come by: it does so every minute, so at no certain moment of a run."""
        from huikuan.casebook import facts
        from huikuan.clocks.watch import record_breaches

        with self.unblocked(), kill.opened(home):
            record_breaches(timezone.now())
            return State(book.Reader().book(home), book.halves(), list(facts.differences()))

    def remove(self) -> None:
        for home in self.homes:
            remove_home(home)
