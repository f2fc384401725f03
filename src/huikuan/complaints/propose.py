"""What is proposed to the complainant, within one's authority; and what the complainant says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, Func, OuterRef, Q, TextField, Value

from huikuan.approvals import decide as approvals
from huikuan.approvals.again import REJECTED, Wanted, against
from huikuan.approvals.ask import ask
from huikuan.approvals.decide import Decided
from huikuan.casebook import journal
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Approval, Complaint, ComplaintProposal
from huikuan.complaints.find import interest_column, interest_of
from huikuan.complaints.procedure import KIND, beyond, chain_of
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import (
    Done,
    Kind,
    columns,
    event,
    is_closed,
    lock,
    lock_case,
    owned,
    settle,
    text_problems,
)
from huikuan.engine.chain import Chain
from huikuan.lib.problems import Problem
from huikuan.people.models import User

#: What costs money, and therefore has an amount.
IN_MONEY = (ComplaintProposal.Sort.WAIVER, ComplaintProposal.Sort.REFUND)
KINDS = (KIND,)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. `number`: the first, the second …, as the page shows it."""

    number: int
    sort: str
    text: str
    amount_minor: int = 0


@transaction.atomic
def propose(number: str, entry: Proposal, *, actor: User, at: dt.datetime) -> Done:
    """Proposes a plan. What is beyond the actor's authority waits for whoever has it.

    Until they agree it is no proposal: nothing is told to the complainant. Asked is the sum of what
    stands on the complaint and on its case, so that no sum is given in parts.
    """
    lock_case(number, actor)
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    newest = complaint.proposals.order_by("-number").first()
    following = newest.number + 1 if newest else 1
    if entry.number < following:
        return Done(complaint, problems=(problem("complaint.again"),))
    wrong = _problems(entry, complaint)
    if newest is not None and waits(newest):
        wrong.append(problem("complaint.waits"))
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    chain = chain_of(complaint, entry.sort, day_of(complaint.organisation, at))
    if chain is None:
        return Done(complaint, problems=(problem("complaint.beyond", column="sort"),))
    currency = complaint.case.currency if complaint.case else ""
    above = beyond(chain, actor, asked_for(entry, complaint), currency)
    if above is None:
        return _write(complaint, entry, following, actor, at)
    if complaint.case is None:
        return Done(complaint, problems=(problem("complaint.amount_case", column="sort"),))
    return _ask(complaint, entry, following, above, actor, at)


def asked_for(entry: Proposal, complaint: Complaint) -> int:
    """The amount for which authority is asked: what stands, with this proposal.

    It is at least what was refused on the case: who was refused a sum does not give a part of it
    by themselves.
    """
    if entry.sort not in IN_MONEY:
        return 0
    of_case = ComplaintProposal.objects.filter(complaint__case=complaint.case, sort__in=IN_MONEY)
    proposals = list(of_case.select_related("approval").prefetch_related("events"))
    standing = sum(each.amount_minor for each in proposals if stands(each))
    refused = [_refused_amount(each) for each in proposals]
    return max([standing + entry.amount_minor, *refused])


def _refused_amount(proposal: ComplaintProposal) -> int:
    """The sum that was refused with it; 0 where nobody refused it."""
    if proposal.approval is None or not _is_rejected(proposal):
        return 0
    return proposal.approval.amount_minor or 0


def stands(proposal: ComplaintProposal) -> bool:
    """Whether it binds the house, or may: agreed to, told and not refused, or to be decided."""
    if _is_rejected(proposal) or _is_withdrawn(proposal):
        return False
    return all(event.kind != Kind.REFUSED for event in proposal.events.all())


def _problems(entry: Proposal, complaint: Complaint) -> list[Problem]:
    wrong = text_problems(entry.text, "text")
    if entry.sort not in ComplaintProposal.Sort.values:
        wrong.append(problem("complaint.empty", column="sort"))
    has_amount = entry.amount_minor > 0
    if entry.amount_minor < 0 or has_amount != (entry.sort in IN_MONEY):
        wrong.append(problem("complaint.amount", column="amount"))
    if has_amount and complaint.case is None:
        wrong.append(problem("complaint.amount_case", column="amount"))
    return wrong


def waits(proposal: ComplaintProposal) -> bool:
    """Whether somebody has still to say something of it: whoever decides, or the complainant."""
    if proposal.events.filter(kind__in=(Kind.AGREED, Kind.REFUSED)).exists():
        return False
    return not _is_withdrawn(proposal) and not _is_rejected(proposal)


def _is_withdrawn(proposal: ComplaintProposal) -> bool:
    """Whether whoever asked took it back before anybody answered."""
    approval = proposal.approval
    return approval is not None and approval.status == Approval.Status.WITHDRAWN


def _is_rejected(proposal: ComplaintProposal) -> bool:
    """Whether those who have the authority said no, or took their yes back."""
    return proposal.approval is not None and proposal.approval.status in REJECTED


