"""Causes of complaints are words of the procedure, and what is counted by them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from huikuan.casebook.models import Complaint, ComplaintPoint, PackVersion
from huikuan.clocks.watch import record_breaches
from huikuan.complaints import close
from huikuan.complaints.accept import Point, accept
from huikuan.complaints.causes import causes_of
from huikuan.complaints.figures import figures
from huikuan.complaints.promise import promise
from huikuan.engine.lists import Entry
from huikuan.engine.pack import hash_of
from huikuan.people.models import Organisation
from tests.complaints.conftest import AT, CONDUCT, HOUR, MONDAY, Office
from tests.complaints.test_screens import act_of, page_of, signed_in
from tests.complaints.test_verbs import codes

NIGHT = Entry("night", {"zh": "夜间上门", "en": "visited at night"})


def add_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's own procedure has one cause more."""

    def with_night(house: Organisation, on: dt.date) -> tuple[Entry, ...]:
        return (*causes_of(house, on), NIGHT)

    monkeypatch.setattr("huikuan.complaints.accept.causes_of", with_night)
    monkeypatch.setattr("huikuan.complaints.forms.causes_of", with_night)


def test_the_causes_are_those_of_the_procedure(office: Office) -> None:
    entries = causes_of(office.clerk.organisation, MONDAY)
    assert {entry.code for entry in entries} >= {"conduct", "frequency", "paid", "other"}


def test_a_version_from_before_causes_were_data_still_lets_a_complaint_be_accepted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are those of a newer version that is loaded, though it is not in force yet."""
    newest = PackVersion.objects.get(pack="complaints")
    content = {name: text for name, text in newest.content.items() if name != "lists.yaml"}
    before = PackVersion.objects.get(pk=newest.pk)
    before.pk = PackVersion.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    before.version = "2026.1"
    before.content = content
    before.hash = hash_of(content)
    before.save(force_insert=True)

    def in_force(house: Organisation, on: dt.date) -> PackVersion:
        return before

    monkeypatch.setattr("huikuan.complaints.causes.version_in_force", in_force)
    assert "conduct" in {entry.code for entry in causes_of(office.clerk.organisation, MONDAY)}


def test_a_cause_of_the_house_is_offered_taken_and_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_cause(monkeypatch)
    complaint = office.open()
    page = signed_in(office.clerk).get(act_of(complaint, "accept")).content.decode()
    assert "夜间上门" in page

    point = Point("night", "晚上十点敲门", "不再上门")
    assert accept(complaint.number, [point], actor=office.clerk, at=AT).done
    assert ComplaintPoint.objects.get().cause_title == {"zh": "夜间上门", "en": "visited at night"}


def test_a_point_keeps_its_words_when_the_cause_is_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        add_cause(patched)
        complaint = office.open()
        point = Point("night", "晚上十点敲门", "不再上门")
        assert accept(complaint.number, [point], actor=office.clerk, at=AT).done

    assert "夜间上门" in signed_in(office.clerk).get(page_of(complaint)).content.decode()
    assert (
        "visited at night" in signed_in(office.clerk, "en").get(page_of(complaint)).content.decode()
    )
    assert [line.title for line in figures(office.clerk, MONDAY).causes] == ["visited at night"]


def test_an_unknown_cause_is_refused_with_those_that_are_known(office: Office) -> None:
    complaint = office.open()
    refused = accept(
        complaint.number, [Point("nigth", "晚上敲门", "不再上门")], actor=office.clerk, at=AT
    )
    assert codes(refused) == ["complaint.cause"]
    assert "conduct" in refused.problems[0].remedy_text()


def test_each_cause_says_how_its_points_were_decided_and_how_many_were_late(
    office: Office,
) -> None:
    complaint = office.accepted()
    said = {"until": AT + HOUR, "way": "call"}
    assert promise(complaint.number, **said, actor=office.clerk, at=AT).done
    decided = {"result": "upheld", "text": "录音属实"}
    assert close.decide_point(complaint.number, 1, **decided, actor=office.clerk, at=AT).done
    record_breaches(AT + 2 * HOUR)

    lines = {
        line.query.partition("cause=")[2]: line for line in figures(office.clerk, MONDAY).causes
    }
    conduct = lines["conduct"]
    assert (conduct.number, conduct.upheld, conduct.partly, conduct.unfounded) == (1, 1, 0, 0)
    assert conduct.late == 1
    assert (lines["paid"].upheld, lines["paid"].late) == (0, 1)


def test_what_is_not_accepted_has_a_row_of_its_own(office: Office) -> None:
    office.accepted()
    office.open(key="second")
    counted = figures(office.clerk, MONDAY)
    assert (counted.total.number, counted.unaccepted.number) == (2, 1)


def test_each_number_leads_to_its_complaints(office: Office) -> None:
    complaint = office.accepted()
    other = office.open(key="second")
    assert accept(other.number, [Point("other", "态度", "说明")], actor=office.clerk, at=AT).done

    client = signed_in(office.clerk)
    for line in figures(office.clerk, MONDAY).causes:
        page = client.get(f"{reverse('complaints:list')}?{line.query}").content.decode()
        assert (complaint.number in page) is ("cause=other" not in line.query)
        assert (other.number in page) is ("cause=other" in line.query)

    outside = f"{reverse('complaints:list')}?state=all&first=2026-11-24"
    assert complaint.number not in client.get(outside).content.decode()


def test_the_page_of_the_figures_marks_its_days_and_names_its_keys(office: Office) -> None:
    page = signed_in(office.clerk).get(reverse("complaints:figures") + "?days=7").content.decode()
    assert page.count('aria-current="page">') >= 1
    assert "<kbd>4</kbd>" in page
    assert 'btn-primary" href="?days=7"' in page


def test_a_complaint_is_found_by_the_whole_name_of_whoever_complained(office: Office) -> None:
    mine = office.open(name="陈 测试", key="named")
    office.open(name="陈测", key="other")
    client = signed_in(office.clerk)
    for text, is_there in (("陈测试", True), ("陈 测试", True), ("陈", False), ("测试", False)):
        page = client.get(reverse("complaints:list"), {"q": text}).content.decode()
        assert (mine.number in page) is is_there, text
    assert bytes(Complaint.objects.get(pk=mine.pk).name_index) != "陈测试".encode()


def test_one_point_of_each_cause_counts(office: Office) -> None:
    office.accepted()
    assert {line.number for line in figures(office.clerk, MONDAY).causes} == {1}
    assert CONDUCT.cause == "conduct"
