"""Two weeks of the demo, day by day: files arrive, cases are allocated, days are planned and worked."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from huikuan.allocation.confirm import confirm
from huikuan.allocation.propose import NothingToAllocate, propose
from huikuan.channels.declare import ChannelEntry, declare
from huikuan.channels.folder import folder_of
from huikuan.intake.load import import_file
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.lib.calendar import china
from huikuan.ops.arguments import LOCAL, today
from huikuan.ops.demo import files, office
from huikuan.ops.demo.cast import Cast, make_cast
from huikuan.ops.demo.complaints import complain
from huikuan.ops.demo.history import pay_day, take_back, work_day
from huikuan.planning import load as packs
from huikuan.planning.plan import plan
from huikuan.receivables.open_months import open_months

SEED = 20261123
DAYS = 14
#: Of one collector; fewer in a small book.
CALLS_A_DAY = 9
#: Share of the cases → how many days ago they were placed; bank or consumer finance by turns.
#: Most came yesterday and today: what came before could be worked by so few people.
_ARRIVALS = (
    (0.08, 14, "demo-bank"),
    (0.06, 10, "demo-loan"),
    (0.05, 6, "demo-bank"),
    (0.04, 3, "demo-loan"),
    (0.35, 1, "demo-bank"),
    (0.42, 0, "demo-loan"),
)
_BANK_NUMBERS = {"demo-bank": "622200", "demo-loan": "622900"}
_CUSTOMERS_SHARE = 0.06
#: How many days ago the bank returned a payment; the holds proposed in the last days wait for their decision.
_RETURNED, _WAITING = 3, 4


def load(
    cases: int,
    say: Callable[[str], None] = lambda line: None,
    *,
    end: dt.date | None = None,
) -> None:
    """Fills an empty book with about `cases` cases and two weeks of work that end today.

    `end`: another last day. Then nothing depends on the clock: the same day gives the same book.
    `say` hears the name of each day when its work is over.
    """
    chance = random.Random(SEED)
    if end is None:
        packs.load_all(at=timezone.now())
        end = today()
    else:
        packs.load_all(at=_moment(end - dt.timedelta(DAYS), 5))

    cast = make_cast()
    customers = max(5, int(cases * _CUSTOMERS_SHARE))
    with tempfile.TemporaryDirectory() as folder:
        for back in range(DAYS, -1, -1):
            on = end - dt.timedelta(back)
            _arrivals(cast, Path(folder), cases - customers, customers, back, on, chance)
            open_months(on, actor=cast.users["mam"], at=_moment(on, 7))
            plan(on, actor=cast.users["mam"], at=_moment(on, 7), calendar=china())
            _work(cast, back, on, chance, max(3, min(CALLS_A_DAY, cases // 60)))
            say(on.isoformat())
    _watch(cast, _moment(end, 8))


def _watch(cast: Cast, at: dt.datetime) -> None:
    """The bank's files may be put into a folder, which is watched as soon as the worker runs."""
    manager = cast.users["mam"]
    entry = ChannelEntry(code="bank-folder", kind="folder", mapping="card_cn", address="bank")
    declared = declare(entry, cast.creditors["demo-bank"], actor=manager, at=at)
    assert declared.channel is not None, declared.problems
    folder_of(declared.channel).mkdir(parents=True, exist_ok=True)


def _work(cast: Cast, back: int, on: dt.date, chance: random.Random, calls: int) -> None:
    """A day of work; of today the morning, whatever the clock says: the same day gives the same book."""
    half = back == 0
    if back == DAYS:
        office.targets(cast, on)
    office.do_tasks(cast, on, chance, half=half)
    if not half:
        office.answers(cast, on, chance)
    work_day(cast, on, chance, calls, half=half)
    pay_day(cast, on, chance, half=half)
    if back == _RETURNED:
        take_back(cast, on)
    if back > _WAITING:
        office.decide_holds(cast, on)
    if back == 1:
        office.hand_over(cast, on)
    complain(cast, back, on)


def _moment(on: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour, minute), LOCAL)


def _arrivals(
    cast: Cast,
    folder: Path,
    cases: int,
    customers: int,
    back: int,
    on: dt.date,
    chance: random.Random,
) -> None:
    """The supplier's customers go to the receivables team before the day's other files come in."""
    if back == DAYS:
        path = files.write_csv(
            folder / f"应收-{on}.csv",
            files.INVOICE_COLUMNS,
            files.invoice_rows(customers, on, chance),
        )
        _import(cast, path, "demo-supplier", "invoice_cn", on)
        _allocate(cast, "receivables", "wuj", on)
    first = 0
    for share, days, creditor in _ARRIVALS:
        count = int(cases * share)
        if days == back:
            rows = files.card_rows(count, first, on, _BANK_NUMBERS[creditor], chance)
            path = files.write_csv(folder / f"委案-{creditor}-{on}.csv", files.CARD_COLUMNS, rows)
            _import(cast, path, creditor, "card_cn", on)
            _allocate(cast, "phone", "zhouh", on)
        first += count


def _import(cast: Cast, path: Path, creditor: str, mapping: str, on: dt.date) -> None:
    found = mapping_by_name(mapping, settings.HUIKUAN.packs)
    at = _moment(on, 5, 40)
    import_file(
        path,
        cast.creditors[creditor],
        found,
        cast.users["zhengy"],
        at=at,
        received_at=_moment(on, 5, 10),
    )


def _allocate(cast: Cast, team: str, lead: str, on: dt.date) -> None:
    boss = cast.users[lead]
    try:
        run = propose(
            cast.organisation, on, team=cast.teams[team], actor=boss, at=_moment(on, 6, 10)
        )
    except NothingToAllocate:
        return
    confirm(run, boss, _moment(on, 6, 30))
