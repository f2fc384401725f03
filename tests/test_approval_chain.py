"""A chain of approval through whole days: who answers, up to how much, by when, who stands in.

The pack is the shipped one of phone collection, with a chain added to the review of the case's
sheet and another one to what finance is asked for. The case owes 1,234.50.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from huikuan import daily
from huikuan.approvals.decide import waiting
from huikuan.approvals.step import ask_for, decide
from huikuan.calls.tests.call import Room, make_room, make_task
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Approval,
    ApprovalAnswer,
    Correction,
    Notice,
    PackVersion,
    Step,
    Task,
)
from huikuan.engine.pack import hash_of
from huikuan.ops.commands import approval as command
from huikuan.ops.made_once import made_once
from huikuan.payments import decide as payments
from huikuan.payments.ask_correction import ask_correction
from huikuan.payments.correct import CorrectionEntry
from huikuan.people.models import User
from huikuan.planning.activate import activate
from huikuan.planning.done import done
from tests import people
from tests.shipped import load_packs, texts_of

DAY = dt.timedelta(1)
SECOND = dt.timedelta(seconds=1)
#: What the case owes, and what one fen more makes of it.
OWED = 1234_50
CHAIN = """    approval:
      by:
        - {role: team_lead, up_to: 1234.50 CNY, stand_in: finance}
        - {role: manager, up_to: 2000 CNY}
        - general_manager
      amount: balance
      answer_within: {days: 2}
      otherwise: proprietor
"""
OF_THE_ROOMS = """
approvals:
  correction:
    by:
      - {right: decide_money, up_to: 100 CNY}
      - general_manager
    answer_within: {hours: 4}
    otherwise: refused
