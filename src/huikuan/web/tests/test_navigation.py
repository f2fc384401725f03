from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from huikuan.lib.names import title_initials
from huikuan.people.rights import Right
from huikuan.web import navigation, rooms
from huikuan.web.navigation import Entry
from huikuan.web.room import Room
from huikuan.web.tests.conftest import Render, make_request, make_user

ENTRIES = [
    Entry("首页", "home", key="h"),
    Entry("作业", "work", key="w", icon="list-check"),
    Entry("小组", "teams", (Right.ALLOCATE,), key="t", group="管理"),
]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        ("collector", ["首页", "作业"]),
        ("team_lead", ["首页", "作业", "小组"]),
        ("client", ["首页", "作业"]),
    ],
)
def test_entries_by_role(role: str, labels: list[str]) -> None:
    navigation.install(ENTRIES)
    assert [entry.label for entry in navigation.entries_for(make_user(role))] == labels


def test_nothing_before_sign_in() -> None:
    navigation.install(ENTRIES)
    assert navigation.entries_for(AnonymousUser()) == []
    assert navigation.entries_for(None) == []


def test_the_longest_address_is_current() -> None:
    assert navigation.current_entry(ENTRIES, "/work/teams/3/") is ENTRIES[2]
    assert navigation.current_entry(ENTRIES, "/work/export.xlsx") is ENTRIES[1]
    assert navigation.current_entry(ENTRIES, "/else/") is None
    assert navigation.current_entry(ENTRIES, "/") is ENTRIES[0]


def test_two_entries_never_share_a_key() -> None:
    with pytest.raises(ValueError, match="w"):
        navigation.install([*ENTRIES, Entry("又一", "home", key="w")])


@pytest.mark.parametrize("key", ["wb", "hw", "W", "w1", "abc"])
def test_no_sequence_begins_with_another_or_is_no_word_of_letters(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        navigation.install([*ENTRIES, Entry("又一", "home", key=key)])


def test_lines_of_rooms_stand_in_their_order_and_groups_stay_together(monkeypatch: Any) -> None:
    """A room says where its line stands; a late line of a group does not part the group."""
    declared = {
        "one": Room(entries=[Entry("统计", "home", group="报表", order=30)]),
        "two": Room(entries=[Entry("首页", "home", order=10), Entry("规则", "home", order=20)]),
        "three": Room(
            entries=[
                Entry("账龄", "home", group="报表", order=90),
                Entry("设置", "home", group="管理", order=50),
            ]
        ),
    }

    monkeypatch.setattr(rooms, "installed", lambda: declared)
    assert [entry.label for entry in rooms.entries()] == ["首页", "规则", "统计", "账龄", "设置"]


def test_initials_of_titles_are_read_as_words() -> None:
    titles = ["日终小结", "还款管理", "End of the day"]
    assert [title_initials(title) for title in titles] == ["RZXJ", "HKGL", "EOTD"]


def test_side_bar_marks_the_page_and_its_key(render: Render) -> None:
    navigation.install(ENTRIES)
    page = render(
        '{% extends "web/base.html" %}', make_request("/work/teams/", make_user("team_lead"))
    )
    assert '<a href="/work/teams/" aria-current="page" data-go="t">' in page
    assert page.count('aria-current="page"') == 1
    assert "管理" in page
