"""What happens to a statement is recorded: by its task, on its page, by command. One verb."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from huikuan.approvals.recorded import StepEvent, end_tasks, of_event
from huikuan.casebook import done as memory
from huikuan.casebook import facts, journal, packs
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Statement, StatementEvent, StatementLine, Task
from huikuan.casebook.open_steps import step_of
from huikuan.casebook.standing import standing_events
from huikuan.casebook.statement_items import items_of
from huikuan.clocks.refresh import refresh
from huikuan.engine.playbook import Step
from huikuan.lib.problems import Problem
from huikuan.lib.sentences import Refusal
from huikuan.people import roles
from huikuan.people.models import User
from huikuan.people.ranks import may_do
from huikuan.people.rights import Right
from huikuan.receivables import dispatch
from huikuan.receivables.find import find_locked
from huikuan.receivables.sentences import problem

Kind = StatementEvent.Kind
#: The right that an event asks for where no step of the procedure records it.
RIGHTS: dict[str, Right] = {
    Kind.SUBMITTED: Right.WORK_STATEMENTS,
    Kind.RETURNED: Right.WORK_STATEMENTS,
    Kind.CHECKED: Right.WORK_STATEMENTS,
    Kind.SENT: Right.WORK_STATEMENTS,
    Kind.PROGRESS: Right.WORK_STATEMENTS,
    Kind.CONFIRMED: Right.WORK_STATEMENTS,
    Kind.INVOICE_DATA: Right.WORK_STATEMENTS,
    Kind.INVOICE_SENT: Right.SEND_INVOICES,
    Kind.RECEIPTS: Right.ENTER_RECEIPTS,
}
#: What cannot be true before something else is.
NEEDS = {
    Kind.RETURNED: Kind.SUBMITTED,
    Kind.CHECKED: Kind.SUBMITTED,
    Kind.PROGRESS: Kind.SENT,
    Kind.CONFIRMED: Kind.SENT,
    Kind.INVOICE_DATA: Kind.CONFIRMED,
    Kind.INVOICE_SENT: Kind.INVOICE_DATA,
}
#: The customer may answer on many days, and about single items each time.
REPEATED = frozenset({Kind.PROGRESS})
#: What a draft that goes back to its maker undoes; it is made and checked anew.
BEFORE_RETURN = (Kind.SUBMITTED, Kind.CHECKED)
WITH_LINES = frozenset({Kind.PROGRESS, Kind.CONFIRMED})
#: Problems that say that the step is another's.
SAYS_WHOSE = frozenset({"statement.role", "statement.right", "statement.read_only"})
#: Characters of a note, about the whole or about one item.
MOST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Line:
    """What the customer's books say of one item."""

    item_id: int
    differs: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a statement. `lines`: items that differ, or that are settled.

    `by_mail`: where the procedure writes to the customer at this event, the mail leaves with it;
    False says that the customer was told in another way, which the note names; None that nobody
    said how.
    """

    kind: str
    on: dt.date
    note: str = ""
    lines: tuple[Line, ...] = ()
    by_mail: bool | None = True


@dataclass(frozen=True)
class Recorded:
    """The event that was written and how many tasks it ended, or why none was."""

    event: StatementEvent | None
    problems: tuple[Problem, ...] = ()
    tasks_done: int = 0


@transaction.atomic
def record(statement_id: int, entry: Entry, *, actor: User, at: dt.datetime) -> Recorded:
    """Writes the event with its lines and the new facts, and ends the tasks that ask for it.

    The same event a second time changes nothing and says so.
    """
    statement = find_locked(statement_id, actor)
    if statement is None:
        return Recorded(None, (problem("statement.unknown"),))

    today = day_of(statement.case.organisation, at)
    asked = of_event(step_event(statement, entry), actor, today)
    mail = mail_of(statement, entry, actor, today)
    found = list(check(statement, entry, mail, actor, today))
    # The open task may be of a stricter version than the one in force, and asks its own role. Where
    # `check` has said whose step it is, in the words of statements, it is not said twice.
    is_said = any(each.code in SAYS_WHOSE for each in found)
    found += [each for each in asked.problems if each.code != "done.role" or not is_said]
    if found:
        return Recorded(None, tuple(found))

    act = journal.begin(actor, "receivables.act", at=at, reason=entry.note)
    try:
        event = write(statement, entry, mail, act, at)
    except Refusal as refusal:
        transaction.set_rollback(True)
        return Recorded(None, (refusal.problem,))
    ended = end_tasks(asked.tasks, entry.on, at, entered_on=today)
    return Recorded(event, tasks_done=ended)


def mail_of(
    statement: Statement, entry: Entry, actor: User, today: dt.date
) -> dispatch.Prepared | None:
    """The mail that goes with the entry; None where none does."""
    if not entry.by_mail or not actor.may_write:
        return None
    return dispatch.prepare(statement, entry.kind, entry.note, actor, today)


def check(
    statement: Statement,
    entry: Entry,
    mail: dispatch.Prepared | None,
    actor: User,
    today: dt.date,
) -> Iterator[Problem]:
    """Everything that stands in the way of the entry and of the mail that goes with it."""
    if not actor.may_write:
        yield problem("statement.read_only")
        return
    if entry.kind not in Kind.values:
        yield problem("statement.kind", column="kind", value=entry.kind)
        return

    if len(entry.note.strip()) > MOST_NOTE:
        yield problem("statement.note_long", column="note", most=MOST_NOTE)
    if entry.kind == Kind.RECEIPTS and not statement.case.settles_by_receipts:
        yield problem("statement.no_receipts", column="kind")
    past = list(standing_events(statement).select_related("act"))
    steps = steps_of(statement, today)
    yield from _who(entry, steps, past, actor)
    yield from _when(statement, entry, today)
    yield from _order(entry, steps, past)
    if entry.kind == Kind.PROGRESS and not entry.lines and not entry.note.strip():
        # Else an empty answer of a silent customer keeps the statement from whoever it goes up to.
        yield problem("statement.progress_of_what", column="note")
    yield from _lines(statement, entry)
    yield from _told(statement, entry, mail, today)


def step_event(statement: Statement, entry: Entry) -> StepEvent:
    """The entry as what a step may record."""
    return StepEvent(statement.case, entry.kind, entry.on, "statement", statement.pk)


def steps_of(statement: Statement, on: dt.date) -> list[Step]:
    """The steps of the case's procedures that are about statements."""
    found = []
    for version in packs.of_case(statement.case, on):
        steps = packs.playbook_of(version).steps
        found += [step for step in steps if step.per == "statement"]
    return found


