"""A complaint comes in: by telephone, letter, regulator, client, or out of a talk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from huikuan.casebook import journal, sealed
from huikuan.casebook.access import visible_cases
from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Case, Complaint
from huikuan.casebook.same_content import digest_of, says_the_same
from huikuan.complaints.listed import name_index
from huikuan.complaints.sentences import MOST_LINE, problem
from huikuan.complaints.write import settle, tell, text_problems
from huikuan.lib.problems import Problem
from huikuan.people.models import Creditor, Organisation, User
from huikuan.people.rights import Right


@dataclass(frozen=True, slots=True)
class Reception:
    """What whoever takes a complaint writes down. `received_at`: when it reached the house.

    `case` and `creditor` are numbers as the house writes them, empty where a stranger has none.
    `name` and `reach` are empty where nothing is known, as of an anonymous letter.
    `about`: the user name of the collector complained about. `key`: one form, one complaint.
    """

    channel: str
    who: str
    name: str
    reach: str
    said: str
    received_at: dt.datetime
    case: str = ""
    creditor: str = ""
    about: str = ""
    reference: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """The complaint, or why there is none. `is_new`: this call opened it."""

    complaint: Complaint | None
    problems: tuple[Problem, ...] = ()
    is_new: bool = False


@transaction.atomic
def receive(entry: Reception, *, actor: User, at: dt.datetime) -> Received:
    """Opens the complaint; the same form a second time gives the complaint that it opened.

    Whoever handles complaints receives them by any way; a collector hands over what was said in a
    talk on a case that they see.
    """
    house = actor.organisation
    if house is None or not actor.may(Right.HANDLE_COMPLAINTS, Right.RECORD_CONTACTS):
        return Received(None, (problem("complaint.right"),))
    if entry.channel != Complaint.Channel.TALK and not actor.may(Right.HANDLE_COMPLAINTS):
        return Received(None, (problem("complaint.right", column="channel"),))

    case = None
    if entry.case.strip():
        case = visible_cases(actor).filter(number=entry.case.strip()).first()
    problems = list(_problems(entry, case, actor, at))
    if problems:
        return Received(None, tuple(problems))

    try:
        with transaction.atomic():
            act = journal.begin(
                actor,
                "complaints.receive",
                at=at,
                request_id=entry.key,
                request_content=digest_of(entry),
            )
            complaint = _write(entry, case, act, at)
    except IntegrityError:
        # The same form, sent twice: whoever comes second finds what the first one opened.
        return _sent_before(entry, actor, house)
    settle(complaint, act, at)
    _tell_service(complaint, actor, at)
    return Received(complaint, is_new=True)


def _sent_before(entry: Reception, actor: User, house: Organisation) -> Received:
    """What the same form opened; what says something else under its key is another complaint.

    Nobody is given the complaint of somebody else: that they would not see.
    """
    before = Complaint.objects.select_related("act").get(organisation=house, request_id=entry.key)
    is_theirs = before.act.actor_id == actor.pk
    if not is_theirs or says_the_same(before.act, entry) is False:
        return Received(None, (problem("complaint.key_used", column="key"),))
    return Received(before, (problem("complaint.again"),))


def _problems(entry: Reception, case: Case | None, actor: User, at: dt.datetime) -> list[Problem]:
    """Everything that is wrong with what was written down."""
    found = [*text_problems(entry.said, "said")]
    for column, text in (("name", entry.name), ("reach", entry.reach)):
        if text.strip():
            found += text_problems(text, column, most=MOST_LINE)

    if entry.channel not in Complaint.Channel.values:
        found.append(problem("complaint.empty", column="channel"))
    if entry.who not in Complaint.Who.values:
        found.append(problem("complaint.empty", column="who"))
    if entry.received_at > at:
        found.append(problem("complaint.moment", column="received_at"))
    return [*found, *_unknown(entry, case, actor)]


def _unknown(entry: Reception, case: Case | None, actor: User) -> list[Problem]:
    """What is named and not there: a typing mistake would take the complaint its rules."""
    found = []
    if entry.case.strip() and case is None:
        found.append(problem("complaint.case", column="case", number=entry.case))
    if entry.creditor.strip() and creditor_of(entry.creditor, actor) is None:
        found.append(problem("complaint.client", column="creditor", value=entry.creditor))
    if entry.about.strip() and person_of(entry.about, actor) is None:
        found.append(problem("complaint.person", column="about", value=entry.about))

    is_talk = entry.channel == Complaint.Channel.TALK
    if is_talk and case is None and not actor.may(Right.HANDLE_COMPLAINTS):
        found.append(problem("complaint.case", column="case", number=entry.case))
    return found


def _write(entry: Reception, case: Case | None, act: Act, at: dt.datetime) -> Complaint:
    """The row. Whose debt it is about follows from the case, else from what is known."""
    house = act.organisation
    creditor = case.creditor if case else creditor_of(entry.creditor, act.actor)
    about = person_of(entry.about, act.actor)

    received_on = day_of(house, entry.received_at)
    complaint = Complaint.objects.create(
        organisation=house,
        creditor=creditor,
        case=case,
        act=act,
        valid_on=received_on,
        recorded_at=at,
        # Numbered by the act: two who receive one in the same moment have two numbers.
        number=f"TS-{received_on:%Y%m%d}-{act.pk}",
        channel=entry.channel,
        received_at=entry.received_at,
        who=entry.who,
        name_sealed=_sealed(entry.name),
        name_index=name_index(entry.name),
        reach_sealed=_sealed(entry.reach),
        said=entry.said.strip(),
        reference=entry.reference.strip()[:80],
        about_user=about,
        request_id=act.request_id,
    )
    return Complaint.objects.select_related("organisation", "about_user").get(pk=complaint.pk)


def _sealed(text: str) -> bytes:
    """The text encrypted; nothing where there is none, so that a query sees that it is missing."""
    return sealed.seal(text.strip()) if text.strip() else b""


def creditor_of(code: str, actor: User) -> Creditor | None:
    """The client of this code in the actor's house."""
    mine = Creditor.objects.filter(organisation_id=actor.organisation_id or 0)
    return mine.filter(code=code.strip()).first()


def person_of(username: str, actor: User) -> User | None:
    """Somebody who works, or worked, in the actor's house; nobody who looks in from outside."""
    mine = User.objects.filter(organisation_id=actor.organisation_id or 0)
    return mine.filter(username=username.strip(), creditor=None).first()


def _tell_service(complaint: Complaint, actor: User, at: dt.datetime) -> None:
    """Customer service hears of what a collector hands over."""
    if actor.may(Right.HANDLE_COMPLAINTS):
        return
    people = User.objects.who_may(Right.HANDLE_COMPLAINTS)
    told = people.filter(organisation_id=complaint.organisation_id, is_active=True)
    tell(complaint, told.exclude(username__startswith="service."), "received", at)
