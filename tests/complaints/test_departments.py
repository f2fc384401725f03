"""Departments that are asked: a deadline for each, its breach, and who is silent at the end."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Breach, Clock, Complaint, Notice
from huikuan.clocks.watch import record_breaches
from huikuan.complaints import close, propose, told
from huikuan.complaints.departments import clocks_of, silent_titles
from huikuan.complaints.propose import Proposal
from huikuan.engine import clock_file, playbook, vocabulary
from huikuan.lib.problems import Problem
from tests.complaints.conftest import AT, HOUR, Office
from tests.complaints.test_screens import act_of, page_of, signed_in

DAY = 24 * HOUR
TWO = ["quality_supervision", "manager"]


def ask(office: Office, complaint: Complaint, *, answer_by: dt.datetime | None = None) -> None:
    done = told.tell_departments(
        complaint.number,
        TWO,
        question="11月20日的录音和工单",
        actor=office.clerk,
        at=AT,
        answer_by=answer_by,
    )
    assert done.done


def answer(office: Office, complaint: Complaint, role: str, at: dt.datetime) -> None:
    actor = {"quality_supervision": office.supervision, "manager": office.manager}[role]
    done = told.answer_department(
        complaint.number, role=role, text="录音已附，语气确实急", actor=actor, at=at
    )
    assert done.done


def of_department(role: str) -> Clock:
    return Clock.objects.get(subject_kind="complaint_department", role=role)


def agreed(office: Office, complaint: Complaint, at: dt.datetime) -> None:
    """Everything up to the reply."""
    entry = Proposal(1, "apology", "书面道歉", 0)
    assert propose.propose(complaint.number, entry, actor=office.clerk, at=at).done
    yes = {"agrees": True, "text": "可以", "way": "call"}
    assert propose.answer(complaint.number, **yes, actor=office.clerk, at=at).done

    for point in complaint.points.all():
        decided = {"result": "partly", "text": "语气不当属实"}
        done = close.decide_point(
            complaint.number, point.number, **decided, actor=office.clerk, at=at
        )
        assert done.done

    said = {"text": "已书面道歉", "way": "letter"}
    assert close.reply(complaint.number, **said, actor=office.clerk, at=at).done


def test_each_department_has_a_deadline_of_its_own(office: Office) -> None:
    complaint = office.accepted()
    ask(office, complaint, answer_by=AT + 3 * HOUR)
    for role in TWO:
        clock = of_department(role)
        assert (clock.due_at, clock.met_at) == (AT + 3 * HOUR, None)
        assert clock in clocks_of(complaint)

    answer(office, complaint, "manager", AT + HOUR)
    assert of_department("manager").met_at == AT + HOUR
    assert of_department("quality_supervision").met_at is None


def test_a_late_department_is_a_breach_of_that_department_alone(office: Office) -> None:
    complaint = office.accepted()
    ask(office, complaint)
    answer(office, complaint, "manager", AT + HOUR)

    record_breaches(AT + DAY + HOUR)
    late = Breach.objects.get(clock__kind="department")
    assert (late.role, late.due_at) == ("quality_supervision", AT + DAY)
    notices = Notice.objects.filter(user=office.supervision, kind=Notice.Kind.BREACH)
    assert notices.get().params["number"] == complaint.number


def test_every_department_answered_is_a_moment_of_the_complaint(office: Office) -> None:
    """The moment is that of the last answer; before it there is none."""
    from huikuan.clocks.histories import histories
    from huikuan.engine.clock import Clock as Declared
    from huikuan.engine.clock import Length

    complaint = office.accepted()
    ask(office, complaint)
    until_answered = Declared(
        "all_answered",
        {"zh": "部门全部答复", "en": "All answered"},
        "own",
        "complaint",
        ("departments_told",),
        ("departments_answered",),
        Length("days", 1),
        "complaints",
    )

    def stops() -> list[dt.datetime]:
        happened = histories("complaint", [complaint.pk], [until_answered])
        history = happened.of(happened.places[0], "own", until_answered)
        return [stop.latest for stop in history.stops]

    answer(office, complaint, "manager", AT + HOUR)
    assert stops() == []
    answer(office, complaint, "quality_supervision", AT + 2 * HOUR)
    assert stops() == [AT + 2 * HOUR]


def test_closing_names_the_silent_departments(office: Office) -> None:
    complaint = office.accepted()
    ask(office, complaint)
    answer(office, complaint, "manager", AT + HOUR)
    agreed(office, complaint, AT + HOUR)
    said = {"by_mail": False, "note": "电话告知", "actor": office.clerk, "at": AT + HOUR}
    assert told.report(complaint.number, "report", **said).done

    page = signed_in(office.clerk).get(act_of(complaint, "close")).content.decode()
    assert "尚未答复的部门：质量监督" in page
    ended = close.close(
        complaint.number,
        result="partly",
        text="道歉",
        lesson="语气",
        actor=office.clerk,
        at=AT + 2 * HOUR,
    )
    assert ended.done
    assert [problem.code for problem in ended.problems] == ["complaint.silent"]
    assert silent_titles(complaint) == "质量监督"
    assert of_department("quality_supervision").met_at == AT + 2 * HOUR


def test_the_page_names_the_department_beside_its_deadline(office: Office) -> None:
    complaint = office.accepted()
    ask(office, complaint)
    page = " ".join(signed_in(office.clerk).get(page_of(complaint)).content.decode().split())
    assert "质量监督 协办部门答复" in page


PACK = """\
pack: example
kind: playbook
version: "1"
title: {zh: 例子, en: Example}
source: house rule
effective_from: 2026-01-01
"""
CLOCKS = """\
clocks:
  - id: answers
    title: {zh: 部门答复, en: Answers}
    source: own
    per: complaint
    starts: departments_told
    stops: STOPS
    within: {days: 1}
    role: complaints
"""


def read(stops: str) -> list[Problem]:
    files = {
        "pack.yaml": PACK,
        "playbook.yaml": "steps: []\n",
        clock_file.FILE: CLOCKS.replace("STOPS", stops),
    }
    _book, problems = playbook.read_playbook(files, vocabulary.standard(), roles={"complaints"})
    return problems


def test_a_deadline_may_end_when_every_department_answered() -> None:
    assert read("departments_answered") == []


def test_the_start_of_a_deadline_is_never_advised_as_its_end() -> None:
    """`departments_told` is the nearest word, and would be a deadline that never runs."""
    (problem,) = read("departments_tol")
    assert "departments_told" not in problem.text()
    (never,) = read("departments_told")
    assert never.code == "clock.never"
