"""How code is written here, as far as a program can see it. `make check` runs this file.

Files that were written before these rules stand in pyproject.toml under [tool.huikuan.style].
A file leaves that list when it is rewritten, and never comes back; a new file is never on it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: A body of more lines than this has paragraphs, and its function a docstring.
SHORT_BODY = 10
#: The list of files was this long when it was made. It only becomes shorter.
MOST_FILES_NOT_YET = 410
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: A conditional expression may be the whole of an assignment, an answer, or a lambda.
MAY_HOLD_IF = (ast.Assign, ast.AnnAssign, ast.Return, ast.Lambda)
#: What ruff asks of a rewritten file, beside what it asks of every file.
RUFF = (
    "--select=E501,C901,D101,D103",
    "--line-length=100",
    "--config=lint.pycodestyle.max-line-length=100",
    "--config=lint.mccabe.max-complexity=8",
)


@dataclass(frozen=True)
class Fault:
    """One place that is not written as the house writes."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def source_files() -> list[str]:
    """Every Python file of ours but the migrations, as a path from the root."""
    paths = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py")]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return sorted(name for name in names if "/migrations/" not in name)


def not_yet_rewritten() -> list[str]:
    """The files of pyproject.toml that older ways are still allowed in."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)
    return list(settings["tool"]["huikuan"]["style"]["not_yet"])


def is_test(name: str) -> bool:
    return name.startswith("tests/") or "/tests/" in name


def faults_of_text(name: str, text: str) -> Iterator[Fault]:
    """What the syntax tree of a file shows."""
    tree = ast.parse(text)
    lines = text.splitlines()

    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            yield from _faults_of_function(name, node, lines)
        if isinstance(node, COMPREHENSIONS) and _holds_comprehension(node):
            yield Fault(name, node.lineno, "a comprehension inside a comprehension")
        if isinstance(node, ast.Assign) and _assigns_many(node):
            yield Fault(name, node.lineno, "several values are assigned at once")
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.IfExp) and not isinstance(node, MAY_HOLD_IF):
                yield Fault(
                    name, child.lineno, "a conditional expression inside another expression"
                )


def _faults_of_function(
    name: str, function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]
) -> Iterator[Fault]:
    """A function of more than ten lines says what it is for, and has paragraphs."""
    docstring = ast.get_docstring(function)
    body = function.body[1:] if docstring else function.body
    if not body:
        return

    first_line = body[0].lineno
    last_line = body[-1].end_lineno or first_line
    if last_line - first_line < SHORT_BODY:
        return

    if not docstring and not is_test(name):
        yield Fault(name, function.lineno, f"{function.name} has no docstring")
    # One long statement, such as a call with many arguments, has no paragraphs to part.
    if len(body) > 1 and not any(not line.strip() for line in lines[first_line - 1 : last_line]):
        yield Fault(name, function.lineno, f"{function.name} has no blank line between its steps")


def _holds_comprehension(node: ast.AST) -> bool:
    inner = [child for child in ast.walk(node) if child is not node]
    return any(isinstance(child, COMPREHENSIONS) for child in inner)


def _assigns_many(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple)


def ruff_faults(names: list[str]) -> list[str]:
    """What ruff says of the files under the stricter rules, a line each."""
    program = Path(sys.executable).parent / "ruff"
    command = [str(program), "check", *RUFF, "--output-format=concise", "--quiet"]
    answer = subprocess.run(
        [*command, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # 0: nothing found; 1: faults found. Anything else is ruff's own failure, and proves nothing.
    if answer.returncode not in (0, 1):
        raise RuntimeError(f"ruff could not check the style: {answer.stderr.strip()}")

    found = answer.stdout.splitlines()
    return [line for line in found if not (is_test(line) and (" D101" in line or " D103" in line))]


def faults_of_file(name: str) -> list[Fault]:
    return list(faults_of_text(name, (ROOT / name).read_text(encoding="utf-8")))


def main() -> int:
    """Prints every fault of the rewritten files, and what is wrong with the list of the others."""
    names = source_files()
    waiting = not_yet_rewritten()
    rewritten = [name for name in names if name not in waiting]

    said = ruff_faults(rewritten)
    for name in rewritten:
        said += [str(fault) for fault in faults_of_file(name)]

    gone = [name for name in waiting if name not in names]
    said += [f"pyproject.toml: {name} is on the list and does not exist" for name in gone]
    if len(waiting) > MOST_FILES_NOT_YET:
        said.append(f"pyproject.toml: the list may name {MOST_FILES_NOT_YET} files, not more")

    print("\n".join(said) or f"style: {len(rewritten)} files, {len(waiting)} not yet rewritten")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