def write(
    statement: Statement,
    entry: Entry,
    mail: dispatch.Prepared | None,
    act: Act,
    at: dt.datetime,
) -> StatementEvent:
    """The rows, the new facts and the mail as it was checked. The caller holds the lock and has
    checked the entry.

    Raises Refusal where the mail may not leave: the caller takes back what it wrote.
    """
    row = journal.columns(statement.case, act, on=entry.on, at=at)
    row |= {"case": statement.case, "statement": statement}
    event = StatementEvent.objects.create(**row, kind=entry.kind, note=entry.note.strip())
    StatementLine.objects.bulk_create(
        StatementLine(**row, item_id=line.item_id, differs=line.differs, note=line.note.strip())
        for line in entry.lines
    )

    wrote = {"casebook_statementevent"}
    if entry.lines:
        wrote.add("casebook_statementline")
    facts.refresh([statement.case_id], wrote=wrote)
    refresh({"statement": [statement.pk]}, by=act, at=at)
    if entry.kind == Kind.RETURNED:
        _begin_again(statement, on=entry.on, at=at)
    if mail is not None:
        dispatch.send(mail, statement, act=act, at=at)
    return event


def choices(statement: Statement, actor: User, today: dt.date) -> list[tuple[str, str]]:
    """The events that the user may enter today, in words."""
    offered = []
    for kind, label in Kind.choices:
        # Why it goes back and whether there is an address is asked when it is entered.
        asked = Entry(kind, today, note="-", by_mail=False)
        found = check(statement, asked, None, actor, today)
        if not any(True for _problem in found):
            offered.append((kind, str(label)))
    return offered


