"""Road fines from the log of a local police: events, brought into rows that a mapping can read.

A mapping reads one row as one item with one charge, so the log is turned here: the fine, its costs
of sending and its penalty become three items of one case. Payments are posted by the verb, because
a mapping knows no row that is only a payment.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

COLUMNS = ("fine", "part", "made_on", "served_on", "charged_on", "amount")
MADE = "Create Fine"
SENT = "Send Fine"
SERVED = "Insert Fine Notification"
PENALTY = "Add penalty"
PAID = "Payment"
HANDED_OVER = "Send for Credit Collection"


@dataclass(frozen=True)
class Event:
    """One line of the log. `amount`: of the fine, of the costs or of the payment; a penalty names
    the raised fine, not what was added."""

    what: str
    on: dt.date
    amount: Decimal


@dataclass
class Fine:
    """All events of one fine, in the order of the log."""

    number: str
    events: list[Event] = field(default_factory=list)

    def first(self, what: str) -> Event | None:
        """The first event of a kind, None where the fine has none."""
        matching = (event for event in self.events if event.what == what)
        return next(matching, None)

    def day_of(self, what: str) -> dt.date | None:
        """The day of the first event of a kind."""
        event = self.first(what)
        return event.on if event else None


def read_fines(path: Path) -> list[Fine]:
    """Every fine of the log, in the order in which the log names them."""
    fines: dict[str, Fine] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            fine = fines.setdefault(line["case_id"], Fine(line["case_id"]))
            fine.events.append(_event(line))
    return list(fines.values())


def _event(line: dict[str, str]) -> Event:
    amount = line["paymentAmount"] or line["expense"] or line["amount"] or "0"
    return Event(line["activity"], dt.date.fromisoformat(line["date"]), Decimal(amount))


def touched_between(fines: Iterable[Fine], first: dt.date, last: dt.date, most: int) -> list[Fine]:
    """The fines of the log's order that something happened to in this time, for each kind of event
    the first `most`: a long file would else show one kind only."""
    left = dict.fromkeys((MADE, SENT, SERVED, PENALTY, PAID, HANDED_OVER), most)
    chosen = []

    for fine in fines:
        happened = {event.what for event in fine.events if first <= event.on <= last}
        wanted = [what for what in happened if left.get(what)]
        if not wanted:
            continue
        chosen.append(fine)
        for what in wanted:
            left[what] -= 1
    return chosen


def write_rows(path: Path, fines: Iterable[Fine]) -> Path:
    """The file that the mapping `road_fines` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for fine in fines:
            writer.writerows(_rows(fine))
    return path


def _rows(fine: Fine) -> Iterator[dict[str, object]]:
    made = fine.first(MADE)
    assert made is not None, fine.number
    common = {
        "fine": fine.number,
        "made_on": made.on,
        "served_on": fine.day_of(SERVED) or "",
    }

    charges = [("fine", made.on, made.amount)]
    sent = fine.first(SENT)
    if sent is not None and sent.amount:
        charges.append(("costs", sent.on, sent.amount))
    penalty = fine.first(PENALTY)
    if penalty is not None and penalty.amount > made.amount:
        charges.append(("penalty", penalty.on, penalty.amount - made.amount))

    for part, on, amount in charges:
        yield common | {"part": f"{fine.number}-{part}", "charged_on": on, "amount": amount}


def payments(fine: Fine) -> Iterator[Event]:
    """What was paid of the fine, by day."""
    for event in fine.events:
        if event.what == PAID and event.amount > 0:
            yield event
