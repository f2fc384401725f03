"""One person with several roles: what any shows and allows, but no decision of an own request."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.approvals.decide import decide, waiting
from huikuan.casebook import facts
from huikuan.casebook.access import visible_cases, visible_ids
from huikuan.casebook.models import Approval, Case
from huikuan.desk import clock
from huikuan.holds.entry import HoldEntry
from huikuan.holds.propose import propose
from huikuan.ops.commands import tasks as tasks_command
from huikuan.ops.made_once import made_once
from huikuan.people.models import Role, User
from huikuan.people.roles import create_user
from huikuan.planning import load
from huikuan.planning.pack_files import texts_of
from huikuan.planning.worklist import Filters, worklist
from huikuan.reports.so_far import my_day
from tests import people
from tests.book import Book, make_book

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@made_once
def book() -> Book:
    return make_book("ours", "赵试一")


def seen(user: User) -> set[int]:
    """The cases that a user sees, by both ways of asking."""
    cases = set(visible_cases(user).values_list("pk", flat=True))
    assert cases == set(visible_ids(user).values_list("case_id", flat=True))
    return cases


def case_of(book: Book, holder: User | None) -> Case:
    """Another case of the book, held by somebody or by nobody."""
    person = people.make_person(book.case.creditor)
    case = people.make_case(person, items=[(people.PLACED_ON, 100_00)], collector=holder)
    facts.refresh([case.pk])
    return case


def test_several_roles_see_what_any_of_them_sees(book: Book) -> None:
    elsewhere = people.make_team("south", book.house)
    foreign = case_of(book, people.make_user("collector", book.house, team=elsewhere))
    both = people.make_user(["collector", "team_lead"], book.house, team=book.team)
    own = case_of(book, both)
    nobodys = case_of(book, None)

    assert seen(both) == {book.case.pk, own.pk, nobodys.pk}
    assert seen(people.make_user("collector", book.house, team=book.team)) == set()
    finance = people.make_user(["collector", "finance"], book.house, team=book.team)
    assert foreign.pk in seen(finance)


def test_a_lead_without_a_team_sees_no_case_of_other_teams(book: Book) -> None:
    alone = people.make_user("team_lead", book.house)
    of_no_team = case_of(book, people.make_user("collector", book.house))
    nobodys = case_of(book, None)
    assert of_no_team.pk not in seen(alone)
    assert seen(alone) == {nobodys.pk}


def test_the_work_list_has_the_tasks_of_all_roles_each_within_its_wall(book: Book) -> None:
    office = people.make_user(["collector", "administration"], book.house, team=book.team)
    night = Role.objects.create(
        organisation=book.house, code="night", title_zh="夜班", title_en="night", rights=["write"]
    )
    assert worklist(office, book.today, Filters()).total == 0, "a colleague's calls are not theirs"
    everybody = worklist(office, book.today, Filters(role="all")).total
    assert everybody == worklist(book.manager, book.today, Filters(role="all")).total > 0

    people.make_assignment(book.case, book.today, office)
    facts.refresh([book.case.pk])
    mine = worklist(office, book.today, Filters()).total
    book.collector.roles.add(night)
    assert mine == worklist(office, book.today, Filters(role="collector")).total > 0
    told = my_day(office, book.today)
    assert told.scope.users == (office.pk,)
    listed = worklist(office, book.today, Filters(), size=1_000).rows
    assert told.figures.numbers["open"] == sum(line.tasks for line in listed)


def test_whoever_asks_never_decides_whatever_their_roles(book: Book) -> None:
    Approval.objects.all().delete()
    User.objects.filter(organisation=book.house).update(is_active=False)
    alone = people.make_user(["collector", "team_lead", "manager"], book.house, team=book.team)
    entry = HoldEntry(kind="complaint", scope="case", on=book.today, reason="x")
    asked = propose(book.case.pk, entry, actor=alone, at=clock.now()).approval
    assert asked is not None

    decided = decide(asked.pk, kinds=("hold",), grant=True, reason="", actor=alone, at=clock.now())
    assert [found.code for found in decided.problems] == ["approval.own"]
    assert not waiting(alone, book.today).exists()


def test_that_nobody_here_can_decide_is_said_at_once(book: Book) -> None:
    asker = people.make_user(["collector", "team_lead"], book.house, team=book.team)
    User.objects.filter(organisation=book.house).exclude(pk=asker.pk).update(is_active=False)
    client = Client()
    client.force_login(asker)
    address = reverse("holds:propose", args=[book.case.number])
    form = {"kind": "complaint", "scope": "case", "on": str(book.today), "reason": "客户投诉"}
    page = client.post(address, form, follow=True, headers=ENGLISH).content.decode()
    assert "nobody else here can decide it" in page
    inbox = client.get(reverse("approvals:inbox"), headers=ENGLISH).content.decode()
    assert "nobody else here can decide this" in inbox

    people.make_user("team_lead", book.house, team=book.team)
    inbox = client.get(reverse("approvals:inbox"), headers=ENGLISH).content.decode()
    assert "nobody else here can decide this" not in inbox


def test_somebody_without_a_role_is_told_so(book: Book) -> None:
    nobody = create_user("nobody", organisation=book.house)
    client = Client()
    client.force_login(nobody)
    answer = client.get(reverse("worklist"), headers=ENGLISH)
    assert answer.status_code == 403
    assert "no role yet" in answer.content.decode()
    assert seen(nobody) == set()


def test_a_pack_that_names_a_role_of_the_house_is_in_order(book: Book, tmp_path: Path) -> None:

    collector = Role.objects.get(code="collector")
    Role.objects.create(
        code="night_shift",
        organisation=book.house,
        title_zh="夜班",
        title_en="night shift",
        rights=collector.rights,
    )
    folder = tmp_path / "phone_collection"
    folder.mkdir()
    for name, text in texts_of(load.SHIPPED / "phone_collection").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("role: collector", "role: night_shift"), "utf-8")

    checked = load.check("phone_collection", folder)
    assert {problem.code for problem in checked.problems} == {"yaml.choice"}
    known = {role.code for role in Role.objects.all()}
    assert not load.check("phone_collection", folder, known).problems


def test_tasks_of_a_day_that_nobody_planned_say_so(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    tasks_command.arguments(parser)
    ahead = str(book.today + dt.timedelta(days=3))
    args = parser.parse_args(["--on", ahead, "--organisation", book.house.code, "--json"])
    assert tasks_command.run(args) == 0
    told = capsys.readouterr()
    assert ahead in told.err
    assert all(json.loads(line) for line in told.out.splitlines())