def who_may(statement: Statement, kind: str, actor: User, on: dt.date) -> Iterator[Problem]:
    """Whether the event is one of the user's: by the role of its step, else by the right for it."""
    yield from _role(kind, _recording(kind, steps_of(statement, on)), actor)


def _recording(kind: str, steps: list[Step]) -> list[Step]:
    """The steps that record the event; a draft is sent back by whoever checks it."""
    if kind == Kind.RETURNED:
        return [step for step in steps if step.checks in BEFORE_RETURN]
    return [step for step in steps if step.records == kind]


def _role(kind: str, recording: list[Step], actor: User) -> Iterator[Problem]:
    if not recording and not actor.may(RIGHTS[kind]):
        yield problem("statement.right", column="kind", right=RIGHTS[kind].label)
    for step in recording:
        if not may_do(step.role, actor):
            title = roles.titles(actor.organisation_id)[step.role]
            yield problem("statement.role", column="kind", role=title)


def _who(
    entry: Entry, steps: list[Step], past: list[StatementEvent], actor: User
) -> Iterator[Problem]:
    """The role of the step that records the event; who made what it checks may not do it."""
    recording = _recording(entry.kind, steps)
    lacking = list(_role(entry.kind, recording, actor))
    if lacking:
        yield from lacking
        return

    checked = {step.checks for step in recording if step.checks}
    if any(event.kind in checked and event.act.actor_id == actor.pk for event in past):
        yield problem("statement.maker", column="kind")


def _when(statement: Statement, entry: Entry, today: dt.date) -> Iterator[Problem]:
    if entry.on > today:
        yield problem("statement.future", column="on")
    if entry.on < statement.valid_on:
        yield problem("statement.before", column="on", day=statement.valid_on)


def _order(entry: Entry, steps: list[Step], past: list[StatementEvent]) -> Iterator[Problem]:
    """What comes before it; a statement is not sent unchecked where the procedure checks it."""
    days = {event.kind: event.valid_on for event in past}
    needed = NEEDS.get(Kind(entry.kind))
    is_checked = any(step.records == Kind.CHECKED for step in steps)
    if entry.kind == Kind.SENT:
        needed = Kind.CHECKED if is_checked else Kind.SUBMITTED
    if needed and needed not in days:
        yield problem("statement.needs", column="kind", event=Kind(needed).label)
    yield from _after_what_it_needs(entry, needed, days)
    if entry.kind == Kind.RETURNED:
        yield from _return(entry, days)
        return
    if entry.kind == Kind.CONFIRMED and not entry.note.strip():
        # From this on the items are chased: whoever doubts it later must find who said so.
        yield problem("statement.confirmed_how", column="note")

    same_day = [event for event in past if event.kind == entry.kind and event.valid_on == entry.on]
    is_again = bool(same_day) if entry.kind in REPEATED else entry.kind in days
    says_more = entry.kind in REPEATED and _says_more(entry, same_day)
    if is_again and not says_more:
        yield problem("statement.again", column="kind", day=days[entry.kind])


def _says_more(entry: Entry, same_day: list[StatementEvent]) -> bool:
    """Whether the entry names items, and in other words than an event of the day: a form that is
    sent twice says nothing more, and writes to the customer once.
    """
    if not entry.lines:
        return False

    said = {(line.item_id, line.differs, line.note.strip()) for line in entry.lines}
    for event in same_day:
        lines = StatementLine.objects.filter(statement_id=event.statement_id, act_id=event.act_id)
        told = set(lines.values_list("item_id", "differs", "note"))
        if told == said and event.note == entry.note.strip():
            return False
    return True


