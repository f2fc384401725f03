"""The eight questions of taking back what one asked for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from huikuan.approvals.decide import waiting
from huikuan.approvals.tests.test_inbox import ADDRESS, asked, case, collector, lead, signed_in
from huikuan.casebook.models import Act, Approval, Case, Hold, Notice
from huikuan.people.models import User

__all__ = ["case", "collector", "lead"]  # fixtures
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def request_(case: Case, collector: User) -> Approval:
    return asked(case, collector)


def withdraw(approval: Approval) -> str:
    return reverse("holds:withdraw", args=[approval.pk])


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "撤回"), ("en", "Withdraw")])
def test_1_who_asked_finds_the_button_and_nobody_else(
    request_: Approval, collector: User, lead: User, language: str, word: str
) -> None:
    own = signed_in(collector, language).get(ADDRESS).content.decode()
    assert f'action="{withdraw(request_)}"' in own and word in own
    assert withdraw(request_) not in signed_in(lead, language).get(ADDRESS).content.decode()


def test_1_a_withdrawn_request_waits_for_nobody_and_stays_in_the_list(
    request_: Approval, collector: User, lead: User
) -> None:
    client = signed_in(collector)
    row = client.post(withdraw(request_), headers=HTMX)
    assert (row.status_code, row["HX-Trigger"]) == (200, "case-changed")
    assert "已撤回" in row.content.decode() and "<form" not in row.content.decode()
    assert not waiting(lead, people.PLACED_ON).exists()
    assert "已撤回" in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("ends", ["withdrawn", "decided"])
def test_1_nobody_is_told_any_longer_to_decide_it(
    case: Case, collector: User, lead: User, ends: str
) -> None:
    manager = people.make_user("manager", lead.organisation)
    one, another = asked(case, collector), asked(case, collector)
    told = Notice.objects.filter(kind=Notice.Kind.APPROVAL, read_at__isnull=True).values_list(
        "user", "params__approval"
    )
    assert set(told.all()) == {
        (user.pk, approval.pk) for user in (lead, manager) for approval in (one, another)
    }
    if ends == "withdrawn":
        signed_in(collector).post(withdraw(one))
    else:
        signed_in(lead).post(
            reverse("holds:decide", args=[one.pk]), {"grant": "yes", "reason": "属实"}
        )
    one.refresh_from_db()
    assert one.status != "waiting"
    assert set(told.all()) == {(lead.pk, another.pk), (manager.pk, another.pk)}


def test_1_without_htmx_the_list_says_it(request_: Approval, collector: User) -> None:
    page = signed_in(collector).post(withdraw(request_), follow=True)
    assert page.redirect_chain == [(ADDRESS, 302)] and "已撤回" in page.content.decode()


def test_2_wrong_method(request_: Approval, collector: User) -> None:
    assert signed_in(collector).get(withdraw(request_)).status_code == 405


def test_3_another_team_or_organisation_finds_nothing(request_: Approval) -> None:
    for user in (
        people.make_user("collector", team=people.make_team("other")),
        people.make_user("manager", people.make_house("elsewhere")),
    ):
        assert signed_in(user).post(withdraw(request_)).status_code == 404


def test_3_a_colleague_or_the_lead_does_not_take_it_back(request_: Approval, lead: User) -> None:
    answer = signed_in(lead).post(withdraw(request_), headers=HTMX)
    request_.refresh_from_db()
    assert answer.status_code == 422 and request_.status == "waiting"
    assert "由他人申请" in answer.content.decode()


def test_4_read_only(request_: Approval) -> None:
    assert signed_in(people.make_user("quality")).post(withdraw(request_)).status_code == 403


def test_5_not_signed_in(request_: Approval) -> None:
    assert Client().post(withdraw(request_))["Location"].startswith("/sign-in/")


def test_6_what_was_decided_or_withdrawn_stays_as_it_is(
    request_: Approval, collector: User, lead: User
) -> None:
    client = signed_in(collector)
    for _ in range(2):
        assert client.post(withdraw(request_), headers=HTMX).status_code == 200
    assert Act.objects.filter(verb="approvals.withdraw").count() == 1
    signed_in(lead).post(reverse("holds:decide", args=[request_.pk]), {"grant": "yes"})
    request_.refresh_from_db()
    assert request_.status == "withdrawn" and not Hold.objects.exists()


def test_6_a_granted_one_is_not_withdrawn(request_: Approval, collector: User, lead: User) -> None:
    signed_in(lead).post(reverse("holds:decide", args=[request_.pk]), {"grant": "yes"})
    signed_in(collector).post(withdraw(request_))
    request_.refresh_from_db()
    assert request_.status == "granted" and Hold.objects.count() == 1


def test_7_one_act_of_who_asked(request_: Approval, collector: User) -> None:
    signed_in(collector).post(withdraw(request_))
    request_.refresh_from_db()
    assert request_.decided is not None
    assert (request_.decided.actor, request_.decided.verb) == (collector, "approvals.withdraw")


def test_8_number_of_queries(
    request_: Approval, collector: User, django_assert_max_num_queries
) -> None:
    client = signed_in(collector)
    people.nothing_waits()
    with django_assert_max_num_queries(12):
        client.post(withdraw(request_), headers=HTMX)
