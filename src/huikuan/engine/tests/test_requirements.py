"""The list of demands, and how a pack names them."""

from huikuan.engine import outcomes, requirements, scripts
from huikuan.engine.playbook import read_playbook
from huikuan.engine.tests.test_broken_packs import FILES, PACK, SCRIPT
from huikuan.engine.vocabulary import standard

SERVES = "    source: P1.2\n    serves: [P1.2.1, P1.2.2]\n    when: has_phone"


def with_serves(text: str) -> dict[str, str]:
    before = FILES["playbook.yaml"]
    return FILES | {"playbook.yaml": before.replace("    source: P1.2\n    when: has_phone", text)}


def test_the_list_names_each_demand_once_and_says_where_it_belongs() -> None:
    rows = requirements.shipped()
    assert len(rows) > 400
    for row in rows.values():
        assert row.requirement.endswith("."), row.id
        assert row.actor, row.id
        assert bool(row.dropped) == bool(row.rule), row.id


def test_a_step_names_the_demands_that_it_serves() -> None:
    book, problems = read_playbook(with_serves(SERVES), standard())
    assert problems == []
    assert book is not None
    assert [step.serves for step in book.steps] == [("P1.2.1", "P1.2.2"), ()]


def test_an_unknown_demand_is_reported_with_what_was_meant() -> None:
    files = with_serves(SERVES.replace("P1.2.2", "P1.22"))
    assert [str(problem) for problem in requirements.check_served(files)] == [
        "playbook.yaml:9:22: P1.22 is no demand of a procedure; did you mean P1.2.2?"
    ]


def test_a_stored_pack_with_an_unknown_demand_stays_readable() -> None:
    book, _problems = read_playbook(
        with_serves(SERVES.replace("P1.2.2", "gone")), standard(), stored=True
    )
    assert book is not None
    assert book.pack.files["pack.yaml"] == PACK


def test_a_script_names_them_in_comments_above_its_first_section() -> None:
    text = "<!-- serves: P1.2.1, P1.2.2 -->\n<!-- serves: P1.2.3 -->\n" + SCRIPT
    read, problems = scripts.read_scripts({"scripts/first_call.md": text})
    assert problems == []
    assert read["first_call"].serves == ("P1.2.1", "P1.2.2", "P1.2.3")
    assert set(read["first_call"].versions) == {"zh", "en"}


def test_an_unknown_demand_in_a_script_is_found_where_it_stands() -> None:
    text = "<!-- serves: P1.2.1, P1.2.x9 -->\n" + SCRIPT
    (problem,) = requirements.check_served({"scripts/first_call.md": text})
    assert problem.place == "scripts/first_call.md:1:22"


def test_an_outcome_may_name_them() -> None:
    text = FILES["outcomes.yaml"].replace(
        "needs: [promise]", "needs: [promise]\n        serves: [P1.2.debtor.10]"
    )
    read, problems = outcomes.read_outcomes(FILES | {"outcomes.yaml": text}, ["first_call"])
    assert problems == []
    assert read is not None
    assert read.outcome("debtor", "promised").serves == ("P1.2.debtor.10",)  # type: ignore[union-attr]
