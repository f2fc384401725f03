"""A complaint without a name or a way back, such as an anonymous letter."""

from __future__ import annotations

import pytest

from huikuan.casebook.models import Complaint
from huikuan.complaints import close, propose, told
from huikuan.complaints.accept import accept
from huikuan.complaints.acts import offered
from huikuan.complaints.own import own
from huikuan.complaints.promise import promise
from huikuan.complaints.propose import Proposal
from huikuan.complaints.receive import receive
from huikuan.complaints.shown import complainant, masked
from tests.complaints.conftest import AT, CONDUCT, HOUR, Office, reception, steps
from tests.complaints.test_screens import GIVEN, page_of, signed_in
from tests.complaints.test_verbs import codes


@pytest.fixture
def letter(office: Office) -> Complaint:
    """Accepted with one point, and owned by the clerk."""
    received = receive(
        reception(channel="letter", who="other", name="", reach="", case=office.case.number),
        actor=office.clerk,
        at=AT,
    )
    assert received.problems == ()
    assert received.complaint is not None

    number = received.complaint.number
    assert accept(number, [CONDUCT], actor=office.clerk, at=AT).done
    assert own(number, office.clerk.username, actor=office.manager, at=AT).done
    return received.complaint


def names(complaint: Complaint, office: Office) -> set[str]:
    found = Complaint.objects.get(pk=complaint.pk)
    return {act.name for act in offered(found, office.clerk, AT.date())}


def test_an_anonymous_letter_is_taken(office: Office, letter: Complaint) -> None:
    assert masked(letter) == "匿名"
    assert complainant(letter) == {"name": "匿名", "reach": "—"}


def test_nobody_is_to_be_answered(office: Office, letter: Complaint) -> None:
    """It is looked into, decided and closed; no step and no act speaks to nobody."""
    assert not {"tell_time", "agree_plan", "reply"} & steps(letter)
    assert {"plan", "decide_points"} <= steps(letter)
    assert not {"promise", "reply", "answer"} & names(letter, office)

    entry = Proposal(1, "correction", "复听录音，约谈催收员", 0)
    assert propose.propose(letter.number, entry, actor=office.clerk, at=AT).done
    assert "agree_plan" not in steps(letter)
    assert "answer" not in names(letter, office)

    refused = promise(letter.number, until=AT + HOUR, way="letter", actor=office.clerk, at=AT)
    assert codes(refused) == ["complaint.unreachable"]
    said = {"text": "已约谈", "way": "letter"}
    replied = close.reply(letter.number, **said, actor=office.clerk, at=AT)
    assert "complaint.unreachable" in codes(replied)


def test_it_is_closed_once_its_points_are_decided(office: Office, letter: Complaint) -> None:
    ending = {"result": "partly", "text": "属实", "lesson": "语气"}
    early = close.close(letter.number, **ending, actor=office.clerk, at=AT)
    assert codes(early) == ["complaint.undecided"]

    decided = {"result": "partly", "text": "录音属实"}
    assert close.decide_point(letter.number, 1, **decided, actor=office.clerk, at=AT).done
    waits = close.close(letter.number, **ending, actor=office.clerk, at=AT)
    assert codes(waits) == ["complaint.demanded"], "the departments and the client come before"

    by = {"actor": office.clerk, "at": AT}
    told.tell_departments(letter.number, ["quality_supervision"], question="请核对", **by)
    told.report(letter.number, "report", by_mail=False, note="电话告知", **by)
    assert "close_unanswered" in steps(letter)
    assert "close" in names(letter, office)
    assert close.close(letter.number, **ending, actor=office.clerk, at=AT).done
    assert "close_unanswered" not in steps(letter)


def test_the_page_says_what_remains(office: Office, letter: Complaint) -> None:
    page = signed_in(office.clerk).get(page_of(letter)).content.decode()
    assert "没有投诉人的联系方式：逐点查实、决定后办结。" in page


def test_a_page_takes_it_without_name_and_way_back(office: Office) -> None:
    given = GIVEN | {"channel": "letter", "name": "", "reach": "", "key": "anonymous"}
    answer = signed_in(office.clerk).post("/complaints/receive/", given)
    assert answer.status_code == 302
    assert Complaint.objects.filter(channel="letter").exists()


def test_a_name_without_a_way_back_is_kept(office: Office) -> None:
    received = receive(reception(reach=""), actor=office.clerk, at=AT)
    assert received.complaint is not None
    assert complainant(received.complaint) == {"name": "王某", "reach": "—"}