def _write(
    complaint: Complaint, entry: Proposal, number: int, actor: User, at: dt.datetime
) -> Done:
    """Within one's own authority: it is a proposal at once."""
    act = journal.begin(actor, "complaints.propose", at=at)
    proposal = _row(complaint, entry, number, act, at, None)
    proposed = event(complaint, Kind.PROPOSED, act, at, proposal=proposal, text=entry.text.strip())
    settle(complaint, act, at)
    return Done(complaint, proposed)


def _ask(
    complaint: Complaint,
    entry: Proposal,
    number: int,
    chain: Chain,
    actor: User,
    at: dt.datetime,
) -> Done:
    """Puts it to those who have the authority. The answer has no event: nothing is proposed yet."""
    assert complaint.case is not None
    subject = {
        "complaint": complaint.number,
        "proposal": number,
        "sort": entry.sort,
        "alone": entry.amount_minor,
        "currency": complaint.case.currency,
    }
    amount = asked_for(entry, complaint) if entry.sort in IN_MONEY else None
    wanted = Wanted(KIND, complaint.case, subject, entry.text, amount)
    before = against(wanted)
    if before:
        return Done(complaint, problems=before)

    act = journal.begin(actor, "complaints.ask", at=at, reason=entry.text)
    approval = ask(
        KIND,
        act=act,
        case=complaint.case,
        subject=subject,
        reason=entry.text,
        at=at,
        amount_minor=amount,
        chain=chain,
    )
    _row(complaint, entry, number, act, at, approval)
    settle(complaint, act, at)
    return Done(complaint)


def _row(
    complaint: Complaint,
    entry: Proposal,
    number: int,
    act: Act,
    at: dt.datetime,
    approval: Approval | None,
) -> ComplaintProposal:
    currency = complaint.case.currency if complaint.case and entry.amount_minor else ""
    return ComplaintProposal.objects.create(
        **columns(complaint, act, at=at),
        number=number,
        sort=entry.sort,
        text=entry.text.strip(),
        amount_minor=entry.amount_minor,
        currency=currency,
        approval=approval,
    )


@transaction.atomic
def decide(approval_id: int, *, grant: bool, reason: str, actor: User, at: dt.datetime) -> Decided:
    """Somebody with the authority answers; granted, it is a proposal from now on.

    Nobody with an interest in the complaint does (`hindrance`, asked by the room of approvals).
    """
    decided = approvals.decide(
        approval_id, kinds=KINDS, grant=grant, reason=reason, actor=actor, at=at
    )
    if decided.act is None or decided.approval is None:
        return decided

    related = ComplaintProposal.objects.select_related("complaint__organisation")
    proposal = related.filter(approval=decided.approval).first()
    if proposal is None:
        return decided
    if decided.granted:
        lock(proposal.complaint)
        event(
            proposal.complaint,
            Kind.PROPOSED,
            decided.act,
            at,
            proposal=proposal,
            text=proposal.text,
        )
    settle(proposal.complaint, decided.act, at)
    return decided


def interested(user: User) -> Q:
    """Requests about complaints in which the user has an interest, for the inbox and its notices.

    By the number of the complaint: while it is asked for, the proposal itself is not written yet.
    """
    number = Func(
        OuterRef("subject"),
        Value("complaint"),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    named = Complaint.objects.filter(organisation_id=OuterRef("organisation_id"), number=number)
    with_interest = named.annotate(interest=interest_column(user))
    return Q(Exists(with_interest.exclude(interest="")))


def hindrance(approval: Approval, user: User, grant: bool) -> Problem | None:
    """Why this user does not answer such a request: an interest, or a complaint that is over."""
    mine = Complaint.objects.filter(organisation_id=approval.organisation_id)
    complaint = mine.filter(number=approval.subject.get("complaint", "")).first()
    if complaint is None:
        return None
    interest = interest_of(user, complaint)
    if interest:
        return problem("complaint.interest", why=interest)
    if grant and is_closed(complaint):
        return problem("complaint.closed")
    return None


@transaction.atomic
def withdraw(approval_id: int, *, actor: User, at: dt.datetime) -> Decided:
    """Whoever asked takes it back while it waits."""
    return approvals.withdraw(approval_id, kinds=KINDS, actor=actor, at=at)


@transaction.atomic
def answer(number: str, *, agrees: bool, text: str, way: str, actor: User, at: dt.datetime) -> Done:
    """What the complainant says of the proposal that waits, by which way, in their words."""
    begun = owned(number, actor)
    complaint = begun.complaint
    if begun.problems or complaint is None:
        return Done(complaint, problems=begun.problems)

    told = complaint.proposals.filter(events__kind=Kind.PROPOSED)
    answered = complaint.events.filter(kind__in=(Kind.AGREED, Kind.REFUSED))
    waiting = told.exclude(pk__in=answered.values("proposal_id")).order_by("-number").first()
    if waiting is None:
        return Done(complaint, problems=(problem("complaint.nothing_waits"),))
    wrong = text_problems(text, "text")
    if wrong:
        return Done(complaint, problems=tuple(wrong))

    kind = Kind.AGREED if agrees else Kind.REFUSED
    act = journal.begin(actor, "complaints.answer", at=at)
    said = event(complaint, kind, act, at, proposal=waiting, text=text.strip(), way=way)
    settle(complaint, act, at)
    return Done(complaint, said)
