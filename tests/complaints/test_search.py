"""The box for everything finds a complaint by number and by who complained, within the walls."""

from __future__ import annotations

import pytest
from django.urls import reverse

from huikuan.casebook.models import Complaint
from huikuan.people.models import User
from tests.complaints.conftest import Office
from tests.complaints.test_screens import HTMX, page_of, signed_in


@pytest.fixture
def complaint(office: Office) -> Complaint:
    """Of somebody whose name is on no case of ours."""
    return office.open(name="陈 测试", who="stranger")


def found(user: User, word: str) -> str:
    answer = signed_in(user).get(reverse("search"), {"q": word}, headers=HTMX)
    return str(answer.content.decode())


def test_it_is_found_by_number_and_by_whole_name(office: Office, complaint: Complaint) -> None:
    for word in (complaint.number, complaint.number[:11].lower(), "陈测试", "陈 测试"):
        page = found(office.clerk, word)
        assert page_of(complaint) in page, word
        assert "陈测试" not in page.replace(" ", ""), "the name stays masked"

    for word in ("陈", "测试", "TS-1999"):
        assert complaint.number not in found(office.clerk, word), word


def test_enter_opens_the_only_one_that_fits(office: Office, complaint: Complaint) -> None:
    answer = signed_in(office.clerk).get(reverse("search"), {"q": "陈测试"})
    assert answer.status_code == 302
    assert answer.url == page_of(complaint)  # type: ignore[attr-defined]


def test_nobody_finds_what_they_do_not_see(office: Office, complaint: Complaint) -> None:
    """Neither who is complained about, nor a client, who would learn who complained."""
    for user in (office.collector, office.client):
        for word in (complaint.number, "陈测试"):
            assert complaint.number not in found(user, word)