def _after_what_it_needs(
    entry: Entry, needed: str | None, days: dict[str, dt.date]
) -> Iterator[Problem]:
    """What comes after something lies on its day or later; a new draft not before its return."""
    if entry.kind == Kind.SUBMITTED:
        needed = Kind.RETURNED
    day = days.get(needed or "")
    if needed and day is not None and entry.on < day:
        yield problem("statement.early", column="on", event=Kind(needed).label, day=day)


def _return(entry: Entry, days: dict[str, dt.date]) -> Iterator[Problem]:
    """A draft goes back with a reason, and only while the customer does not have it."""
    if Kind.SENT in days:
        yield problem("statement.is_sent", column="kind", day=days[Kind.SENT])
    if not entry.note.strip():
        yield problem("statement.return_reason", column="note")


def _lines(statement: Statement, entry: Entry) -> Iterator[Problem]:
    """Items that stand on the statement, each with what differs, where items may be named."""
    if entry.lines and entry.kind not in WITH_LINES:
        yield problem("statement.lines_kind", column="lines")
        return

    numbers = dict(items_of(statement).values_list("pk", "number")) if entry.lines else {}
    for line in entry.lines:
        if line.item_id not in numbers:
            yield problem("statement.item", column="lines", item=line.item_id)
        elif line.differs and not line.note.strip():
            yield problem("statement.line_note", column="lines", item=numbers[line.item_id])
        elif len(line.note.strip()) > MOST_NOTE:
            number = numbers[line.item_id]
            yield problem("statement.line_long", column="lines", item=number, most=MOST_NOTE)


def _told(
    statement: Statement, entry: Entry, mail: dispatch.Prepared | None, today: dt.date
) -> Iterator[Problem]:
    """Whoever enters it says how the customer was told. What is past was told then: a mail that
    leaves today would be another one.
    """
    is_silent = entry.by_mail is False and not entry.note.strip()
    if entry.by_mail is None or is_silent:
        # Whether the procedure writes at this event is looked up only where something is missing.
        writes = dispatch.writes(statement, entry.kind, today) is not None
        if writes and is_silent:
            yield problem("statement.told_how", column="note")
        elif writes:
            yield problem("statement.told", column="told")

    if mail is None:
        return
    if entry.on < today:
        yield problem("statement.told_past", column="on", day=entry.on)
        return
    yield from mail.mail.problems


def tasks_of(statement: Statement, status: str, records: Iterable[str]) -> dict[int, Step]:
    """Tasks of the statement whose step records one of these events, with their steps."""
    wanted = set(records)
    tasks = Task.objects.filter(
        case_id=statement.case_id,
        step__subject="statement",
        subject_id=statement.pk,
        status=status,
    ).select_related("step")
    steps = {task.pk: step_of(task) for task in tasks}
    return {key: step for key, step in steps.items() if step.records in wanted}


def open_again(statement: Statement, kinds: Iterable[str], at: dt.datetime) -> int:
    """The tasks that these events had ended are to be done again. How many."""
    ended = list(tasks_of(statement, Task.Status.DONE, kinds))
    memory.void(ended, at=at)
    # Another occasion: what was granted for the first is not granted for this one.
    anew = {"status_reason": "", "status_on": None, "standing": F("standing") + 1}
    return Task.objects.filter(pk__in=ended).update(status=Task.Status.OPEN, **anew)


def _begin_again(statement: Statement, *, on: dt.date, at: dt.datetime) -> None:
    """The maker makes the draft anew; whoever checks it waits until it comes again."""
    open_again(statement, BEFORE_RETURN, at)
    waiting = tasks_of(statement, Task.Status.OPEN, [Kind.CHECKED, Kind.SENT])
    Task.objects.filter(pk__in=list(waiting)).update(
        status=Task.Status.CLOSED, status_reason="event", status_on=on
    )
