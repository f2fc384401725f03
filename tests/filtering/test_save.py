"""A new case is filtered once, by its holder; the last one ends the filtering of its batch."""

from __future__ import annotations

import pytest

from huikuan.casebook.models import CaseFilter, Clock, Notice, PlacementEvent
from huikuan.filtering import queue
from huikuan.filtering.end import answered, sent
from huikuan.filtering.look import look_again
from huikuan.filtering.save import FilterEntry, filter_case
from tests import people
from tests.filtering.conftest import ALL_READ, FIELDS, Office, at
from tests.together import at_once

pytestmark = pytest.mark.django_db
READY = FilterEntry("ready", ALL_READ)


def save(office: Office, place: int, entry: FilterEntry = READY, **more):  # type: ignore[no-untyped-def]
    given = {"actor": office.collector, "at": at(11)} | more
    return filter_case(office.cases[place].number, entry, **given)


def codes(result) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in result.problems]


def test_one_case_after_the_other_until_the_batch_is_filtered(office: Office) -> None:
    clock = Clock.objects.get(kind="filtered")
    assert clock.due_at == at(0, days=3), "three hundred accounts at most: two days"
    for place, case in enumerate(office.cases):
        assert queue.next_case(office.placement, office.collector) == case.number
        assert save(office, place, at=at(11, place)).done

    assert queue.next_case(office.placement, office.collector) is None
    assert PlacementEvent.objects.get(kind="filtered").happened_at == at(11, 2)
    clock.refresh_from_db()
    assert clock.met_at == at(11, 2)
    assert queue.progress(office.lead, at(12)) == [], "what is filtered leaves the list"


def test_progress_per_batch_and_collector(office: Office) -> None:
    save(office, 0)
    for user in (office.collector, office.lead):
        (row,) = queue.progress(user, at(12))
        assert (row.user, row.total, row.done, row.left, row.percent) == (
            office.collector, 3, 1, 2, 33,
        )  # fmt: skip
    stranger = people.make_user("team_lead", people.make_house("other"))
    assert queue.progress(stranger, at(12)) == []


def test_a_second_time_changes_nothing(office: Office) -> None:
    save(office, 0)
    assert codes(save(office, 0, FilterEntry("lost", ALL_READ))) == ["filter.before"]
    assert CaseFilter.objects.get().class_code == "ready"


def test_every_field_is_marked_and_a_class_given(office: Office) -> None:
    marks = ALL_READ | {"phones": "guessed"}
    del marks["identity"]
    wrong = save(office, 0, FilterEntry("nothing", marks))
    assert [(each.code, each.column) for each in wrong.problems] == [
        ("filter.class", "class_code"),
        ("filter.mark", "mark_identity"),
        ("filter.mark", "mark_phones"),
    ]
    assert not CaseFilter.objects.exists()


def test_what_is_missing_or_doubtful_is_asked_of_the_client(office: Office) -> None:
    marks = ALL_READ | {"identity": "missing", "due": "doubtful"}
    row = save(office, 0, FilterEntry("incomplete", marks)).row
    assert row is not None and row.asked_fields == ["identity", "due"]
    save(office, 1, FilterEntry("incomplete", marks, asks=False))
    assert list(queue.missing(office.lead)) == [row]


def test_the_reach_is_counted_and_not_entered(office: Office) -> None:
    one, two, _none = office.cases
    people.make_point(one)
    people.make_point(two)
    dead = people.make_point(two)
    people.make_point(two)
    people.make_status(dead, two, "invalid", at(9).date())
    for place in range(3):
        save(office, place)
    reach = CaseFilter.objects.order_by("case_id").values_list("reach", flat=True)
    assert list(reach) == ["single", "multi", "none"]


def test_only_who_holds_it_or_leads_filters_it(office: Office) -> None:
    other = people.make_user("collector", office.house, team=office.collector.team)
    assert codes(save(office, 0, actor=other)) == ["filter.case"], "another's case is not seen"
    admin = people.make_user("data_admin", office.house)
    assert codes(save(office, 0, actor=admin)) == ["filter.not_yours"]
    assert save(office, 0, actor=office.lead).done


