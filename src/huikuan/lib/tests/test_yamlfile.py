import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import huikuan
from huikuan.lib import yamlfile
from huikuan.lib.yamlfile import Mapping, Scalar, Sequence


def load(text):
    return yamlfile.load(text, "pack.yaml")


def codes(problems):
    return [(found.code, found.line, found.column) for found in problems]


def test_every_scalar_stays_as_written():
    root, problems = load("from: 21:00\non: yes\noff: no\nid: 007\nday: 2026-03-01\nnull: ~\n")
    assert not problems
    assert {key: str(value) for key, value in root.items()} == {
        "from": "21:00",
        "on": "yes",
        "off": "no",
        "id": "007",
        "day": "2026-03-01",
        "null": "~",
    }


def test_every_node_knows_its_line_and_column():
    root, _ = load("steps:\n  - id: first_call\n    when: a > 1\n")
    steps = root["steps"]
    assert isinstance(steps, Sequence) and (steps.line, steps.column) == (2, 3)
    assert isinstance(steps[0], Mapping) and isinstance(steps[0]["id"], Scalar)
    assert (steps[0]["id"].line, steps[0]["id"].column) == (2, 9)
    assert (steps[0].key_place("when").line, steps[0].key_place("when").column) == (3, 5)


def test_quotes_are_remembered():
    root, _ = load("a: 'no'\nb: no\nc:\nd: ''\n")
    assert [root[key].quoted for key in "abcd"] == [True, False, False, True]
    assert [root[key].empty for key in "abcd"] == [False, False, True, False]


def test_all_problems_come_at_once():
    root, problems = load(
        "a: 1\nb: &x 2\nc: *x\nd: !!int 3\na: 4\n? [k]\n: 5\n<<: {e: 1}\n---\nz: 1\n"
    )
    assert codes(problems) == [
        ("yaml.anchor", 2, 4),
        ("yaml.anchor", 3, 4),
        ("yaml.tag", 4, 4),
        ("yaml.duplicate_key", 5, 1),
        ("yaml.key", 6, 3),
        ("yaml.anchor", 8, 1),
        ("yaml.documents", 9, 1),
    ]
    assert problems[3].text() == "the key a was already given in line 1"
    assert str(root["a"]) == "1"


@pytest.mark.parametrize(
    "text, line",
    [
        ("a: [1, 2\nb: 3\n", 2),
        ("a: b: c\n", 1),
        ("a:\n\t- b\n", 2),
        ("a: 'x\n", 2),
        ("a: \x07\n", 1),
    ],
)
def test_what_is_not_yaml_is_a_problem_with_its_line(text, line):
    root, problems = load(text)
    assert root is None
    assert [(found.code, found.line) for found in problems] == [("yaml.syntax", line)]


def test_empty_and_missing_files(tmp_path):
    assert codes(load("# nothing\n")[1]) == [("yaml.empty", None, None)]
    assert codes(yamlfile.load(tmp_path / "none.yaml")[1]) == [("yaml.not_found", None, None)]
    wrong = tmp_path / "gbk.yaml"
    wrong.write_bytes("a: 1\nb: 催收\n".encode("gb18030"))
    assert codes(yamlfile.load(wrong)[1]) == [("yaml.encoding", 2, None)]
    marked = tmp_path / "bom.yaml"
    marked.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert str(yamlfile.load(marked)[0]["a"]) == "1"


def test_deep_nesting_is_refused_not_a_crash():
    root, problems = load("[" * 5000)
    assert root is None and problems[0].code == "yaml.syntax"


def test_typed_readers_give_values():
    root, problems = load("n: 28\nd: 2026-03-01\nm: 12.50\nb: true\nc: call\nt: 08:00\n")
    assert yamlfile.as_int(root["n"], problems, minimum=1, maximum=31) == 28
    assert yamlfile.as_date(root["d"], problems) == dt.date(2026, 3, 1)
    assert yamlfile.as_decimal(root["m"], problems) == Decimal("12.50")
    assert yamlfile.as_bool(root["b"], problems) is True
    assert yamlfile.as_choice(root["c"], ["call", "sms"], problems) == "call"
    assert yamlfile.as_text(root["t"], problems) == "08:00"
    assert yamlfile.as_int(root.get("absent"), problems) is None
    assert not problems


def test_typed_readers_add_problems_and_go_on():
    root, problems = load(
        "n: 1_000\nr: 40\nd: 2026-02-30\nm: 1e3\nb: yes\nc: cal\nx: letterhead\nt:\nl: [1]\n"
    )
    assert yamlfile.as_int(root["n"], problems) is None
    assert yamlfile.as_int(root["r"], problems, minimum=1, maximum=31) is None
    assert yamlfile.as_date(root["d"], problems) is None
    assert yamlfile.as_decimal(root["m"], problems) is None
    assert yamlfile.as_bool(root["b"], problems) is None
    assert yamlfile.as_choice(root["c"], ["call", "sms"], problems) is None
    assert yamlfile.as_choice(root["x"], ["call", "sms"], problems) is None
    assert yamlfile.as_text(root["t"], problems) is None
    assert yamlfile.as_text(root["l"], problems) is None
    assert yamlfile.as_mapping(root["l"], problems) is None
    assert yamlfile.as_sequence(root["n"], problems) is None
    assert [found.code.split(".")[1] for found in problems] == [
        "want_integer",
        "range",
        "want_date",
        "want_decimal",
        "want_bool",
        "choice_near",
        "choice",
        "want_text",
        "want_text",
        "want_mapping",
        "want_sequence",
    ]
    assert (
        str(problems[5]) == "pack.yaml:6:4: cal is not one of the known values; did you mean call?"
    )


def test_unknown_and_missing_keys_are_named_with_a_suggestion():
    root, problems = load("id: x\ncadense: 2\nzzz: 1\n")
    assert not yamlfile.check_keys(
        root, required=["id", "when"], optional=["cadence"], problems=problems
    )
    assert [str(found) for found in problems] == [
        "pack.yaml:2:1: unknown key cadense; did you mean cadence?",
        "pack.yaml:3:1: unknown key zzz; known here: id, when, cadence",
        "pack.yaml:1:1: the key when is missing",
    ]


SHIPPED = sorted(Path(huikuan.__file__).parent.rglob("*.yaml"))
ODD = [
    "a: 1\nb: &x 2\nc: *x\nd: !!int 3\na: 4\n? [k]\n: 5\n<<: {e: 1}\n---\nz: 1\n",
    "a:\nb:\n- \n- 😀 x\n-   '二'\n",
    "a: >\n  x\n  y\n\nb: |\n  催收\nc: [一, {y:2}, x:1]\n",
    "a: [1, 2\nb: 3\n",
    "a: \x07\n",
    "a: \ud800\n",
    "# nothing\n",
    "",
]


@pytest.mark.parametrize("text", [path.read_text() for path in SHIPPED] + ODD)
def test_the_parser_in_c_reads_every_node_and_problem_as_the_exact_one(text):
    assert SHIPPED
    assert load(text) == yamlfile._read_slowly(text, "pack.yaml")


@pytest.mark.parametrize("opened", ["[", "{a: ", "- "])
def test_what_stands_too_deep_in_each_other_is_a_problem_with_its_line(opened):
    text = "a: 1\nb:\n  " + opened * 2000
    root, problems = load(text)
    assert root is None
    assert [(found.code, found.line) for found in problems] == [("yaml.syntax", 3)]
