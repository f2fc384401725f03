"""The eight questions of the complaints' pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import Act, Complaint, ComplaintEvent, Notice
from huikuan.complaints.acts import ACTS, offered
from huikuan.complaints.find import find
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from tests import people
from tests.complaints.conftest import HOUR, MONDAY, Office, summary

HTMX = {"HX-Request": "true"}
GIVEN = {
    "channel": "phone",
    "received_at": "2026-11-23T09:30",
    "who": "debtor",
    "name": "王某",
    "reach": "13800001234",
    "said": "总打电话到我单位",
    "key": "form-1",
}


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@made_once
def complaint(office: Office) -> Complaint:
    return office.accepted()


def page_of(complaint: Complaint) -> str:
    return reverse("complaints:complaint", args=[complaint.number])


def act_of(complaint: Complaint, act: str) -> str:
    return reverse("complaints:act", args=[complaint.number, act])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_1_every_page(office: Office, complaint: Complaint, language: str) -> None:
    client = signed_in(office.clerk, language)
    pages = [
        reverse("complaints:list"),
        reverse("complaints:receive"),
        reverse("complaints:figures"),
        page_of(complaint),
        *(act_of(complaint, act.name) for act in ACTS),
    ]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "王某" not in answer.content.decode(), "a complainant is masked"

    hand_over = reverse("complaints:hand_over", args=[office.case.number])
    assert b"<html" not in client.get(hand_over, headers=HTMX).content


def test_1_the_script_stands_beside_the_form(office: Office, complaint: Complaint) -> None:
    page = signed_in(office.clerk).get(reverse("complaints:receive")).content.decode()
    assert "协调相关部门" in page
    fresh = office.open()
    page = signed_in(office.clerk).get(act_of(fresh, "accept")).content.decode()
    assert "一次只问一件事" in page


def test_1_the_list_filters(office: Office, complaint: Complaint) -> None:
    client = signed_in(office.clerk)

    for query, is_there in {
        "": True,
        "state=accepted": True,
        "state=closed": False,
        "state=received": False,
        "channel=letter": False,
        f"q={office.case.number}": True,
        "q=ZZZ": False,
    }.items():
        page = client.get(f"{reverse('complaints:list')}?{query}").content.decode()
        assert (complaint.number in page) == is_there, query


def test_1_a_complaint_goes_through_its_pages(office: Office) -> None:
    client = signed_in(office.clerk)
    given = GIVEN | {"case": office.case.number, "about": office.collector.username}
    answer = client.post(reverse("complaints:receive"), given)
    assert answer.status_code == 302
    complaint = Complaint.objects.get()

    without_point = client.post(act_of(complaint, "accept"), {"detail_1": ""})
    assert without_point.status_code == 422
    point = {"cause_1": "conduct", "detail_1": "骂人", "aim_1": "道歉", "disputes_1": "case"}
    assert client.post(act_of(complaint, "accept"), point).status_code == 302
    # The law wants the answer of a bank's complaint within days.
    soon = timezone.localtime(timezone.now() + HOUR)
    acts = [
        ("own", {"owner": office.clerk.username}),
        ("promise", {"until": f"{soon:%Y-%m-%dT%H:%M}", "way": "call"}),
        ("departments", {"departments": ["quality_supervision"], "question": "请核对录音"}),
        ("report", {"by_mail": "on"}),
        ("propose", {"number": "1", "sort": "apology", "text": "书面道歉"}),
        ("answer", {"agrees": "yes", "way": "call", "text": "可以"}),
        ("decide", {"point": "1", "result": "upheld", "text": "属实"}),
        ("reply", {"way": "call", "text": "已道歉"}),
        ("close", {"result": "upheld", "text": "已道歉", "lesson": "加强培训"}),
        ("result", {"note": "电话告知"}),
    ]
    for name, form in acts:
        answer = client.post(act_of(complaint, name), form)
        assert answer.status_code == 302, (name, answer.content.decode()[-2000:])
    assert summary(complaint).result_reported_on is not None

    history = signed_in(office.manager).get(reverse("case", args=[office.case.number]))
    assert history.status_code == 200


def test_1_a_collector_hands_it_over_in_the_talk(office: Office) -> None:
    client = signed_in(office.collector)
    address = reverse("complaints:hand_over", args=[office.case.number])
    given = GIVEN | {"channel": "talk"}
    answer = client.post(address, given, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "case-changed")

    complaint = Complaint.objects.get()
    assert (complaint.channel, complaint.case) == ("talk", office.case)
    notices = signed_in(office.clerk).get(reverse("notices")).content.decode()
    notice = Notice.objects.get(user=office.clerk, kind="complaint")
    address = reverse("notice_open", args=[notice.pk])
    assert complaint.number in notices and address in notices
    assert signed_in(office.clerk).get(address)["Location"] == page_of(complaint)


def test_1_the_name_is_shown_for_a_reason_that_is_kept(
    office: Office, complaint: Complaint
) -> None:
    client = signed_in(office.clerk)
    address = reverse("complaints:reveal", args=[complaint.number])
    assert client.post(address, {"reason": ""}).status_code == 422
    shown = client.post(address, {"reason": "回电答复"})
    assert "13800001234" in shown.content.decode()
    assert Act.objects.get(verb="complaints.reveal").reason == "回电答复"


def test_2_wrong_methods(office: Office, complaint: Complaint) -> None:
    client = signed_in(office.clerk)
    assert client.post(reverse("complaints:list")).status_code == 405
    assert client.get(reverse("complaints:dossier", args=[complaint.number])).status_code == 405
    assert client.get(reverse("complaints:reveal", args=[complaint.number])).status_code == 405


def test_3_who_does_not_see_it(office: Office, complaint: Complaint) -> None:
    elsewhere = people.make_user("manager", people.make_house("elsewhere"))
    other_bank = people.make_creditor("other-bank")
    other_client = people.make_user("client", creditor=other_bank)
    other_team = people.make_user("team_lead", team=people.make_team("other"))
    for user in (elsewhere, other_client, other_team, office.collector):
        client = signed_in(user)
        assert complaint.number not in client.get(reverse("complaints:list")).content.decode()
        assert client.get(page_of(complaint)).status_code == 404
        assert client.get(act_of(complaint, "own")).status_code == 404


def test_3_a_client_sees_its_own_and_no_word_of_the_house(
    office: Office, complaint: Complaint
) -> None:
    page = signed_in(office.client).get(page_of(complaint))
    assert page.status_code == 200
    text = page.content.decode()
    assert str(office.collector) not in text
    assert "处理经过" not in text


def test_4_whoever_may_only_look_changes_nothing(office: Office, complaint: Complaint) -> None:
    for user in (people.make_user("quality"), office.client):
        answer = signed_in(user).post(act_of(complaint, "promise"), {})
        assert answer.status_code in (403, 404)
    legal = people.make_user("legal")
    form = {"until": "2030-01-04T17:00", "way": "call"}
    assert signed_in(legal).post(act_of(complaint, "promise"), form).status_code == 422


def test_5_not_signed_in(complaint: Complaint) -> None:
    for address in (page_of(complaint), reverse("complaints:list"), act_of(complaint, "own")):
        assert Client().get(address)["Location"].startswith("/sign-in/")


def test_6_the_same_form_twice(office: Office) -> None:
    client = signed_in(office.clerk)
    for _time in range(2):
        assert client.post(reverse("complaints:receive"), GIVEN).status_code == 302
    complaint = Complaint.objects.get()
    point = {"cause_1": "conduct", "detail_1": "骂人", "aim_1": "道歉"}
    assert client.post(act_of(complaint, "accept"), point).status_code == 302
    again = client.post(act_of(complaint, "accept"), point)
    assert again.status_code == 422 and "已经受理" in again.content.decode()
    assert complaint.events.filter(kind=ComplaintEvent.Kind.ACCEPTED).count() == 1


def test_7_looking_writes_nothing(office: Office, complaint: Complaint) -> None:
    before = Act.objects.count()
    client = signed_in(office.clerk)
    for address in (page_of(complaint), reverse("complaints:list"), reverse("complaints:figures")):
        client.get(address)
    assert Act.objects.count() == before


def test_8_as_many_queries_for_many_rows_as_for_one(office: Office, complaint: Complaint) -> None:
    client = signed_in(office.clerk)
    address = reverse("complaints:list")
    client.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    few = queries()
    for _number in range(4):
        office.open()
    assert queries() == few <= 16


def test_the_page_offers_what_may_be_done_next(office: Office, complaint: Complaint) -> None:
    found = find(complaint.number, office.clerk)
    assert found is not None
    names = {act.name for act in offered(found, office.clerk, MONDAY)}
    assert "propose" in names and not names & {"accept", "answer", "reply", "close", "result"}
