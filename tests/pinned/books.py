"""The books whose tasks are pinned, each made anew from a file or by the demo, always the same.

    book = BOOKS["ibm"]
    book.live(book.first, print)      # makes it, plans sixty days, and prints each day

A book of a data set that does not lie beside the repository cannot be made: `is_there` says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.test.utils import override_settings

from huikuan.casebook.models import Case, Task
from huikuan.intake.accept import Result
from huikuan.intake.creditors import creditor_of
from huikuan.intake.load import import_file
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.lib.calendar import china
from huikuan.ops import config
from huikuan.ops.demo.load import DAYS as DEMO_DAYS
from huikuan.ops.demo.load import load as load_demo
from huikuan.payments.post import PaymentEntry, post_all
from huikuan.people.models import Organisation, User
from huikuan.planning import load as packs
from huikuan.planning.approve import approve
from huikuan.planning.done import done
from huikuan.planning.plan import plan
from huikuan.receivables.open_months import open_months
from tests import people
from tests.pinned import fines

DATA = Path(__file__).parents[3] / "shared" / "data"
#: The procedure of the road fines, and a log of invented fines in the form of the data set.
OWN_PACKS = Path(__file__).parents[1] / "packs"
SAMPLE = OWN_PACKS / "road_fines" / "sample.csv"
#: The key of invented data.
DATA_KEY = (Path(__file__).parents[1] / "books" / "data_key").read_text().strip()

DAYS = 60
DEMO_CASES = 60
IBM_CUSTOMERS = 30
CARDS = 300
#: Of each kind of event.
FINES = 40
#: The demo's last worked day; its first fourteen days are worked, the others are only planned.
#: A day after every event of the data sets: a file that tells of tomorrow is refused.
DATA_END = dt.date(2014, 1, 31)
DEMO_END = dt.date(2026, 11, 23)

AfterDay = Callable[[dt.date], None]
#: Which event of the log is the doing of which step.
STEP_OF_EVENT = {
    fines.SENT: "serve_notice",
    fines.PENALTY: "add_penalty",
    fines.HANDED_OVER: "hand_over",
}


@dataclass(frozen=True)
class Book:
    """A book and how its days go by: `live` makes it, plans `DAYS` days, calls back after each."""

    name: str
    first: dt.date
    live: Callable[[dt.date, AfterDay], None]
    source: Path | None = None

    @property
    def is_there(self) -> bool:
        """Whether the file of the book is on this machine."""
        return self.source is None or self.source.exists()


def office(on: dt.date, own_packs: tuple[str, ...] = ()) -> User:
    """A house whose manager signed these packs of its own, beside the shipped ones."""
    at = people.moment(on, 5)
    packs.load_all(at=at)
    manager = people.make_user("manager")
    for name in own_packs:
        approve(name, None, actor=manager, at=at)
    return manager


def bring_in(path: Path, mapping_name: str, manager: User, on: dt.date) -> Result:
    """Imports a file with its mapping on a day, which must not lie before any day of the file."""
    mapping = mapping_by_name(mapping_name, config_packs())
    organisation = Organisation.objects.get(pk=manager.organisation_id)
    creditor = creditor_of(mapping.creditor.code, mapping, organisation)
    assert creditor is not None
    clerk = people.make_user("data_admin")
    result, _checked = import_file(path, creditor, mapping, clerk, at=people.moment(on, 6))
    return result


def config_packs() -> Path | None:
    """The folder of own packs that the settings name now."""
    from django.conf import settings

    folder: Path | None = settings.HUIKUAN.packs
    return folder


def own_packs() -> override_settings:
    """Settings under which the packs of the tests are the office's own."""
    return override_settings(HUIKUAN=config.current().model_copy(update={"packs": OWN_PACKS}))


def plan_day(on: dt.date, manager: User) -> None:
    """The plan of a morning, and the statements of a month that is over before it."""
    open_months(on, actor=manager, at=people.moment(on, 7))
    plan(on, actor=manager, at=people.moment(on, 7), calendar=china())


def days_from(first: dt.date, count: int) -> list[dt.date]:
    """So many days, one after another."""
    return [first + dt.timedelta(number) for number in range(count)]


def live_demo(first: dt.date, after_day: AfterDay) -> None:
    """Fifteen days of the demo as its people work them, then days on which nobody does anything."""

    def heard(day: str) -> None:
        after_day(dt.date.fromisoformat(day))

    end = first + dt.timedelta(DEMO_DAYS)
    load_demo(DEMO_CASES, heard, end=end)
    manager = User.objects.get(username="mam")
    for on in days_from(first, DAYS):
        if on > end:
            plan_day(on, manager)
            after_day(on)


def live_ibm(first: dt.date, after_day: AfterDay) -> None:
    """Some customers with all their invoices, before, in and after these days."""
    manager = office(first)
    with tempfile.TemporaryDirectory() as folder:
        path = write_customers(Path(folder) / "ibm.csv", IBM_CUSTOMERS)
        result = bring_in(path, "ibm_ar", manager, DATA_END)
    assert result.reported == 0
    plan_days(first, manager, after_day)


