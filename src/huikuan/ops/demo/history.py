"""What the demo's people do on a day: contacts by the work list, promises, payments. Each contact asks the gate first."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from huikuan.approvals.ask import ask
from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import packs
from huikuan.casebook.models import (
    Approval,
    Case,
    CaseSummary,
    ContactPoint,
    Payment,
    PointStatus,
    Task,
)
from huikuan.contacts.entry import ContactEntry, ContactLimits, Recorded
from huikuan.contacts.record import record
from huikuan.engine.outcomes import Outcome, Outcomes
from huikuan.gate import reserve
from huikuan.gate.check import check
from huikuan.ops.arguments import LOCAL
from huikuan.ops.demo import talks
from huikuan.ops.demo.cast import Cast
from huikuan.ops.demo.talks import Talk
from huikuan.payments.post import PaymentEntry, post_all
from huikuan.payments.reverse import reverse
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.planning.worklist import Filters, Row, worklist
from huikuan.promises.make import Due, PromiseEntry

KINDS = {
    "call": ("mobile", "phone"),
    "sms": ("mobile",),
    "email": ("email",),
    "letter": ("address",),
    "visit": ("address",),
}
DEAD = (
    PointStatus.Status.INVALID,
    PointStatus.Status.SUSPENDED,
    PointStatus.Status.STRANGER,
    PointStatus.Status.REFUSED,
)
#: Creditor id and product → the outcome codes of the procedure in force.
Words = dict[tuple[int, str], Outcomes]


def words_on(on: dt.date) -> Words:
    """The outcome codes that hold on the day."""
    words = {}
    for line in packs.follows(on):
        outcomes = packs.words_of(packs.version(line.version_id)).outcomes
        if outcomes:
            words[line.creditor_id, line.product] = outcomes
    return words


def work_day(
    cast: Cast, on: dt.date, chance: random.Random, calls: int, *, half: bool = False
) -> None:
    """Collectors call, write and remind by their work list; administration posts letters, two visitors go out.

    `calls`: how many acts one person does on a day; `half`: until noon.
    """
    words = words_on(on)
    for user in cast.users.values():
        if user.may(Right.HOLD_CASES):
            _calls(user, on, words, chance, calls * 2 // 3 if half else calls)
            if not half:
                companies = user.team_id == cast.teams["receivables"].pk
                _messages(user, on, words, "email" if companies else "sms", max(1, calls // 3))
                _relays(user, on, words, chance)
    if not half:
        _letters(cast.users["hel"], on, words, calls)
        _visit(cast.users["zhouh"], cast.users["mam"], on, words)


def moment(on: dt.date, hour: int, minutes: int = 0) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), LOCAL) + dt.timedelta(minutes=minutes)


def _calls(user: User, on: dt.date, words: Words, chance: random.Random, count: int) -> None:
    """Between nine and noon, and from half past one on."""
    for number, row in enumerate(worklist(user, on, Filters(action="call"), size=count).rows):
        minutes = number * 30 + chance.randrange(20)
        at = moment(on, 9, minutes if minutes < 180 else minutes + 90)
        if row.verdict is None and row.addressee in ("debtor", "third_party"):
            save(user, row, "call", at, _talk(row, chance), words, chance)


def _relays(user: User, on: dt.date, words: Words, chance: random.Random) -> None:
    """One third person a day, where the debtor is lost."""
    for row in worklist(user, on, Filters(action="call", step="relay_call"), size=1).rows:
        if row.verdict is None and row.addressee == "third_party":
            save(user, row, "call", moment(on, 17), _talk(row, chance), words, chance)


def _talk(row: Row, chance: random.Random) -> Talk:
    steps = {step.id for step in row.steps}
    company = row.kind == "company"
    choices: Sequence[Talk] = talks.COMPANY if company else talks.CARD
    if row.addressee == "third_party":
        choices = talks.RELAY
    elif "promise_check" in steps:
        choices = talks.COMPANY_CHECK if company else talks.CHECK
    elif not company and steps & {"promise_check_next_day", "third_call"}:
        choices = talks.BROKEN
    return chance.choices(choices, [talk.often for talk in choices])[0]


def _messages(user: User, on: dt.date, words: Words, action: str, count: int) -> None:
    for number, row in enumerate(worklist(user, on, Filters(action=action), size=count).rows):
        if row.verdict is None and row.addressee == "debtor":
            save(user, row, action, moment(on, 14, number * 5), talks.SENT[action], words)


def _letters(clerk: User, on: dt.date, words: Words, count: int) -> None:
    for number, row in enumerate(
        worklist(clerk, on, Filters(action="letter", role="all"), size=count).rows
    ):
        if row.verdict is None and row.first.approval == "":
            save(clerk, row, "letter", moment(on, 15, number), talks.SENT["letter"], words)


def _visit(lead: User, manager: User, on: dt.date, words: Words) -> None:
    """One a day, entered by the lead, who sees the case: visitors hold none."""
    for row in worklist(lead, on, Filters(action="visit", role="all"), size=1).rows:
        if row.verdict is None:
            _approve(row, lead, manager, on)
            save(lead, row, "visit", moment(on, 16), _sent(row)["visit"], words)


def _sent(row: Row) -> dict[str, Talk]:
    """What the sender writes, by the channel."""
    return talks.SENT_TO_COMPANY if row.kind == "company" else talks.SENT


def _approve(row: Row, lead: User, manager: User, on: dt.date) -> None:
    """In the morning the lead asks for what the procedure wants approved, and the manager grants it."""
    wanted = [step.id for step in row.steps if step.approval]
    tasks = Task.objects.filter(case=row.case_id, status=Task.Status.OPEN, step__code__in=wanted)
    for key in tasks.order_by("pk").values_list("pk", flat=True):
        asked = ask_for(key, reason="多次致电未果，申请上门核实", actor=lead, at=moment(on, 10))
        if asked.approval is not None and not asked.problems:
            decide(asked.approval.pk, grant=True, reason="", actor=manager, at=moment(on, 11))


def save(
    user: User,
    row: Row,
    channel: str,
    at: dt.datetime,
    talk: Talk,
    words: Words,
    chance: random.Random | None = None,
) -> None:
    """One contact as its maker saves it: the gate first, then the record with what came of it, then what must be asked for."""
    case = Case.objects.select_related("person", "creditor", "organisation").get(pk=row.case_id)
    third = row.addressee == "third_party"
    points = ContactPoint.objects.filter(person=case.person, kind__in=KINDS[channel]).order_by("pk")
    points = points.exclude(whose="debtor") if third else points.filter(whose="debtor")
    point = points.exclude(statuses__status__in=DEAD).first()
    outcomes = words.get((case.creditor_id, case.product))
    if point is None or outcomes is None:
        return
    outcome = outcomes.outcome(talk.who, talk.code)
    entry = _entry(row, channel, case, point, at, talk, outcome, chance)
    staff = 2 if channel == "visit" else None
    limits = ContactLimits(
        outcomes=frozenset(outcomes.codes()), reasons=frozenset(outcomes.reasons)
    )
    with reserve.person(case):
        decision = check(case, point, channel, actor=user, at=at, style=entry.style, staff=staff)
        if not decision.allowed:
            return
        saved = record(entry, actor=user, at=at, decision=decision, limits=limits)
    if not saved.saved:
        raise ValueError([str(problem) for problem in saved.problems])
    if outcome is not None and outcome.hold is not None:
        _propose_hold(case, saved, outcome, talk, at)


def _entry(
    row: Row,
    channel: str,
    case: Case,
    point: ContactPoint,
    at: dt.datetime,
    talk: Talk,
    outcome: Outcome | None,
    chance: random.Random | None,
) -> ContactEntry:
    spoken = channel == "call" and talk.who != "nobody"
    codes = [step.id for step in row.steps]
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN, step__code__in=codes)
    known = outcome.point if outcome else ""
    return ContactEntry(
        case_id=case.pk,
        channel=channel,
        connected=spoken,
        point_id=point.pk,
        style="interactive" if channel in ("call", "visit") else "informing",
        answered=talk.who if spoken else "nobody",
        identified=bool(outcome and outcome.right_party),
        seconds=chance.randrange(40, 300) if chance and spoken else None,
        exchange=spoken if channel == "call" else None,
        at=at,
        outcome=talk.code,
        reason_code=talk.reason,
        willingness=talk.willingness,
        note=talk.note,
        next_contact_on=at.date() + dt.timedelta(talk.next_days) if talk.next_days else None,
        next_contact_minute=600 if talk.next_days else None,
        promise=_promise(case, at.date(), talk),
        point_status=known if known in DEAD else "",
        task_ids=tuple(tasks.values_list("pk", flat=True)),
        staff=2 if channel == "visit" else None,
    )


def _promise(case: Case, on: dt.date, talk: Talk) -> PromiseEntry | None:
    """All that is owed where it is little, else a third of it; instalments in even parts of whole yuan."""
    if not talk.promise:
        return None
    balance = CaseSummary.objects.values_list("balance_minor", flat=True).get(pk=case.pk)
    amount = balance if balance < 300_000 else balance // 300 * 100
    part = max(amount // len(talk.promise), 1)
    return PromiseEntry(tuple(Due(on + dt.timedelta(days), part) for days in talk.promise))


def _propose_hold(
    case: Case, saved: Recorded, outcome: Outcome, talk: Talk, at: dt.datetime
) -> None:
    """What the outcome proposes waits for the lead's decision."""
    assert saved.contact is not None
    assert outcome.hold is not None
    item = case.items.order_by("due_on", "pk").first() if outcome.hold.scope == "item" else None
    subject = {
        "kind": outcome.hold.kind, "scope": outcome.hold.scope, "item": item.pk if item else None, "account": None,
        "from": at.date().isoformat(), "contact": saved.contact.pk,
    }  # fmt: skip
    ask(
        Approval.Kind.HOLD,
        act=saved.contact.act,
        case=case,
        subject=subject,
        reason=talk.note,
        at=at,
    )


