"""The plan over days: it never depends on which days were planned, forgets nothing, and mends itself when facts change."""

from __future__ import annotations

import datetime as dt
import shutil
import threading

import pytest
from django.db import connection, connections

from huikuan.casebook import bindings, facts
from huikuan.casebook.models import Case, CaseEvent, Charge, PackBinding, PlanRun, Task
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.planning import load
from huikuan.planning.explain import explain
from huikuan.planning.plan import AnotherPlanRuns, plan
from huikuan.planning.tasks import tasks
from tests import people

DUE = dt.date(2026, 3, 2)
PLACED = dt.date(2026, 2, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.long]


@made_once
def boss():
    assert load.load_all(at=people.moment(PLACED)) == []
    return people.make_user("manager")


def b2b_case(amount: int = 10_000, due: dt.date = DUE) -> Case:
    """A customer with one confirmed invoice and a phone."""
    creditor = people.make_creditor("supplier", kind="supplier")
    PackBinding.objects.get_or_create(
        creditor=creditor, product="b2b", pack="b2b_receivables", from_on=dt.date(2020, 1, 1)
    )
    person = people.make_person(creditor, kind="company")
    case = people.make_case(person, product="b2b", placed_on=PLACED, items=[(due, amount)])
    case.items.update(confirmed_on=PLACED)
    people.make_point(case, kind="phone", place="work")
    facts.refresh([case.pk])
    return case


def run(on: dt.date, boss, *, today: dt.date | None = None):
    """Plans the day in its own morning, or in that of another."""
    return plan(on, actor=boss, at=people.moment(today or on, 7), calendar=china())


def open_tasks(on: dt.date, boss) -> list[tuple[str, dt.date]]:
    return sorted((task.step.id, task.due_on) for task in tasks(on, user=boss, calendar=china()))


def days(start: dt.date, count: int) -> list[dt.date]:
    return [start + dt.timedelta(n) for n in range(count)]


def test_a_second_run_changes_nothing(boss):
    b2b_case()
    first = run(DUE + dt.timedelta(3), boss)
    before = list(Task.objects.values().order_by("pk"))
    second = run(DUE + dt.timedelta(3), boss)
    assert first.counts["new"] == 2
    assert (second.counts["new"], second.counts["closed"], second.counts["reopened"]) == (0, 0, 0)
    assert list(Task.objects.values().order_by("pk")) == before


@pytest.mark.parametrize("late", [2, 8, 14, 33, 95])
def test_missed_days_lose_nothing(boss, late):
    """What is to be worked on a day is the same, whether every day before was planned or none."""
    b2b_case()
    on = DUE + dt.timedelta(late)
    alone = open_tasks(on, boss)
    for day in days(on - dt.timedelta(min(late + 8, 20)), min(late + 8, 20)):
        run(day, boss)
    run(on, boss)
    assert open_tasks(on, boss) == alone
    assert alone


def test_a_past_day_is_computed_and_never_written(boss):
    b2b_case()
    run(DUE + dt.timedelta(20), boss)
    written, runs = Task.objects.count(), PlanRun.objects.count()
    earlier = run(DUE + dt.timedelta(1), boss, today=DUE + dt.timedelta(20))
    assert not earlier.written
    assert earlier.counts["demanded"] == 2
    assert open_tasks(DUE + dt.timedelta(1), boss) == [
        ("chase_call", DUE + dt.timedelta(1)),
        ("chase_email", DUE + dt.timedelta(1)),
    ]
    assert (Task.objects.count(), PlanRun.objects.count()) == (written, runs)


@pytest.mark.parametrize("ahead", [4, 400, 27_000])
def test_a_day_far_ahead_is_computed_and_never_written(boss, ahead):
    """A slip of the pen in the year closed every task of the day."""
    b2b_case()
    today = DUE + dt.timedelta(5)
    run(today, boss)
    before = list(Task.objects.values().order_by("pk"))

    far = run(today + dt.timedelta(ahead), boss, today=today)

    assert (far.written, far.too_far) == (False, True)
    assert far.counts["demanded"] > 0
    assert list(Task.objects.values().order_by("pk")) == before
    assert PlanRun.objects.count() == 1


def test_a_day_that_was_planned_too_early_is_taken_back_by_the_plan_of_today(boss):
    """Tomorrow planned in the evening: today's plan makes today's list again, as if nothing had been."""
    b2b_case()
    today = DUE + dt.timedelta(13)
    run(today, boss)
    expected = open_tasks(today, boss)

    early = run(today + dt.timedelta(1), boss, today=today)
    assert early.written
    assert open_tasks(today + dt.timedelta(1), boss) != expected

    again = run(today, boss)
    assert again.written
    assert open_tasks(today, boss) == expected
    assert not Task.objects.filter(status="open", anchor__gt=today).exists()

    tomorrow = run(today + dt.timedelta(1), boss)
    assert tomorrow.written
    assert tomorrow.counts["reopened"] == 2


