import re
import string

from huikuan.lib.catalogue import CATALOGUE
from huikuan.lib.problems import Problem, Refused, did_you_mean, problem


def test_a_problem_in_a_table_names_file_row_and_column():
    found = problem(
        "id.length", {"length": 17}, file="三月.xlsx", row=12, column="证件号", value="3101"
    )
    assert found.place == "三月.xlsx:12:证件号"
    assert found.text() == "an identity number has 18 characters; this has 17"
    assert found.severity == "error"


def test_a_problem_in_a_text_file_names_line_and_column():
    assert problem("yaml.key", file="playbook.yaml", line=3, column=5).place == "playbook.yaml:3:5"


def test_a_place_is_as_long_as_what_is_known():
    assert problem("table.empty", file="a.csv").place == "a.csv"
    assert problem("table.empty").place == ""


def test_sentences_are_translated_where_they_are_shown_and_filled_afterwards():
    zh = {
        "the row has {found} cells, the header has {expected}": "该行有 {found} 格，表头有 {expected} 格"
    }
    found = problem("table.ragged", {"found": 9, "expected": 10})
    assert found.text(lambda s: zh.get(s, s)) == "该行有 9 格，表头有 10 格"


def test_braces_in_a_value_are_not_taken_for_parameters():
    found = Problem("x", "unknown key {key}", params={"key": "{oops}"})
    assert found.text() == "unknown key {oops}"


def test_problems_can_be_moved_compared_and_hashed():
    here = problem("id.empty", file="a.csv")
    there = here.at(row=4)
    assert (there.file, there.row) == ("a.csv", 4)
    assert len({here, there, problem("id.empty", file="a.csv")}) == 2


def test_a_refused_value_becomes_a_problem_at_its_place():
    refused = Refused("money.decimals", found=3, currency="CNY", allowed=2)
    assert str(refused.problem(file="a.csv", row=2)) == (
        "a.csv:2: the amount has 3 decimals; CNY has 2; give the amount in full, rounded by the creditor"
    )


def test_did_you_mean_finds_the_near_word_only():
    assert did_you_mean("cadense", ["cadence", "deadline"]) == "cadence"
    assert did_you_mean("CADENCE", ["cadence"]) == "cadence"
    assert did_you_mean("xyz", ["cadence", "deadline"]) is None


def test_every_sentence_of_the_catalogue_can_be_filled():
    for code, entry in CATALOGUE.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", code)
        names = {
            part[1]
            for text in (entry.message, entry.remedy)
            for part in string.Formatter().parse(text)
            if part[1]
        }
        filled = problem(code, dict.fromkeys(names, "?"))
        assert filled.text() and "{" not in filled.text() + filled.remedy_text()
