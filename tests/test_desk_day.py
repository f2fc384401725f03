"""The collector's day on the desk: queues in order, the next case, search, what comes next, notices, the end of the day."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook import facts, journal
from huikuan.casebook.models import Act, CaseNote, Charge, Clock, Notice, PackBinding, Target, Task
from huikuan.casebook.search import find_cases
from huikuan.desk import clock
from huikuan.desk.handover import unwritten
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.coming import coming, how_many
from huikuan.planning.current import catch_up
from huikuan.planning.next_case import next_case
from huikuan.planning.plan import plan
from huikuan.planning.worklist import Filters, worklist
from tests import people
from tests.book import Book, make_book

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@made_once
def book() -> Book:
    return make_book("house", "欧阳甲", planned=False)


@made_once
def day(book: Book) -> Book:
    """Three more cases of the collector: one promised for today, one large, one small; then the day is planned."""
    book.promised = case_of(book, "陈乙", 300_000, told_on=book.case.placed_on)  # type: ignore[attr-defined]
    book.large = case_of(book, "陈丙", 9_000_000)  # type: ignore[attr-defined]
    book.small = case_of(book, "李丁", 100_000)  # type: ignore[attr-defined]
    promised = book.promised  # type: ignore[attr-defined]
    yesterday = book.today - dt.timedelta(1)
    point = promised.person.points.get()
    people.make_contact(promised, yesterday, point=point, connected=True, answered="debtor")
    people.make_promise(promised, yesterday, [(book.today, 50_000)])
    facts.refresh([promised.pk])
    replan(book)
    return book


def case_of(book: Book, name: str, amount: int, **more):
    placed = book.today - dt.timedelta(2)
    initials = {"陈": "C", "李": "L"}.get(name[0], "")
    person = people.make_person(
        book.case.creditor,
        name=name,
        initials=initials,
        id_masked=f"9901**********{amount % 10_000:04d}",
    )
    case = people.make_case(
        person,
        placed_on=placed,
        collector=book.collector,
        items=[(placed - dt.timedelta(40), amount)],
        **more,
    )
    people.make_point(case)
    facts.refresh([case.pk])
    return case


def replan(book: Book) -> None:
    plan(book.today, actor=book.manager, at=clock.now(), calendar=china())


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def order(book: Book, **filters: str) -> list[str]:
    rows = worklist(book.collector, book.today, Filters(**filters)).rows
    return list(dict.fromkeys(row.number for row in rows))


# the list and its queues


def test_promises_that_are_due_come_first_then_deadlines_then_value(day):
    numbers = order(day)
    assert numbers[0] == day.promised.number
    rest = worklist(day.collector, day.today, Filters()).rows
    keys = [
        (row.deadline_on or dt.date.max, -row.balance_minor)
        for row in rest
        if row.number != day.promised.number
    ]
    assert keys == sorted(keys)


def test_every_tab_says_how_many_lines_it_has(day):
    counts = worklist(day.collector, day.today, Filters()).counts
    for queue, number in counts.queues.items():
        found = worklist(day.collector, day.today, Filters(queue=queue))
        assert (found.total, len(found.rows)) == (number, number), queue
        assert found.counts == counts
    assert counts.queues["promise"] >= 1


def test_the_day_shows_its_queues_and_keeps_the_filters_in_the_address(day):
    page = (
        signed_in(day.collector)
        .get(reverse("worklist") + "?queue=promise&action=call")
        .content.decode()
    )
    assert "今日承诺" in page
    assert f"{reverse('case', args=[day.promised.number])}?queue=promise&amp;action=call" in page
    assert day.small.number not in page


def test_a_name_that_is_searched_for_stays_out_of_the_addresses_of_cases(day):
    page = signed_in(day.collector).get(reverse("worklist"), {"q": "陈乙"}).content.decode()
    assert day.promised.number in page
    assert "陈乙" not in page.split('id="list"')[1].split("hk-tabs")[1].split("</nav>")[1]


def test_targets_show_what_is_reached_and_nothing_without_one(day):
    client = signed_in(day.collector)
    assert "外呼量" not in client.get(reverse("worklist")).content.decode()
    row = {"organisation": day.house, "act": day.case.act, "user": day.collector, "kind": "calls"}
    Target.objects.create(**row, amount=10, from_on=day.today - dt.timedelta(9))
    Target.objects.create(**row, amount=4, from_on=day.today)
    own = people.make_contact(day.small, day.today, connected=False)
    own.act.actor = day.collector
    own.act.save()
    page = client.get(reverse("worklist")).content.decode()
    assert "外呼量" in page
    assert "25%" in page


def test_clocks_of_ones_own_role_that_run_out_today_are_shown(day):
    end = clock.now() + dt.timedelta(minutes=1)
    Clock.objects.create(
        organisation=day.house,
        creditor=day.small.creditor,
        subject_kind="case",
        subject_id=day.small.pk,
        pack="own",
        kind="allocation",
        title={"zh": "分案", "en": "Allocation"},
        source="P4.5",
        role="team_lead",
        started_at=clock.now(),
        recorded_at=clock.now(),
        due_at=end,
    )
    assert "分案 ·" in _words_of_the_list(day.lead)
    assert "分案 ·" not in _words_of_the_list(day.collector)


def _words_of_the_list(user: User) -> str:
    """The text of somebody's work list, with one blank between words."""
    page = signed_in(user).get(reverse("worklist")).content.decode()
    return " ".join(page.split())


