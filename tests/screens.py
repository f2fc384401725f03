"""The pictures of `docs/screens`: which pages, seen by whom. One line for each page that needs an object, or that somebody
else than the manager sees best; every other page is found in the url map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import get_resolver, reverse

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import AllocationRun, ContactPoint, Placement, Task
from huikuan.people.models import User
from tests.test_walls import OPEN, named

DEFAULT_USER = "mam"


@dataclass(frozen=True)
class Screen:
    """`name`: of the url, as it stands in the picture's name. `user`: of the demo; empty, nobody is signed in. `words`: the
    parts of the address, from the demo's book.
    """

    name: str
    user: str = DEFAULT_USER
    words: Callable[[], list[object]] = list

    @property
    def file(self) -> str:
        return self.name.replace("_", "-").replace(":", "-")

    def address(self) -> str:
        return reverse(self.name, args=self.words())


def told_case() -> list[object]:
    """Number of the collector's case with the most to tell, something of it still to be done."""
    mine = visible_cases(User.objects.get(username="zhangxy")).filter(tasks__status=Task.Status.OPEN)
    told = mine.annotate(told=Count("contacts", distinct=True)).order_by("-told", "pk")
    return [told.values_list("number", flat=True)[0]]


def told_phone() -> list[object]:
    """That case and the debtor's first number."""
    number = told_case()[0]
    points = ContactPoint.objects.filter(person__cases__number=number, whose="debtor", kind="mobile").order_by("pk")
    return [number, points.values_list("pk", flat=True)[0]]


SCREENS = (
    Screen("sign_in", user=""),
    Screen("worklist", user="zhangxy"),
    Screen("case", user="zhangxy", words=told_case),
    Screen("case_why", user="zhangxy", words=told_case),
    Screen("contacts:call", user="zhangxy", words=told_phone),
    Screen("contacts:other", user="zhangxy", words=told_case),
    Screen("day_end", user="zhangxy"),
    Screen("tour", user="zhangxy"),
    Screen("notices", user="zhangxy"),
    Screen("holds:list", user="zhouh"),
    Screen("approvals:inbox", user="zhouh"),
    Screen("reports:board", user="zhouh"),
    Screen("reports:day", user="zhouh"),
    Screen("reports:targets", user="zhouh"),
    Screen("promises:list", user="zhangxy"),
    Screen("payments:files", user="caow"),
    Screen("payments:upload", user="caow"),
    Screen("payments:hand", user="caow"),
    Screen("pack", words=lambda: ["phone_collection"]),
    Screen("intake:placements", user="zhengy"),
    Screen("intake:upload", user="zhengy"),
    Screen("intake:placement", user="zhengy", words=lambda: [Placement.objects.order_by("pk")[0].number]),
    Screen("allocation:proposals", user="zhouh"),
    Screen("allocation:proposal", user="zhouh", words=lambda: [AllocationRun.objects.order_by("pk")[1].pk]),
)


def screens() -> Iterator[Screen]:
    """The lines above, then every page without an object that they do not name."""
    yield from SCREENS
    told = {screen.name for screen in SCREENS} | OPEN
    yield from (Screen(name) for name, words in named(get_resolver().url_patterns) if not words and name not in told)
