"""The same questions for each screen of filtering."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import CaseFilter, Notice
from huikuan.people.models import User
from tests import people
from tests.filtering.conftest import ALL_READ, Office

pytestmark = pytest.mark.django_db
FORM = {f"mark_{name}": mark for name, mark in ALL_READ.items()} | {"class_code": "ready"}
ASKING = FORM | {"mark_identity": "missing", "asks": "on", "class_code": "incomplete"}
LEADS = {"team_lead", "manager", "general_manager", "system_admin"}


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def now(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock; the batch is of today."""
    from django.utils import timezone

    office.placement.accepted_at = timezone.now()
    office.placement.save()


def addresses(office: Office) -> dict[str, str]:
    return {
        "list": reverse("filtering:list"),
        "next": reverse("filtering:next", args=[office.placement.number]),
        "case": reverse("filtering:case", args=[office.cases[0].number]),
        "missing": reverse("filtering:missing"),
        "sheet": reverse("filtering:missing_sheet", args=[office.placement.creditor_id]),
        "sample": reverse("filtering:sample"),
    }


def test_without_sign_in_to_the_sign_in_page(office: Office) -> None:
    for address in addresses(office).values():
        assert Client().get(address)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("role", [role for role in people.THIRTEEN if role != "client"])
def test_each_role_opens_what_it_may(role: str, office: Office) -> None:
    client = signed_in(people.make_user(role, office.house, team=office.lead.team))
    for name, address in addresses(office).items():
        allowed = role in LEADS or (role == "collector" and name != "sample")
        assert (client.get(address).status_code != 403) == allowed, name


def test_another_house_finds_nothing(office: Office) -> None:
    client = signed_in(people.make_user("manager", people.make_house("other")))
    for name in ("next", "case"):
        assert client.get(addresses(office)[name]).status_code == 404
    assert client.post(addresses(office)["case"], FORM).status_code == 404
    assert office.placement.number not in client.get(addresses(office)["list"]).content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_in_both_languages(language: str, office: Office, now) -> None:
    client = signed_in(office.lead, language)
    client.post(addresses(office)["case"], ASKING)
    for name, address in addresses(office).items():
        if name != "next":
            assert client.get(address).status_code == 200, name
    page = client.get(addresses(office)["list"]).content.decode()
    assert office.placement.number in page
    assert {"zh-hans": "新案过滤", "en": "Filtering of new cases"}[language] in page


def test_saving_leads_to_the_next_case_until_none_is_left(office: Office, now) -> None:
    client = signed_in(office.collector)
    address = client.get(addresses(office)["next"])["Location"]
    for case in office.cases:
        assert address == reverse("filtering:case", args=[case.number])
        page = client.get(address).content.decode()
        assert 'data-key="s"' in page and 'data-key="1"' in page, "by keyboard alone"
        assert case.person.name not in page
        address = client.post(address, FORM)["Location"]
    assert address == reverse("filtering:list")
    assert CaseFilter.objects.count() == 3


def test_a_form_without_a_class_says_so(office: Office) -> None:
    wrong = {name: value for name, value in FORM.items() if name != "class_code"}
    answer = signed_in(office.collector).post(addresses(office)["case"], wrong)
    assert answer.status_code == 422
    assert not CaseFilter.objects.exists()


def test_the_wrong_method_is_refused(office: Office) -> None:
    client = signed_in(office.lead)
    for address in addresses(office).values():
        assert client.delete(address).status_code == 405
    assert client.get(reverse("filtering:look", args=[1])).status_code == 405


def test_empty_lists_say_what_comes(office: Office) -> None:
    other = people.make_house("other")
    client = signed_in(people.make_user("manager", other))
    for name in ("list", "missing", "sample"):
        assert "hk-empty" in client.get(addresses(office)[name]).content.decode()


def test_what_is_asked_is_a_workbook_too(office: Office) -> None:
    client = signed_in(office.collector)
    client.post(addresses(office)["case"], ASKING)
    page = client.get(addresses(office)["missing"]).content.decode()
    assert "证件号码" in page and office.cases[0].number in page
    assert "已发给委托方" in page, "one press says that the client has it"
    sheet = b"".join(client.get(addresses(office)["sheet"]).streaming_content)
    assert sheet[:2] == b"PK"


def test_the_page_of_a_case_asks_few_questions(
    office: Office, django_assert_max_num_queries
) -> None:
    people.nothing_waits()
    client = signed_in(office.collector)
    client.get(addresses(office)["case"])
    with django_assert_max_num_queries(30):
        client.post(addresses(office)["case"], FORM)


def test_a_notice_leads_to_its_case_and_is_read_by_that(office: Office, now) -> None:
    client = signed_in(office.collector)
    client.post(addresses(office)["case"], ASKING)
    row = CaseFilter.objects.get()
    signed_in(office.lead).post(reverse("filtering:answered", args=[row.pk]))
    notice = Notice.objects.get(user=office.collector, kind="filter")
    page = client.get(reverse("notices")).content.decode()
    address = reverse("notice_open", args=[notice.pk])
    assert address in page and "请重新过滤" in page and notice.read_at is None

    assert signed_in(office.lead).get(address).status_code == 404, "it is the collector's"
    assert client.get(address)["Location"] == reverse("filtering:case", args=[row.case.number])
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_the_list_of_one_client_names_no_other(office: Office, now) -> None:
    other = people.make_creditor("other-bank", office.house)
    client = signed_in(office.collector)
    client.post(addresses(office)["case"], ASKING)
    client.get(addresses(office)["list"])  # where the message of the saving is shown
    assert client.get(reverse("filtering:missing_sheet", args=[other.pk])).status_code == 404
    page = client.get(reverse("filtering:missing") + f"?creditor={other.pk}").content.decode()
    assert office.cases[0].number not in page


def test_a_filtered_case_shows_what_was_said_and_is_corrected(office: Office, now) -> None:
    client = signed_in(office.collector)
    client.post(addresses(office)["case"], ASKING)
    page = client.get(addresses(office)["case"]).content.decode()
    assert "保存更正" in page and 'name="corrects" value="True"' in page
    corrected = ASKING | {"class_code": "lost", "corrects": "True"}
    client.post(addresses(office)["case"], corrected)
    assert CaseFilter.objects.standing().get().class_code == "lost"