def pay_day(cast: Cast, on: dt.date, chance: random.Random, *, half: bool = False) -> None:
    """Of the promises due on the day, most are kept, some in part, some not at all. `half`: what came in until noon."""
    entries = []
    promised = CaseSummary.objects.filter(promise_due_on=on).select_related("case")
    for summary in promised.order_by("pk"):
        share = chance.choices((100, 40, 0), (30, 8, 62) if half else (55, 12, 33))[0]
        amount = (summary.promise_needed_minor or summary.promise_minor or 0) * share // 100
        if amount:
            entries.append(
                PaymentEntry(
                    case_id=summary.pk,
                    amount_minor=amount,
                    currency="CNY",
                    paid_on=on,
                    # Payments of a day are posted in the order of their references: by the
                    # number of the case, which no other book on the same server changes.
                    reference=f"{summary.case.number}-{on}",
                    source="bank",
                )
            )
    post_all(entries, actor=cast.users["caow"], at=moment(on, 11 if half else 17))


def take_back(cast: Cast, on: dt.date) -> None:
    """The bank returns the last payment from before the day."""
    payment = Payment.objects.filter(valid_on__lt=on, source="bank").order_by("pk").last()
    if payment is not None:
        reverse(payment.pk, on=on, reason="银行退票", actor=cast.users["caow"], at=moment(on, 16))
