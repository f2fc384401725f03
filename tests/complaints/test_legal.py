"""The legal deadline: no promise beyond it, and more time only as the law gives it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from pytest import MonkeyPatch

from huikuan.casebook.models import Clock, Complaint
from huikuan.clocks import extend as clocks
from huikuan.complaints import legal
from huikuan.complaints.acts import offered
from huikuan.complaints.promise import promise as tell_time
from huikuan.complaints.write import Done
from huikuan.people.models import User
from tests import people
from tests.complaints.conftest import AT, HOUR, Office, steps, summary
from tests.complaints.test_verbs import codes

#: The fifteenth day after the receipt of 23 November ends here.
LEGAL_END = people.moment(dt.date(2026, 12, 9), 0)
COMPLEX_END = people.moment(dt.date(2026, 12, 24), 0)


def promise(office: Office, complaint: Complaint, until: dt.datetime, at: dt.datetime = AT) -> Done:
    return tell_time(complaint.number, until=until, way="call", actor=office.clerk, at=at)


def more(complaint: Complaint, sort: str, actor: User, at: dt.datetime = AT) -> Done:
    return legal.more_time(complaint.number, sort, reason="需要向银行调录音", actor=actor, at=at)


def test_no_reply_is_promised_after_the_legal_end(office: Office) -> None:
    complaint = office.accepted()
    refused = promise(office, complaint, LEGAL_END + HOUR)
    assert codes(refused) == ["complaint.beyond_law"]
    assert "2026-12-08 24:00" in refused.problems[0].text()
    assert summary(complaint).complaint_promised_on is None

    assert promise(office, complaint, LEGAL_END).done


def test_an_extension_lets_a_later_reply_be_promised(office: Office) -> None:
    complaint = office.accepted()
    assert more(complaint, "complex", office.manager).done
    assert promise(office, complaint, COMPLEX_END).done


def test_a_complaint_whose_legal_end_is_past_still_gets_a_time(office: Office) -> None:
    complaint = office.accepted()
    late = LEGAL_END + HOUR
    assert promise(office, complaint, late + HOUR, at=late).done


def test_special_time_comes_after_the_time_of_a_complex_case(office: Office) -> None:
    complaint = office.accepted()
    assert codes(more(complaint, "special", office.manager)) == ["complaint.not_complex"]
    assert more(complaint, "complex", office.manager).done
    assert more(complaint, "special", office.manager).done


def test_the_page_of_a_deadline_gives_no_time_of_the_law(office: Office) -> None:
    """It belongs to the history of the complaint, on whose page it is given."""
    office.accepted()
    clock = Clock.objects.get(kind="legal")
    given = clocks.extend(clock.pk, reason="需要向银行调录音", actor=office.manager, at=AT)
    assert [each.code for each in given.problems] == ["clock.elsewhere"]
    clock.refresh_from_db()
    assert clock.due_at == LEGAL_END


def test_only_who_may_extend_is_offered_more_time(office: Office, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    complaint = office.accepted()

    def is_offered(user: User) -> bool:
        found = Complaint.objects.get(pk=complaint.pk)
        return "more_time" in {act.name for act in offered(found, user, AT.date())}

    assert is_offered(office.manager)
    assert not is_offered(office.clerk)
    assert more(complaint, "complex", office.manager).done
    assert more(complaint, "special", office.manager).done
    assert not is_offered(office.manager), "the law gives no more"


def test_more_time_is_told_to_the_complainant(office: Office) -> None:
    complaint = office.accepted()
    assert "tell_extension" not in steps(complaint)
    for number, sort in enumerate(("complex", "special"), start=1):
        assert more(complaint, sort, office.manager).done
        assert "tell_extension" in steps(complaint)
        said = {"text": "情况复杂，延长到12月23日", "way": "call"}
        told_it = legal.tell_extension(complaint.number, **said, actor=office.clerk, at=AT)
        assert told_it.done
        assert summary(complaint).complaint_extensions_told == number
        assert "tell_extension" not in steps(complaint)

    again = legal.tell_extension(complaint.number, **said, actor=office.clerk, at=AT)
    assert codes(again) == ["complaint.again"]
