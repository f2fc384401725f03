"""Each figure is the same wherever somebody sees it, for every user of the demo.

My day, the board, the day's report, the targets, the end of the day, the two exports and the
command are opened; every figure they show is compared with the one statement of reports/facts.py,
asked for the same people. tests/test_day_report.py counts that statement again by hand.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from huikuan.casebook import facts as case_facts
from huikuan.casebook import journal
from huikuan.casebook.models import Case, Promise, Target
from huikuan.ops.arguments import today
from huikuan.ops.demo.load import load
from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right
from huikuan.planning.coming import how_many
from huikuan.planning.current import catch_up
from huikuan.reports import facts, tally
from huikuan.reports.day import Figures, as_json
from huikuan.reports.facts import Fact
from huikuan.reports.measures import BY_CODE, MEASURES
from huikuan.reports.scope import Scope, day_scope, scope_of
from huikuan.reports.so_far import figures_of
from huikuan.web.templatetags.huikuan_web import NONE, amount, count, money
from tests import figures_page, people
from tests.figures_shown import Page

pytestmark = [pytest.mark.django_db, pytest.mark.long]
LOCAL = ZoneInfo("Asia/Shanghai")
PAGE = Path(__file__).parents[1] / "docs" / "figures.md"
#: So many figures the demo shows at least; fewer would mean that pages lost their marks.
AT_LEAST = 6_000
#: Kind of target → the figure that reaches it.
REACHED_BY = {"calls": "calls", "talks": "right_party"}
PAGES = ("my day", "board", "report", "targets", "day end", "list export", "report export")


@dataclass
class Compared:
    """How many figures of each page were compared."""

    figures: Counter[str]
    pages: Counter[str]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Iterator[dt.date]:
    """The demo, loaded once, with what makes two counts differ; the day on which it was loaded."""
    with django_db_blocker.unblock(), transaction.atomic():
        on = today()
        load(150)
        make_differences(on)
        yield on
        transaction.set_rollback(True)


def make_differences(on: dt.date) -> None:
    """What a plausible second way of counting would count otherwise."""
    collector = User.objects.get(username="lijg")
    lead = User.objects.get(username="zhouh")
    manager = User.objects.get(username="mam")
    case = Case.objects.filter(summary__assignee_id=collector.pk, summary__is_open=True).first()
    assert case is not None

    # A visit in which the debtor answered is no connected call, and a call without proof of
    # identity no talk. The lead's own call counts for the team.
    contacts = (
        (collector, {"channel": "visit", "connected": True, "answered": "debtor"}),
        (collector, {"connected": True, "answered": "debtor", "identified": False}),
        (collector, {"channel": "sms"}),
        (lead, {"connected": True, "answered": "debtor", "identified": True}),
    )
    for minute, (actor, told) in enumerate(contacts):
        act = journal.begin(actor, "tests", at=people.moment(on, 9, minute))
        people.make_contact(case, on, minute=minute, act_id=act.pk, **told)

    # A promise that was entered without a contact.
    act = journal.begin(collector, "tests", at=people.moment(on, 9))
    people.make_promise(case, on, [(on + dt.timedelta(2), 12_300)])
    Promise.objects.filter(case=case, valid_on=on).update(act=act)

    # Two payments of the day, one of which is taken back on it.
    for cents in (45_600, 7_800):
        payment = people.make_payment(case, on, cents)
    people.make_reversal(payment, on)

    # A later target takes the place of an earlier one; one that begins tomorrow is not yet there.
    act = journal.begin(manager, "tests", at=people.moment(on, 9))
    for kind in Target.Kind:
        for days, goal in ((-20, 11), (-3, 7), (1, 5)):
            Target.objects.create(
                organisation=manager.organisation,
                act=act,
                user=collector,
                kind=kind,
                amount=goal,
                from_on=on + dt.timedelta(days),
            )
    case_facts.refresh([case.pk])


# --- the one function


def every_fact(scope: Scope, on: dt.date) -> list[Fact]:
    """All figures of the scope on a day, in one statement."""
    parts = (*facts.DAY, *facts.REACHED[-1:])
    return facts.read(scope, on, seen=today(), zone=LOCAL, parts=parts, more=(tally.HELD,))


class Asked:
    """The figures of a scope on the day, by whom they are."""

    def __init__(self, user: User, on: dt.date) -> None:
        self.user = user
        self.on = on
        self.seen = scope_of(user)
        self.own = every_fact(day_scope(user), on)
        self.shown = every_fact(self.seen, on)
        self.team_of = dict(User.objects.values_list("username", "team__code"))
        self.name_of = dict(User.objects.values_list("pk", "username"))
        self.creditor_of = dict(Creditor.objects.values_list("pk", "code"))

    def my_day(self, whose: str) -> Figures:
        """The user's own day; the targets are the user's even where the figures are a team's."""
        assert whose == ""
        return figures_of(self.own)

    def own_targets(self) -> Figures:
        return figures_of([fact for fact in self.own if fact.user == self.user.pk])

    def board(self, whose: str) -> Figures:
        """A collector's row, a team's, the rest, the sum."""
        rows = {
            person.pk
            for person in self.seen.people
            if person.may(Right.HOLD_CASES) and person.is_active
        }
        if whose in ("", "all"):
            return figures_of(self.shown)
        if whose == "rest":
            return figures_of([fact for fact in self.shown if fact.user not in rows])

        kind, name = whose.split(":")
        if kind == "team":
            team = {pk for pk in rows if self.team_of[self.name_of[pk]] == name}
            return figures_of([fact for fact in self.shown if fact.user in team])
        return figures_of([fact for fact in self.shown if self._user(fact) == name])

    def report(self, whose: str) -> Figures:
        """A line of one of the three tables, or the sum."""
        table, _, code = whose.partition(":")
        if ":" not in whose:
            return figures_of(self.shown)
        key: Callable[[Fact], str] = {
            "users": self._user,
            "teams": self._team,
            "clients": lambda fact: self.creditor_of.get(fact.creditor or 0, ""),
        }[table]
        return figures_of([fact for fact in self.shown if key(fact) == code])

    def whose_target(self, whose: str) -> tuple[str, dt.date]:
        """User name and day of a target: the own, a row of the board, a cell of the targets."""
        name, _, day = whose.removeprefix("user:").partition(" ")
        on = self.on
        if day:
            on = dt.date.fromisoformat(day)
        return name or self.user.username, on

    def targets(self, whose: str) -> Figures:
        """One collector on one of the last working days."""
        name, day = self.whose_target(whose)
        found = self._of_day(day)
        return figures_of([fact for fact in found if self._user(fact) == name])

    @functools.cache  # noqa: B019 — lives as long as the comparison of one user
    def _of_day(self, on: dt.date) -> list[Fact]:
        return facts.read(self.seen, on, seen=on, zone=LOCAL, parts=facts.REACHED)

    def _user(self, fact: Fact) -> str:
        visible = {person.pk for person in self.seen.people}
        if fact.user not in visible:
            return ""
        return self.name_of[fact.user]

    def _team(self, fact: Fact) -> str:
        return self.team_of.get(self._user(fact)) or ""


