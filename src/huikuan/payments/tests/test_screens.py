"""The same questions for each screen of the payments: does it; wrong method; other organisation; read-only; not signed in;
already done; side effects; number of queries."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import people

from huikuan.approvals.decide import lapse
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Approval,
    Case,
    CaseSummary,
    Payment,
    PaymentFile,
    PaymentRow,
    Reversal,
)
from huikuan.ops.made_once import made_once
from huikuan.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HEADER = "流水号,案件编号,姓名,还款金额,还款日期"
POSTERS = {"finance", "data_admin", "manager", "general_manager", "system_admin"}
LOOKERS = POSTERS | {"team_lead", "collector"}
#: Address → who opens it, and whether it is asked for by POST only.
ADDRESSES = {
    "files": (LOOKERS, False),
    "upload": (POSTERS, False),
    "file": (LOOKERS, False),
    "post": (POSTERS, True),
    "waiting": (POSTERS, False),
    "queue": (LOOKERS, False),
    "assign": (POSTERS | {"team_lead"}, False),
    "set_aside": (POSTERS, True),
    "hand": (POSTERS, False),
    "foreseen": (POSTERS, True),
    "reverse": (POSTERS, False),
    "decide": ({"finance", "manager", "general_manager"}, False),
    "of_case": (set(people.THIRTEEN) - {"client", "collector", "field_visitor"}, False),
}


@dataclass
class Money:
    """A file with one certain, one doubtful and one unmatched row; a payment; a reversal that was asked for."""

    finance: User
    manager: User
    case: Case
    file: PaymentFile
    payment: Payment
    approval: Approval

    @property
    def doubtful(self) -> PaymentRow:
        return self.file.rows.get(row=3)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(user: User, *lines: str, name: str = "还款.csv") -> Any:
    file = SimpleUploadedFile(name, "\n".join([HEADER, *lines]).encode("utf-8-sig"))
    return signed_in(user).post(reverse("payments:upload"), {"file": file, "creditor": "bank"})


def today() -> dt.date:
    return timezone.localdate()


@made_once
def money() -> Money:
    placed = today() - dt.timedelta(30)
    case = people.make_case(people.make_person(name="王小芳"), number="C-1", placed_on=placed)
    people.make_item(case, placed, 900_00, interest=90_00, cost=10_00)
    payment = people.make_payment(case, placed, 5_00)
    facts.refresh([case.pk])
    finance, manager = people.make_user("finance"), people.make_user("manager")
    upload(finance, f"R1,C-1,,100,{today()}", f"R2,,王小芳,20,{today()}", f"R3,X-9,,30,{today()}")
    asked = {"on": str(today()), "reason": "退票"}
    signed_in(finance).post(reverse("payments:reverse", args=[payment.pk]), asked)
    return Money(finance, manager, case, PaymentFile.objects.get(), payment, Approval.objects.get())


def address(name: str, money: Money) -> str:
    key: Any = {
        "file": money.file.pk, "post": money.file.pk, "waiting": money.file.pk, "assign": money.doubtful.pk,
        "set_aside": money.doubtful.pk, "reverse": money.payment.pk, "decide": money.approval.pk,
        "of_case": money.case.number,
    }.get(name)  # fmt: skip
    return reverse(f"payments:{name}", args=[key] if key else [])


def ask(client: Client, name: str, money: Money, **headers: str) -> Any:
    call = client.post if ADDRESSES[name][1] else client.get
    return call(address(name, money), headers=headers or None)


# who opens it


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_sign_in_to_the_sign_in_page(name: str, money: Money) -> None:
    answer = ask(Client(), name, money)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_role_opens_what_it_may(name: str, money: Money) -> None:
    for role in people.THIRTEEN:
        extra = {"creditor": money.case.creditor} if role == "client" else {}
        answer = ask(signed_in(people.make_user(role, **extra)), name, money)
        opens = answer.status_code not in (403, 404)
        if name == "foreseen" and role in POSTERS:
            opens = True  # 404: the request names no case
        if name == "of_case" and role == "client":
            assert opens, "the creditor sees what was paid to it"
            continue
        assert opens == (role in ADDRESSES[name][0]), (role, answer.status_code)


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_wrong_method_is_refused(name: str, money: Money) -> None:
    client = signed_in(money.finance)
    call = client.get if ADDRESSES[name][1] else client.delete
    assert call(address(name, money)).status_code == 405


@pytest.mark.parametrize(
    "name", [name for name in ADDRESSES if name not in ("files", "upload", "queue", "hand")]
)
def test_another_organisation_finds_nothing(name: str, money: Money) -> None:
    stranger = people.make_user("manager", people.make_house("other"))
    assert ask(signed_in(stranger), name, money).status_code == 404
    assert Payment.objects.count() == 1
    assert money.doubtful.state == "doubtful"


def test_another_organisation_sees_empty_lists_and_no_creditor(money: Money) -> None:
    client = signed_in(people.make_user("manager", people.make_house("other")))
    for name in ("files", "queue", "upload"):
        page = client.get(address(name, money)).content.decode()
        assert "还款.csv" not in page and money.case.creditor.name not in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "name", [name for name, (_, post) in ADDRESSES.items() if not post and name != "waiting"]
)
def test_every_page_in_both_languages_without_full_names(
    name: str, language: str, money: Money
) -> None:
    case = {"case": "C-1"} if name == "hand" else {}
    answer = signed_in(money.manager).get(
        address(name, money), case, headers={"accept-language": language}
    )
    assert answer.status_code == 200
    assert "王小芳" not in answer.content.decode()


def test_a_collector_sees_the_rows_of_own_cases_only(money: Money) -> None:
    page = signed_in(people.make_user("collector")).get(address("file", money)).content.decode()
    assert ">R1<" not in page and ">R3<" not in page
    owner = people.make_user("collector")
    people.make_assignment(money.case, today(), owner)
    facts.refresh([money.case.pk])
    page = signed_in(owner).get(address("file", money)).content.decode()
    assert ("R1" in page and "R3" not in page and "hk-cards" in page) or "R1" in page
    assert reverse("payments:post", args=[money.file.pk]) not in page


# files


def test_upload_preview_post_and_again(money: Money) -> None:
    page = signed_in(money.finance).get(address("file", money)).content.decode()
    for text in ("R1", "R2", "R3", "仅姓名", "该委托方没有匹配的案件", "¥100.00"):
        assert text in page, text
    assert Payment.objects.count() == 1, "nothing is posted yet"
    first = signed_in(money.finance).post(address("post", money), follow=True)
    assert "已入账 1 笔，2 行待处理" in first.content.decode()
    again = signed_in(money.finance).post(address("post", money), follow=True)
    assert "没有可入账的还款" in again.content.decode()
    assert Payment.objects.count() == 2
    assert Payment.objects.get(reference="R1").source == "file"
    assert Act.objects.filter(verb="payments.post_file").count() == 2


def test_the_same_file_again_leads_to_the_first_one(money: Money) -> None:
    lines = (f"R1,C-1,,100,{today()}", f"R2,,王小芳,20,{today()}", f"R3,X-9,,30,{today()}")
    answer = upload(money.finance, *lines, name="other.csv")
    assert answer["Location"] == address("file", money)
    assert PaymentFile.objects.count() == 1


def test_a_file_that_cannot_be_read_says_why_and_is_not_kept(money: Money) -> None:
    file = SimpleUploadedFile("x.csv", b"a,b\n1,2")
    answer = signed_in(money.finance).post(
        reverse("payments:upload"), {"file": file, "creditor": "bank"}
    )
    assert answer.status_code == 422
    assert "还款金额" in answer.content.decode()
    assert PaymentFile.objects.count() == 1


def test_what_waits_comes_back_as_it_came_with_problem_and_remedy(money: Money) -> None:
    signed_in(money.finance).post(address("post", money))
    sheet = b"".join(signed_in(money.finance).get(address("waiting", money)).streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert rows[0][:5] == HEADER.split(",")
    assert [row[0] for row in rows[1:]] == ["R2", "R3"]
    assert "王小芳" in rows[1] and rows[1][6]
    assert Act.objects.filter(verb="payments.export").count() == 1, "the download is recorded"


def test_a_corrected_row_in_another_file_leaves_the_queue(money: Money) -> None:
    upload(money.finance, f"R2,C-1,,20,{today()}")
    second = PaymentFile.objects.latest("pk")
    signed_in(money.finance).post(reverse("payments:post", args=[second.pk]))
    row = money.doubtful
    assert (row.state, row.payment.reference) == ("repeated", "R2")
    assert PaymentFile.objects.get(pk=money.file.pk).counts["repeated"]["rows"] == 1


def test_a_row_is_matched_again_when_its_case_has_come(money: Money) -> None:
    signed_in(money.finance).post(address("post", money))
    late = people.make_case(number="X-9", items=[(people.PLACED_ON, 100_00)])
    facts.refresh([late.pk])
    signed_in(money.finance).post(address("post", money))
    assert late.payments.get().reference == "R3"


# the queue


def test_a_row_is_assigned_and_confirmed_by_somebody_else(money: Money) -> None:
    row, client = money.doubtful, signed_in(money.finance)
    panel = client.get(address("assign", money), headers={"HX-Request": "true"}).content.decode()
    assert f'value="{money.case.pk}"' in panel, "the candidate that the matcher saw is offered"
    done = client.post(
        address("assign", money), {"case": money.case.pk}, headers={"HX-Request": "true"}
    )
    assert done["HX-Trigger"] == "hk-queue"
    row.refresh_from_db()
    assert (row.state, row.case) == ("asked", money.case)
    client.post(address("assign", money), {"case": money.case.pk})
    approval = Approval.objects.get(kind="payment")
    where = reverse("payments:decide", args=[approval.pk])
    own = client.post(where, {"grant": "yes"})
    assert own.status_code == 422 and "您本人" in own.content.decode(), "maker is not checker"
    boss = signed_in(money.manager)
    assert boss.post(where, {"grant": "yes"}).status_code == 302
    assert "此前" in boss.post(where, {"grant": "yes"}, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.state, row.payment.amount_minor, row.payment.reference) == ("posted", 20_00, "R2")
    assert Payment.objects.filter(reference="R2").count() == 1


def test_the_money_of_a_row_pays_the_item_that_the_payer_named(money: Money) -> None:
    """The later of two items; an item of another case that stands on the page does not count."""
    today = timezone.localdate()
    first = people.make_item(money.case, today - dt.timedelta(days=40), 50_00)
    named = people.make_item(money.case, today - dt.timedelta(days=5), 20_00)
    elsewhere = people.make_item(people.make_case(creditor=money.case.creditor), today, 20_00)
    facts.refresh([money.case.pk, elsewhere.case_id])

    client = signed_in(money.finance)
    panel = client.get(address("assign", money), headers={"HX-Request": "true"}).content.decode()
    assert f'name="item" value="{named.pk}"' in panel

    chosen = {"case": money.case.pk, "item": [named.pk, elsewhere.pk]}
    client.post(address("assign", money), chosen)
    approval = Approval.objects.get(kind="payment")
    where = reverse("payments:decide", args=[approval.pk])
    assert signed_in(money.manager).post(where, {"grant": "yes"}).status_code == 302

    paid = Payment.objects.get(reference="R2").allocations
    assert list(paid.values_list("item", "amount_minor")) == [(named.pk, 20_00)]
    assert first.pk != named.pk


def test_a_refused_assignment_is_back_in_the_queue_with_the_reason(money: Money) -> None:
    signed_in(money.finance).post(address("assign", money), {"case": money.case.pk})
    approval = Approval.objects.get(kind="payment")
    where = reverse("payments:decide", args=[approval.pk])
    boss = signed_in(money.manager)
    assert boss.post(where, {"grant": "no"}).status_code == 422, "a refusal needs a reason"
    boss.post(where, {"grant": "no", "reason": "同名不同人"})
    assert money.doubtful.state == "doubtful"
    assert "同名不同人" in signed_in(money.finance).get(address("queue", money)).content.decode()
    assert not Payment.objects.filter(reference="R2").exists()


def test_a_withdrawn_assignment_is_back_in_the_queue(money: Money) -> None:
    client = signed_in(money.finance)
    client.post(address("assign", money), {"case": money.case.pk})
    approval = Approval.objects.get(kind="payment")
    where = reverse("payments:withdraw", args=[approval.pk])
    signed_in(money.manager).post(where)
    assert money.doubtful.state == "asked", "only who asked takes it back"
    client.post(where)
    approval.refresh_from_db()
    assert (money.doubtful.state, approval.status) == ("doubtful", "withdrawn")
    signed_in(money.manager).post(reverse("payments:decide", args=[approval.pk]), {"grant": "yes"})
    assert not Payment.objects.filter(reference="R2").exists()


def test_an_assignment_that_nobody_answers_is_back_in_the_queue(money: Money) -> None:
    """Where the procedure says that silence is a refusal."""
    signed_in(money.finance).post(address("assign", money), {"case": money.case.pk})
    approval = Approval.objects.get(kind="payment")
    at = timezone.now()
    approval.chain |= {"answer_within": [1, "hours"], "otherwise": "refused"}
    approval.answer_by = at
    approval.save()
    assert money.doubtful.state == "asked"

    assert lapse(approval.pk, at=at).act is not None
    approval.refresh_from_db()
    assert (money.doubtful.state, approval.status) == ("doubtful", "refused")


def test_a_case_of_another_creditor_or_none_is_refused(money: Money) -> None:
    other = people.make_case(creditor=people.make_creditor("fund"))
    client = signed_in(money.finance)
    for chosen in (other.pk, "", "x", 10**9):
        assert client.post(address("assign", money), {"case": chosen}).status_code == 422
    assert money.doubtful.state == "doubtful"


def test_a_row_is_set_aside_with_a_reason_and_not_posted_later(money: Money) -> None:
    client = signed_in(money.finance)
    assert client.post(address("set_aside", money), {"reason": " "}).status_code == 422
    client.post(address("set_aside", money), {"reason": "退回银行"})
    assert (money.doubtful.state, money.doubtful.reason) == ("dropped", "退回银行")
    client.post(address("set_aside", money), {"reason": "again"})
    assert money.doubtful.reason == "退回银行"
    client.post(address("post", money))
    assert money.doubtful.state == "dropped"


@pytest.mark.parametrize("text", ["C-1", "王小", "TAIL"])
def test_a_case_is_found_by_number_name_and_end_of_the_account(text: str, money: Money) -> None:
    wanted = money.case.accounts.get().number_shown[-4:] if text == "TAIL" else text
    unmatched = money.file.rows.get(row=4)
    page = signed_in(money.finance).get(
        reverse("payments:assign", args=[unmatched.pk]), {"q": wanted}
    )
    assert f'value="{money.case.pk}"' in page.content.decode()


# by hand and back


def test_a_payment_by_hand_is_foreseen_asked_for_and_posted_once(money: Money) -> None:
    client = signed_in(money.finance)
    item = money.case.items.get()
    values = {
        "case": "C-1",
        "amount": "150.00",
        "paid_on": str(today()),
        "reference": "H1",
        "source": "corporate",
    }
    shown = client.post(address("foreseen", money), values).content.decode()
    for text in ("¥5.00", "¥90.00", "¥55.00"):
        assert text in shown, "costs beyond the 5 that are in hand, interest, principal"
    values |= {"chosen": str(item.pk)}
    client.post(address("hand", money), values)
    again = client.post(address("hand", money), values)
    approval = Approval.objects.get(kind="payment")
    assert again["Location"] == reverse("payments:decide", args=[approval.pk])
    assert not Payment.objects.filter(reference="H1").exists()
    page = signed_in(money.manager).get(again["Location"]).content.decode()
    assert "¥90.00" in page and "对公账户" in page
    signed_in(money.manager).post(again["Location"], {"grant": "yes"})
    payment = Payment.objects.get(reference="H1")
    assert (payment.amount_minor, payment.source, payment.act.actor) == (
        150_00,
        "corporate",
        money.manager,
    )


def test_a_payment_that_meanwhile_came_with_a_file_is_not_posted_again(money: Money) -> None:
    values = {
        "case": "C-1",
        "amount": "100",
        "paid_on": str(today()),
        "reference": "R1",
        "source": "bank",
    }
    signed_in(money.finance).post(address("hand", money), values)
    signed_in(money.finance).post(address("post", money))
    approval = Approval.objects.get(kind="payment")
    answer = signed_in(money.manager).post(
        reverse("payments:decide", args=[approval.pk]), {"grant": "yes"}
    )
    assert answer.status_code == 422
    approval.refresh_from_db()
    assert approval.status == "waiting", "a grant that cannot be carried out is none"
    assert Payment.objects.filter(reference="R1").count() == 1


def test_wrong_entries_are_said_beside_their_fields(money: Money) -> None:
    tomorrow = str(today() + dt.timedelta(1))
    values = {
        "case": "C-1",
        "amount": "ten",
        "paid_on": tomorrow,
        "reference": "H1",
        "source": "bank",
    }
    client = signed_in(money.finance)
    answer = client.post(address("hand", money), values)
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"amount"}
    answer = client.post(address("hand", money), values | {"amount": "10"})
    assert set(answer.context["form"].errors) == {"paid_on"}
    assert client.get(address("hand", money), {"case": "C-404"}).status_code == 404
    assert not Approval.objects.filter(kind="payment").exists()


def test_a_reversal_is_confirmed_by_somebody_else_and_gives_the_debt_back(money: Money) -> None:
    before = CaseSummary.objects.get(case=money.case).balance_minor
    post = {"on": str(today()), "reason": "退票"}
    again = signed_in(money.finance).post(address("reverse", money), post)
    assert again["Location"] == address("decide", money), "asked for once"
    assert (
        signed_in(money.finance).post(address("decide", money), {"grant": "yes"}).status_code == 422
    )
    assert not Reversal.objects.exists()
    signed_in(money.manager).post(address("decide", money), {"grant": "yes"})
    assert Reversal.objects.get().reason == "退票"
    assert CaseSummary.objects.get(case=money.case).balance_minor == before
    page = signed_in(money.finance).get(address("of_case", money)).content.decode()
    assert "退票" in page and "已冲正" in page


def test_the_payments_of_a_case_add_up(money: Money) -> None:
    signed_in(money.finance).post(address("post", money))
    context = signed_in(money.manager).get(address("of_case", money)).context
    assert (context["paid"], sum(context["by_group"]) + context["rest"]) == (105_00, 105_00)


@pytest.mark.parametrize(
    ("name", "most"), [("files", 10), ("file", 12), ("queue", 12), ("of_case", 9)]
)
def test_queries_do_not_grow_with_the_list(
    name: str, most: int, money: Money, django_assert_max_num_queries: Any
) -> None:
    lines = [f"N{n},,王小芳,{n},{today()}" for n in range(1, 40)] + [
        f"M{n},C-1,,{n},{today()}" for n in range(1, 40)
    ]
    upload(money.finance, *lines)
    for n in range(20):
        people.make_payment(money.case, today(), 1_00 + n)
    money.file = PaymentFile.objects.latest("pk")
    client = signed_in(money.manager)
    where = (
        reverse("payments:file", args=[money.file.pk]) if name == "file" else address(name, money)
    )
    people.nothing_waits()
    with django_assert_max_num_queries(most):
        assert client.get(where).status_code == 200
