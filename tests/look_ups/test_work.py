"""A look-up needs a lawful basis; it is submitted on its day, confirmed and answered."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Breach,
    Case,
    CaseSummary,
    Clock,
    ContactPoint,
    LookUp,
    LookUpEvent,
    Notice,
)
from huikuan.clocks.watch import record_breaches
from huikuan.contacts.points import NewPoint
from huikuan.look_ups.ask import LookUpEntry, ask
from huikuan.look_ups.work import answer, confirm, submit
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from tests import people
from tests.agency import load_all
from tests.together import at_once

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 23)
ENTRY = LookUpEntry("register", "court", "（2026）沪01执0001号调查令", "示例派出所", "户籍地址")


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    return people.moment(ON + dt.timedelta(days=days), hour) + dt.timedelta(minutes=minute)


@dataclass
class Office:
    case: Case
    collector: User
    clerk: User


@made_once
def office(db: None) -> Office:
    load_all(at=at(0))
    house = people.make_house()
    collector = people.make_user("collector", house)
    bank = people.make_creditor("bank", house)
    case = people.make_case(creditor=bank, placed_on=ON, items=[(ON, 100)], collector=collector)
    facts.refresh([case.pk])
    return Office(case, collector, people.make_user("data_centre", house))


@made_once
def asked(office: Office) -> LookUp:
    look_up = ask(office.case.number, ENTRY, actor=office.collector, at=at(9)).look_up
    assert look_up is not None
    return look_up


def codes(result) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in result.problems]


def test_from_the_request_to_the_contact_point(office: Office, asked: LookUp) -> None:
    assert Notice.objects.filter(user=office.clerk, kind="look_up").count() == 1
    clock = Clock.objects.get(kind="look_up_submitted")
    assert (clock.role, clock.due_at) == ("data_centre", at(0, days=1))

    assert submit(asked.pk, actor=office.clerk, at=at(15)).done
    confirmed = confirm(
        asked.pk, spoken_to="王警官", happened_at=at(15, 30), actor=office.clerk, at=at(16)
    )
    assert confirmed.event is not None
    assert (confirmed.event.spoken_to, confirmed.event.happened_at) == ("王警官", at(15, 30))

    point = NewPoint(kind="address", value="上海市黄浦区某路1号", place="register")
    result = answer(asked.pk, [point], text="", actor=office.clerk, at=at(10, days=2))
    assert result.done
    learned = ContactPoint.objects.get(person=office.case.person, kind="address")
    assert (learned.source, learned.place) == ("authorised", "register")
    assert learned.valid_on == ON + dt.timedelta(2), "with its day"
    assert Notice.objects.filter(user=office.collector, kind="look_up").count() == 1
    assert not Breach.objects.exists() and record_breaches(at(12, days=2)) == 0


def test_without_a_lawful_basis_it_is_refused_and_recorded(office: Office) -> None:
    for basis in ("", "a friend at the bank"):
        entry = LookUpEntry("register", basis, "", "示例派出所", f"户籍地址 {basis}")
        refused = ask(office.case.number, entry, actor=office.collector, at=at(9))
        assert codes(refused) == ["look_up.no_basis"] and not refused.done
        assert refused.look_up is not None
        assert (refused.look_up.status, refused.look_up.basis) == ("refused", "")

    assert LookUpEvent.objects.filter(kind="refused").count() == 2
    assert not Notice.objects.filter(kind="look_up").exists(), "nobody is asked to submit it"
    assert Clock.objects.filter(kind="look_up_submitted", met_at=None).count() == 0
    pk = LookUp.objects.order_by("pk")[0].pk
    assert codes(submit(pk, actor=office.clerk, at=at(10))) == ["look_up.refused"]


def test_the_client_is_asked_about_its_own_customer_without_a_basis(office: Office) -> None:
    for kind in ("assistance", "data"):
        entry = LookUpEntry(kind, "", "", "示例派出所", f"请协助核对地址 {kind}")
        asked = ask(office.case.number, entry, actor=office.collector, at=at(9))
        assert asked.done and asked.look_up is not None
        assert asked.look_up.addressed_to == office.case.creditor.name, "and nobody else"


def test_whoever_asks_does_not_work_it(office: Office) -> None:
    both = people.make_user("data_centre", office.case.organisation)
    own = ask(office.case.number, ENTRY, actor=both, at=at(9))
    if own.look_up is None:  # the role sees no such case
        own = ask(office.case.number, ENTRY, actor=office.collector, at=at(9))
        assert own.look_up is not None
        Act.objects.filter(pk=own.look_up.act_id).update(actor=both)
    assert own.look_up is not None
    assert codes(submit(own.look_up.pk, actor=both, at=at(10))) == ["look_up.own"]
    assert submit(own.look_up.pk, actor=office.clerk, at=at(10)).done


@pytest.mark.parametrize(
    "number", ["身份证990101199003070011", "电话138 0000 0001", "卡号6222-0000-0000-0001"]
)
def test_a_question_holds_no_number_of_a_person(number: str, office: Office) -> None:
    entry = replace(ENTRY, question=f"{number}现在的地址")
    asked = ask(office.case.number, entry, actor=office.collector, at=at(9))
    assert codes(asked) == ["look_up.number"]
    assert not LookUp.objects.exists()


def test_nothing_is_looked_up_for_a_closed_case(office: Office) -> None:
    CaseSummary.objects.filter(pk=office.case.pk).update(is_open=False)
    asked = ask(office.case.number, ENTRY, actor=office.collector, at=at(9))
    assert codes(asked) == ["look_up.closed"]


def test_a_blank_makes_no_second_request(office: Office, asked: LookUp) -> None:
    again = ask(
        office.case.number,
        replace(ENTRY, question=f" {ENTRY.question} "),
        actor=office.collector,
        at=at(9),
    )
    assert codes(again) == ["look_up.waiting"]


def test_what_is_missing_is_said_at_once(office: Office) -> None:
    empty = LookUpEntry("nothing", "court", " ", "", "")
    assert codes(ask(office.case.number, empty, actor=office.collector, at=at(9))) == [
        "look_up.kind",
        "look_up.evidence",
        "look_up.to",
        "look_up.question",
    ]
    assert not LookUp.objects.exists()


def test_a_late_submission_is_a_breach(office: Office, asked: LookUp) -> None:
    assert record_breaches(at(0, days=1)) == 0
    assert record_breaches(at(0, 1, days=1)) == 1
    assert submit(asked.pk, actor=office.clerk, at=at(9, days=1)).done
    breach = Breach.objects.get()
    assert (breach.role, breach.due_at) == ("data_centre", at(0, days=1))


def test_each_act_once_and_in_its_order(office: Office, asked: LookUp) -> None:
    by = {"actor": office.clerk, "at": at(10)}
    assert codes(confirm(asked.pk, spoken_to="王", **by)) == ["look_up.not_submitted"]
    assert codes(answer(asked.pk, [], text="无", **by)) == ["look_up.not_submitted"]

    assert submit(asked.pk, **by).done
    assert codes(submit(asked.pk, **by)) == ["look_up.done"]
    assert codes(confirm(asked.pk, spoken_to=" ", **by)) == ["look_up.spoken_to"]
    early = confirm(asked.pk, spoken_to="王", happened_at=at(9, 59), **by)
    assert codes(early) == ["look_up.moment"]
    assert confirm(asked.pk, spoken_to="王", **by).done
    assert codes(confirm(asked.pk, spoken_to="王", **by)) == ["look_up.done"]
    assert codes(answer(asked.pk, [], text=" ", **by)) == ["look_up.nothing"]
    wrong = answer(asked.pk, [NewPoint(kind="mobile", value="12", field="value")], text="", **by)
    assert wrong.problems and asked.status == "received"
    assert answer(asked.pk, [], text="查无登记", **by).done
    assert codes(answer(asked.pk, [], text="查无登记", **by)) == ["look_up.done"]


def test_only_the_data_centre_works_it(office: Office, asked: LookUp) -> None:
    assert codes(submit(asked.pk, actor=office.collector, at=at(10))) == ["look_up.right"]
    stranger = people.make_user("data_centre", people.make_house("other"))
    assert codes(submit(asked.pk, actor=stranger, at=at(10))) == ["look_up.unknown"]
    other = people.make_user("collector", office.case.organisation)
    assert codes(ask(office.case.number, ENTRY, actor=other, at=at(10))) == ["look_up.case"]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_request(office: Office) -> None:
    def click() -> bool:
        return ask(office.case.number, ENTRY, actor=office.collector, at=at(9)).done

    assert sorted(at_once([click, click])) == [False, True]
    assert LookUp.objects.count() == 1


# pages


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def addresses(asked: LookUp) -> dict[str, str]:
    named = {name: reverse(f"look_ups:{name}", args=[asked.pk]) for name in
             ("look_up", "submit", "confirm", "answer")}  # fmt: skip
    return named | {
        "list": reverse("look_ups:list"),
        "ask": reverse("look_ups:ask", args=[asked.case.number]),
    }


def test_pages_ask_who_it_is(office: Office, asked: LookUp) -> None:
    stranger = people.make_user("manager", people.make_house("other"))

    for name, address in addresses(asked).items():
        posts = name in ("submit", "confirm", "answer")
        call = (lambda c, a: c.post(a)) if posts else (lambda c, a: c.get(a))
        assert call(Client(), address)["Location"].startswith("/sign-in/")
        assert Client().delete(address).status_code in (302, 405)
        if posts:
            assert call(signed_in(office.collector), address).status_code == 403
            assert signed_in(office.clerk).get(address).status_code == 405
        if name != "list":
            assert call(signed_in(stranger), address).status_code in (403, 404), name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_in_both_languages(office: Office, asked: LookUp, language: str) -> None:
    client = signed_in(office.clerk, language)
    word = {"zh-hans": "户籍调取", "en": "household register"}[language]
    for name in ("list", "look_up"):
        page = client.get(addresses(asked)[name]).content.decode()
        assert word in page and office.case.person.name not in page
    assert signed_in(office.collector, language).get(addresses(asked)["ask"]).status_code == 200


def test_the_day_of_a_look_up_on_its_pages(office: Office, asked: LookUp) -> None:
    from django.utils import timezone

    clerk = signed_in(office.clerk)
    for name, form in (
        ("submit", {}),
        ("confirm", {"spoken_to": "王警官"}),
        ("answer", {"kind": "mobile", "place": "own", "value": "13800000123", "text": ""}),
    ):
        assert clerk.post(addresses(asked)[name], form).status_code == 302, name
    asked.refresh_from_db()
    assert asked.status == "answered"
    assert ContactPoint.objects.filter(person=office.case.person, kind="mobile").exists()
    assert clerk.post(addresses(asked)["confirm"], {"spoken_to": ""}).status_code == 422

    collector = signed_in(office.collector)
    form = {"kind": "register", "addressed_to": "某行", "question": "地址", "basis": ""}
    refused = collector.post(addresses(asked)["ask"], form)
    assert refused.status_code == 422 and "依据" in refused.content.decode()
    form |= {"basis": "contract", "evidence": "合同第八条"}
    assert collector.post(addresses(asked)["ask"], form).status_code == 200
    assert LookUp.objects.filter(valid_on=timezone.localdate()).count() == 2


def test_a_client_sees_its_own_and_not_who_asked(office: Office, asked: LookUp) -> None:
    house = office.case.organisation
    client = people.make_user("client", house, creditor=office.case.creditor)
    page = signed_in(client).get(addresses(asked)["look_up"])
    assert page.status_code == 200
    # The client's own name stands on the page; 员工1 begins 员工11.
    assert not re.search(rf"{office.collector}(?!\d)", page.content.decode())
    other = people.make_user("client", house, creditor=people.make_creditor("other", house))
    assert signed_in(other).get(addresses(asked)["look_up"]).status_code == 404