def in_words(figures: Figures, code: str) -> str:
    """The figure as pages write it."""
    if BY_CODE[code].kind == "money":
        sums = [money(minor, currency) for currency, minor in figures.amounts(code)]
        return " ".join(sums) or NONE
    return count(figures.numbers[code])


def target_in_words(figures: Figures, code: str, whose: str, on: dt.date) -> str:
    """A target or what is reached of it; without the symbol, which one page leaves out."""
    part, kind = code.split("_")
    if part == "target":
        value = target_by_hand(whose, kind, on)
    elif kind == "recovered":
        value = figures.minor["received", "CNY"]
    else:
        value = figures.numbers[REACHED_BY[kind]]

    if kind == "recovered":
        return amount(value)
    return count(value)


def target_by_hand(username: str, kind: str, on: dt.date) -> int:
    """The newest target that had begun by the day."""
    begun = Target.objects.filter(user__username=username, kind=kind, from_on__lte=on)
    return max(begun, key=lambda row: row.from_on).amount


# --- comparing


def compare(page: Page, asked: Callable[[str], Figures], of: Asked) -> list[str]:
    """What the page shows otherwise than the function says.

    Targets of one's own day are the user's, even where the figures beside them are a team's.
    """
    wrong = []
    for (whose, code), text in page.figures.items():
        if code.startswith("lines_"):
            continue

        if code.startswith(("reached_", "target_")):
            figures = asked(whose)
            if whose == "":
                figures = of.own_targets()
            name, day = of.whose_target(whose)
            expected = target_in_words(figures, code, name, day)
            text = re.sub(r"[^\d.,-]", "", text)
        else:
            expected = in_words(asked(whose), code)

        if text != expected:
            wrong.append(f"{whose or 'own'} {code}: shown {text}, counted {expected}")
    return wrong


