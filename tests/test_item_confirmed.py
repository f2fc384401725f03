"""An item without a monthly statement is confirmed by whoever reconciles it, or by a later file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from huikuan.casebook import facts
from huikuan.casebook.models import Case, Item, ItemConfirmation, ItemSummary, PackBinding, Task
from huikuan.intake import load, mapping
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.done import done, undo
from huikuan.planning.plan import plan
from tests import people
from tests.shipped import load_packs

DUE = dt.date(2026, 3, 3)
TODAY = DUE + dt.timedelta(3)
EVIDENCE = "客户财务陈会计回复邮件：账款无误"
SAMPLE = mapping.EXAMPLES / "invoice_cn" / "sample.csv"


@made_once
def case(db: None) -> Case:
    load_packs()
    supplier = people.make_creditor("supplier", kind="supplier")

    PackBinding.objects.create(
        creditor=supplier, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )
    case = people.make_case(
        people.make_person(supplier, kind="company"),
        product="b2b",
        placed_on=DUE,
        items=[(DUE, 50_000_00)],
    )

    people.make_point(case, kind="email", value="caiwu@example.com")
    facts.refresh([case.pk])
    return case


@made_once
def collector(case: Case) -> User:
    user = people.make_user("collector")
    people.make_assignment(case, DUE, user)
    facts.refresh([case.pk])
    return user


def day(on: dt.date, actor: User) -> set[str]:
    """The steps that are open after a fresh plan of the day."""
    plan(on, actor=actor, at=people.moment(on, 7), calendar=china())
    return set(Task.objects.filter(status="open").values_list("step__code", flat=True))


def test_the_note_of_the_task_is_the_confirmation_and_the_chase_begins(
    case: Case, collector: User
) -> None:
    assert day(TODAY, collector) == {"confirm_item"}
    task = Task.objects.get()
    at = people.moment(TODAY, 10)

    without = done(task.pk, text=" ", actor=collector, at=at)
    assert not without.saved
    assert not ItemConfirmation.objects.exists()

    assert done(task.pk, text=EVIDENCE, actor=collector, at=at).saved
    written = ItemConfirmation.objects.get()
    assert (written.item, written.valid_on, written.evidence) == (
        case.items.get(),
        TODAY,
        EVIDENCE,
    )
    assert ItemSummary.objects.get().confirmed_on == TODAY
    assert not facts.differences()
    chased = day(TODAY + dt.timedelta(2), collector)
    assert {"chase_call", "chase_email"} <= chased
    assert "confirm_item" not in chased


def test_taken_back_the_item_is_not_confirmed(case: Case, collector: User) -> None:
    day(TODAY, collector)
    task = Task.objects.get()
    at = people.moment(TODAY, 10)

    done(task.pk, text=EVIDENCE, actor=collector, at=at)
    assert undo(task.pk, actor=collector, at=at).saved

    assert ItemSummary.objects.get().confirmed_on is None
    assert not ItemConfirmation.objects.exists()
    assert not facts.differences()


def test_a_later_file_that_says_it_confirms_the_item(db: None, tmp_path: Path) -> None:
    load_packs()
    supplier = people.make_creditor("supplier", kind="supplier")
    admin = people.make_user("data_admin")
    rows = SAMPLE.read_text("utf-8-sig").splitlines()
    place = rows[0].split(",").index("对账确认日")
    without = [rows[0], *(_with(row, place, "") for row in rows[1:2])]
    said = [rows[0], _with(rows[1], place, "2026-11-20")]

    at = people.moment(dt.date(2026, 11, 23), 9)
    # The third says another day: what is confirmed keeps its own.
    again = [rows[0], _with(rows[1], place, "2026-11-21")]
    for name, text in (("first", without), ("second", said), ("third", again)):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(text), "utf-8")
        load.import_file(path, supplier, mapping.load("invoice_cn"), admin, at=at)
        at += dt.timedelta(hours=1)

    item = Item.objects.get()
    written = ItemConfirmation.objects.get(item=item)
    assert written.valid_on == dt.date(2026, 11, 20)
    assert ItemSummary.objects.get(item=item).confirmed_on == dt.date(2026, 11, 20)
    assert not facts.differences()


def _with(row: str, place: int, value: str) -> str:
    cells = row.split(",")
    return ",".join([*cells[:place], value, *cells[place + 1 :]])