def test_tasks_fall_into_the_week_of_their_anchor(boss):
    """A plan makes the partitions that it needs, after a gap too."""
    b2b_case(due=dt.date(2031, 1, 1))
    for on in (dt.date(2031, 2, 1), dt.date(2032, 2, 1)):
        run(on, boss)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), min(anchor), max(anchor) FROM casebook_task WHERE status = 'open'"
            )
            count, _first, last = cursor.fetchone()
        assert count >= 2
        assert last == on


def test_a_day_not_planned_yet_is_computed_without_what_was_done(boss):
    b2b_case()
    run(DUE + dt.timedelta(28), boss)
    Task.objects.filter(step__code="supervisor").update(status="done")
    tomorrow = DUE + dt.timedelta(29)
    assert open_tasks(tomorrow, boss) == [("chase_call", tomorrow), ("chase_email", tomorrow)]
    assert not Task.objects.filter(anchor=tomorrow).exists()


def test_a_back_dated_payment_closes_what_it_made_needless(boss):
    case = b2b_case()
    run(DUE + dt.timedelta(5), boss)
    charge = Charge.objects.get(case=case)
    people.make_payment(case, DUE - dt.timedelta(1), 10_000, to=charge)
    facts.refresh([case.pk])
    done = run(DUE + dt.timedelta(6), boss)
    assert done.counts["demanded"] == 0
    assert not Task.objects.filter(status="open").exists()
    assert set(Task.objects.values_list("status", flat=True)) <= {"closed", "missed", "superseded"}


def test_a_reversed_payment_opens_the_same_task_again(boss):
    case = b2b_case(due=DUE)
    on = DUE + dt.timedelta(28)
    run(on, boss)
    task = Task.objects.get(step__code="supervisor")
    payment = people.make_payment(case, on, 10_000, to=Charge.objects.get(case=case))
    facts.refresh([case.pk])
    run(on + dt.timedelta(1), boss)
    task.refresh_from_db()
    assert (task.status, task.status_reason) == ("closed", "facts changed")
    people.make_reversal(payment, on + dt.timedelta(2))
    facts.refresh([case.pk])
    run(on + dt.timedelta(2), boss)
    task.refresh_from_db()
    assert (task.status, task.status_reason) == ("open", "demanded again")


def test_a_done_task_is_never_demanded_again(boss):
    b2b_case()
    on = DUE + dt.timedelta(28)
    run(on, boss)
    Task.objects.filter(step__code="supervisor").update(status="done")
    run(on + dt.timedelta(1), boss)
    assert Task.objects.get(step__code="supervisor").status == "done"


def test_a_recalled_case_closes_its_tasks(boss):
    case = b2b_case()
    run(DUE + dt.timedelta(3), boss)
    row = {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act_id": case.act_id,
    }
    on = DUE + dt.timedelta(4)
    CaseEvent.objects.create(
        **row, case=case, kind="recalled", valid_on=on, recorded_at=people.moment(on)
    )
    facts.refresh([case.pk])
    run(on, boss)
    assert set(Task.objects.values_list("status", "status_reason")) == {("closed", "facts changed")}


def test_an_older_occurrence_is_superseded_by_the_next(boss):
    b2b_case()
    run(DUE + dt.timedelta(1), boss)
    run(DUE + dt.timedelta(3), boss)
    found = (
        Task.objects.filter(step__code="chase_call")
        .order_by("anchor")
        .values_list("status", "status_reason")
    )
    assert list(found) == [("superseded", "later occurrence"), ("open", "")]


def test_nothing_is_demanded_of_paid_or_disputed_items(boss):
    case = b2b_case()
    item = case.items.get()
    people.make_hold(case, DUE, "dispute", "item", item=item)
    facts.refresh([case.pk])
    assert [step for step, _ in open_tasks(DUE + dt.timedelta(40), boss)] == ["dispute_review"]


def test_the_plan_of_a_day_as_it_was_known_then(boss):
    """A payment that we learned of late: by default the day is corrected; with known_at it is as it was seen."""
    case = b2b_case()
    on = DUE + dt.timedelta(3)
    late_news = people.moment(on + dt.timedelta(10))
    people.make_payment(case, DUE, 10_000, to=Charge.objects.get(case=case), recorded_at=late_news)
    facts.refresh([case.pk])
    corrected = {why.step.id for why in explain(case, on, calendar=china()) if why.fires}
    as_seen = {
        why.step.id
        for why in explain(case, on, calendar=china(), known_at=people.moment(on))
        if why.fires
    }
    assert "chase_call" not in corrected
    assert {"chase_call", "chase_email"} <= as_seen


