"""Words of a procedure that pages read: an unknown word or meaning is refused."""

from __future__ import annotations

import pytest

from huikuan.engine.lists import CODES, FILE, MEANINGS, read_lists
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem

TITLE = "title: {zh: 某项, en: something}"


def read(listed: str, *entries: str) -> tuple[dict, list[Problem]]:
    text = f"lists:\n  - id: {listed}\n    {TITLE}\n    entries:\n"
    text += "".join(f"      - {{{entry}, {TITLE}}}\n" for entry in entries)
    problems: list[Problem] = []
    found = read_lists({FILE: text}, lambda node: yamlfile.as_int(node, problems), problems)
    return dict(found), problems


@pytest.mark.parametrize("listed", MEANINGS)
def test_each_meaning_is_known_and_no_other(listed: str) -> None:
    code = CODES.get(listed, ("own",))[0]
    for meaning in MEANINGS[listed]:
        found, problems = read(listed, f"code: {code}, means: {meaning}")
        assert problems == []
        assert found[listed].entries[0].means == meaning

    _found, problems = read(listed, f"code: {code}, means: XX")
    assert [problem.line for problem in problems] == [5]


def test_a_list_of_which_no_page_reads_a_meaning_has_none() -> None:
    _found, problems = read("appeals", "code: days, value: 3, means: needed")
    assert len(problems) == 1


def test_a_field_that_no_page_shows_is_refused() -> None:
    _found, problems = read("filter_fields", "code: shoe_size")
    assert len(problems) == 1
    found, problems = read("filter_fields", *(f"code: {code}" for code in CODES["filter_fields"]))
    assert problems == [] and len(found["filter_fields"].entries) == len(CODES["filter_fields"])
