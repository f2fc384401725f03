"""The list of a day is one answer: whatever came in after the morning's plan is in it at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook import bindings, facts, to_plan
from huikuan.casebook.models import Case, PackVersion, PlanRun, Task, ToPlan
from huikuan.engine.pack import hash_of
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning import current
from huikuan.planning.activate import activate, roll_back
from huikuan.planning.current import catch_up, told
from huikuan.planning.done import done, undo
from huikuan.planning.event import EventEntry, event
from huikuan.planning.not_activated import NotActivated
from huikuan.planning.plan import Planned, demanded, plan
from huikuan.planning.tasks import tasks
from huikuan.planning.worklist import Filters, worklist
from huikuan.reports.so_far import my_day
from tests import people
from tests.laws import examples
from tests.shipped import load_packs, texts_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
PACK = "phone_collection"

#: Subject, step, anchor and verdict of a task: what the list of a day is made of.
Line = tuple[object, ...]


@dataclass
class Office:
    today: dt.date
    manager: User
    collector: User
    cases: list[Case] = field(default_factory=list)

    @property
    def at(self) -> dt.datetime:
        return timezone.now()

    def open_now(self) -> set[Line]:
        """The list as it stands in the book."""
        rows = Task.objects.filter(status="open")
        return set(rows.values_list("subject_id", "step_id", "anchor", "verdict", "earliest_on"))

    def from_nothing(self) -> set[Line]:
        """What a plan of the day demands that nobody has done, computed anew."""
        query = (
            "SELECT subject_id, step_id, anchor, verdict, earliest_on FROM demanded"
            " WHERE task_status IS DISTINCT FROM 'done'"
        )
        with connection.cursor() as cursor, demanded(cursor, self.today, china()):
            cursor.execute(query)
            return set(cursor.fetchall())

    def steps(self, case: Case) -> set[str]:
        found = Task.objects.filter(case=case, status="open")
        return set(found.values_list("step__code", flat=True))


@made_once
def office() -> Office:
    load_packs()
    today = timezone.now().astimezone(people.SHANGHAI).date()
    team = people.make_team("phone")
    collector = people.make_user("collector", team=team)
    found = Office(today, people.make_user("manager"), collector)
    act = people.make_act()
    creditor = people.make_creditor("bank")
    bindings.set_packs(creditor.pk, "card", [PACK], from_on=dt.date(2020, 1, 1), act=act)
    for number in range(8):
        placed = today - (number + 1) * DAY
        items = [(placed - 60 * DAY, 500_000)]
        case = people.make_case(
            creditor=creditor, placed_on=placed, told_on=placed, items=items, collector=collector
        )
        people.make_point(case)
        found.cases.append(case)

    facts.refresh([case.pk for case in found.cases])
    plan(today, actor=found.manager, at=found.at, calendar=china())
    return found


# --- what may come in


def pays(office: Office, case: Case, chance: random.Random) -> None:
    amount = chance.choice([100, 500_000])
    people.make_payment(case, office.today - chance.randint(0, 2) * DAY, amount, to=_charge(case))
    facts.refresh([case.pk])


def _charge(case: Case):
    return case.charges.order_by("pk").first()


def promises(office: Office, case: Case, chance: random.Random) -> None:
    due = office.today + chance.randint(0, 3) * DAY
    people.make_promise(case, office.today, [(due, 10_000)])
    facts.refresh([case.pk])


def is_called(office: Office, case: Case, chance: random.Random) -> None:
    connected = chance.random() < 0.5
    answered = "debtor" if connected else "nobody"
    point = case.person.points.first()
    people.make_contact(case, office.today, point=point, connected=connected, answered=answered)
    facts.refresh([case.pk])


def is_held(office: Office, case: Case, _chance: random.Random) -> None:
    people.make_hold(case, office.today)
    facts.refresh([case.pk])


def is_recalled(office: Office, case: Case, _chance: random.Random) -> None:
    people.make_event(case, office.today, "recalled")
    facts.refresh([case.pk])


def comes_back(office: Office, case: Case, _chance: random.Random) -> None:
    people.make_event(case, office.today, "reopened", until_on=office.today + 60 * DAY)
    facts.refresh([case.pk])


def is_closed(office: Office, case: Case, _chance: random.Random) -> None:
    entry = EventEntry("closed", office.today, reason="终止")
    event(case.pk, entry, actor=office.manager, at=office.at)


def is_charged_more(office: Office, case: Case, _chance: random.Random) -> None:
    people.make_charge(case.items.first(), "fee", 10_000, on=office.today)
    facts.refresh([case.pk])


def has_a_task_done(office: Office, case: Case, chance: random.Random) -> None:
    task = Task.objects.filter(case=case, step__code="review_sheet", status="open").first()
    if task is None:
        return
    assert done(task.pk, text="已看", actor=office.collector, at=office.at).saved
    if chance.random() < 0.3:
        assert undo(task.pk, actor=office.collector, at=office.at).saved


def is_bound_otherwise(office: Office, case: Case, chance: random.Random) -> None:
    named = chance.choice([[], [PACK], ["b2b_receivables"], [PACK, "b2b_receivables"]])
    act = people.make_act()
    bindings.set_packs(case.creditor_id, "card", named, from_on=office.today, act=act)


def follows_another_version(office: Office, _case: Case, chance: random.Random) -> None:
    if chance.random() < 0.4:
        with contextlib.suppress(NotActivated):
            roll_back(PACK, actor=office.manager, at=office.at)
        return
    activate(without_a_step(chance), actor=office.manager, at=office.at)


def without_a_step(chance: random.Random) -> PackVersion:
    """The shipped procedure, which asks for the review only of cases with a large balance."""
    name = chance.choice(["own-1", "own-2"])
    files = dict(texts_of(PACK))
    amount = {"own-1": 1, "own-2": 900_000}[name]
    before = "when: not known(first_attempt_on) and balance > 0\n"
    assert before in files["playbook.yaml"]
    after = f"when: not known(first_attempt_on) and balance > {amount}\n"
    files["playbook.yaml"] = files["playbook.yaml"].replace(before, after)
    made, _new = PackVersion.objects.get_or_create(
        pack=PACK,
        hash=hash_of(files),
        defaults={
            "kind": "playbook",
            "version": name,
            "content": files,
            "effective_from": people.PLACED_ON,
            "approved_by": "boss",
            "loaded_at": people.moment(people.PLACED_ON),
        },
    )

    return made


COMES_IN: tuple[Callable[[Office, Case, random.Random], None], ...] = (
    pays,
    promises,
    is_called,
    is_held,
    is_recalled,
    comes_back,
    is_closed,
    is_charged_more,
    has_a_task_done,
    is_bound_otherwise,
    follows_another_version,
)


@pytest.mark.parametrize("few", [50, 0], ids=["one by one", "together"])
@pytest.mark.parametrize("seed", range(examples(4, 40)))
def test_whatever_comes_in_the_list_is_that_of_a_plan_from_nothing(
    seed: int, few: int, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "FEW", few)
    chance = random.Random(seed)
    assert office.open_now() == office.from_nothing()
    for _number in range(12):
        chance.choice(COMES_IN)(office, chance.choice(office.cases), chance)
        if chance.random() < 0.6:
            catch_up()
            assert office.open_now() == office.from_nothing()
    catch_up()
    assert office.open_now() == office.from_nothing()
    assert not to_plan.is_waiting()

    # A plan of the day finds nothing more to do.
    counts = plan(office.today, actor=office.manager, at=office.at, calendar=china()).counts
    assert [counts[name] for name in ("closed", "reopened", "verdicts", "new")] == [0, 0, 0, 0]
    assert not ToPlan.objects.exists()


@pytest.mark.parametrize("comes_in", COMES_IN)
def test_each_kind_marks_the_list_in_its_own_transaction(
    comes_in: Callable, office: Office
) -> None:
    for seed in range(3):
        catch_up()
        comes_in(office, office.cases[seed], random.Random(seed))
        if office.open_now() != office.from_nothing():
            assert to_plan.is_waiting()
        catch_up()
        assert office.open_now() == office.from_nothing()


def test_many_at_once_are_one_plan(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_plan, "MOST", 3)
    for case in office.cases:
        people.make_payment(case, office.today, 500_000, to=_charge(case))
    facts.refresh([case.pk for case in office.cases])
    assert list(ToPlan.objects.values_list("case_id", flat=True)) == [None]

    catch_up()
    assert office.open_now() == office.from_nothing()
    assert PlanRun.objects.count() == 1


def test_a_second_plan_of_the_day_asks_only_about_what_was_learned(office: Office) -> None:
    paid, other = office.cases[:2]
    people.make_payment(paid, office.today, 500_000, to=_charge(paid))
    facts.refresh([paid.pk])
    # Nobody marked this case: a plan that asks about it finds that its task was wrongly closed.
    wrong = Task.objects.filter(case=other, status="open").first()
    assert wrong is not None
    Task.objects.filter(pk=wrong.pk).update(status="closed")

    again = plan_day(office, only_learned=True)
    assert again.cases == 1
    assert "first_call" not in office.steps(paid)
    assert again.counts["reopened"] == 0

    whole = plan_day(office)
    assert whole.cases is None
    assert whole.counts["reopened"] == 1
    assert office.open_now() == office.from_nothing()


def test_a_new_day_and_a_new_version_are_planned_whole(office: Office) -> None:
    assert plan_day(office, only_learned=True).cases == 0

    activate(without_a_step(random.Random(1)), actor=office.manager, at=office.at)
    assert plan_day(office, only_learned=True).cases is None

    tomorrow = office.today + DAY
    done = plan(tomorrow, actor=office.manager, at=office.at, calendar=china(), only_learned=True)
    assert done.cases is None


def plan_day(office: Office, *, only_learned: bool = False) -> Planned:
    return plan(
        office.today,
        actor=office.manager,
        at=office.at,
        calendar=china(),
        only_learned=only_learned,
    )


# --- who reads


def test_a_payment_after_the_plan_stops_the_chase_wherever_one_looks(office: Office) -> None:
    """Finding F6: the list stood until the day was planned again."""
    paid, other = office.cases[:2]
    assert "first_call" in office.steps(paid)
    people.make_payment(paid, office.today - DAY, 500_000, to=_charge(paid))
    facts.refresh([paid.pk])

    by_command = list(tasks(office.today, user=office.manager, calendar=china()))
    assert {row.step.id for row in by_command if row.case == paid.number} <= {"settled"}
    assert any(row.case == other.number for row in by_command)


@pytest.mark.parametrize("page", ["worklist", "case", "reports:board"])
def test_every_page_shows_the_list_as_it_is_now(page: str, office: Office) -> None:
    paid = office.cases[0]
    people.make_payment(paid, office.today - DAY, 500_000, to=_charge(paid))
    facts.refresh([paid.pk])
    client = Client()
    client.force_login(office.manager)
    words = [paid.number] if page == "case" else []
    assert client.get(reverse(page, args=words)).status_code == 200

    assert office.steps(paid) <= {"settled"}
    rows = worklist(office.manager, office.today, Filters(role="all")).rows
    assert [row.action for row in rows if row.number == paid.number] in ([], ["handover"])
    assert not to_plan.is_waiting()


def test_the_page_of_the_case_tells_once_what_changed_whoever_planned_it(office: Office) -> None:
    case = office.cases[0]
    people.make_payment(case, office.today, 500_000, to=_charge(case))
    facts.refresh([case.pk])
    catch_up()

    changed = told(case, office.today)
    closed = Task.objects.filter(pk__in=changed.closed).values_list("step__code", flat=True)
    assert "first_call" in set(closed)
    assert told(case, office.today).closed == ()


def test_without_a_planned_day_nothing_is_written(office: Office) -> None:
    Task.objects.all().delete()
    PlanRun.objects.all().delete()
    people.make_payment(office.cases[0], office.today, 100, to=_charge(office.cases[0]))
    facts.refresh([office.cases[0].pk])
    catch_up()
    assert not Task.objects.exists()
    assert not to_plan.is_waiting()


# --- whose


def plan_with_reviews_of_managers(office: Office) -> None:
    """The day by the shipped procedure, but that its review is the manager's."""
    files = dict(texts_of(PACK))
    before, after = files["playbook.yaml"].split("  - id: review_sheet\n")
    after = after.replace("role: collector", "role: manager", 1)
    files["playbook.yaml"] = f"{before}  - id: review_sheet\n{after}"
    version = PackVersion.objects.create(
        pack=PACK,
        hash=hash_of(files),
        kind="playbook",
        version="reviewed",
        content=files,
        effective_from=people.PLACED_ON,
        approved_by="boss",
        loaded_at=people.moment(people.PLACED_ON),
    )

    # A task keeps the role of the version that made it.
    Task.objects.all().delete()
    activate(version, actor=office.manager, at=office.at)
    catch_up()