def test_tomorrow_brings_what_is_promised_for_it(day):
    tomorrow = day.today + dt.timedelta(1)
    people.make_promise(day.small, day.today, [(tomorrow, 12_300)])
    facts.refresh([day.small.pk])
    page = signed_in(day.collector).get(reverse("worklist") + "?queue=tomorrow").content.decode()
    assert day.small.number in page
    assert "¥123.00" in page


def test_the_number_of_tomorrow_is_that_of_its_list(day):
    tomorrow = day.today + dt.timedelta(1)
    before = how_many(day.collector, tomorrow)
    people.make_promise(day.small, day.today, [(tomorrow, 12_300)])
    facts.refresh([day.small.pk])
    ahead = coming(day.collector, tomorrow, most=1)
    assert [row.number for row in ahead.cases] == [day.small.number]
    everything = coming(day.collector, tomorrow)
    assert how_many(day.collector, tomorrow) == ahead.total == len(everything.cases) > before


def test_what_comes_is_counted_whole_though_few_cases_are_listed(day):
    tomorrow = day.today + dt.timedelta(1)
    for case in (day.small, day.large):
        people.make_promise(case, day.today, [(tomorrow, 12_300)])
        facts.refresh([case.pk])
    ahead = coming(day.collector, tomorrow, most=1)
    assert len(ahead.cases) == 1
    assert ahead.promises == 2


# the next case


def test_next_walks_the_list_in_its_order_and_begins_again_with_what_was_not_worked(day):
    numbers = order(day)
    assert next_case(day.collector, day.today, Filters()) == numbers[0]
    for one, following in itertools.pairwise(numbers):
        assert next_case(day.collector, day.today, Filters(), one) == following
    people.make_contact(day.promised, day.today, connected=False)
    facts.refresh([day.promised.pk])
    assert next_case(day.collector, day.today, Filters(), numbers[-1]) == numbers[1]


def test_a_case_whose_tasks_were_just_done_keeps_its_place(day):
    numbers = order(day)
    done = Task.objects.filter(case__number=numbers[1])
    done.update(status="done", status_on=day.today)
    assert next_case(day.collector, day.today, Filters(), numbers[1]) == numbers[2]


def test_next_leads_to_the_end_of_the_day_when_nothing_is_left(day):
    client = signed_in(day.collector)
    assert client.get(reverse("next_case"))["Location"] == reverse(
        "case", args=[day.promised.number]
    )
    kept = client.get(reverse("next_case") + "?queue=promise")["Location"]
    assert kept == reverse("case", args=[day.promised.number]) + "?queue=promise"
    Task.objects.update(status="closed")
    assert client.get(reverse("next_case"))["Location"] == reverse("day_end")


