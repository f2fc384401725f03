"""Proposal, edits and confirmation on real Postgres."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.laws import examples
from tests.people import make_assignment, make_event, make_house, make_user

from huikuan.allocation import absence, edit
from huikuan.allocation.access import may_allocate, visible_runs
from huikuan.allocation.confirm import Confirmed, Dropped, confirm
from huikuan.allocation.propose import NothingToAllocate, propose
from huikuan.allocation.rules import WrongRules
from huikuan.allocation.tests.conftest import AT, ON, House, cases
from huikuan.casebook import facts, journal
from huikuan.casebook.models import (
    AllocationLine,
    AllocationRun,
    Assignment,
    CaseSummary,
    Notice,
    Placement,
    PlacementEvent,
)
from huikuan.casebook.placement_events import happened
from huikuan.people.models import User

LATER = AT + dt.timedelta(hours=2)


def of_north(house: House) -> AllocationRun:
    return propose(house.organisation, ON, team=house.north, actor=house.lead, at=AT)


def stored() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM casebook_casesummary ORDER BY case_id")
        return cursor.fetchall()


def test_a_proposal_names_a_collector_and_a_reason_for_every_case(house: House) -> None:
    run = of_north(house)
    lines = list(run.lines.all())
    assert {line.case_id for line in lines} == {case.pk for case in house.cases}
    assert {line.user for line in lines} <= set(house.collectors[:3])
    assert all(line.reason["principle"] and line.reason["age"] for line in lines)
    assert run.summary["cases"] == run.summary["placed"] == 12
    assert [row["cases"] for row in run.summary["collectors"].values()] == [4, 4, 4]
    assert sum(row["minor"]["CNY"] for row in run.summary["collectors"].values()) == sum(
        CaseSummary.objects.values_list("balance_minor", flat=True)
    )
    assert not Assignment.objects.exists()


def test_confirming_gives_the_cases_and_the_same_summaries_as_a_full_refresh(house: House) -> None:
    run = of_north(house)
    done = confirm(run, house.lead, LATER)
    assert (done.assigned, done.skipped, done.already) == (12, {}, False)
    quick = stored()
    facts.refresh([case.pk for case in house.cases])
    assert stored() == quick
    assert not facts.differences()
    assert {(a.user_id, a.team_id, a.valid_on, a.run_id) for a in Assignment.objects.all()} == {
        (user.pk, house.north.pk, ON, run.pk) for user in house.collectors[:3]
    }
    told = Notice.objects.filter(kind=Notice.Kind.ALLOCATED)
    assert {(n.user_id, n.params["cases"]) for n in told} == {
        (u.pk, 4) for u in house.collectors[:3]
    }


def test_confirming_twice_changes_nothing_and_says_who_was_first(house: House) -> None:
    run = of_north(house)
    confirm(run, house.lead, LATER)
    before, assigned = stored(), Assignment.objects.count()
    again = confirm(
        AllocationRun.objects.get(pk=run.pk), house.manager, LATER + dt.timedelta(minutes=1)
    )
    assert again == Confirmed(12, {}, True, str(house.lead), LATER)
    assert (stored(), Assignment.objects.count()) == (before, assigned)
    assert Notice.objects.filter(kind=Notice.Kind.ALLOCATED).count() == 3
    with pytest.raises(NothingToAllocate):
        of_north(house)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_wins(house: House) -> None:
    run = of_north(house)
    answers: list[Confirmed] = []

    def press(user: User) -> None:
        try:
            answers.append(confirm(AllocationRun.objects.get(pk=run.pk), user, LATER))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in (house.lead, house.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.already for answer in answers) == [False, True]
    assert len({answer.by for answer in answers}) == 1
    assert Assignment.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_two_proposals_for_the_same_cases_never_give_a_case_twice(house: House) -> None:
    one = of_north(house)
    two = propose(house.organisation, ON, team=house.south, actor=house.other_lead, at=AT)
    answers: list[Confirmed] = []

    def press(run: AllocationRun, user: User) -> None:
        try:
            answers.append(confirm(run, user, LATER))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=a) for a in ((one, house.lead), (two, house.other_lead))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((answer.assigned, answer.skipped.get("taken", 0)) for answer in answers) == [
        (0, 12),
        (12, 0),
    ]
    assert Assignment.objects.count() == 12


def test_what_changed_since_the_proposal_is_left_alone_and_said(house: House) -> None:
    run = of_north(house)
    taken, closed = house.cases[0], house.cases[1]
    make_assignment(taken, ON, house.collectors[3])
    make_event(closed, ON, "closed")
    facts.refresh([taken.pk, closed.pk])
    gone = run.lines.exclude(case__in=[taken, closed]).first().user
    User.objects.filter(pk=gone.pk).update(is_active=False)
    theirs = run.lines.filter(user=gone).exclude(case__in=[taken, closed]).count()
    done = confirm(run, house.lead, LATER)
    assert done.skipped == {"taken": 1, "closed": 1, "inactive": theirs}
    assert done.assigned == 10 - theirs
    assert CaseSummary.objects.get(pk=taken.pk).assignee_id == house.collectors[3].pk
    assert not facts.differences()


def test_a_new_proposal_takes_the_place_of_an_open_one(house: House) -> None:
    old, new = of_north(house), of_north(house)
    old.refresh_from_db()
    assert (old.status, new.status) == ("dropped", "proposed")
    with pytest.raises(Dropped):
        confirm(old, house.lead, LATER)


def test_absent_collectors_get_nothing(house: House) -> None:
    away = house.collectors[0]
    absence.set_absence(away, ON - dt.timedelta(days=1), ON, house.lead, AT)
    run = of_north(house)
    assert not run.lines.filter(user=away).exists()
    assert run.summary["before"][str(away.pk)][3] is True
    everyone = [absence.set_absence(user, ON, None, house.lead, AT) for user in house.collectors]
    assert len(everyone) == 4
    left = of_north(house)
    assert left.summary["left"] == {"all_absent": 12}


def test_where_nobody_has_room_the_reason_says_so(house: House) -> None:
    User.objects.filter(team=house.north).update(capacity=2)
    run = of_north(house)
    assert run.summary["placed"] == 6
    assert run.summary["left"] == {"all_full": 6}
    assert confirm(run, house.lead, LATER).assigned == 6


def test_rules_of_a_creditor_are_kept(house: House, tmp_path: Path, settings: object) -> None:
    first, second = house.collectors[:2]
    write_rules(
        tmp_path,
        settings,
        house,
        f"requirements:\n  - exclude: [{first.username}]\n  - skills: [card]\n",
    )
    second.skills = ["card"]
    second.save()
    run = of_north(house)
    assert set(run.lines.values_list("user_id", flat=True)) == {second.pk}
    assert {line.reason["principle"] for line in run.lines.all()} == {"requirements"}
    write_rules(tmp_path, settings, house, "requirements:\n  - users: [nobody.here]\n")
    run = of_north(house)
    assert run.summary["left"] == {"nobody_fits": 12}
    assert run.summary["unknown_names"] == ["nobody.here"]


def test_wrong_rules_stop_the_proposal_with_every_problem(
    house: House, tmp_path: Path, settings: object
) -> None:
    write_rules(
        tmp_path,
        settings,
        house,
        "order: [mix, requirements]\nstep: 0\nbands: [5, 1]\nskils: [a]\n",
    )
    with pytest.raises(WrongRules) as caught:
        of_north(house)
    assert [problem.code for problem in caught.value.problems] == ["yaml.unknown_key"]
    write_rules(tmp_path, settings, house, "order: [mix, requirements]\nstep: 0\nbands: [5, 1]\n")
    with pytest.raises(WrongRules) as caught:
        of_north(house)
    assert [p.code for p in caught.value.problems] == [
        "allocation.order",
        "allocation.step",
        "allocation.bands",
    ]
    assert not AllocationRun.objects.exists()


def write_rules(folder: Path, settings: object, house: House, text: str) -> None:
    place = folder / "allocation" / house.organisation.code
    place.mkdir(parents=True, exist_ok=True)
    (place / "bank.yaml").write_text(text)
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": folder})  # type: ignore[attr-defined]


def test_creditors_with_other_settings_are_balanced_apart(
    house: House, tmp_path: Path, settings: object
) -> None:
    cases(9, "other", house.organisation)
    write_rules(
        tmp_path,
        settings,
        house,
        "order: [requirements, holdings]\nmix: {number: 1, amount: 0, age: 0}\n",
    )
    run = of_north(house)
    assert run.summary["placed"] == 21
    assert [row["cases"] for row in run.summary["collectors"].values()] == [7, 7, 7]


def test_another_house_is_never_touched(house: House) -> None:
    other = make_house("agency")
    foreign = cases(3, "bank", other)
    make_user("collector", other)
    run = propose(house.organisation, ON, actor=house.manager, at=AT)
    assert not run.lines.filter(case__in=foreign).exists()
    stranger = make_user("manager", other)
    assert not visible_runs(stranger).exists()
    with pytest.raises(ValueError, match="organisation"):
        propose(house.organisation, ON, actor=stranger, at=AT)
    with pytest.raises(ValueError, match="organisation"):
        confirm(run, stranger, AT)


def test_leads_see_and_confirm_their_own_team_only(house: House) -> None:
    run = of_north(house)
    assert list(visible_runs(house.lead)) == [run]
    assert list(visible_runs(house.manager)) == [run]
    assert not visible_runs(house.other_lead).exists()
    assert not visible_runs(house.collectors[0]).exists()
    assert may_allocate(house.lead, house.north)
    assert not may_allocate(house.lead, house.south)
    assert not may_allocate(house.lead, None)
    assert may_allocate(house.manager, None)


def test_a_lead_moves_cases(house: House, tmp_path: Path, settings: object) -> None:
    run = of_north(house)
    source, target = house.collectors[:2]
    lines = list(run.lines.filter(user=source).values_list("pk", flat=True))
    moved = edit.move(run, lines, target, house.lead, AT)
    assert (moved.moved, moved.refused, moved.over, moved.absent) == (4, {}, 0, False)
    run.refresh_from_db()
    assert run.summary["collectors"][str(target.pk)]["cases"] == 8
    line = AllocationLine.objects.get(pk=lines[0])
    assert (line.edited, line.reason["was"], line.reason["by"]) == (True, source.pk, house.lead.pk)
    User.objects.filter(pk=target.pk).update(capacity=5)
    run.summary["before"][str(target.pk)][2] = 5
    run.save()
    assert edit.move(run, lines, target, house.lead, AT).over == 3
    write_rules(tmp_path, settings, house, f"requirements:\n  - exclude: [{source.username}]\n")
    refused = edit.move(run, lines, source, house.lead, AT)
    assert (refused.moved, set(refused.refused.values())) == (0, {"exclude"})
    with pytest.raises(ValueError, match="collector"):
        edit.move(run, lines, house.collectors[3], house.lead, AT)  # of the other team
    assert edit.move(run, lines[:1], None, house.lead, AT).moved == 1
    confirm(run, house.lead, LATER)
    with pytest.raises(edit.NotOpen):
        edit.move(run, lines, target, house.lead, AT)
    with pytest.raises(edit.NotOpen):
        edit.drop(run, house.lead, AT)


def test_an_absent_collectors_cases_go_to_colleagues_and_back(house: House) -> None:
    confirm(of_north(house), house.lead, AT)
    away, colleague = house.collectors[0], house.collectors[1]
    theirs = set(CaseSummary.objects.filter(assignee_id=away.pk).values_list("pk", flat=True))
    assert len(theirs) == 4
    day = ON + dt.timedelta(days=1)
    run = absence.propose_absence(away, day, house.lead, LATER)
    assert {line.case_id for line in run.lines.all()} == theirs
    confirm(run, house.lead, LATER)
    assert not CaseSummary.objects.filter(assignee_id=away.pk).exists()
    kept = run.lines.filter(user=colleague).first().case
    make_assignment(kept, day, house.collectors[2])
    facts.refresh([kept.pk])
    back = absence.propose_return(away, day + dt.timedelta(days=3), house.lead, LATER)
    assert {line.case_id for line in back.lines.all()} == theirs - {kept.pk}
    assert {line.reason["code"] for line in back.lines.all()} == {"back"}
    confirm(back, house.lead, LATER)
    assert set(
        CaseSummary.objects.filter(assignee_id=away.pk).values_list("pk", flat=True)
    ) == theirs - {kept.pk}
    assert not facts.differences()
    with pytest.raises(NothingToAllocate):
        absence.propose_return(away, day + dt.timedelta(days=3), house.lead, LATER)


def test_a_batch_is_allocated_when_nothing_of_it_waits_any_more(house: House) -> None:
    creditor = house.cases[0].creditor
    placement = Placement.objects.create(
        organisation=house.organisation, creditor=creditor, act=journal.begin(house.manager, "tests", at=AT),
        number="P1", mapping="m", file_name="f", file_hash="h", received_at=AT, received_on=ON, valid_on=ON,
        accepted_at=AT,
    )  # fmt: skip
    for case in house.cases:
        case.placement = placement
        case.save()
    happened(placement, PlacementEvent.Kind.LEAD_TOLD, act=placement.act, at=AT)
    allocated = PlacementEvent.objects.filter(kind=PlacementEvent.Kind.ALLOCATED)

    User.objects.filter(team=house.north).update(capacity=2)
    confirm(of_north(house), house.lead, LATER)
    assert not allocated.exists(), "six cases still wait"

    User.objects.filter(team=house.north).update(capacity=20)
    confirm(of_north(house), house.lead, LATER)
    assert allocated.get().happened_at == LATER


@hypothesis_settings(
    deadline=None,
    max_examples=examples(8, 60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_quick_summary_is_the_full_one_whatever_went_before(
    house: House, data: st.DataObject
) -> None:
    """Any history of assignments, also dated later than the allocation."""
    with_history = data.draw(st.lists(st.sampled_from(house.cases), max_size=4))
    for case in with_history:
        day = ON + dt.timedelta(days=data.draw(st.integers(-3, 3)))
        make_assignment(
            case, max(day, case.placed_on), data.draw(st.sampled_from([None, *house.collectors]))
        )
    facts.refresh([case.pk for case in house.cases])
    try:
        run = of_north(house)
    except NothingToAllocate:
        return
    confirm(run, house.lead, LATER)
    assert not facts.differences()
    numbers = Assignment.objects.filter(run=run).values_list("case_id", flat=True)
    assert len(numbers) == len(set(numbers))