def listed(office: Office, user: User, role: str = "") -> int:
    rows = worklist(user, office.today, Filters(role=role), size=1_000).rows
    return sum(row.tasks for row in rows)


@pytest.mark.parametrize("code", ["collector", "team_lead", "manager", "finance", "client"])
def test_everybody_lists_what_the_figures_count(code: str, office: Office) -> None:
    """The list of leads and managers had the tasks of every role, the figures those of some."""
    plan_with_reviews_of_managers(office)
    creditor = office.cases[0].creditor
    nobodys = people.make_case(creditor=creditor, items=[(office.today - 60 * DAY, 500_000)])
    people.make_point(nobodys)
    facts.refresh([nobodys.pk])
    catch_up()
    assert "review_sheet" in office.steps(office.cases[0])

    user = {"collector": office.collector, "manager": office.manager}.get(code)
    if user is None:
        more = {"creditor": creditor, "team": None} if code == "client" else {}
        user = people.make_user(code, **{"team": office.collector.team} | more)
    figures = my_day(user, office.today).figures
    assert listed(office, user) == figures.numbers["open"]
    # The day of finance is its own work, of which this procedure has none.
    assert (figures.numbers["open"] > 0) == (code != "finance")


def test_the_tasks_of_the_own_role_stand_beside_the_queues(office: Office) -> None:
    plan_with_reviews_of_managers(office)
    reviews = Task.objects.filter(step__code="review_sheet", status="open").count()
    assert reviews > 0
    assert listed(office, office.manager, "mine") == reviews
    assert listed(office, office.manager, "all") == listed(office, office.manager) + reviews

    client = Client()
    client.force_login(office.manager)
    page = client.get(reverse("worklist")).content.decode()
    assert 'data-figure="lines_mine"' in page
    assert client.get(reverse("worklist"), {"role": "mine"}).status_code == 200
    client.force_login(office.collector)
    assert 'data-figure="lines_mine"' not in client.get(reverse("worklist")).content.decode()
