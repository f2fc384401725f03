"""A grant is for one standing of a task, and a stricter version is not escaped by older tasks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from huikuan.approvals.decide import waiting
from huikuan.approvals.step import ask_for, decide
from huikuan.casebook import facts
from huikuan.casebook.models import Approval, PackVersion, Task
from huikuan.engine.pack import hash_of
from huikuan.lib.calendar import china
from huikuan.ops.made_once import made_once
from huikuan.people.models import User
from huikuan.planning.activate import activate
from huikuan.planning.done import done
from huikuan.planning.event import EventEntry, event
from huikuan.planning.plan import plan
from tests import people
from tests.book import Book, make_book
from tests.shipped import texts_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
STEP = "review_sheet"


@dataclass
class Desk:
    """A case with the task of a review, which wants an approval where a version says so."""

    book: Book
    general: User

    @property
    def task(self) -> Task:
        return Task.objects.get(case=self.book.case, step__code=STEP)

    def version(self, name: str, approval: str, *, checks: str = "") -> PackVersion:
        """The shipped procedure with an approval of the review, in force from now on."""
        files = dict(texts_of("phone_collection"))
        before, after = files["playbook.yaml"].split(f"  - id: {STEP}\n")
        lines = [f"  - id: {STEP}\n"]
        if approval:
            lines.append(f"    approval: {approval}\n")
        if checks:
            lines.append(f"    checks: {checks}\n")
        files["playbook.yaml"] = f"{before}{''.join(lines)}{after}\n# {name}\n"
        made = PackVersion.objects.create(
            pack="phone_collection",
            hash=hash_of(files),
            kind="playbook",
            version=name,
            content=files,
            effective_from=people.PLACED_ON,
            approved_by=self.book.manager.username,
            loaded_at=timezone.now(),
        )

        activate(made, actor=self.book.manager, at=timezone.now())
        return made

    def plan(self) -> None:
        plan(self.book.today, actor=self.book.manager, at=timezone.now(), calendar=china())

    def ask(self) -> Approval:
        asked = ask_for(self.task.pk, reason="急", actor=self.book.collector, at=timezone.now())
        assert asked.approval is not None, asked.problems
        assert not asked.problems
        return asked.approval

    def grant(self, asked: Approval, by: User) -> list[str]:
        answer = decide(asked.pk, grant=True, reason="", actor=by, at=timezone.now())
        return [problem.code for problem in answer.problems]

    def do(self) -> list[str]:
        """What hinders the review; nothing: it is done."""
        at = timezone.now()
        answer = done(self.task.pk, text="已看", actor=self.book.collector, at=at)
        return [problem.code for problem in answer.problems]


@made_once
def desk() -> Desk:
    book = make_book("house", "欧阳甲", planned=False)
    case = book.case
    case.contacts.all().delete()
    facts.refresh([case.pk])
    return Desk(book, people.make_user("general_manager", book.house))


def test_what_was_granted_before_the_task_was_closed_is_asked_again(desk: Desk) -> None:
    desk.version("strict", "manager")
    desk.plan()
    assert desk.grant(desk.ask(), desk.book.manager) == []

    point = desk.book.case.person.points.get()
    contact = people.make_contact(desk.book.case, desk.book.today, point=point)
    facts.refresh([desk.book.case.pk])
    desk.plan()
    assert desk.task.status == "closed"

    contact.delete()
    facts.refresh([desk.book.case.pk])
    desk.plan()
    assert (desk.task.status, desk.task.standing) == ("open", 1)
    assert desk.do() == ["done.approval"]
    assert desk.grant(desk.ask(), desk.book.manager) == []
    assert desk.do() == []


def test_a_request_of_a_former_standing_is_not_granted_any_more(desk: Desk) -> None:
    desk.version("strict", "manager")
    desk.plan()
    asked = desk.ask()
    Task.objects.filter(pk=desk.task.pk).update(status="closed")
    assert desk.grant(asked, desk.book.manager) == ["approval.over"]

    desk.plan()
    assert desk.task.status == "open"
    assert desk.grant(asked, desk.book.manager) == ["approval.over"]
    again = desk.ask()
    assert again != asked
    assert asked in waiting(desk.book.manager, desk.book.today)
    refused = decide(
        asked.pk, grant=False, reason="过时", actor=desk.book.manager, at=timezone.now()
    )
    assert refused.act is not None
    assert desk.grant(again, desk.book.manager) == []
    assert desk.do() == []


def test_a_task_that_was_open_does_not_escape_the_approval_of_a_new_version(desk: Desk) -> None:
    desk.plan()
    assert desk.task.pack_version.version != "strict"
    desk.version("strict", "manager")
    assert desk.do() == ["done.approval"]
    assert desk.grant(desk.ask(), desk.book.manager) == []
    assert desk.do() == []


def test_a_laxer_version_does_not_free_a_task_that_wanted_an_approval(desk: Desk) -> None:
    desk.version("strict", "manager")
    desk.plan()
    desk.version("lax", "")
    assert desk.do() == ["done.approval"]


@pytest.mark.parametrize(
    ("before", "now"), [("manager", "general_manager"), ("general_manager", "manager")]
)
def test_of_two_approvals_the_higher_one_is_wanted(before: str, now: str, desk: Desk) -> None:
    desk.version("first", before)
    desk.plan()
    if before == "manager":
        assert desk.grant(desk.ask(), desk.book.manager) == []
    desk.version("second", now)

    assert desk.do() == ["done.approval"]
    asked = desk.ask()
    assert asked.role == "general_manager"
    assert desk.grant(asked, desk.book.manager) == ["approval.role"]
    assert desk.grant(asked, desk.general) == []
    assert desk.do() == []


def test_whoever_recorded_what_a_step_checks_does_not_do_it(desk: Desk) -> None:
    desk.version("checked", "", checks="visit_asked")
    desk.plan()
    entry = EventEntry("visit_asked", desk.book.today)
    entered = event(desk.book.case.pk, entry, actor=desk.book.collector, at=timezone.now())
    assert entered.event is not None, entered.problems
    assert desk.do() == ["done.maker"]

    at = timezone.now()
    assert done(desk.task.pk, text="已看", actor=desk.book.lead, at=at).saved
