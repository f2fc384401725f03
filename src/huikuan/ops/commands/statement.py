"""huikuan statement list | show | event: the statements of customers, as on their pages."""

import argparse
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from huikuan.ops.arguments import day, organisation_argument

if TYPE_CHECKING:
    from huikuan.casebook.models import Statement, StatementEvent
    from huikuan.people.models import User
    from huikuan.receivables.act import Line

#: How the customer was told, as the tick of the page says it.
TOLD = {"mail": True, "otherwise": False}
HELP = "statements of customers: list a month, show one, enter what happened to it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """One word for what is wanted, then what it needs."""
    from huikuan.ops.words import gettext as _

    kinds = parser.add_subparsers(dest="what", metavar=_("WHAT"), required=True)

    listed = kinds.add_parser("list", help=_("the statements of a month"))
    listed.add_argument("--month", type=_month, metavar="YYYY-MM", help=_("default: the newest"))
    listed.add_argument("--state", metavar="STATE", default="", help=_("only of this state"))

    one = kinds.add_parser("show", help=_("one statement with its items and events"))
    _name(one, _)

    event = kinds.add_parser("event", help=_("enter what happened to a statement"))
    _name(event, _)
    event.add_argument("kind", metavar="EVENT", help=_("submitted, checked, sent, confirmed …"))
    event.add_argument("--on", type=day, help=_("default: today"))
    event.add_argument("--note", default="", help=_("who said or sent it, how"))
    event.add_argument(
        "--told",
        choices=tuple(TOLD),
        help=_("how the customer was told: mail leaves now, or they were told otherwise"),
    )
    event.add_argument(
        "--differs",
        action="append",
        default=[],
        metavar="ITEM=TEXT",
        help=_("an item that differs, and in what"),
    )
    event.add_argument(
        "--agrees", action="append", default=[], metavar="ITEM", help=_("an item that agrees now")
    )
    event.add_argument("--as", dest="user", metavar="USER", help=_("who did it"))

    for sub in (listed, one, event):
        sub.add_argument("--json", action="store_true")
        organisation_argument(sub)


def _name(parser: argparse.ArgumentParser, _: Any) -> None:
    """A statement is named by its case and month."""
    parser.add_argument("case", metavar="CASE", help=_("number of the case"))
    parser.add_argument("month", type=_month, metavar="YYYY-MM", help=_("the month that it states"))


def _month(text: str) -> dt.date:
    return day(f"{text}-01")


def run(args: argparse.Namespace) -> int:
    """0; 1 when the event was not entered."""
    from huikuan.ops.service import service_user

    user = service_user(args.organisation)
    if args.what == "list":
        return _list(args, user)
    if args.what == "show":
        return _show(args, user)
    return _event(args, user)


def _list(args: argparse.Namespace, user: "User") -> int:
    """A line or an object for each statement of the month."""
    from huikuan.receivables.listing import Filters, newest_month, statements

    month = args.month or newest_month(user)
    for statement in statements(user, Filters(month, args.state)):
        if args.json:
            print(json.dumps(_json(statement), ensure_ascii=False))
        else:
            name = statement.case.person.name
            state = _words(statement)
            print(f"{statement.month:%Y-%m}  {statement.case.number}  {name}  {state}")
    return 0


def _show(args: argparse.Namespace, user: "User") -> int:
    """Head, items, events."""
    statement = _find(args, user)
    if args.json:
        print(json.dumps(_whole(statement), ensure_ascii=False))
        return 0

    number = statement.case.number
    print(f"{statement.month:%Y-%m}  {number}  {statement.case.person.name}  {_words(statement)}")
    for item in _items(statement):
        print(f"  {_item_line(item, statement.currency)}")
    for event in _events(statement):
        who = str(event.act.actor)
        words = f"{event.valid_on}  {event.get_kind_display()}  {who}  {event.note}"
        print(f"  {words.rstrip()}")
    return 0


def _item_line(item: dict[str, Any], currency: str) -> str:
    """One item for people: number, due day, amount, what is open, confirmed on or differing in."""
    from django.utils.translation import gettext as _

    from huikuan.ops.shown import money

    amount = money(item["amount_minor"], currency)
    left = _("open {amount}").format(amount=money(item["open_minor"], currency))
    about = "—"
    if item["confirmed_on"]:
        about = _("confirmed {day}").format(day=item["confirmed_on"])
    if item["differs"]:
        about = _("differs: {text}").format(text=item["differs"])
    return "  ".join([item["number"], item["due_on"], amount, left, about])


def _event(args: argparse.Namespace, user: "User") -> int:
    """Enters the event and says what stood in the way."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from huikuan.casebook.days import day_of
    from huikuan.receivables.act import Entry, record

    actor = _actor(args, user)
    statement = _find(args, actor)
    at = timezone.now()
    on = args.on or day_of(statement.case.organisation, at)
    by_mail = TOLD[args.told] if args.told else None
    entry = Entry(args.kind, on, args.note, _lines(args, statement), by_mail)
    answer = record(statement.pk, entry, actor=actor, at=at)

    if args.json:
        problems = [problem.as_dict(_) for problem in answer.problems]
        entered = answer.event is not None
        ended = answer.tasks_done
        told = {"entered": entered, "tasks_done": ended, "problems": problems}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for problem in answer.problems:
            print(problem.text(_))
        if answer.event is not None:
            print(f"{on}  {answer.event.get_kind_display()}")
    return 0 if answer.event is not None else 1