"""

pytestmark = pytest.mark.django_db


def load_chains(chain: str = CHAIN) -> None:
    """The shipped packs, and a later version of phone collection with these chains."""
    load_packs()
    files = dict(texts_of("phone_collection"))
    before, after = files["playbook.yaml"].split("  - id: review_sheet\n")
    files["playbook.yaml"] = f"{before}  - id: review_sheet\n{chain}{after}{OF_THE_ROOMS}"

    later = PackVersion.objects.create(
        pack="phone_collection",
        hash=hash_of(files),
        kind="playbook",
        version="tests",
        content=files,
        effective_from=people.PLACED_ON,
        approved_by="tests",
        loaded_at=people.moment(people.PLACED_ON),
    )
    activate(later, actor=None, at=people.moment(people.PLACED_ON))


@pytest.fixture(scope="module")
def procedures(django_db_setup: None, django_db_blocker: Any):
    with django_db_blocker.unblock():
        load_chains()

    yield

    with django_db_blocker.unblock():
        PackVersion.objects.all().delete()
        Step.objects.all().delete()


@dataclass
class Office:
    room: Room
    review: Task
    lead: User
    manager: User
    general: User
    owner: User
    finance: User

    @property
    def at(self) -> dt.datetime:
        """Ten in the morning of the first day."""
        return people.moment(self.room.today, 10)

    def owe(self, minor: int) -> None:
        """The case owes so much more."""
        people.make_item(self.room.case, self.room.today - DAY, minor)
        facts.refresh([self.room.case.pk])

    def ask(self) -> Approval:
        asked = ask_for(
            self.review.pk, reason="多次联系未果", actor=self.room.collector, at=self.at
        )
        assert asked.approval is not None, asked.problems
        return asked.approval

    def answer(
        self, request: Approval, user: User, *, grant: bool = True, after: dt.timedelta = SECOND
    ) -> list[str]:
        """What stood in the way of an answer; nothing where it was taken."""
        reason = "" if grant else "暂缓"
        said = decide(request.pk, grant=grant, reason=reason, actor=user, at=self.at + after)
        request.refresh_from_db()
        return [found.code for found in said.problems]

    def do(self, user: User | None = None) -> list[str]:
        answer = done(
            self.review.pk, text="已看", actor=user or self.room.collector, at=self.at + DAY
        )
        return [found.code for found in answer.problems]

    def told(self, user: User) -> bool:
        return Notice.objects.filter(user=user, kind="approval").exists()


@made_once
def office(procedures: None, db: None) -> Office:
    return make_office()


def make_office(code: str = "house") -> Office:
    """A house with somebody for every station."""
    room = make_room(code=code)
    house = room.collector.organisation
    roles = ("manager", "general_manager", "proprietor", "finance")
    others = [people.make_user(role, house) for role in roles]
    review = make_task(room.case, room.today, "review_sheet")
    return Office(room, review, room.colleague, *others)


def said(request: Approval) -> list[tuple[int, str, str]]:
    """Each answer: station, what, by whom."""
    rows = request.answers.select_related("act__actor").order_by("pk")
    return [(row.station, row.kind, row.act.actor.username) for row in rows]


# --- amounts


def test_up_to_the_amount_the_first_one_decides(office: Office) -> None:
    request = office.ask()
    assert request.amount_minor == OWED
    assert office.told(office.lead)
    assert not office.told(office.finance), "a stand-in while the lead is there"

    assert office.answer(request, office.lead) == []
    assert request.status == "granted"
    assert said(request) == [(0, "granted", office.lead.username)]
    assert office.do() == []


def test_a_fen_more_goes_on_to_the_next(office: Office) -> None:
    office.owe(1)
    request = office.ask()
    assert office.answer(request, office.lead) == []
    assert (request.status, request.role) == ("waiting", "manager")
    assert office.told(office.manager)
    assert office.do() == ["done.approval_waiting"]

    assert office.answer(request, office.manager) == []
    assert request.status == "granted"
    assert said(request) == [
        (0, "agreed", office.lead.username),
        (1, "granted", office.manager.username),
    ]
    assert office.do() == []


@pytest.mark.parametrize(("more", "stations"), [(765_50, 2), (765_51, 3)])
def test_the_second_amount_has_two_sides_as_well(more: int, stations: int, office: Office) -> None:
    office.owe(more)
    request = office.ask()
    for user in (office.lead, office.manager, office.general)[:stations]:
        assert request.status == "waiting"
        assert office.answer(request, user) == []
    assert request.status == "granted"


def test_a_grant_is_for_no_more_than_those_who_gave_it_may_decide(office: Office) -> None:
    small = office.ask()
    assert office.answer(small, office.lead) == []
    assert small.status == "granted"

    office.owe(1)
    assert office.do() == ["done.approval"]

    larger = office.ask()
    assert (larger.pk != small.pk, larger.amount_minor) == (True, OWED + 1)
    for user in (office.lead, office.manager):
        assert office.answer(larger, user) == []
    assert office.do() == []


def test_within_the_amount_of_its_station_a_grant_stands_when_the_debt_grows(
    office: Office,
) -> None:
    office.owe(1)
    request = office.ask()
    for user in (office.lead, office.manager):
        assert office.answer(request, user) == []
    office.owe(765_49)
    assert office.do() == []


def test_the_last_station_grants_any_amount(office: Office) -> None:
    office.owe(1_000_000_00)
    request = office.ask()
    for user in (office.lead, office.manager, office.general):
        assert office.answer(request, user) == []
    office.owe(9_000_000_00)
    assert office.do() == []


def test_a_grant_in_one_currency_is_none_in_another(office: Office) -> None:
    request = office.ask()
    assert office.answer(request, office.lead) == []
    Approval.objects.filter(pk=request.pk).update(currency="USD")
    assert office.do() == ["done.approval"]


def test_one_refusal_ends_it_wherever_it_stands(office: Office) -> None:
    office.owe(1)
    request = office.ask()
    assert office.answer(request, office.lead) == []
    assert office.answer(request, office.manager, grant=False) == []
    assert request.status == "refused"
    assert office.do() == ["done.approval_refused"]


# --- who answers


def test_nobody_answers_twice_and_nobody_for_themselves(office: Office) -> None:
    """A lead who has become a manager as well has one answer all the same."""
    office.owe(1)
    request = office.ask()
    assert office.answer(request, office.lead) == []
    office.lead.roles.add(office.manager.roles.get())
    office.lead.forget_roles()
    assert office.answer(request, office.lead) == ["approval.answered"]
    assert not waiting(office.lead, office.room.today).filter(pk=request.pk).exists()

    asked = ask_for(
        make_task(office.room.case, office.room.today - DAY, "review_sheet").pk,
        reason="组长自己申请",
        actor=office.lead,
        at=office.at,
    ).approval
    assert asked is not None
    assert office.answer(asked, office.lead) == ["approval.own"]


def test_whoever_answered_at_any_station_does_not_do_it(office: Office) -> None:
    office.owe(1)
    request = office.ask()
    office.answer(request, office.lead)
    office.answer(request, office.manager)
    assert office.do(office.lead) == ["done.approval_own"]
    assert office.do(office.manager) == ["done.approval_own"]
    assert office.do() == []


def test_the_next_one_waits_for_the_first(office: Office) -> None:
    """Manager and general manager stand above the lead, and keep their answers for their own."""
    office.owe(766_00)
    request = office.ask()
    for user in (office.manager, office.general, office.finance, office.room.collector):
        assert office.answer(request, user) == ["approval.role"], user.username
    assert request.status == "waiting"


def test_somebody_above_without_a_station_of_their_own_covers_one(office: Office) -> None:
    """As for a chain of one."""
    supervisor = people.make_user(
        "supervisor", office.room.collector.organisation, team=office.room.collector.team
    )
    request = office.ask()
    assert office.answer(request, supervisor) == []
    assert request.status == "granted"


def test_somebody_above_decides_what_does_not_come_to_their_own_station(office: Office) -> None:
    """The lead's amount covers it, so the manager's own answer is not wanted later."""
    request = office.ask()
    assert office.answer(request, office.manager) == []
    assert request.status == "granted"


def test_a_stand_in_answers_while_everybody_of_the_station_is_away(office: Office) -> None:
    request = office.ask()
    assert office.answer(request, office.finance) == ["approval.role"]

    office.lead.absent_from = office.room.today
    office.lead.save()
    assert waiting(office.finance, office.room.today).filter(pk=request.pk).exists()
    assert office.answer(request, office.finance) == []
    answer = request.answers.get()
    assert (answer.stood_in, answer.act.actor) == (True, office.finance)


@pytest.mark.parametrize(("first", "last"), [(1, None), (-5, -1)])
def test_before_and_after_an_absence_nobody_stands_in(
    first: int, last: int | None, office: Office
) -> None:
    office.lead.absent_from = office.room.today + first * DAY
    office.lead.absent_until = None if last is None else office.room.today + last * DAY
    office.lead.save()
    assert office.answer(office.ask(), office.finance) == ["approval.role"]


def test_of_two_leads_one_at_work_is_enough(office: Office) -> None:
    office.lead.absent_from = office.room.today
    office.lead.save()
    second = people.make_user(
        "team_lead", office.room.collector.organisation, team=office.room.collector.team
    )
    request = office.ask()
    assert office.answer(request, office.finance) == ["approval.role"]
    assert office.answer(request, second) == []
    assert not request.answers.get().stood_in


# --- nobody answers


def test_two_days_last_until_the_second_one_is_over(office: Office) -> None:
    request = office.ask()
    assert request.answer_by == people.moment(office.room.today + 3 * DAY, 0)


def test_silence_goes_on_to_the_named_role_as_a_dated_event(office: Office) -> None:
    request = office.ask()
    over = request.answer_by
    assert over is not None
    assert daily.pass_on_silent(over - SECOND) == 0
    assert daily.pass_on_silent(over) == 1
    assert daily.pass_on_silent(over) == 0, "a second time changes nothing"

    request.refresh_from_db()
    assert (request.status, request.role, request.answer_by) == ("waiting", "proprietor", None)
    silence = request.answers.get()
    assert (silence.kind, silence.station, silence.role, silence.at) == (
        "silent",
        0,
        "team_lead",
        over,
    )
    assert silence.act.actor.username == "service.house"
    assert office.told(office.owner)

    late = over - office.at + SECOND
    for user in (office.lead, office.manager, office.general):
        assert office.answer(request, user, after=late) == ["approval.role"]
    assert office.answer(request, office.owner, after=late) == []
    assert request.status == "granted"


def test_the_time_runs_anew_at_every_station(office: Office) -> None:
    office.owe(1)
    request = office.ask()
    assert office.answer(request, office.lead, after=DAY) == []
    assert request.answer_by == people.moment(office.room.today + 4 * DAY, 0)
    assert daily.pass_on_silent(people.moment(office.room.today + 3 * DAY, 0)) == 0


def test_an_answer_that_comes_too_late_finds_it_gone_on(office: Office) -> None:
    """Also where no worker has looked since."""
    request = office.ask()
    assert office.answer(request, office.lead, after=4 * DAY) == ["approval.role"]
    assert (request.role, said(request)[0][1]) == ("proprietor", "silent")


# --- what the rooms ask for


def credit_note(office: Office, minor: int) -> Approval:
    entry = CorrectionEntry(
        case_id=office.room.case.pk,
        item_id=office.room.case.items.order_by("pk")[0].pk,
        kind="credit_note",
        charge_kind="principal",
        amount_minor=-minor,
        on=office.room.today,
        reason="退货",
        reference=f"CN-{minor}",
        basis="",
    )

    asked = ask_correction(entry, actor=office.room.collector, at=office.at)
    assert asked.approval is not None, asked.problems
    return asked.approval


def confirm(office: Office, request: Approval, user: User, *, grant: bool = True) -> list[str]:
    reason = "" if grant else "不符"
    answer = payments.decide(request.pk, grant=grant, reason=reason, actor=user, at=office.at)
    request.refresh_from_db()
    return [found.code for found in answer.problems]


def test_the_procedure_says_who_decides_what_a_room_asks_for(office: Office) -> None:
    request = credit_note(office, 100_00)
    assert (request.right, request.role) == ("decide_money", "")
    assert confirm(office, request, office.finance) == []
    assert request.status == "granted"
    assert Correction.objects.count() == 1


def test_nothing_is_carried_out_before_the_chain_is_at_its_end(office: Office) -> None:
    request = credit_note(office, 100_01)
    assert confirm(office, request, office.finance) == []
    assert (request.status, request.role) == ("waiting", "general_manager")
    assert not Correction.objects.exists()

    assert confirm(office, request, office.general) == []
    assert request.status == "granted"
    assert Correction.objects.count() == 1


def test_silence_may_be_a_refusal(office: Office) -> None:
    request = credit_note(office, 100_01)
    assert request.answer_by == office.at + dt.timedelta(hours=4)
    assert daily.pass_on_silent(office.at + dt.timedelta(hours=4)) == 1
    request.refresh_from_db()
    assert request.status == "refused"
    assert not Correction.objects.exists()
    told = Notice.objects.get(user=office.room.collector, kind="decided")
    assert told.params["status"] == "refused"


def test_a_case_of_another_procedure_keeps_the_chain_that_ships(office: Office) -> None:
    other = make_room("b2b_receivables", "company", name="某公司", code="other")
    entry = CorrectionEntry(
        case_id=other.case.pk,
        item_id=other.case.items.order_by("pk")[0].pk,
        kind="credit_note",
        charge_kind="principal",
        amount_minor=-500_00,
        on=other.today,
        reason="退货",
        reference="CN-1",
        basis="",
    )

    request = ask_correction(entry, actor=other.collector, at=office.at).approval
    assert request is not None
    assert (len(request.chain["by"]), request.right) == (1, "decide_money")


# --- where it stands


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("审批顺序", "已同意，转下一审批人", "当前环节", "限额 ¥1,234.50")),
        ("en", ("agreed, the next one decides", "waits here", "up to ¥1,234.50")),
    ],
)
def test_the_page_shows_where_the_chain_stands(
    language: str, words: tuple[str, ...], office: Office
) -> None:
    office.owe(1)
    request = office.ask()
    office.answer(request, office.lead)
    client = Client(headers={"accept-language": language})
    client.force_login(office.manager)
    page = client.get(reverse("approvals:inbox")).content.decode()
    for word in words:
        assert word in page, word


def test_the_command_says_it_too(office: Office, capsys: Any) -> None:
    office.owe(1)
    request = office.ask()
    office.answer(request, office.lead)
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    show = parser.parse_args(["show", str(request.pk), "--organisation", "house", "--json"])
    assert command.run(show) == 0

    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [station["role"] for station in line["chain"]] == [
        "team_lead",
        "manager",
        "general_manager",
    ]
    assert [station["waits"] for station in line["chain"]] == [False, True, False]
    assert line["chain"][0]["answer"]["by"] == office.lead.username
    assert line["chain"][0]["up_to"] == [[OWED, "CNY"]]


# --- what was asked for before there were chains


def test_old_requests_keep_their_station_and_their_answer(office: Office) -> None:
    from importlib import import_module

    migration = import_module("huikuan.casebook.migrations.0024_approval_chains")
    request = credit_note(office, 50_00)
    confirm(office, request, office.finance)
    ApprovalAnswer.objects.all().delete()
    Approval.objects.update(chain={}, right="", station=0)
    with connection.cursor() as cursor:
        cursor.execute(migration.OLD_REQUESTS)

    request.refresh_from_db()
    assert (request.right, request.chain["by"][0]["right"]) == ("decide_money", "decide_money")
    assert said(request) == [(0, "granted", office.finance.username)]
    assert Act.objects.filter(pk=request.answers.get().act_id).exists()