def test_next_of_another_collector_is_not_mine(day):
    stranger = people.make_user("collector", day.house, team=day.team)
    assert next_case(stranger, day.today, Filters(), day.promised.number) is None


def test_next_asks_few_questions(day, django_assert_max_num_queries):
    # Steps of the packs are read once in the life of the process.
    next_case(day.collector, day.today, Filters())
    # Which packs are in force, the steps of the list, the case.
    with django_assert_max_num_queries(3):
        next_case(day.collector, day.today, Filters(), day.large.number)


# what comes next


def test_what_was_learned_closes_and_opens_tasks_at_once(day):
    client = signed_in(day.collector)
    before = set(Task.objects.filter(case=day.promised, status="open").values_list("pk", flat=True))
    people.make_payment(day.promised, day.today, 50_000, to=Charge.objects.get(case=day.promised))
    facts.refresh([day.promised.pk])
    page = client.post(reverse("case_next", args=[day.promised.number])).content.decode()
    after = set(Task.objects.filter(case=day.promised, status="open").values_list("pk", flat=True))
    assert before - after
    assert "因新情况已结束" in page
    assert Act.objects.filter(verb="planning.plan").count() == 1
    again = client.post(reverse("case_next", args=[day.promised.number])).content.decode()
    assert "因新情况已结束" not in again


# search


def found(book: Book, word: str, user=None) -> set[str]:
    from huikuan.casebook.models import Case

    ids = find_cases(user or book.collector, word, 50)
    return set(Case.objects.filter(pk__in=ids).values_list("number", flat=True))


def test_a_case_is_found_by_whatever_is_in_hand(day):
    case = day.large
    point, account = case.person.points.get(), case.accounts.get()
    for word in (
        "陈丙",
        "陈",
        "c",
        case.number,
        case.number[:2].lower(),
        point.tail,
        account.number_shown[-4:],
        "0000",
    ):
        assert case.number in found(day, word), word
    assert found(day, case.number) == {case.number}
    assert found(day, "陈乙") == {day.promised.number}
    assert found(day, "") == set()
    assert found(day, "%") == set()


@pytest.mark.parametrize("length", range(4, 14))
def test_the_end_of_a_case_number_finds_it_from_four_digits_on(day, length):
    case = case_of(day, "陈戊", 200_000, number="2026119871234")
    case_of(day, "陈己", 200_000, number="2026110001234")
    assert case.number in found(day, case.number[-length:])
    if length > 5:
        assert found(day, case.number[-length:]) == {case.number}


def test_the_end_of_an_account_that_is_shown_whole_finds_it(day):
    account = day.large.accounts.get()
    for length in (5, 8, 12):
        assert day.large.number in found(day, account.number_shown[-length:])


def test_of_phones_and_ids_only_four_digits_are_known_and_more_find_nothing_false(day):
    case = case_of(day, "陈庚", 987_654)
    point = case.person.points.get()
    assert case.number in found(day, case.person.id_masked[-4:]) & found(day, point.tail)
    assert case.number not in found(day, "9" + case.person.id_masked[-4:]) | found(
        day, "9" + point.tail
    )


def test_search_sees_no_more_than_the_user(day):
    stranger = people.make_user("collector", day.house, team=people.make_team("other", day.house))
    for word in ("陈丙", "c", day.large.number, day.large.person.points.get().tail):
        assert found(day, word, stranger) == set()
        assert day.large.number in found(day, word, day.manager)


def test_the_box_shows_masked_names_and_enter_opens_the_only_one(day):
    client = signed_in(day.collector)
    listed = client.get(
        reverse("search"), {"q": "陈"}, headers={"hx-request": "true"}
    ).content.decode()
    assert listed.count("data-found") == 2
    assert "陈*" in listed
    assert "陈丙" not in listed
    opened = client.get(reverse("search"), {"q": day.large.number})
    assert opened["Location"] == reverse("case", args=[day.large.number])


# the case page


