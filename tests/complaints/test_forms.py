"""The forms by keyboard: focus, as many points as needed, a key for every act, words."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from huikuan.casebook.models import Complaint
from huikuan.complaints.acts import ACTS
from tests.complaints.conftest import Office
from tests.complaints.test_screens import act_of, page_of, signed_in


def focused(page: str) -> list[str]:
    """Names of the fields that ask for the focus."""
    tags = re.findall(r"<(?:input|select|textarea)[^>]*autofocus[^>]*>", page)
    return [name for tag in tags for name in re.findall(r'name="([^"]+)"', tag)]


def test_receiving_and_accepting_open_in_their_first_field(office: Office) -> None:
    client = signed_in(office.clerk)
    complaint = office.open()
    receiving = client.get(reverse("complaints:receive")).content.decode()
    assert focused(receiving) == ["channel"]
    accepting = client.get(act_of(complaint, "accept")).content.decode()
    assert focused(accepting) == ["cause_1"]


def point(place: int) -> dict[str, str]:
    return {
        f"cause_{place}": "conduct",
        f"detail_{place}": f"第{place}件事",
        f"aim_{place}": "道歉",
        f"disputes_{place}": "",
    }


def test_a_sixth_point_is_one_key_away_and_nothing_is_lost(office: Office) -> None:
    client = signed_in(office.clerk)
    complaint = office.open()
    page = client.get(act_of(complaint, "accept")).content.decode()
    assert "detail_2" in page
    assert "detail_3" not in page
    assert 'data-key="+"' in page

    written = {"places": "2"} | point(1) | point(2)
    for places in range(3, 8):
        answer = client.post(act_of(complaint, "accept"), written | {"more": "1"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert focused(page) == [f"cause_{places}"]
        for place in range(1, places):
            assert f"第{place}件事" in page, "what was written stays"
        written = written | point(places) | {"places": str(places)}
    assert complaint.points.count() == 0, "asking for more points accepts nothing"

    assert client.post(act_of(complaint, "accept"), written).status_code == 302
    assert complaint.points.count() == 7


def test_every_act_that_is_offered_has_a_key_of_its_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where every act were offered at once."""
    complaint = office.accepted()
    monkeypatch.setattr("huikuan.complaints.views.offered", lambda *_given: list(ACTS))
    page = signed_in(office.clerk).get(page_of(complaint)).content.decode()
    acts = re.findall(r'<a class="btn btn-sm" href="(/complaints/[^"]+)"\s*([^>]*)>', page)
    offered = [(href, keys) for href, keys in acts if complaint.number in href]
    keys = [re.findall(r'data-key="([^"]+)"', given) for _href, given in offered]
    assert len(offered) == len(ACTS) > 9
    assert all(len(each) == 1 for each in keys)
    assert len({each[0] for each in keys} | {"d"}) == len(keys) + 1


def test_a_proposal_is_made_in_its_own_words(office: Office) -> None:
    complaint = office.accepted()
    page = signed_in(office.clerk).get(page_of(complaint)).content.decode()
    assert "提出方案" in page
    assert "生成方案" not in page


def test_no_code_of_a_role_stands_in_an_english_page(office: Office) -> None:
    office.accepted()
    assert Complaint.objects.exists()
    page = signed_in(office.manager, "en").get(reverse("clocks:list")).content.decode()
    assert "customer service" in page
    assert re.search(r">\s*complaints\s*<", page) is None
