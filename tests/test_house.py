"""House and creditors: the numbers and accounts that scripts say. The eight questions of the page, and what the scripts get."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from huikuan.casebook import facts
from huikuan.casebook.models import Act
from huikuan.contacts.file import File
from huikuan.contacts.script_values import values_of
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation, User
from tests import people

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/house/"


@made_once
def bank() -> Creditor:
    return people.make_creditor("bank", people.make_agency())


@made_once
def manager(bank: Creditor) -> User:
    return people.make_user("manager", bank.organisation)


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def filled(bank: Creditor, **more: str) -> dict[str, str]:
    of_bank = {
        "verify_phone": "400-000-0010",
        "complaint_phone": "400-000-0019",
        "pay_to": "示例银行 0000 0001",
    }
    house = {"callback_phone": "400-000-0000", "complaint_phone": "400-000-0009"}
    return house | {f"{name}_{bank.pk}": value for name, value in of_bank.items()} | more


@pytest.mark.parametrize(
    ("language", "law"), [("zh-hans", "只能付入委托方自己的账户"), ("en", "own account")]
)
@pytest.mark.parametrize("role", ["manager", "general_manager", "system_admin"])
def test_1_it_shows_a_row_for_each_creditor_and_what_the_law_says_of_the_account(
    bank: Creditor, role: str, language: str, law: str
) -> None:
    page = (
        signed_in(people.make_user(role, bank.organisation), language).get(ADDRESS).content.decode()
    )
    assert bank.name in page and f'name="pay_to_{bank.pk}"' in page and law in page


def test_1_what_is_saved_stands_there_with_who_changed_it(bank: Creditor, manager: User) -> None:
    client = signed_in(manager)
    assert client.post(ADDRESS, filled(bank))["Location"] == ADDRESS
    page = client.get(ADDRESS).content.decode()
    for text in (*filled(bank).values(), str(manager)):
        assert text in page, text


@pytest.mark.parametrize("text", ["电话", "12", "400-000-0000#9", "<b>400</b>"])
def test_1_what_is_no_telephone_number_is_said_beside_its_field(
    bank: Creditor, manager: User, text: str
) -> None:
    answer = signed_in(manager).post(
        ADDRESS, filled(bank, callback_phone=text, **{f"verify_phone_{bank.pk}": text})
    )
    assert answer.status_code == 422
    assert (
        answer.content.decode().count("请填写电话号码") == 2
        and not Act.objects.filter(verb="desk.house").exists()
    )


def test_1_an_agency_never_takes_the_money_into_its_own_account(
    bank: Creditor, manager: User
) -> None:
    own = f"户名{bank.organisation.name} 示例银行 0000 0002"
    answer = signed_in(manager).post(ADDRESS, filled(bank, **{f"pay_to_{bank.pk}": own}))
    bank.refresh_from_db()
    assert (
        answer.status_code == 422
        and "不得进入本机构账户" in answer.content.decode()
        and bank.pay_to == ""
    )


def test_1_a_house_that_collects_what_is_owed_to_itself_may(bank: Creditor, manager: User) -> None:
    Organisation.objects.update(kind=Organisation.Kind.HOUSE)
    own = f"{bank.organisation.name} 示例银行 0000 0002"
    assert (
        signed_in(manager).post(ADDRESS, filled(bank, **{f"pay_to_{bank.pk}": own})).status_code
        == 302
    )


def test_2_it_is_looked_at_or_saved(manager: User) -> None:
    assert signed_in(manager).delete(ADDRESS).status_code == 405


def test_3_another_organisation_sees_and_changes_its_own_only(
    bank: Creditor, manager: User
) -> None:
    signed_in(manager).post(ADDRESS, filled(bank))
    other = signed_in(people.make_user("manager", people.make_house("elsewhere")))
    page = other.get(ADDRESS).content.decode()
    assert bank.name not in page and "400-000-0000" not in page
    other.post(ADDRESS, filled(bank, **{f"pay_to_{bank.pk}": "示例银行 0000 9999"}))
    bank.refresh_from_db()
    assert bank.pay_to == "示例银行 0000 0001"


@pytest.mark.parametrize(
    "role", [role for role in people.THIRTEEN if "manager" not in role and role != "system_admin"]
)
def test_4_nobody_else_opens_it(bank: Creditor, role: str) -> None:
    more = {"creditor": bank} if role == "client" else {}
    client = signed_in(people.make_user(role, bank.organisation, **more))
    assert client.get(ADDRESS).status_code == client.post(ADDRESS, filled(bank)).status_code == 403
    assert ADDRESS not in client.get("/cases/").content.decode()


def test_5_not_signed_in(bank: Creditor) -> None:
    assert Client().post(ADDRESS, filled(bank))["Location"].startswith("/sign-in/")


def test_6_and_7_one_act_names_the_columns_and_the_same_again_writes_nothing(
    bank: Creditor, manager: User
) -> None:
    client = signed_in(manager)
    for _ in range(2):
        answer = client.post(ADDRESS, filled(bank), follow=True)
    assert "未作更改" in answer.content.decode()
    act = Act.objects.get(verb="desk.house")
    assert act.actor == manager and f"{bank.code}.pay_to" in act.reason and "0000" not in act.reason


def test_8_as_many_queries_for_many_creditors_as_for_one(
    bank: Creditor, manager: User, django_assert_max_num_queries
) -> None:
    for number in range(8):
        people.make_creditor(f"bank{number}", bank.organisation)
    client = signed_in(manager)
    people.nothing_waits()
    with django_assert_max_num_queries(9):
        client.get(ADDRESS)


def test_scripts_say_what_was_entered_and_the_creditor_is_always_the_holder(
    bank: Creditor, manager: User
) -> None:
    signed_in(manager).post(ADDRESS, filled(bank))
    case = people.make_case(creditor=bank, items=[(people.PLACED_ON, 100_00)])
    case = type(case).objects.select_related("organisation", "creditor").get(pk=case.pk)
    facts.refresh([case.pk])
    with translation.override("zh-hans"):
        said = values_of(File(case, people.PLACED_ON), None, manager)
    assert said["callback"] == "400-000-0000" and said["verify_phone"] == "400-000-0010"
    assert said["pay_to"] == f"{bank.name} 示例银行 0000 0001"
    assert said["complaint_phone"] == f"400-000-0009，或拨打{bank.name}投诉电话400-000-0019"


def test_what_nobody_entered_stays_a_blank(bank: Creditor, manager: User) -> None:
    case = people.make_case(creditor=bank)
    facts.refresh([case.pk])
    said = values_of(File(case, people.PLACED_ON), None, manager)
    assert not {"callback", "verify_phone", "complaint_phone", "pay_to"} & set(said)
