"""The documents say what the code does: commands, keys, links, terms; and no file names a machine's own folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from huikuan.engine import words
from huikuan.intake.accept import Result
from huikuan.lib.problems import Problem
from huikuan.ops import cli
from huikuan.ops.config import PREFIX, Config
from huikuan.ops.finding import Finding

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "huikuan"
TEXT = {".py", ".sql", ".yaml", ".html", ".css", ".js", ".po", ".md", ".toml", ".txt", ".csv"}
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *SOURCE.glob("intake/examples/*/README.md")]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
#: Where the JSON of a command is made: file and function; keys are the text keys of the dictionaries in it.
MADE = {
    "allocate": [("ops/commands/allocate.py", "run"), ("ops/commands/allocate.py", "_answer")],
    "plan": [("ops/commands/plan.py", "run")],
    "day": [("ops/commands/day.py", "run")],
    "tasks": [("ops/commands/tasks.py", "as_json")],
    "done": [("ops/commands/done.py", "_as_json")],
    "lock": [("ops/commands/lock.py", "_as_json")],
    "explain": [
        ("ops/commands/explain.py", "as_json"),
        ("ops/commands/explain.py", "_part_as_json"),
    ],
    "gate": [("gate/describe.py", "as_json"), ("gate/check.py", "_as_json")],
    "ageing": [("reports/ageing.py", "as_json"), ("reports/ageing.py", "_line_as_json")],
    "contact": [("ops/commands/contact.py", "_as_json")],
    "event": [("ops/commands/event.py", "_as_json")],
    "recall": [("ops/commands/recall.py", "_as_json")],
    "hold": [("ops/commands/hold.py", "hold_as_json"), ("ops/commands/hold.py", "_as_json")],
    "pay": [("ops/commands/pay.py", "_json"), ("ops/commands/pay.py", "_row")],
    "outbox": [
        ("ops/commands/outbox.py", "as_json"),
        ("ops/commands/outbox.py", "event_as_json"),
        ("ops/commands/outbox.py", "mail_as_json"),
    ],
    "check": [("ops/commands/check.py", "_print_json")],
    "house": [
        ("ops/commands/house.py", "show"),
        ("ops/commands/house.py", "change"),
        ("ops/commands/house.py", "as_row"),
    ],
    "team": [("ops/commands/team.py", "run"), ("ops/commands/team.py", "show")],
    "user": [
        ("ops/commands/user.py", name)
        for name in ("show", "as_row", "_kept", "end", "take_in", "template")
    ],
    "role": [("ops/commands/role.py", name) for name in ("add", "show", "show_rights")],
    "statement": [
        ("ops/commands/statement.py", "_json"),
        ("ops/commands/statement.py", "_whole"),
        ("ops/commands/statement.py", "_event"),
    ],
    "doctor": [("ops/commands/doctor.py", "run")],
    "bench": [
        ("ops/commands/bench.py", "_versions"),
        ("ops/bench/plan.py", "measure"),
        ("ops/bench/plan.py", "_prepare"),
        ("ops/bench/import_.py", "measure"),
        ("ops/bench/allocate.py", "measure"),
        ("ops/bench/gate.py", "measure"),
        ("ops/bench/gate.py", "quantiles"),
        ("ops/bench/desk.py", "measure"),
        ("ops/bench/desk.py", "_verify"),
    ],
}


#: Arguments of every verb of a command, named once for all.
COMMON = ("organisation", "json")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def section(command: str) -> str:
    """What docs/cli.md says of a command."""
    found = re.search(
        rf"^### {re.escape(command)}\n(.*?)(?=^##|\Z)", read("docs/cli.md"), re.M | re.S
    )
    assert found, f"docs/cli.md has no section on {command}"
    return found[1]


def named(text: str) -> set[str]:
    """Every word in code type."""
    return {
        word
        for code in re.findall(r"`([^`\n]+)`", text)
        for word in re.findall(r"[A-Za-z_0-9-]+", code)
    }


def functions(file: Path) -> dict[str, ast.AST]:
    """Functions, classes and methods of a file by name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name: node for node in ast.walk(tree) if isinstance(node, kinds)}


def keys_made(file: str, function: str) -> set[str]:
    node = functions(SOURCE / file)[function]
    dictionaries = [found for found in ast.walk(node) if isinstance(found, ast.Dict)]
    return {
        key.value for found in dictionaries for key in found.keys if isinstance(key, ast.Constant)
    }


@pytest.mark.parametrize("command", cli.names())
def test_every_command_has_a_section_with_its_arguments(command: str) -> None:
    parser: Any = cli._parser(command)
    chosen = next(action for action in parser._actions if action.dest == "command").choices[command]
    words = named(section(command))
    verbs = [action.choices for action in chosen._actions if isinstance(action.choices, dict)]
    parsers = [chosen, *(parser for found in verbs for parser in found.values())]
    for action in (one for parser in parsers for one in parser._actions):
        if action.dest in COMMON:
            continue
        hidden = action.help == "==SUPPRESS=="
        for option in action.option_strings:
            if option.startswith("--") and option != "--help" and not hidden:
                assert option in words, f"docs/cli.md does not name {option} of {command}"


