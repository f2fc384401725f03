"""Asking for something that other people have to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from huikuan.approvals.again import AskedAgain, Wanted, against, changes, earlier
from huikuan.approvals.kinds import chain_of
from huikuan.approvals.stations import enter, tell
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Approval, Case, Task
from huikuan.casebook.together import covering
from huikuan.engine.chain import Chain


def ask(
    kind: str,
    *,
    act: Act,
    case: Case,
    subject: Mapping[str, Any],
    reason: str,
    at: dt.datetime,
    amount_minor: int | None = None,
    tasks: Sequence[Task] = (),
    chain: Chain | None = None,
) -> Approval:
    """Writes the request, puts it to the first station of its chain and tells those who answer.

    The caller has checked that the asker may ask, and with `again.against` that it is not what was
    refused a moment ago; else AskedAgain is raised. `subject` is what the room that carries it out
    needs, in plain JSON without personal data. `tasks` and `chain`: of a step, what waits for the
    grant and who decides; of other kinds the procedure of the case says who.
    """
    wanted = Wanted(kind, case, subject, reason, amount_minor, tuple(tasks))
    if against(wanted):
        raise AskedAgain(kind)

    currency = ""
    if amount_minor is not None:
        currency = case.currency
    approval = Approval(
        organisation_id=case.organisation_id,
        creditor_id=case.creditor_id,
        act=act,
        case=case,
        kind=kind,
        covers=covering(tasks),
        subject=dict(subject),
        reason=reason.strip()[:300],
        currency=currency,
        amount_minor=amount_minor,
        asked_at=at,
    )
    if tasks:
        approval.task = tasks[0]
        approval.standing = tasks[0].standing
    before = earlier(wanted)
    if before:
        approval.again_after = before[0]
        approval.changed = changes(wanted, before[0])

    on = day_of(approval.organisation, at)
    enter(approval, chain or chain_of(kind, case, subject, on), 0, at)
    approval.save()
    tell(approval, at)
    return approval
