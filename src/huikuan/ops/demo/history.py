"""What the demo's people do on a day: calls by the work list, promises, letters, payments. Each act asks the gate first."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from huikuan.casebook.models import Case, CaseSummary, ContactPoint, Task
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.record import record
from huikuan.gate import reserve
from huikuan.gate.check import check
from huikuan.ops.arguments import LOCAL
from huikuan.ops.demo.cast import Cast
from huikuan.payments.post import PaymentEntry, post_all
from huikuan.people.models import User
from huikuan.people.roles import Role
from huikuan.planning.worklist import Filters, Row, worklist
from huikuan.promises.make import Due, PromiseEntry

CALLS_A_DAY = 9
LETTERS_A_DAY = 10
_KINDS = {"call": ("mobile", "phone"), "letter": ("address",)}


@dataclass(frozen=True)
class Talk:
    """How a call went."""

    connected: bool
    answered: str
    outcome: str
    note: str
    willingness: str = ""
    reason: str = ""
    promise_days: int | None = None
    next_days: int | None = None
    status: str = ""


_NOBODY = Talk(False, "nobody", "no_answer", "")
_TALKS = (
    (Talk(True, "debtor", "promised", "本人接听，已核实身份。称资金周转困难，约定还款。", "willing", "hardship", promise_days=3), 24),
    (Talk(True, "debtor", "promised", "本人接听，已核实身份。确认月底发薪后还款。", "willing", "no_time", promise_days=6), 14),
    (Talk(True, "debtor", "call_again", "本人接听，正在开会，约定改日再谈。", "wavering", "no_time", next_days=2), 18),
    (Talk(True, "debtor", "hardship", "本人接听，称失业无收入，愿意分期，等待方案。", "unable", "hardship", next_days=3), 10),
    (Talk(True, "debtor", "refused", "本人接听，称欠款有误，拒绝还款，已告知可提出书面异议。", "refusing", "dispute", next_days=3), 6),
    (Talk(False, "nobody", "number_invalid", "提示空号。", status="invalid"), 4),
    (_NOBODY, 34),
)  # fmt: skip


def work_day(cast: Cast, on: dt.date, chance: random.Random) -> None:
    """Collectors call by their work list; administration sends the letters that are due."""
    for user in cast.users.values():
        if user.role == Role.COLLECTOR:
            rows = worklist(user, on, Filters(action="call"), size=CALLS_A_DAY).rows
            for number, row in enumerate(rows):
                if row.verdict is None and row.addressee == "debtor":
                    _call(user, row, _moment(on, 9, number * 40), chance)
    clerk = cast.users["hel"]
    for number, row in enumerate(worklist(clerk, on, Filters(action="letter", role="all"), size=LETTERS_A_DAY).rows):
        if row.verdict is None and row.first.approval == "":
            _save(clerk, row, "letter", _moment(on, 15, number), Talk(True, "nobody", "letter_sent", "按原地址寄出。"))


def _moment(on: dt.date, hour: int, minutes: int) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(hour), LOCAL) + dt.timedelta(minutes=minutes)


def _call(user: User, row: Row, at: dt.datetime, chance: random.Random) -> None:
    talks, weights = zip(*_TALKS, strict=True)
    _save(user, row, "call", at, chance.choices(talks, weights)[0], chance)


def _save(user: User, row: Row, channel: str, at: dt.datetime, talk: Talk, chance: random.Random | None = None) -> None:
    """One contact as a collector saves it: the gate first, then the record with what came of it."""
    case = Case.objects.select_related("person", "creditor", "organisation").get(pk=row.case_id)
    points = ContactPoint.objects.filter(person=case.person, whose="debtor", kind__in=_KINDS[channel]).order_by("pk")
    point = points.exclude(statuses__status__in=("invalid", "suspended", "stranger")).first()
    if point is None:
        return
    codes = {(step.id, row.addressee) for step in row.steps}
    tasks = Task.objects.filter(case=case, status=Task.Status.OPEN, step__code__in=[code for code, _ in codes])
    entry = ContactEntry(
        case_id=case.pk,
        channel=channel,
        connected=talk.connected,
        point_id=point.pk,
        style="interactive" if channel == "call" else "informing",
        answered=talk.answered,
        identified=talk.answered == "debtor",
        seconds=chance.randrange(40, 300) if chance and talk.connected else None,
        exchange=talk.connected if channel == "call" else None,
        at=at,
        outcome=talk.outcome,
        reason_code=talk.reason,
        willingness=talk.willingness,
        note=talk.note,
        next_contact_on=at.date() + dt.timedelta(talk.next_days) if talk.next_days else None,
        next_contact_minute=600 if talk.next_days else None,
        promise=_promise(case, at.date(), talk),
        point_status=talk.status,
        task_ids=tuple(tasks.values_list("pk", flat=True)),
    )
    with reserve.person(case):
        decision = check(case, point, channel, actor=user, at=at, style=entry.style)
        if decision.allowed:
            saved = record(entry, actor=user, at=at, decision=decision)
            if not saved.saved:
                raise ValueError([str(problem) for problem in saved.problems])


def _promise(case: Case, on: dt.date, talk: Talk) -> PromiseEntry | None:
    if talk.promise_days is None:
        return None
    balance = CaseSummary.objects.values_list("balance_minor", flat=True).get(pk=case.pk)
    amount = balance if balance < 300_000 else balance // 300 * 100
    return PromiseEntry((Due(on + dt.timedelta(talk.promise_days), amount),))


def pay_day(cast: Cast, on: dt.date, chance: random.Random) -> None:
    """Of the promises due on the day, most are kept, some in part, some not at all."""
    entries = []
    for summary in CaseSummary.objects.filter(promise_due_on=on, promise_paid_minor=0).order_by("pk"):
        share = chance.choices((100, 40, 0), (55, 12, 33))[0]
        amount = (summary.promise_minor or 0) * share // 100
        if amount:
            reference = f"DEMO-{summary.pk}-{on}"
            entries.append(
                PaymentEntry(
                    case_id=summary.pk,
                    amount_minor=amount,
                    currency="CNY",
                    paid_on=on,
                    reference=reference,
                    source="bank",
                )
            )
    post_all(entries, actor=cast.users["caow"], at=_moment(on, 17, 0))