def test_the_page_names_no_command_that_is_gone() -> None:
    assert set(re.findall(r"^### (.+)$", read("docs/cli.md"), re.M)) == set(cli.names())


@pytest.mark.parametrize("command", MADE)
def test_every_json_key_is_documented(command: str) -> None:
    made = {key for place in MADE[command] for key in keys_made(*place)}
    assert not made - named(section(command))


def test_the_keys_of_an_import_are_documented() -> None:
    assert set(Result(None, 0, 0, 0).as_dict()) <= named(section("import"))


def test_the_keys_of_a_problem_and_of_a_finding_are_documented() -> None:
    front = read("docs/cli.md").split("## The collections day")[0]
    assert set(Problem("code", "message").as_dict()) <= named(front)
    assert set(Finding("python", "ok", "").as_dict()) <= named(section("doctor"))


def test_every_setting_is_documented() -> None:
    assert {PREFIX + name.upper() for name in Config.model_fields} <= named(read("docs/cli.md"))


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        without_code = re.sub(
            r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S
        )
        for target in LINK.findall(without_code):
            if "://" not in target and not target.startswith("#"):
                yield page, target


@pytest.mark.parametrize(
    ("page", "target"), list(links()), ids=lambda value: str(value).removeprefix(f"{ROOT}/")
)
def test_a_link_leads_to_a_file_and_a_function(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve()
    assert file.exists(), f"{page.name} links to {path}, which does not exist"
    if anchor and file.suffix == ".py":
        assert anchor in functions(file), f"{path} has no {anchor}"


def test_the_tour_has_nine_steps_each_with_its_function() -> None:
    rows = re.findall(r"^\| (\d) \|.*$", read("docs/tour.md"), re.M)
    assert rows == [str(n) for n in range(1, 10)]
    for row in re.findall(r"^\| \d \|.*$", read("docs/tour.md"), re.M):
        assert re.search(r"\]\(\.\./src/huikuan/[a-z/_]+\.py#\w+\)", row), row


def test_every_decision_is_in_the_index() -> None:
    index = read("docs/decisions/README.md")
    pages = {page.name for page in (ROOT / "docs" / "decisions").glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\(([\w-]+\.md)\)", index))
    numbers = re.findall(r"^\| (\d+) \|", index, re.M)
    assert numbers == [str(n + 1) for n in range(len(pages))]


@cache
def words_of_the_code() -> set[str]:
    kinds = (".py", ".sql", ".yaml", ".toml")
    files = [
        path for path in SOURCE.rglob("*") if path.suffix in kinds and "tests" not in path.parts
    ]
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


@cache
def members() -> dict[str, set[str]]:
    """Class name → the names in its body, classes within it too."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts or "tests" in path.parts:
            continue
        for name, node in functions(path).items():
            if isinstance(node, ast.ClassDef):
                found.setdefault(name, set()).update(re.findall(r"\w+", ast.unparse(node)))
    return found


def terms() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", read("docs/glossary.md"), re.M)
    return [(zh, en, code) for zh, en, code in rows]


def test_the_glossary_is_long_enough_and_names_no_term_twice() -> None:
    chinese = [zh for zh, _, _ in terms()]
    assert len(chinese) >= 90
    assert len(chinese) == len(set(chinese))


@pytest.mark.parametrize(("zh", "en", "code"), terms())
def test_a_term_of_the_glossary_is_spelled_so_in_the_code(zh: str, en: str, code: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[a-zA-Z]", en)
    first, *rest = code.split(".")
    assert first in words_of_the_code()
    for part in rest:
        assert part in members()[first], f"{first} has no {part}"


def own_files() -> Iterator[Path]:
    yield from (
        path
        for path in ROOT.iterdir()
        if path.is_file() and (path.suffix in TEXT or path.name == "Makefile")
    )
    for folder in ("src", "tests", "docs", ".ci", "requirements"):
        for path in (ROOT / folder).rglob("*"):
            if (
                path.is_file()
                and "vendor" not in path.parts
                and (path.suffix in TEXT or not path.suffix)
            ):
                yield path


def test_no_file_names_a_folder_of_one_machine() -> None:
    own = [re.escape(str(ROOT))] if len(ROOT.parts) > 2 else []
    folder = re.compile(
        "|".join([*own, r"/home/[a-z]\w*/", "/" + r"Users/\w+/", r"[A-Z]:\\Users\\"])
    )
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in own_files()
        for match in folder.finditer(path.read_text(encoding="utf-8", errors="replace"))
    }
    assert not found


def test_the_list_of_tasks_names_every_action() -> None:
    """What a script reads from `huikuan tasks --json` is one of the words that the page lists."""
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `action` \| (.+) \|$", page, re.MULTILINE)
    assert re.findall(r"`(\w+)`", row) == list(words.ACTIONS)