@pytest.mark.django_db(transaction=True)
def test_two_last_cases_saved_at_once_end_the_batch(office: Office) -> None:
    save(office, 0)
    answers = at_once([lambda: save(office, 1).done, lambda: save(office, 2).done])
    assert answers == [True, True]
    assert PlacementEvent.objects.filter(kind="filtered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_filtering(office: Office) -> None:
    answers = at_once([lambda: save(office, 0).done, lambda: save(office, 0).done])
    assert sorted(answers) == [False, True]
    assert CaseFilter.objects.count() == 1


def test_a_late_filtering_is_recorded_and_has_no_penalty(office: Office) -> None:
    from huikuan.casebook.models import Breach
    from huikuan.clocks.watch import record_breaches

    late = Breach.objects.filter(clock__kind="filtered")
    record_breaches(at(0, days=3))
    assert not late.exists(), "the last minute is in time"
    record_breaches(at(0, 1, days=3))
    assert late.get().penalty is None


def test_the_sample_is_looked_at_by_somebody_else(office: Office) -> None:
    row = save(office, 0).row
    assert row is not None
    CaseFilter.objects.filter(pk=row.pk).update(is_sample=True)
    given = {"agrees": False, "at": at(15)}
    assert codes(look_again(row.pk, reason="x", actor=office.collector, **given)) == ["look.right"]
    assert codes(look_again(row.pk, reason=" ", actor=office.lead, **given)) == ["look.reason"]
    assert look_again(row.pk, reason="漏看地址", actor=office.lead, **given).done
    assert codes(look_again(row.pk, reason="x", actor=office.lead, **given)) == ["look.before"]
    assert not queue.sample(office.lead).exists()


def test_what_was_not_as_it_should_be_is_filtered_anew(office: Office) -> None:
    row = save(office, 0).row
    assert row is not None
    CaseFilter.objects.filter(pk=row.pk).update(is_sample=True)
    look_again(row.pk, agrees=False, reason="漏看地址", actor=office.lead, at=at(15))
    assert queue.next_case(office.placement, office.collector) == office.cases[0].number
    told = Notice.objects.get(user=office.collector, kind="filter")
    assert told.params["what"] == "differed"
    assert "漏看" not in str(told.params), "what was found stands on the page of the case"
    assert save(office, 0).done


def test_a_case_is_corrected_and_the_first_word_stays_on_record(office: Office) -> None:
    save(office, 0)
    corrected = FilterEntry("lost", ALL_READ, corrects=True)
    assert save(office, 0, corrected, at=at(12)).done
    first, second = CaseFilter.objects.order_by("pk")
    assert (first.class_code, first.ended_because) == ("ready", "corrected")
    assert list(CaseFilter.objects.standing()) == [second]
    assert queue.progress_of(office.collector, office.placement) == (3, 1)

    stranger = people.make_user("collector", office.house, team=office.lead.team)
    refused = save(office, 0, corrected, actor=stranger)
    assert codes(refused) == ["filter.not_yours"] or codes(refused) == ["filter.case"]


def test_two_who_correct_at_once_leave_one_word(office: Office) -> None:
    save(office, 0)
    for code in ("lost", "disputed"):
        assert save(office, 0, FilterEntry(code, ALL_READ, corrects=True)).done
    assert CaseFilter.objects.standing().get().class_code == "disputed"


@pytest.mark.parametrize("mark", ["missing", "doubtful"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_complete_case_has_what_the_procedure_needs(name: str, mark: str, office: Office) -> None:
    filtered = save(office, 0, FilterEntry("ready", ALL_READ | {name: mark}))
    is_needed = name in {"name", "identity", "accounts", "amounts", "phones"}
    assert ("filter.not_complete" in codes(filtered)) == is_needed
    assert filtered.done != is_needed


def test_the_lead_hears_of_a_case_that_the_procedure_sends_there(office: Office) -> None:
    save(office, 0)
    assert not Notice.objects.filter(kind="filter").exists()
    for place, code in ((1, "disputed"), (2, "special")):
        save(office, place, FilterEntry(code, ALL_READ))
    told = Notice.objects.filter(kind="filter")
    assert {(one.user, one.params["what"]) for one in told} == {(office.lead, "lead")}
    assert told.count() == 2


def test_what_was_put_off_comes_after_the_others(office: Office) -> None:
    numbers = [case.number for case in office.cases]

    def after(place: int) -> str | None:
        return queue.next_case(office.placement, office.collector, office.cases[place].pk)

    assert [after(place) for place in range(3)] == [numbers[1], numbers[2], numbers[0]]
    save(office, 2)
    assert after(1) == numbers[0]


def test_from_what_is_asked_to_the_answer(office: Office) -> None:
    marks = ALL_READ | {"identity": "missing"}
    row = save(office, 0, FilterEntry("incomplete", marks)).row
    assert row is not None
    creditor = office.placement.creditor
    assert queue.asked_creditors(office.lead) == [(creditor, 1, 1)]

    assert sent(creditor.pk, actor=office.collector, at=at(12)).count == 1
    assert codes(sent(creditor.pk, actor=office.lead, at=at(12))) == ["filter.nothing_to_send"]
    assert queue.asked_creditors(office.lead) == [(creditor, 1, 0)]

    stranger = people.make_user("manager", people.make_house("other"))
    assert codes(answered(row.pk, actor=stranger, at=at(13))) == ["filter.not_asked"]
    assert answered(row.pk, actor=office.lead, at=at(13)).done
    assert codes(answered(row.pk, actor=office.lead, at=at(13))) == ["filter.not_asked"]
    assert not queue.missing(office.lead).exists()
    assert queue.next_case(office.placement, office.collector) == office.cases[0].number
    assert Notice.objects.get(user=office.collector, kind="filter").params["what"] == "answered"


def test_every_field_that_a_procedure_may_name_has_a_value_of_its_own() -> None:
    from huikuan.engine.lists import CODES
    from huikuan.filtering.fields import _FIELDS

    assert set(_FIELDS) == set(CODES["filter_fields"])


def test_the_sample_is_about_as_large_as_the_procedure_says() -> None:
    from huikuan.casebook.models import Case
    from huikuan.filtering.save import _is_of_sample

    drawn = [_is_of_sample(Case(pk=number), 10) for number in range(5000)]
    assert 0.08 < sum(drawn) / len(drawn) < 0.12
    assert not any(_is_of_sample(Case(pk=number), 0) for number in range(200))
    assert all(_is_of_sample(Case(pk=number), 100) for number in range(200))
