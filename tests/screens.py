"""The pictures of `docs/screens`: which pages, seen by whom. One line for each page that needs an object, or that somebody
else than the manager sees best; every other page is found in the url map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.urls import get_resolver, reverse
from django.utils import timezone

from huikuan.calls.start import STYLE
from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import (
    AllocationRun,
    Clock,
    Complaint,
    ContactPoint,
    Placement,
    Statement,
    Task,
)
from huikuan.contacts.file import File
from huikuan.contacts.reachable import addressee_of
from huikuan.gate.check import check
from huikuan.people.models import User
from tests.test_walls import OPEN, named

DEFAULT_USER = "mam"


@dataclass(frozen=True)
class Screen:
    """`name`: of the url, as it stands in the picture's name. `user`: of the demo; empty, nobody is signed in. `words`: the
    parts of the address, from the demo's book. `keys`: pressed one after the other, each with what must be seen before the
    next; `stage` names what they lead to.
    """

    name: str
    user: str = DEFAULT_USER
    words: Callable[[], list[object]] = list
    stage: str = ""
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> str:
        return "-".join(filter(None, (self.name.replace("_", "-").replace(":", "-"), self.stage)))

    def address(self) -> str:
        return reverse(self.name, args=self.words())


def told_case() -> list[object]:
    """Number of the collector's case with the most to tell, something of it still to be done."""
    mine = visible_cases(User.objects.get(username="zhangxy")).filter(
        tasks__status=Task.Status.OPEN
    )
    told = mine.annotate(told=Count("contacts", distinct=True)).order_by("-told", "pk")
    return [told.values_list("number", flat=True)[0]]


def told_statement() -> list[object]:
    """The statement to which the most happened."""
    told = Statement.objects.annotate(told=Count("events")).order_by("-told", "pk")
    return [told.values_list("pk", flat=True)[0]]


def first_complaint() -> list[object]:
    """The complaint that came first."""
    return [Complaint.objects.order_by("received_at", "pk")[0].number]


def allowed_phone() -> list[object]:
    """A case of the collector's and the debtor's number, which may be called now; the one with the most to tell."""
    user = User.objects.get(username="zhangxy")
    now = timezone.now()
    mine = visible_cases(user).filter(tasks__status=Task.Status.OPEN)
    for case in mine.annotate(told=Count("contacts", distinct=True)).order_by("-told", "pk"):
        for point in ContactPoint.objects.filter(
            person=case.person_id, whose="debtor", kind="mobile"
        ).order_by("pk"):
            asked_for = File(case, timezone.localdate(now)).tasks_of(
                "call", addressee_of(point.whose)
            )
            if (
                asked_for
                and check(
                    case, point, "call", actor=user, at=now, style=STYLE, record=False
                ).allowed
            ):
                return [case.number, point.pk]
    raise LookupError("nobody in the demo may be called")


#: Dialled; the debtor answered and said who it is; the outcome is a promise.
TALKING = (
    ("d", "[data-decision]"),
    ("1", "[data-identify]"),
    ("v", "[data-identified]"),
    ("q", "#field-promise_amount"),
)

SCREENS = (
    Screen("sign_in", user=""),
    Screen("worklist", user="zhangxy"),
    Screen("case", user="zhangxy", words=told_case),
    Screen("case_why", user="zhangxy", words=told_case),
    Screen("calls:call", user="zhangxy", words=allowed_phone),
    Screen("calls:call", user="zhangxy", words=allowed_phone, stage="talking", keys=TALKING),
    Screen("calls:other", user="zhangxy", words=told_case),
    Screen("day_end", user="zhangxy"),
    Screen("tour", user="zhangxy"),
    Screen("notices", user="zhangxy"),
    Screen("holds:list", user="zhouh"),
    Screen("approvals:inbox", user="zhouh"),
    Screen("reports:board", user="zhouh"),
    Screen("reports:day", user="zhouh"),
    Screen("reports:ageing", user="zhouh"),
    Screen("reports:targets", user="zhouh"),
    Screen("promises:list", user="zhangxy"),
    Screen("receivables:list", user="wuj"),
    Screen("receivables:statement", user="wuj", words=told_statement),
    Screen("payments:files", user="caow"),
    Screen("payments:upload", user="caow"),
    Screen("payments:hand", user="caow"),
    Screen("pack", words=lambda: ["phone_collection"]),
    Screen("clocks:clock", words=lambda: [Clock.objects.order_by("pk")[0].pk]),
    Screen("intake:placements", user="zhengy"),
    Screen("intake:upload", user="zhengy"),
    Screen(
        "intake:placement",
        user="zhengy",
        words=lambda: [Placement.objects.order_by("pk")[0].number],
    ),
    Screen("allocation:proposals", user="zhouh"),
    Screen("complaints:list", user="xieq"),
    Screen("complaints:receive", user="xieq"),
    Screen("complaints:complaint", user="xieq", words=first_complaint),
    Screen("complaints:figures", user="mam"),
    Screen(
        "allocation:proposal",
        user="zhouh",
        words=lambda: [AllocationRun.objects.order_by("pk")[1].pk],
    ),
)


def screens() -> Iterator[Screen]:
    """The lines above, then every page without an object that they do not name."""
    yield from SCREENS
    told = {screen.name for screen in SCREENS} | OPEN
    yield from (
        Screen(name)
        for name, words in named(get_resolver().url_patterns)
        if not words and name not in told
    )