def sheet_of(client: Client, address: str) -> list[list[object]]:
    """The rows of an export."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    book = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue()))
    return book.get_sheet_by_index(0).to_python()


def same_pages(user: User, on: dt.date, compared: Compared) -> list[str]:
    """Opens every page that the user may open; what differs."""
    client = Client()
    client.force_login(user)
    # As every page does first: what was learned since the plan may open a task, or end one.
    catch_up()
    asked = Asked(user, on)
    pages = (
        ("my day", reverse("worklist"), asked.my_day),
        ("day end", reverse("day_end"), asked.my_day),
        ("board", reverse("reports:board"), asked.board),
        ("report", reverse("reports:day"), asked.report),
        ("targets", reverse("reports:targets"), asked.targets),
    )

    wrong = []
    for name, address, function in pages:
        answer = client.get(address)
        # The board and the targets are not for everybody.
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, (user, address)
        page = Page(answer.content.decode())
        differing = compare(page, function, asked)
        wrong += [f"{user.username}, {name}: {what}" for what in differing]
        compared.figures[name] += len(page.figures)
        compared.pages[name] += 1
        if name == "my day":
            wrong += same_lines(user, on, client, page, asked, compared)

    return wrong + same_sheet(user, client, asked, compared)


def same_lines(
    user: User, on: dt.date, client: Client, page: Page, asked: Asked, compared: Compared
) -> list[str]:
    """The number at each tab is the number of lines that the list exports for it."""
    wrong = []
    for (_, code), text in page.figures.items():
        if not code.startswith("lines_"):
            continue
        queue = code.removeprefix("lines_")
        if queue == "tomorrow":
            lines = how_many(user, on + dt.timedelta(1))
        else:
            query = {"all": "", "mine": "?role=mine"}.get(queue, f"?queue={queue}")
            _, *rows = sheet_of(client, reverse("worklist_export") + query)
            lines = len(rows)
        compared.figures["list export"] += 1
        if text != count(lines):
            wrong.append(f"{user.username}, tab {queue}: shown {text}, exported {lines}")

    # Everybody has the tasks on the list to do, and no others.
    head, *rows = sheet_of(client, reverse("worklist_export"))
    compared.pages["list export"] += 1
    tasks = sum(int(str(row[head.index("任务")]).split(".")[0]) for row in rows)
    to_do = figures_of(asked.own).numbers["open"]
    compared.figures["list export"] += 1
    if tasks != to_do:
        wrong.append(f"{user.username}, list: {tasks} tasks exported, {to_do} to do")
    return wrong


def same_sheet(user: User, client: Client, asked: Asked, compared: Compared) -> list[str]:
    """Every measure of the exported report: the lines of a table add up to the sum."""
    head, *rows = sheet_of(client, reverse("reports:day_export"))
    figures = figures_of(asked.shown)
    total = next(row for row in rows if row[0] == "合计")
    currencies = sorted({currency for _code, currency in figures.minor}) or ["CNY"]
    expected: list[float] = []
    for measure in MEASURES:
        if measure.kind == "number":
            expected.append(figures.numbers[measure.code])
        else:
            expected += [figures.minor[measure.code, code] / 100 for code in currencies]

    wrong = []
    for column, value in enumerate(expected, start=3):
        clients = sum(float(row[column] or 0) for row in rows if row[0] == "委托方")
        compared.figures["report export"] += 2
        if (float(total[column] or 0), round(clients, 2)) != (value, value):
            wrong.append(f"{user.username}, sheet {head[column]}: {total[column]}, counted {value}")
    compared.pages["report export"] += 1
    return wrong


def test_each_figure_is_the_same_wherever_somebody_sees_it(demo, capsys):
    compared = Compared(Counter(), Counter())
    wrong = []
    users = User.objects.filter(organisation__code="demo", is_active=True).exclude(
        username__startswith="service"
    )
    for user in users.order_by("pk"):
        wrong += same_pages(user, demo, compared)

    with capsys.disabled():
        print(f"\n{compared.figures.total()} figures on {compared.pages.total()} pages compared:")
        for name in PAGES:
            print(f"  {name}: {compared.figures[name]} on {compared.pages[name]}")
    assert wrong == []
    assert set(compared.figures) == set(PAGES)
    assert compared.figures.total() > AT_LEAST


def test_what_my_day_shows_is_the_sum_of_the_day_s_report(demo):
    """Nobody in the demo has two roles: the own day and the reports are of the same people. Only
    who works by a role in the whole house has a day of that role, and reports of the house.
    """
    compared = 0
    for user in User.objects.filter(organisation__code="demo", is_active=True):
        if day_scope(user).roles != scope_of(user).roles:
            continue

        compared += 1
        asked = Asked(user, demo)
        own = figures_of(asked.own)
        shown = figures_of(asked.shown)
        for measure in MEASURES:
            assert own.numbers[measure.code] == shown.numbers[measure.code], (user, measure.code)
            assert own.amounts(measure.code) == shown.amounts(measure.code), (user, measure.code)
    assert compared > 10


def test_the_command_tells_the_same_figures(demo, capsys):
    from huikuan.ops.commands import report as command

    parser = argparse.ArgumentParser()
    command.arguments(parser)
    given = ["day", "--on", demo.isoformat(), "--json", "--organisation", "demo"]
    assert command.run(parser.parse_args(given)) == 0

    told = json.loads(capsys.readouterr().out)
    manager = User.objects.get(username="mam")
    assert told["total"] == as_json(figures_of(Asked(manager, demo).shown))


def test_every_figure_of_a_page_has_a_meaning_on_it(demo):
    """For the mouse and for the keyboard: a table that opens says what each figure counts."""
    manager = Client()
    manager.force_login(User.objects.get(username="mam"))
    for name in ("worklist", "day_end", "reports:board", "reports:day"):
        html = manager.get(reverse(name)).content.decode()
        meanings = html.split("统计口径")[-1]
        for _whose, code in Page(html).figures:
            if code in BY_CODE:
                assert BY_CODE[code].shown_title in meanings, (name, code)


# --- the definitions


def test_each_figure_comes_from_one_statement():
    for measure in MEASURES:
        assert len(figures_page.statements_of(measure)) == 1, measure.code


def test_the_page_of_figures_tells_these_definitions():
    text = PAGE.read_text(encoding="utf-8")
    assert figures_page.page(text) == text, "run: python tests/write_figures.py"
