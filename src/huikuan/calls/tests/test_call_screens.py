"""The guided call over HTTP: each address answers the eight questions; the branches of the flowchart; what is never sent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from huikuan.calls.tests.call import DAY, Room, make_room, text
from huikuan.casebook import facts
from huikuan.casebook.models import (
    Act,
    Approval,
    ContactRecord,
    GateDecision,
    Reveal,
    Spent,
)
from huikuan.contacts.moment import local_time

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PAGES = ("call", "other")
POSTS = ("start", "save")


def address(room: Room, name: str) -> str:
    return (
        reverse("calls:other", args=[room.case.number]) if name == "other" else room.address(name)
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# does it work


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_it_opens_for_everybody_who_sees_the_case(name: str, language: str, room: Room) -> None:
    client = people.make_user("client", room.case.organisation, creditor=room.case.creditor)
    for user in (
        room.collector,
        room.colleague,
        people.make_user("manager", room.case.organisation),
        client,
    ):
        answer = signed_in(user).get(address(room, name), headers={"accept-language": language})
        assert answer.status_code == 200, user.role_codes


def test_before_the_call_the_page_says_why_and_nothing_in_full(room: Room) -> None:
    page = text(room.client.get(room.address("call")))
    for words in (
        "第一次催收：拨打本人电话",
        "现在可以联系",
        "¥1,234.50",
        room.mobile.value_masked,
        "欧阳*",
    ):
        assert words in page
    for words in ("欧阳甲", "data-script=", room.mobile.value_masked.replace("****", "0000")):
        assert words not in page


def test_a_refused_call_is_not_offered_and_says_from_when(room: Room) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    page = text(room.client.get(room.address("call")))
    assert "CN-HOLD" in page
    assert "hk-dial-button" not in page
    assert "已经联系了，需要登记" in page


def test_starting_keeps_the_decision_and_shows_number_and_name_once(room: Room) -> None:
    page = text(room.start())
    decision = GateDecision.objects.get()
    assert f'data-decision="{decision.pk}"' in page
    assert "欧阳甲" in page
    assert "138 0000" in page
    assert reverse("telephony:dial") in page, "the line dials, by its own rules"
    assert {(one.field, one.act.reason, one.act.actor) for one in Reveal.objects.all()} == {
        ("point", "call", room.collector),
        ("name", "call", room.collector),
    }
    assert text(room.start()).count("data-decision") == 1
    assert (GateDecision.objects.count(), Reveal.objects.count()) == (1, 2)


def test_a_whole_talk_is_saved_and_says_what_follows(room: Room) -> None:
    page = text(
        room.save(
            room.talk(decision=room.decision(), next_on=str(room.today + DAY), next_at="10:30")
        )
    )
    for words in (
        "已保存",
        "承诺还款",
        "¥500.00",
        "第一次催收：拨打本人电话",
        "撤销（10 秒）",
        "10:30",
    ):
        assert words in page
    contact = room.saved()
    assert (contact.outcome, contact.identified, contact.seconds, contact.style) == (
        "promised",
        True,
        65,
        "interactive",
    )
    assert (contact.reason_code, contact.willingness, contact.next_contact_minute) == (
        "hardship",
        "willing",
        630,
    )
    assert [one.amount_minor for one in contact.promises.all()] == [500_00]
    room.task.refresh_from_db()
    assert room.task.status == "done"
    assert facts.differences() == []


def test_a_promise_in_parts_is_shown_and_written_as_it_was_shown(room: Room) -> None:
    parts = {
        "promise_amount": "1000",
        "promise_on": str(room.today + 2 * DAY),
        "promise_count": "3",
        "promise_every": "7",
    }
    preview = text(room.client.get(reverse("calls:instalments"), parts | {"currency": "CNY"}))
    room.save(room.talk(decision=room.decision(), **parts))
    written = [(one.due_on, one.amount_minor) for one in room.saved().promises.order_by("due_on")]
    assert written == [
        (room.today + n * DAY, amount) for n, amount in ((2, 333_34), (9, 333_33), (16, 333_33))
    ]
    for due_on, _amount in written:
        assert str(due_on) in preview


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"promise_on": "x"},
        {"promise_on": "2026-99-01"},
        {"promise_count": "²"},
        {"currency": "?"},
    ],
)
def test_a_preview_of_nonsense_is_empty(given: dict[str, str], room: Room) -> None:
    full = {
        "promise_amount": "10",
        "promise_on": "2026-12-01",
        "promise_count": "2",
        "currency": "CNY",
    }
    answer = room.client.get(reverse("calls:instalments"), full | given if given else {})
    assert (answer.status_code, text(answer).strip()) == (200, "")


def test_an_unticked_task_stays_open(room: Room) -> None:
    room.save(room.talk(decision=room.decision(), tasks=[]))
    room.task.refresh_from_db()
    assert room.task.status == "open"


# what is never sent


def test_of_the_debt_nothing_stands_outside_the_part_behind_the_identity_check(room: Room) -> None:
    page = text(room.start())
    debtor = page.split('data-script="debtor"')[1].split("data-script=")[0]
    before, after = debtor.split("<template data-after-identity>")
    assert "1,234.50" in after
    said = "".join(part.split("</p>")[0] for part in before.split('class="hk-said">')[1:])
    for words in ("1,234.50", "逾期", "欠款", "应还"):
        assert words not in said, words
    assert "1,234.50" not in before


@pytest.mark.parametrize("who", ["relative", "colleague", "friend", "other", "stranger"])
def test_others_than_the_debtor_get_the_relay_script_and_no_word_of_the_debt(
    who: str, room: Room
) -> None:
    script = text(room.start()).split(f'data-script="{who}"')[1].split("data-script=")[0]
    assert "data-after-identity" not in script
    assert "欧阳甲" in script
    said = "".join(part.split("</p>")[0] for part in script.split('class="hk-said">')[1:])
    for words in ("1,234.50", "逾期", "应还", "欠款"):
        assert words not in said, words


def test_what_the_book_does_not_know_is_a_named_blank(room: Room) -> None:
    page = text(room.start())
    assert "〔回电号码〕" in page
    assert "以下内容需自行补充" in page


# refused, and it took place all the same


def test_a_refused_call_that_took_place_needs_a_reason_and_is_flagged(room: Room) -> None:
    people.make_hold(room.case, room.today - DAY)
    facts.refresh([room.case.pk])
    refused = text(room.start())
    assert "CN-HOLD" in refused
    assert "data-decision" not in refused
    assert not Reveal.objects.exists()
    assert room.start(took_place="yes").status_code == 400
    page = text(
        room.start(took_place="yes", override_reason="债务人要求当场说明", request_key="page-2")
    )
    assert "tel:" not in page
    decision = GateDecision.objects.latest("pk").pk
    assert room.save(room.talk(decision=decision)).status_code == 422
    saved = room.save(room.talk(decision=decision, override_reason="债务人要求当场说明"))
    assert saved.status_code == 200
    assert "违反" in text(saved) or room.saved().override_reason == "债务人要求当场说明"


# what is wrong


def test_everything_wrong_is_said_at_once_beside_its_field(room: Room) -> None:
    form = room.talk(
        decision=room.decision(),
        promise_amount="viel",
        note="",
        reason_code="",
        next_on="morgen",
        next_at="",
    )
    answer = room.save(form)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#call-problems"
    for name in ("promise_amount", "note", "reason_code", "next_on"):
        assert f'data-column="{name}"' in text(answer), name
    assert not ContactRecord.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identified": ""}, "identified"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "will_relay"}, "outcome"),
        ({"outcome": "sung"}, "outcome"),
        ({"willingness": "maybe"}, "willingness"),
        ({"reason_code": "moon"}, "reason_code"),
        ({"promise_count": "99"}, "promise_count"),
        ({"promise_amount": "0.02", "promise_count": "3"}, "promise_count"),
        ({"new1_value": "12"}, "new1_value"),
        ({"new1_value": "95588"}, "new1_value"),
        ({"new1_value": "a b", "new1_kind": "email"}, "new1_value"),
        ({"new1_value": "路" * 301, "new1_kind": "address"}, "new1_value"),
        ({"hours_from": "10:00"}, "hours_to"),
        ({"hours_from": "10:00", "hours_to": "09:00"}, "hours_to"),
        ({"seconds": "-1"}, "seconds"),
        ({"next_on": "2020-01-01", "next_at": "10:00"}, "next_on"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(
    changes: dict[str, str], field: str, room: Room
) -> None:
    answer = room.save(room.talk(decision=room.decision(), **changes))
    assert (answer.status_code, f'data-column="{field}"' in text(answer)) == (422, True), text(
        answer
    )
    assert not ContactRecord.objects.exists()
    assert not Approval.objects.exists()


def test_without_starting_nothing_is_saved(room: Room) -> None:
    for decision in ("", "0", "999999999", "x"):
        assert room.save(room.talk(decision=decision)).status_code == 422


# wrong method


@pytest.mark.parametrize("name", ["call", "instalments"])
def test_pages_are_only_looked_at(name: str, room: Room) -> None:
    target = reverse("calls:instalments") if name == "instalments" else room.address(name)
    assert room.client.post(target).status_code == 405


@pytest.mark.parametrize("name", POSTS)
def test_acts_are_only_posted(name: str, room: Room) -> None:
    assert room.client.get(room.address(name)).status_code == 405
    assert room.client.get(reverse("calls:undo", args=[1])).status_code == 405


# other team, other organisation, a point of somebody else


@pytest.mark.parametrize("name", [*PAGES, *POSTS])
def test_another_team_and_another_house_find_no_case(name: str, room: Room) -> None:
    team = people.make_team("other", room.case.organisation)
    other = people.make_user("collector", room.case.organisation, team=team)
    foreign = people.make_user("system_admin", people.make_house("foreign"))
    for user in (other, foreign):
        client = signed_in(user)
        assert (client.get if name in PAGES else client.post)(
            address(room, name)
        ).status_code == 404
    assert not GateDecision.objects.exists()


@pytest.mark.parametrize("name", ["call", *POSTS])
def test_only_the_numbers_of_the_debtors_file_are_called(name: str, room: Room) -> None:
    stranger = people.make_point(people.make_case())
    home = people.make_point(room.case, kind="address")
    for point in (stranger, home):
        call = room.client.get if name == "call" else room.client.post
        assert call(room.address(name, point)).status_code == 404


# read-only


def test_who_may_only_look_neither_calls_nor_records(room: Room) -> None:
    quality = signed_in(people.make_user("quality", room.case.organisation))
    page = text(quality.get(room.address("call")))
    assert "您的角色只能查看" in page
    assert "hk-dial-button" not in page
    for name in POSTS:
        assert quality.post(room.address(name), room.talk()).status_code == 403
    assert quality.post(address(room, "other"), {}).status_code == 403
    assert not Act.objects.filter(verb__startswith="contacts").exists()


# not signed in


@pytest.mark.parametrize("name", [*PAGES, *POSTS])
def test_without_sign_in_to_the_sign_in_page(name: str, room: Room) -> None:
    assert Client().get(address(room, name))["Location"].startswith("/sign-in/")


# already done


def test_a_double_click_saves_once_and_says_so(room: Room) -> None:
    form = room.talk(decision=room.decision())
    first, second = room.save(form), room.save(form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "此前已保存" in text(second)
    assert ContactRecord.objects.count() == 1
    assert room.saved().promises.count() == 1


def test_a_decision_serves_one_contact(room: Room) -> None:
    form = room.talk(decision=room.decision())
    room.save(form)
    assert room.save(form | {"request_key": "page-2"}).status_code == 422


def test_the_second_of_two_is_told_what_the_first_did(room: Room) -> None:
    lead = signed_in(room.colleague)
    seen = {"seen_contact": "0"}
    mine = room.talk(decision=room.decision(), **seen)
    theirs = room.talk(
        decision=room.decision(client=lead, key="page-9"),
        request_key="page-9",
        note="主管已打过",
        **seen,
    )
    assert room.save(theirs, client=lead).status_code == 200
    page = text(room.save(mine))
    assert "主管已打过" in page
    assert room.colleague.display_name in page
    assert "first_call" in page  # the task was done meanwhile
    assert ContactRecord.objects.count() == 2


def test_a_cap_that_was_reached_meanwhile_asks_for_a_reason_and_keeps_the_form(room: Room) -> None:
    form = room.talk(decision=room.decision(), seen_contact="0")
    for hour in (1, 2, 3):
        people.make_contact(
            room.case,
            room.today,
            point=room.mobile,
            hour=0,
            minute=hour,
            connected=True,
            answered="debtor",
        )
    answer = room.save(form)
    assert answer.status_code == 422
    assert 'data-column="override_reason"' in text(answer)
    saved = room.save(form | {"override_reason": "两人同时通话"})
    assert saved.status_code == 200
    assert room.saved().override_reason == "两人同时通话"


# side effects


def test_looking_writes_nothing(room: Room) -> None:
    before = Act.objects.count(), GateDecision.objects.count()
    for name in PAGES:
        room.client.get(address(room, name))
    assert (Act.objects.count(), GateDecision.objects.count()) == before


# number of queries


def test_the_page_asks_as_little_with_thirty_contacts_as_with_none(
    room: Room, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        people.make_contact(
            room.case, room.today - DAY, point=room.mobile, minute=number, note="通话"
        )
        people.make_point(room.case, "friend")
    room.client.get(room.address("call"))
    with django_assert_max_num_queries(25):
        room.client.get(room.address("call"))


def test_saving_asks_a_bounded_number_of_queries(
    room: Room, django_assert_max_num_queries: Any
) -> None:
    form = room.talk(decision=room.decision())
    with django_assert_max_num_queries(75):
        assert room.save(form).status_code == 200


# what a page says of a call that was begun, and of the debt


def test_a_page_loaded_anew_says_that_a_call_began_and_offers_to_record_it(room: Room) -> None:
    decision = room.decision()
    page = text(room.client.get(room.address("call")))
    begun = local_time(GateDecision.objects.get().at, room.case.person, room.case.organisation)
    assert f"{begun:%H:%M} 曾拨打此号码，尚未记录。" in page

    answer = text(room.start(request_key="page-2", record="yes"))
    assert f'data-decision="{decision}"' in answer, "the same call, not a second one"
    assert reverse("telephony:dial") not in answer, "nobody is dialled again"
    assert GateDecision.objects.count() == 1
    assert "已保存" in text(room.save(room.talk(decision=decision)))
    assert "尚未记录" not in text(room.client.get(room.address("call")))


def test_a_call_that_did_not_take_place_waits_for_no_record(room: Room) -> None:
    decision = room.decision()
    assert room.client.post(room.address("no_call")).status_code == 204
    assert Spent.objects.get(pk=decision).kind == "no_call"
    page = text(room.client.get(room.address("call")))
    assert "已登记：这次通话实际没有进行。" in page and "尚未记录" not in page
    assert room.decision() != decision, "its permission serves no other call"
    room.client.post(room.address("no_call"))
    room.client.post(room.address("no_call"))
    assert "此号码没有待记录的通话" in text(room.client.get(room.address("call")))


def test_nobody_is_asked_for_the_record_of_a_colleague(room: Room) -> None:
    room.start()
    assert "尚未记录" not in text(signed_in(room.colleague).get(room.address("call")))


def test_of_a_consumer_the_debt_is_no_part_of_the_page_before_the_identity(room: Room) -> None:
    page = text(room.client.get(room.address("call")))
    beside = page.split('id="call-file"')[1]
    seen = re.sub(r"(?s)<template data-debt>.*?</template>", "", beside)
    for words in ("¥1,234.50", "欠款明细", "最近一次承诺", "最近催记"):
        assert words in beside, words
        assert words not in seen, words
    assert "核实本人身份后，才显示欠款、承诺和催记。" in seen


def test_of_a_company_the_account_stands_beside_and_the_page_says_so(procedures: None) -> None:
    company = make_room("b2b_receivables", "company", name="甲商贸有限公司")
    page = text(company.client.get(company.address("call")))
    assert "data-debt" not in page and "¥1,234.50" in page.split('id="call-file"')[1]
    assert "账款资料在旁边供您核对；确认对接人之前，不要向对方提起。" in page
    assert "核实后才显示与欠款有关的内容" not in page


def test_new_data_of_a_company_are_asked_for_in_its_words(procedures: None) -> None:
    company = make_room("b2b_receivables", "company", name="乙商贸有限公司")
    data = text(company.client.get(company.address("call"))).split('id="call-data"')[1]
    for words in ("客户对接人", "客户其他员工", "业务用", "对接人姓名", "客户资料"):
        assert words in data, words
    for words in ("亲属", "朋友", "自用", ">债务人<"):
        assert words not in data.split("</section>")[0], words


def test_new_data_of_a_human_being_may_be_anybodys(room: Room) -> None:
    data = text(room.client.get(room.address("call"))).split('id="call-data"')[1]
    for words in ("亲属", "同事", "自用", "本人资料"):
        assert words in data, words


def test_the_history_says_what_came_of_a_talk(room: Room) -> None:
    room.save(room.talk(decision=room.decision()))
    page = text(room.client.get(reverse("case", args=[room.case.number])))
    assert "债务人接听 · 承诺还款" in page


def test_the_reasons_of_a_task_say_of_when_they_are(room: Room) -> None:
    page = text(room.client.get(reverse("case", args=[room.case.number])))
    assert f"{room.today} 08:00 的数值" in re.sub(r"\s+", " ", page)


@pytest.mark.parametrize(("kind", "words"), [("email", "邮箱退信"), ("mobile", "空号")])
def test_a_dead_address_is_not_called_a_disconnected_number(
    kind: str, words: str, room: Room
) -> None:
    point = people.make_point(room.case, kind=kind)
    people.make_status(point, room.case, "invalid", room.today - DAY)
    facts.refresh([room.case.pk])
    page = text(room.client.get(reverse("case", args=[room.case.number])))
    badges = re.findall(r'hk-badge hk-bad">([^<]*)<', page)
    assert [badge for badge in badges if badge in ("邮箱退信", "空号")] == [words]
