"""Two complaints from the call to the dossier, on a real database."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import IntegrityError, transaction

from huikuan.casebook import journal
from huikuan.casebook.models import (
    Approval,
    Breach,
    Clock,
    Complaint,
    ComplaintEvent,
    ContactRecord,
    Hold,
    Notice,
    OutboxMessage,
    Task,
)
from huikuan.clocks.watch import record_breaches
from huikuan.complaints import close, dossier_make, propose, told
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.find import find, visible_complaints
from huikuan.complaints.own import escalate, own
from huikuan.complaints.promise import promise
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import receive
from huikuan.complaints.write import Done, event
from huikuan.documents.read import content_of
from tests import people
from tests.complaints.conftest import (
    AT,
    CONDUCT,
    HOUR,
    MONDAY,
    Office,
    reception,
    steps,
    summary,
)


def codes(done: Done) -> list[str]:
    return [problem.code for problem in done.problems]


def due(complaint: Complaint, kind: str) -> dt.datetime | None:
    clock = Clock.objects.filter(subject_kind="complaint", subject_id=complaint.pk, kind=kind)
    return clock.values_list("due_at", flat=True).first()


def test_from_the_call_over_a_failed_proposal_to_the_dossier(office: Office) -> None:
    # A collector hears it in a talk, writes it down and hands it over; nothing else.
    talk = reception(channel="talk", case=office.case.number, about=office.collector.username)
    received = receive(talk, actor=office.collector, at=AT)
    complaint = received.complaint
    assert complaint is not None and received.is_new
    assert steps(complaint) == {"accept"}
    assert due(complaint, "legal") == people.moment(dt.date(2026, 12, 9), 0)
    told_of_it = Notice.objects.filter(kind=Notice.Kind.COMPLAINT, user=office.clerk)
    assert told_of_it.count() == 1

    # Whoever is complained about does not see who complained.
    assert not visible_complaints(office.collector).exists()

    # Accepted with its points; what is disputed rests, the rest of the case does not.
    at = AT + HOUR
    done = accept(complaint.number, [CONDUCT, office.point()], actor=office.clerk, at=at)
    assert done.problems == ()
    hold = Hold.objects.get()
    assert (hold.kind, hold.scope, hold.item, hold.valid_on) == (
        "complaint",
        "item",
        office.items[0],
        MONDAY,
    )
    assert steps(complaint) == {
        "name_owner",
        "tell_time",
        "tell_departments",
        "report_client",
        "plan",
    }

    # Owner, time of reply, departments, client.
    own(complaint.number, office.clerk.username, actor=office.clerk, at=at)
    until = people.moment(dt.date(2026, 11, 27), 17)
    promise(complaint.number, until=until, way="call", actor=office.clerk, at=at)
    told.tell_departments(
        complaint.number,
        ["quality_supervision"],
        question="请核对录音",
        actor=office.clerk,
        at=at,
    )
    done = told.report(complaint.number, "report", by_mail=True, note="", actor=office.clerk, at=at)
    assert done.problems == ()
    assert due(complaint, "promised") == until
    message = OutboxMessage.objects.get()
    assert (message.purpose, message.creditor, message.case) == (
        "client_report",
        office.case.creditor,
        None,
    )
    assert steps(complaint) == {"plan"}
    told.answer_department(
        complaint.number,
        role="quality_supervision",
        text="录音属实",
        actor=office.supervision,
        at=at,
    )

    # The first proposal is within the clerk's authority, and fails.
    first = Proposal(1, "apology", "书面道歉")
    assert propose.propose(complaint.number, first, actor=office.clerk, at=at).done
    assert steps(complaint) == {"agree_plan"}
    at += HOUR
    said = propose.answer(
        complaint.number,
        agrees=False,
        text="还要减免违约金",
        way="call",
        actor=office.clerk,
        at=at,
    )
    assert said.done
    assert steps(complaint) == {"propose_again"}

    # The second costs more than the clerk may give: it waits for the manager.
    second = Proposal(2, "waiver", "减免违约金八百元", 80_000)
    asked = propose.propose(complaint.number, second, actor=office.clerk, at=at)
    assert not asked.done and asked.problems == ()
    request = Approval.objects.get(kind=Approval.Kind.COMPLAINT)
    assert (request.role, request.amount_minor) == ("manager", 80_000)
    assert summary(complaint).complaint_proposals == 1
    refused = propose.answer(
        complaint.number, agrees=True, text="同意", way="call", actor=office.clerk, at=at
    )
    assert codes(refused) == ["complaint.nothing_waits"]
    decided = propose.decide(request.pk, grant=True, reason="", actor=office.manager, at=at + HOUR)
    assert decided.granted
    assert summary(complaint).complaint_proposals == 2
    at += 2 * HOUR
    propose.answer(
        complaint.number, agrees=True, text="同意", way="call", actor=office.clerk, at=at
    )
    assert steps(complaint) == {"decide_points"}

    # Point by point: the hold ends with the point that set it.
    close.decide_point(
        complaint.number, 1, result="upheld", text="录音属实", actor=office.clerk, at=at
    )
    hold.refresh_from_db()
    assert hold.ended_on is None
    too_early = close.reply(complaint.number, text="……", way="call", actor=office.clerk, at=at)
    assert codes(too_early) == ["complaint.undecided"]
    close.decide_point(
        complaint.number, 2, result="unfounded", text="回单是另一笔", actor=office.clerk, at=at
    )
    hold.refresh_from_db()
    assert hold.ended_on == MONDAY

    # Told, closed with a lesson, reported.
    assert steps(complaint) == {"reply"}
    close.reply(complaint.number, text="已告知", way="call", actor=office.clerk, at=at)
    legal = Clock.objects.get(subject_kind="complaint", kind="legal")
    assert legal.met_at == at
    closed = close.close(
        complaint.number,
        result="partly",
        text="道歉并减免",
        lesson="新员工上岗前加听录音",
        actor=office.clerk,
        at=at,
    )
    assert closed.done
    assert steps(complaint) == {"report_result"}
    told.report(complaint.number, "result", by_mail=True, note="", actor=office.clerk, at=at)
    assert steps(complaint) == set()
    ends = Task.objects.filter(subject_id=complaint.pk, step__subject="complaint")
    assert set(ends.values_list("status", flat=True)) == {"done"}

    # One click: every row of the tables, and what is absent.
    people.make_contact(office.case, MONDAY, connected=True, answered="debtor", note="投诉")
    dossier, problems = dossier_make.ask(
        complaint.number, actor=office.clerk, at=at, language="zh-hans"
    )
    assert dossier is not None and problems == ()
    assert dossier.pdf is not None and dossier.folder is not None
    assert dossier.counts["timeline"] == complaint.events.count() + 1
    assert dossier.counts["contacts"] == ContactRecord.objects.filter(case=office.case).count()
    assert content_of(dossier.pdf).startswith(b"%PDF")
    archive = zipfile.ZipFile(io.BytesIO(content_of(dossier.folder)))
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["absent"]["recordings"] == "无"
    assert "recordings.csv" not in archive.namelist()


def test_a_regulators_letter_about_a_collector_whose_lead_must_not_own_it(office: Office) -> None:
    letter = reception(
        channel="regulator",
        case=office.case.number,
        about=office.collector.username,
        reference="NFRA-2026-118",
    )
    complaint = receive(letter, actor=office.clerk, at=AT).complaint
    assert complaint is not None
    accept(complaint.number, [CONDUCT], actor=office.clerk, at=AT)

    # The form says why, with a sentence of its own …
    for person in (office.lead, office.collector):
        done = own(complaint.number, person.username, actor=office.clerk, at=AT)
        assert not done.done
    done = own(complaint.number, office.lead.username, actor=office.clerk, at=AT)
    assert codes(done) == ["complaint.owner_interest"]
    # … and the database refuses it, whoever writes.
    for person in (office.lead, office.collector):
        act = journal.begin(office.clerk, "test", at=AT)
        with pytest.raises(IntegrityError, match="interest"), transaction.atomic():
            event(complaint, ComplaintEvent.Kind.OWNED, act, AT, user=person)

    # A clerk who held the case once is refused as well.
    people.make_assignment(office.case, MONDAY, office.colleague)
    people.make_assignment(office.case, MONDAY, office.collector)
    done = own(complaint.number, office.colleague.username, actor=office.clerk, at=AT)
    assert codes(done) == ["complaint.owner_interest"]
    assert own(complaint.number, office.clerk.username, actor=office.clerk, at=AT).done

    # Two refusals: a further level is foreseen, with its owner.
    for number in (1, 2):
        entry = Proposal(number, "explanation", "说明经过")
        assert propose.propose(complaint.number, entry, actor=office.clerk, at=AT).done
        propose.answer(
            complaint.number, agrees=False, text="不接受", way="letter", actor=office.clerk, at=AT
        )
    assert "escalate" in steps(complaint)
    raised = escalate(complaint.number, reason="两次未成", level=1, actor=office.clerk, at=AT)
    assert raised.event is not None and raised.event.role == "quality_supervision"
    again = escalate(complaint.number, reason="再按一次", level=1, actor=office.clerk, at=AT)
    assert codes(again) == ["complaint.again"]
    assert "escalate" not in steps(complaint)

    # The promised hour passes without a reply: one breach, at its minute.
    until = AT + 2 * HOUR
    promise(complaint.number, until=until, way="letter", actor=office.clerk, at=AT)
    record_breaches(until + dt.timedelta(minutes=1))
    record_breaches(until + dt.timedelta(minutes=2))
    breach = Breach.objects.get(clock__kind="promised")
    assert (breach.due_at, breach.role) == (until, "complaints")


def test_a_stranger_without_a_case_is_answered_too(office: Office) -> None:
    entry = reception(who="stranger", case="", said="我不欠款，请不要再打我的电话")
    complaint = receive(entry, actor=office.clerk, at=AT).complaint
    assert complaint is not None and (complaint.case, complaint.creditor) == (None, None)
    assert due(complaint, "legal") is None

    done = accept(
        complaint.number,
        [Point("identity", "打错号码", "删除号码")],
        actor=office.clerk,
        at=AT,
    )
    assert done.done and not Hold.objects.exists()
    assert "report_client" not in steps(complaint)
    own(complaint.number, office.clerk.username, actor=office.clerk, at=AT)
    money = propose.propose(
        complaint.number, Proposal(1, "refund", "补偿", 1_000), actor=office.clerk, at=AT
    )
    assert codes(money) == ["complaint.amount_case"]
    assert find(complaint.number, office.client) is None
