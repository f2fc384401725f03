"""Mistakes in a mapping are all said at once, where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from huikuan.intake import mapping
from huikuan.intake.mapping import EXAMPLES, NoMapping, WrongMapping

WRONG = """\
name: other
creditor: {code: c, name: C, kind: banc}
currency: CNJ
debtor: persn
packs:
  - {pack: phone_collection, form: 2026-01-01}
fields:
  product: {value: card}
  person.number: {column: A, value: B}
  account.nummer: A
  item.number: {column: A, form: m/d/yyyy}
  item.due_on: {column: B, form: mm/dd/yyyy}
  case.settles_by_receipts: {column: C, codes: {Y: ja}}
charges:
  - {kind: principle, amount: D, basis: contract}
points:
  - {value: E, kind: mobil, source: reserved}
ignore: [D]
months_late: {column: F, statement_on: 2026-13-01, otherwise_on: 2026-01-31}
"""


def test_every_mistake_is_said_with_its_place_and_a_suggestion(tmp_path: Path):
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, "utf-8")
    with pytest.raises(WrongMapping) as caught:
        mapping.load(str(path))
    said = {(problem.line, problem.code): problem for problem in caught.value.problems}
    assert set(said) == {
        (1, "mapping.name"), (2, "yaml.choice_near"), (3, "mapping.currency"), (4, "yaml.choice_near"),
        (6, "yaml.unknown_key_near"), (6, "yaml.missing_key"), (8, "yaml.missing_key"), (9, "mapping.column_or_value"),
        (10, "yaml.unknown_key_near"), (11, "mapping.form_unused"), (12, "yaml.choice_near"), (13, "yaml.choice"),
        (15, "yaml.choice_near"), (17, "yaml.choice_near"), (19, "yaml.want_date"), (7, "mapping.due"),
    }  # fmt: skip
    assert said[4, "yaml.choice_near"].params["suggestion"] == "person"
    assert said[10, "yaml.unknown_key_near"].params["suggestion"] == "account.number"
    assert str(said[2, "yaml.choice_near"]).startswith(f"{path}:2:")


def test_an_unknown_name_gets_the_nearest(tmp_path: Path):
    with pytest.raises(NoMapping) as caught:
        mapping.load("ibm_ra")
    assert caught.value.near == "ibm_ar" and "card_cn" in caught.value.known


def test_the_overlay_comes_before_the_shipped_ones(tmp_path: Path):
    folder = tmp_path / "mappings"
    folder.mkdir()
    text = (EXAMPLES / "ibm_ar" / "mapping.yaml").read_text("utf-8")
    (folder / "ibm_ar.yaml").write_text(text.replace("name: IBM\n", "name: 蓝色巨人\n"), "utf-8")
    assert mapping.load("ibm_ar", tmp_path).creditor.name == "蓝色巨人"
    assert mapping.load("ibm_ar").creditor.name == "IBM"
    assert mapping.names(tmp_path) == mapping.names()


def test_a_name_never_leaves_the_folders():
    for name in ("../../../etc/passwd", "a/b", "", "."):
        with pytest.raises(NoMapping):
            mapping.load(name)


@pytest.mark.parametrize("name", mapping.names())
def test_every_shipped_mapping_is_right_and_documented(name: str):
    found = mapping.load(name)
    assert found.name == name and found.packs and set(found.label) == {"zh", "en"}
    assert (EXAMPLES / name / "README.md").is_file()