def test_the_case_page_tells_the_whole_story_a_part_at_a_time(day):
    point = day.large.person.points.get()
    for number in range(60):
        people.make_contact(
            day.large, day.today, point=point, hour=8, minute=number, note=f"第{number}次"
        )
    row = {
        "organisation": day.house,
        "creditor": day.large.creditor,
        "act": day.large.act,
        "case": day.large,
    }
    before = people.moment(day.today, 7)
    CaseNote.objects.create(
        **row, kind="handover", text="找她哥哥", valid_on=day.today, recorded_at=before
    )
    client = signed_in(day.collector)
    page = client.get(reverse("case", args=[day.large.number])).content.decode()
    assert page.count("hk-event-title") == 50
    assert "找她哥哥" in page.split('id="events"')[0]
    more = client.get(
        reverse("case_timeline", args=[day.large.number]) + "?from=50"
    ).content.decode()
    assert "第0次" in more
    assert "找她哥哥" in more
    assert "委案" in more
    assert more.count("hk-event-title") + 50 >= 63


def test_looks_at_personal_data_are_shown_to_the_lead_alone(day):
    client = signed_in(day.collector)
    client.post(reverse("reveal", args=[day.large.number]), {"field": "name", "reason": "核对身份"})
    address = reverse("case", args=[day.large.number])
    assert "查看明文" in signed_in(day.lead).get(address).content.decode()
    assert "查看明文" not in client.get(address).content.decode()


# notices


def test_notices_say_in_words_what_happened_and_lead_there(day):
    at = clock.now()
    given = [
        ("allocated", {"run": 1, "cases": 3, "on": "2026-11-20"}, "分配给您 3 件"),
        ("to_allocate", {"placement": 1, "number": "B1", "cases": 7}, "有 7 件案件待分案"),
        ("breach", {"clock": "import", "placement": 1, "number": "B1"}, "逾时"),
        ("approval", {"approval": 1, "kind": "hold", "case": day.large.number}, "待您审批"),
        (
            "decided",
            {"approval": 1, "kind": "hold", "status": "granted", "case": day.large.number},
            "已同意",
        ),
    ]
    for kind, params, _words in given:
        Notice.objects.create(user=day.collector, kind=kind, params=params, at=at)
    client = signed_in(day.collector)
    page = client.get(reverse("notices")).content.decode()
    for _kind, _params, text in given:
        assert text in page
    assert 'class="hk-unread">5<' in page

    about_case = Notice.objects.get(user=day.collector, kind="decided")
    address = reverse("notice_open", args=[about_case.pk])
    assert address in page
    assert client.get(address)["Location"] == reverse("case", args=[day.large.number])
    assert 'class="hk-unread">4<' in client.get(reverse("notices")).content.decode()


def test_a_notice_carries_nothing_of_a_case_that_the_reader_does_not_see(day):
    """The case went to another team, or the reader's own place changed."""
    foreign = people.make_case()
    note = CaseNote.objects.create(
        **journal.columns(foreign, day.large.act, on=day.large.placed_on, at=clock.now()),
        case=foreign,
        kind="note",
        text="招行 6222 尾号0311",
    )
    step = {"step": {"zh": "财务核对", "en": "finance"}, "about": "FP1", "by": "财务甲"}
    given = [
        ("decided", step | {"case": foreign.number, "note": note.pk}),
        ("decided", step | {"case": foreign.number, "answer": "招行 6222 尾号0311"}),
        ("unapproved", {"channel": "visit", "case": foreign.number}),
        ("answered", {"case": foreign.number, "message": 1}),
    ]
    for kind, params in given:
        Notice.objects.create(user=day.collector, kind=kind, params=params, at=clock.now())

    page = signed_in(day.collector).get(reverse("notices")).content.decode()
    assert page.count("您目前无权查看的案件") == len(given)
    for word in (foreign.number, "6222", "财务核对", "FP1"):
        assert word not in page


def test_an_address_with_a_nul_is_refused_and_breaks_no_page(day):
    client = signed_in(day.collector)
    for address in ("/search/?q=%00", "/search/?q=a%00b", "/notices/?page=%00"):
        assert client.get(address).status_code == 400, address