def _actor(args: argparse.Namespace, user: "User") -> "User":
    """The user who did it: a check knows its maker, so the command does not act for everybody."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.people.models import User

    if not args.user:
        raise CommandError(_("name who did it: --as USER"))
    mine = User.objects.filter(organisation=user.organisation, is_active=True)
    found = mine.filter(username=args.user).first()
    if found is None:
        raise CommandError(_("there is no user '{name}'").format(name=args.user))
    return found


def _find(args: argparse.Namespace, user: "User") -> "Statement":
    """The statement with its state. CommandError when the user sees none of that case and month."""
    from django.utils.translation import gettext as _

    from huikuan.ops.cli import CommandError
    from huikuan.receivables.find import visible_statements
    from huikuan.receivables.listing import with_state

    mine = visible_statements(user).filter(case__number=args.case, month=args.month)
    related = ("case__organisation", "case__person", "summary")
    found = with_state(mine).select_related(*related).first()
    if found is None:
        text = _("there is no statement of {month} of the case {case}")
        raise CommandError(text.format(month=f"{args.month:%Y-%m}", case=args.case))
    return found


def _lines(args: argparse.Namespace, statement: "Statement") -> "tuple[Line, ...]":
    """Items by their numbers. CommandError for a number that does not stand on the statement."""
    from django.utils.translation import gettext as _

    from huikuan.casebook.statement_items import items_of
    from huikuan.ops.cli import CommandError
    from huikuan.receivables.act import Line

    numbers = {item.number: item.pk for item in items_of(statement)}
    named = [tuple(text.partition("=")[::2]) for text in args.differs]
    unknown = [number for number in (*dict(named), *args.agrees) if number not in numbers]
    if unknown:
        text = _("the item {item} does not stand on this statement")
        raise CommandError(text.format(item=", ".join(unknown)))

    differing = [Line(numbers[number], True, note) for number, note in named]
    agreeing = [Line(numbers[number], False) for number in args.agrees]
    return (*differing, *agreeing)


def _words(statement: Any) -> str:
    from huikuan.receivables.shown import STATES

    return str(STATES[statement.state])


def _json(statement: Any) -> dict[str, Any]:
    """The keys that docs/cli.md promises."""
    summary = statement.summary
    days = (
        "month_from_on",
        "month_submitted_on",
        "month_checked_on",
        "month_sent_on",
        "month_progress_on",
        "month_confirmed_on",
        "month_invoice_data_on",
        "month_invoice_sent_on",
        "month_receipts_on",
    )

    return {
        "case": statement.case.number,
        "month": f"{statement.month:%Y-%m}",
        "currency": statement.currency,
        "state": statement.state,
        "differing": summary.month_differing,
        **{name: _day(getattr(summary, name)) for name in days},
    }


def _whole(statement: Any) -> dict[str, Any]:
    """The statement with its items and events."""
    events = []
    for event in _events(statement):
        by = event.act.actor.username
        row = {"event": event.kind, "on": event.valid_on.isoformat(), "by": by, "note": event.note}
        events.append(row)
    return {**_json(statement), "items": _items(statement), "events": events}


def _items(statement: Any) -> list[dict[str, Any]]:
    """What stands on the statement: the keys that docs/cli.md promises."""
    from huikuan.casebook.statement_items import items_of

    lines = {line.item_id: line for line in statement.lines.order_by("valid_on", "pk")}
    items = []
    for item in items_of(statement).select_related("summary"):
        line = lines.get(item.pk)
        differs = line.note if line and line.differs else None
        items.append(
            {
                "number": item.number,
                "due_on": item.due_on.isoformat(),
                "amount_minor": item.summary.amount_minor,
                "open_minor": item.summary.open_minor,
                "confirmed_on": _day(item.summary.confirmed_on),
                "differs": differs,
            }
        )
    return items


def _events(statement: Any) -> "list[StatementEvent]":
    """What happened to it, in order."""
    return list(statement.events.select_related("act__actor").order_by("valid_on", "pk"))


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
