"""Return, retention and recall."""

from __future__ import annotations

import datetime as dt

import pytest

from huikuan.allocation.confirm import confirm
from huikuan.allocation.propose import propose
from huikuan.allocation.returns import WrongDay, recall_cases, retain_cases, return_cases
from huikuan.allocation.tests.conftest import AT, ON, House
from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import Act, Assignment, CaseEvent, CaseSummary
from huikuan.ops.made_once import made_once


@made_once
def held(house: House) -> House:
    confirm(
        propose(house.organisation, ON, team=house.north, actor=house.lead, at=AT), house.lead, AT
    )
    return house


def test_a_returned_case_leaves_its_collector_and_the_lists(held: House) -> None:
    case = held.cases[0]
    holder = CaseSummary.objects.get(pk=case.pk).assignee_id
    collector = next(user for user in held.collectors if user.pk == holder)
    assert visible_cases(collector).filter(pk=case.pk).exists()
    assert return_cases([case.pk], held.lead, on=ON, at=AT, reason="到期退案") == [case]
    summary = CaseSummary.objects.get(pk=case.pk)
    assert (summary.is_open, summary.assignee_id) == (False, None)
    assert not visible_cases(collector).filter(pk=case.pk).exists()
    event = CaseEvent.objects.get(case=case, kind="returned")
    assert (event.valid_on, event.act.reason) == (ON, "到期退案")
    assert not facts.differences()
    assert return_cases([case.pk], held.lead, on=ON, at=AT) == []  # a second click
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_a_kept_case_has_a_new_day_of_return(held: House) -> None:
    case, until = held.cases[0], ON + dt.timedelta(days=30)
    assert retain_cases([case.pk], until, held.lead, on=ON, at=AT) == [case]
    summary = CaseSummary.objects.get(pk=case.pk)
    assert (summary.return_on, summary.is_open) == (until, True)
    assert summary.assignee_id is not None
    acts = Act.objects.count()
    with pytest.raises(WrongDay):
        retain_cases([case.pk], ON, held.lead, on=ON, at=AT)
    assert Act.objects.count() == acts


def test_a_recalled_case_is_over(held: House) -> None:
    case = held.cases[0]
    recall_cases([case.pk], held.lead, on=ON, at=AT)
    assert CaseSummary.objects.get(pk=case.pk).is_open is False
    assert Assignment.objects.filter(case=case).latest("pk").user is None
    assert not facts.differences()


def test_only_what_the_actor_sees_is_touched(held: House) -> None:
    assert return_cases([case.pk for case in held.cases], held.other_lead, on=ON, at=AT) == []
    assert CaseSummary.objects.filter(is_open=True).count() == 12