def test_a_notice_is_read_once_and_only_by_whom_it_tells(day):
    at = clock.now()
    mine, other = (
        Notice.objects.create(user=user, kind="allocated", params={"cases": 1}, at=at)
        for user in (day.collector, day.lead)
    )
    client = signed_in(day.collector)
    client.post(reverse("notices_read"), {"id": other.pk})
    client.post(reverse("notices_read"), {"id": mine.pk})
    mine.refresh_from_db()
    other.refresh_from_db()
    read_at = mine.read_at
    assert read_at is not None
    assert other.read_at is None
    client.post(reverse("notices_read"))
    mine.refresh_from_db()
    assert mine.read_at == read_at


# the end of the day, the tour


def test_the_end_of_the_day_says_what_was_done_what_is_left_and_why(day):
    contact = people.make_contact(day.small, day.today, connected=True, answered="debtor")
    contact.act.actor = day.collector
    contact.act.save()
    people.make_promise(
        day.small, day.today, [(day.today + dt.timedelta(1), 30_000)], contact=contact
    )
    people.make_payment(day.large, day.today, 70_000)
    day.large.return_on = day.today + dt.timedelta(2)
    day.large.save()
    facts.refresh([day.small.pk, day.large.pk])
    catch_up()
    Task.objects.filter(case=day.promised, status="open").update(verdict="CN-TOLD")
    client = signed_in(day.collector)
    page = client.get(reverse("day_end")).content.decode()
    for text in ("¥300.00", "¥700.00", "时间不足", "合规不允许", day.small.number, "待写交接说明"):
        assert text in page, text
    assert day.large.number in page.split("待写交接说明")[1]
    row = {
        "organisation": day.house,
        "creditor": day.large.creditor,
        "act": day.large.act,
        "case": day.large,
    }
    CaseNote.objects.create(
        **row, kind="handover", text="x", valid_on=day.today, recorded_at=clock.now()
    )
    assert (
        day.large.number
        not in client.get(reverse("day_end")).content.decode().split("待写交接说明")[1]
    )
    assert "¥300.00" in signed_in(day.lead).get(reverse("day_end")).content.decode()


@pytest.mark.parametrize(("days", "wanted"), [(14, False), (15, True)])
def test_a_hand_over_note_serves_as_long_as_the_procedure_says(day, days, wanted):
    day.large.return_on = day.today + dt.timedelta(3)
    day.large.save()
    facts.refresh([day.large.pk])
    CaseNote.objects.create(
        organisation=day.house,
        creditor=day.large.creditor,
        act=day.large.act,
        case=day.large,
        kind="handover",
        text="x",
        valid_on=day.today - dt.timedelta(days),
        recorded_at=clock.now(),
    )
    found = unwritten(day.collector, day.today)
    assert found.filter(pk=day.large.pk).exists() == wanted
    # The procedure's figures hold for the cases that it runs for, and for no others.
    PackBinding.objects.all().delete()
    assert not unwritten(day.collector, day.today).exists()


@pytest.mark.parametrize(("days", "wanted"), [(0, True), (3, True), (4, False)])
def test_a_case_leaves_soon_within_the_days_of_its_procedure(day, days, wanted):
    day.large.return_on = day.today + dt.timedelta(days)
    day.large.save()
    facts.refresh([day.large.pk])
    found = unwritten(day.collector, day.today)
    assert found.filter(pk=day.large.pk).exists() == wanted


def test_the_first_sign_in_of_a_collector_offers_the_tour_once(book):
    client = Client()
    entry = {"username": book.collector.username, "password": "huikuan"}
    offered = client.post(reverse("sign_in"), entry, follow=True).content.decode()
    assert 'id="tour-offer"' in offered
    assert 'id="tour-offer"' not in client.get(reverse("worklist")).content.decode()
    client.post(reverse("sign_out"))
    assert (
        'id="tour-offer"'
        not in client.post(reverse("sign_in"), entry, follow=True).content.decode()
    )


def test_the_steps_of_the_tour_are_data_in_the_readers_language(book):
    client = signed_in(book.collector)
    for language, word in (("zh-hans", "日终小结"), ("en", "The end of the day")):
        given = client.get(
            reverse("tour"), headers={"accept": "application/json", "accept-language": language}
        ).json()
        assert 8 <= len(given["steps"]) <= 12
        assert given["steps"][-1]["title"] == word
