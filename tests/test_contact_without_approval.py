"""What took place without its approval is kept and counted, and is no act of its step.

The visit of phone collection wants the manager's approval as it ships. Somebody of the field was at
the debtor's door without it: the book must say so, and go on asking.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import facts
from huikuan.casebook.models import CaseSummary, ContactPoint, ContactRecord, Notice
from huikuan.gate import reserve
from huikuan.people.models import User
from tests import people, test_step_approval
from tests.test_step_approval import Office

office = test_step_approval.office
procedures = test_step_approval.procedures

pytestmark = [pytest.mark.django_db, pytest.mark.long]
REASON = "路过时遇到债务人"
FLAG = "未经审批"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home_of(office: Office) -> ContactPoint:
    return office.room.case.person.points.get(kind="address")


def visit(office: Office, **form: Any) -> Any:
    """The team lead's record of a visit by two, in which the debtor was met."""
    given = office.room.talk(channel="visit", point=home_of(office).pk, staff="2") | form
    address = reverse("calls:other", args=[office.room.case.number])
    return client_of(office.room.colleague).post(address, given)


def summary(office: Office) -> CaseSummary:
    facts.refresh([office.room.case.pk])
    return CaseSummary.objects.get(pk=office.room.case.pk)


def test_without_a_reason_it_is_refused(office: Office) -> None:
    assert visit(office, tasks=[]).status_code == 422
    assert not ContactRecord.objects.exists()


def test_it_is_kept_and_does_nothing(office: Office) -> None:
    assert FLAG in visit(office, tasks=[], override_reason=REASON).content.decode()
    saved = office.room.saved()
    assert (saved.unapproved, saved.override_reason) == (True, REASON)
    office.visit.refresh_from_db()
    assert office.visit.status == "open"

    seen = summary(office)
    assert (seen.visit_on, seen.visits_made, seen.last_attempt_on) == (None, 0, None)
    assert seen.reached_on == office.room.today, "what the debtor said is known all the same"
    assert facts.differences() == []


def test_the_limits_count_it(office: Office) -> None:
    visit(office, tasks=[], override_reason=REASON)

    decision = reserve.ask_again(
        office.room.case,
        home_of(office),
        "visit",
        actor=office.room.colleague,
        at=timezone.now(),
        style="interactive",
        staff=2,
    )
    assert decision.facts["visits_today"] == 1


def test_those_who_decide_are_told(office: Office) -> None:
    other_house = people.make_house("elsewhere")
    people.make_user("manager", other_house)
    visit(office, tasks=[], override_reason=REASON)
    told = Notice.objects.filter(kind=Notice.Kind.UNAPPROVED)
    assert [each.user for each in told] == [office.manager]

    page = client_of(office.manager).get(reverse("notices")).content.decode()
    assert f"{office.room.case.number} 的外访未经审批" in page
    history = client_of(office.manager).get(reverse("case", args=[office.room.case.number]))
    assert FLAG in history.content.decode() and REASON in history.content.decode()


def test_the_approved_one_counts(office: Office) -> None:
    """The act of the step is dated and counted, and nobody is told of anything amiss."""
    office.grant(office.visit, office.room.colleague)
    assert visit(office, tasks=[str(office.visit.pk)]).status_code == 200
    assert not office.room.saved().unapproved
    seen = summary(office)
    assert (seen.visit_on, seen.visits_made) == (office.room.today, 1)
    assert not Notice.objects.filter(kind=Notice.Kind.UNAPPROVED).exists()