def test_explanation_names_the_fact_that_keeps_a_step_back(boss):
    case = b2b_case()
    [reminder] = [
        why
        for why in explain(case, DUE + dt.timedelta(3), calendar=china())
        if why.step.id == "remind_before_due"
    ]
    assert not reminder.fires
    assert any(part.facts.get("item_due_on") == DUE for part in reminder.deciding())


def test_explanation_and_plan_agree(boss):
    """For every day of four months, a step fires in the explanation exactly when the plan demands it."""
    case = b2b_case()
    for on in days(DUE - dt.timedelta(9), 120)[::7]:
        fires = sorted(why.step.id for why in explain(case, on, calendar=china()) if why.fires)
        assert fires == [step for step, _ in open_tasks(on, boss)], on


def test_a_case_runs_the_pack_that_is_bound_on_the_day(boss):
    case = b2b_case()
    bindings.set_packs(
        case.creditor_id,
        "b2b",
        ["phone_collection"],
        from_on=DUE + dt.timedelta(10),
        act=case.act,
    )
    assert {task.pack for task in tasks(DUE + dt.timedelta(9), user=boss, calendar=china())} == {
        "b2b_receivables"
    }
    assert {task.pack for task in tasks(DUE + dt.timedelta(10), user=boss, calendar=china())} == {
        "phone_collection"
    }


def test_planning_two_days_compiles_once(boss, monkeypatch):
    from huikuan.casebook import compiled as kept
    from huikuan.engine import plan as engine_plan
    from huikuan.planning import compiled

    b2b_case()
    monkeypatch.setattr(kept, "_texts", {})
    made = []
    original = engine_plan.plan_sql
    monkeypatch.setattr(
        compiled.plan,
        "plan_sql",
        lambda *args, **more: made.append(args[0].pack.name) or original(*args, **more),
    )
    run(DUE, boss)
    run(DUE + dt.timedelta(1), boss)
    assert made == ["b2b_receivables"]


@pytest.mark.django_db(transaction=True)
def test_only_one_plan_runs_at_a_time():
    assert load.load_all(at=people.moment(PLACED)) == []
    boss = people.make_user("manager")
    b2b_case()
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(7305002)")
            holding.set()
            release.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    holding.wait(20)
    try:
        with pytest.raises(AnotherPlanRuns):
            run(DUE, boss)
    finally:
        release.set()
        other.join()
    assert run(DUE + dt.timedelta(1), boss).counts["new"] == 2


def test_a_plan_reads_as_few_queries_for_many_cases_as_for_one(boss, django_assert_max_num_queries):
    for _ in range(5):
        b2b_case()
    run(DUE, boss)
    with django_assert_max_num_queries(40):
        run(DUE + dt.timedelta(1), boss)


def test_a_step_keeps_what_it_is_about(boss, settings, tmp_path):
    """Its tasks carry the id of their subject: of another subject they would speak of somebody else."""
    b2b_case()
    run(DUE + dt.timedelta(3), boss)
    folder = tmp_path / "b2b_receivables"
    shutil.copytree(load.SHIPPED / "b2b_receivables", folder)
    book = folder / "playbook.yaml"
    whole = book.read_text(encoding="utf-8")
    start = whole.index("  - id: chase_email")
    end = whole.index("  - id: chase_call", start)
    about_the_case = """  - id: chase_email
    title: {zh: 邮件催款, en: Chase by e-mail}
    source: invented
    when: balance > 0
    action: email
    addressee: debtor
    role: collector

"""
    book.write_text(whole[:start] + about_the_case + whole[end:], encoding="utf-8")
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": tmp_path})

    (problem, *_others) = load.load_all(at=people.moment(DUE))

    assert problem.code == "playbook.step_subject"
    assert problem.params["id"] == "chase_email"


def test_a_fact_that_the_procedure_needs_and_nobody_knows_is_counted(boss):
    """No step can ask whether an unknown register is local; the plan says in how many cases."""
    creditor = people.make_creditor("bank")
    PackBinding.objects.get_or_create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )
    nowhere = people.make_person(creditor, region="")
    unknown = people.make_case(nowhere, product="card", placed_on=PLACED, items=[(DUE, 10_000)])
    somewhere = people.make_person(creditor, region="310000")
    known = people.make_case(somewhere, product="card", placed_on=PLACED, items=[(DUE, 10_000)])
    another = people.make_person(creditor, region="")
    paid = people.make_case(another, product="card", placed_on=PLACED, items=[])
    facts.refresh([unknown.pk, known.pk, paid.pk])

    assert run(DUE, boss).unknown == {"register_local": 1}
