"""Two people at the same moment: one request, one answer a station, one use of a grant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from huikuan.approvals.step import ask_for, decide
from huikuan.approvals.take_back import take_back
from huikuan.casebook.models import Approval, ApprovalAnswer, CaseNote, Notice
from tests import people
from tests.test_approval_chain import DAY, SECOND, load_chains, make_office

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, in the order of the acts."""
    together = threading.Barrier(len(acts))
    answers: dict[int, Any] = {}

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            together.wait(timeout=30)
            answers[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return [answers[number] for number in range(len(acts))]


def test_two_at_once() -> None:
    """One book for all of it: the packs are loaded once."""
    load_chains()
    office = make_office()
    room = office.room
    second = people.make_user("team_lead", room.case.organisation, team=room.collector.team)

    asked = at_once(
        lambda: ask_for(
            office.review.pk, reason="多次联系未果", actor=room.collector, at=office.at
        ),
        lambda: ask_for(office.review.pk, reason="请批准", actor=room.collector, at=office.at),
    )
    assert len({one.approval.pk for one in asked}) == 1
    request = Approval.objects.get()

    later = office.at + SECOND
    given = at_once(
        lambda: decide(request.pk, grant=True, reason="", actor=office.lead, at=later),
        lambda: decide(request.pk, grant=False, reason="暂缓", actor=second, at=later),
    )
    assert sorted(one.act is None for one in given) == [False, True]
    assert ApprovalAnswer.objects.count() == 1
    assert Notice.objects.filter(kind="decided").count() == 1

    Approval.objects.update(status="granted")
    ApprovalAnswer.objects.update(kind="granted")
    granter = ApprovalAnswer.objects.get().act.actor
    taken, problems = at_once(
        lambda: take_back(request.pk, reason="情况有变", actor=granter, at=later).act is not None,
        lambda: office.do(),
    )
    request.refresh_from_db()
    notes = CaseNote.objects.count()
    outcomes = {
        (True, ("done.approval_taken_back",), "taken_back", 0),
        (False, (), "granted", 1),
    }
    assert (taken, tuple(problems), request.status, notes) in outcomes


def test_an_answer_and_the_end_of_its_time_at_once() -> None:
    """Either the answer came first, or the silence: never both at one station."""
    from huikuan import daily

    load_chains()
    office = make_office()
    request = office.ask()
    over = request.answer_by
    assert over is not None
    answered, passed = at_once(
        lambda: decide(request.pk, grant=True, reason="", actor=office.lead, at=over - SECOND),
        lambda: daily.pass_on_silent(over),
    )
    request.refresh_from_db()
    outcomes = {(True, 0, "granted"), (False, 1, "waiting")}
    assert (answered.act is not None, passed, request.status) in outcomes
    assert ApprovalAnswer.objects.filter(station=0).count() == 1
    assert office.at + DAY < over