def write_customers(path: Path, count: int) -> Path:
    """The invoices of the customers that the file of the data set names first."""
    with (DATA / "ibm_accounts_receivable.csv").open(encoding="utf-8") as file:
        reader = csv.DictReader(file)
        invoices = list(reader)
    customers = list(dict.fromkeys(invoice["customerID"] for invoice in invoices))
    wanted = set(customers[:count])

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(invoices[0]))
        writer.writeheader()
        writer.writerows(row for row in invoices if row["customerID"] in wanted)
    return path


def live_cards(first: dt.date, after_day: AfterDay) -> None:
    """The first cards of the data set."""
    manager = office(first)
    with tempfile.TemporaryDirectory() as folder:
        path = write_cards(Path(folder) / "uci.csv", CARDS)
        bring_in(path, "uci_cards", manager, first)
    plan_days(first, manager, after_day)


def write_cards(path: Path, count: int) -> Path:
    """The first lines of the data set."""
    with (DATA / "uci_credit_card.csv").open(encoding="utf-8") as file:
        path.write_text("".join(islice(file, count + 1)), encoding="utf-8")
    return path


def live_fines(first: dt.date, after_day: AfterDay) -> None:
    """The fines that are made, served, raised or handed over in these days, as the log tells it."""
    last = first + dt.timedelta(DAYS - 1)
    all_fines = fines.read_fines(DATA / "road_fines_dev_10pct.csv")
    live_log(fines.touched_between(all_fines, first, last, FINES), first, after_day)


def live_sample(first: dt.date, after_day: AfterDay) -> None:
    """The invented fines."""
    live_log(fines.read_fines(SAMPLE), first, after_day)


def live_log(log: list[fines.Fine], first: dt.date, after_day: AfterDay) -> None:
    """Days of these fines. What the office did by the log on a day is done after the day's plan."""
    with own_packs():
        manager = bring_in_fines(log, first)
        for on in days_from(first, DAYS):
            plan_day(on, manager)
            for fine in log:
                do_events(fine, on, manager)
            after_day(on)


def bring_in_fines(log: list[fines.Fine], on: dt.date) -> User:
    """A police office with these fines and every payment of them, whenever it was made."""
    manager = office(on, ("road_fines",))
    with tempfile.TemporaryDirectory() as folder:
        path = fines.write_rows(Path(folder) / "fines.csv", log)
        result = bring_in(path, "road_fines", manager, DATA_END)
    assert result.reported == 0, result

    cases = dict(Case.objects.values_list("person__number", "pk"))
    cashier = people.make_user("finance")
    entries = [entry for fine in log for entry in payment_entries(fine, cases[fine.number])]
    if entries:
        posted = post_all(entries, actor=cashier, at=people.moment(DATA_END, 20))
        assert not any(answer.problems for answer in posted)
    return manager


def payment_entries(fine: fines.Fine, case_id: int) -> Iterable[PaymentEntry]:
    """The payments of a fine as the cashier posts them."""
    for number, event in enumerate(fines.payments(fine)):
        yield PaymentEntry(
            case_id=case_id,
            amount_minor=int(event.amount * 100),
            currency="EUR",
            paid_on=event.on,
            reference=f"{fine.number}-{number}",
            source="bank",
        )


def do_events(fine: fines.Fine, on: dt.date, manager: User) -> None:
    """Marks done what the log says was done that day, where the plan had demanded it."""
    for event in fine.events:
        step = STEP_OF_EVENT.get(event.what)
        if step is None or event.on != on:
            continue
        task = open_task(fine.number, step)
        if task is not None:
            done(task.pk, text=event.what, actor=manager, at=people.moment(on, 9))


def open_task(fine: str, step: str) -> Task | None:
    """The standing task of this step in the case of a fine."""
    standing = Task.objects.filter(status=Task.Status.OPEN, step__code=step)
    return standing.filter(case__person__number=fine).first()


def plan_days(first: dt.date, manager: User, after_day: AfterDay) -> None:
    """Plans all days of a book and does nothing else."""
    for on in days_from(first, DAYS):
        plan_day(on, manager)
        after_day(on)


_ALL = (
    Book("demo", DEMO_END - dt.timedelta(DEMO_DAYS), live_demo),
    Book("ibm", dt.date(2013, 5, 1), live_ibm, DATA / "ibm_accounts_receivable.csv"),
    Book("uci", dt.date(2005, 9, 30), live_cards, DATA / "uci_credit_card.csv"),
    Book("road_fines", dt.date(2007, 1, 10), live_fines, DATA / "road_fines_dev_10pct.csv"),
    Book("road_fines_sample", dt.date(2007, 7, 1), live_sample),
)
BOOKS = {book.name: book for book in _ALL}
