"""Scripts that ship, and what the reader makes of a script."""

import functools
import re
from pathlib import Path

import pytest

import huikuan.packs
from huikuan.engine import playbook, scripts, vocabulary

SHIPPED = Path(huikuan.packs.__file__).parent
PACKS = ("phone_collection", "b2b_receivables")


@functools.cache
def files(pack: str) -> dict[str, str]:
    folder = SHIPPED / pack
    return {
        p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8")
        for p in folder.rglob("*")
        if p.suffix in (".yaml", ".md")
    }


@functools.cache
def read(pack: str) -> dict[str, scripts.Script]:
    found, problems = scripts.read_scripts(files(pack))
    assert not problems
    return found


def every() -> list[tuple[str, str]]:
    return [(pack, script) for pack in PACKS for script in read(pack)]


def said(version: scripts.Version) -> str:
    return "\n".join(line.text for part in version.parts for line in part.all_lines() if line.said)


@pytest.mark.parametrize("pack", PACKS)
def test_every_script_of_a_step_is_there(pack: str) -> None:
    book, _problems = playbook.read_playbook(files(pack), vocabulary.standard())
    assert book is not None
    assert {step.script for step in book.steps if step.script} <= set(read(pack))
    assert all(step.script for step in book.steps if step.contacts)


@pytest.mark.parametrize(("pack", "name"), every())
def test_both_languages_use_the_same_variables(pack: str, name: str) -> None:
    versions = read(pack)[name].versions
    assert set(versions["zh"].variables()) == set(versions["en"].variables())


@pytest.mark.parametrize(("pack", "name"), every())
def test_no_threat_no_pressure_no_false_authority(pack: str, name: str) -> None:
    zh = said(read(pack)[name].versions["zh"])
    assert not re.search(
        "坐牢|拘留|公安|警方|刑事|曝光|通知你(的)?(单位|家人)|找你(的)?家人|上门抓|法院工作人员|后果自负",
        zh,
    )


@pytest.mark.parametrize("name", ["relay_only", "new_owner"])
def test_nothing_of_the_debt_for_others(name: str) -> None:
    script = read("phone_collection")[name]
    assert not {v for v in script.variables() if scripts.VARIABLES[v].debt}
    for part in script.versions["zh"].parts:
        lines = part.all_lines() if part.tag != "objections" else iter(part.lines)
        assert not re.search(
            "欠|逾期|还款|催收|贷款|信用卡", "".join(line.text for line in lines if line.said)
        )


@pytest.mark.parametrize(
    "name",
    [
        "first_call",
        "follow_up",
        "second_call",
        "third_call",
        "fourth_call",
        "promise_check",
        "debit_failed",
    ],
)
def test_a_call_checks_the_identity_before_the_debt(name: str) -> None:
    parts = read("phone_collection")[name].versions["zh"].parts
    tags = [part.tag for part in parts]
    assert tags.index("open") < tags.index("verify") < tags.index("debt")
    assert all(part.after_identity for part in parts if part.tag == "debt")
    verify = said(scripts.Version("zh", "", (parts[tags.index("verify")],)))
    assert "全名" in verify and "出生年月日" in verify and "debtor_name" not in verify
    assert sum(len(part.objections) for part in parts) >= 7


def test_render_fills_in_and_names_what_is_missing() -> None:
    values = {name: f"〈{name}〉" for name in scripts.VARIABLES if name != "amount"}
    rendered = read("phone_collection")["first_call"].render(values, "zh")
    text = said(rendered.version)
    assert rendered.missing == ("amount",)
    assert "〈debtor_family_name〉〈title〉" in text and "应还____元" in text and "{" not in text


def test_a_stored_script_says_nothing_internal() -> None:
    """A version that was loaded before the check knew it."""
    text = "<!-- zh -->\n# 题\n## 来意 [debt]\n> 上次：{last_summary}。\n- 内部：{last_summary}\n"
    read, problems = scripts.read_scripts({"scripts/old.md": text})
    assert "script.internal" in {problem.code for problem in problems}
    parts = read["old"].render({"last_summary": "态度差"}, "zh").version.parts
    assert [line.text for line in parts[0].lines] == ["上次：____。", "内部：态度差"]


@pytest.mark.parametrize("pack", PACKS)
def test_no_shipped_script_is_shown_nowhere_or_says_anything_internal(pack: str) -> None:
    _book, problems = playbook.read_playbook(files(pack), vocabulary.standard())
    assert problems == []


def test_every_variable_is_used() -> None:
    used = {
        variable
        for pack in PACKS
        for script in read(pack).values()
        for variable in script.variables()
    }
    assert used == set(scripts.VARIABLES)


MARK = re.compile(r"^.*<!--\s*serves:.*-->$", re.MULTILINE)


@pytest.mark.parametrize(("pack", "name"), every())
def test_a_script_of_a_call_names_what_it_serves_beside_its_sentences(pack: str, name: str) -> None:
    """Only what is written, or done on a visit, serves as a whole."""
    book, _problems = playbook.read_playbook(files(pack), vocabulary.standard())
    assert book is not None
    other_than_calls = {step.script for step in book.steps if step.action != "call"}
    if name not in other_than_calls:
        assert read(pack)[name].as_a_whole == ()


@pytest.mark.parametrize(("pack", "name"), every())
def test_a_sentence_that_is_deleted_takes_its_claim_with_it(pack: str, name: str) -> None:
    file = f"scripts/{name}.md"
    text = files(pack)[file]
    whole = read(pack)[name]
    beside = [match for match in MARK.finditer(text) if not match[0].startswith("<!--")]

    for match in beside:
        without = text[: match.start()] + text[match.end() :]
        found, problems = scripts.read_scripts({file: without})
        assert set(found[name].serves) < set(whole.serves), match[0]
        assert "script.serves" in {problem.code for problem in problems}, match[0]


def test_a_comment_beside_a_sentence_is_not_said() -> None:
    line = "> 您好 <!-- serves: P1.3.1 -->"
    text = f"<!-- zh -->\n# 例\n## 甲 [advice]\n{line}\n<!-- en -->\n# E\n## A [advice]\n{line}\n"
    found, _problems = scripts.read_scripts({"scripts/example.md": text})
    script = found["example"]
    assert script.serves == ("P1.3.1",)
    assert script.versions["zh"].parts[0].lines[0].text == "您好"
