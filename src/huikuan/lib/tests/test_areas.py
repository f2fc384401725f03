"""Codes of areas in words."""

import pytest

from huikuan.lib import areas


@pytest.mark.parametrize(
    ("area", "shown"),
    [
        ("310101", "上海市 310101"),
        ("440305", "广东省 440305"),
        ("宁波", "宁波"),
        ("", ""),
        ("990000", ""),
    ],
)
def test_a_code_is_told_by_its_province(area: str, shown: str) -> None:
    assert areas.in_words(area) == shown
