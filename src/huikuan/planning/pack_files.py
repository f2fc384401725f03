"""The files of a pack folder: their texts, and what is wrong with them before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from huikuan.engine import clock_cases, clock_file, lists, outcomes, talk_cases, times_cases
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _
from huikuan.planning import specification, step_table

#: Texts that belong to a version of a pack, by the ends of their names.
_TEXTS = (".yaml", ".md", ".typ")
#: Ends of names by which an author means YAML.
_YAML = (".yaml", ".yml")
_TESTS = "tests"
#: Files of a pack that are read, beside its scripts and its specification.
PACK = "pack.yaml"
PLAYBOOK = "playbook.yaml"
RULES = "rules.yaml"
_READ = (PACK, PLAYBOOK, RULES, clock_file.FILE, outcomes.FILE, lists.FILE)
#: Folders in which the cases of a specification stand.
_FOLDERS_OF_CASES = (
    _TESTS,
    f"{_TESTS}/{specification.QUEUES}",
    step_table.FOLDER,
    clock_cases.FOLDER,
    talk_cases.FOLDER,
    times_cases.FOLDER,
)


@dataclass(frozen=True)
class Files:
    """`texts`: file name → text of all that belongs to the version. `problems`: an error for each
    file that is no text, a warning for each that nobody reads.
    """

    texts: dict[str, str]
    problems: list[Problem]

    @property
    def is_readable(self) -> bool:
        """Whether every file is a text, so that the pack can be checked."""
        return not any(problem.severity == "error" for problem in self.problems)


def files_of(folder: Path) -> Files:
    """Every text file of the pack but its tests, whatever is wrong with the others."""
    found = Files({}, [])
    for path in sorted(folder.rglob("*")):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        if not path.is_file() or _is_hidden(place):
            continue

        found.problems.extend(_unread(place))
        if path.suffix in _TEXTS and place.parts[0] != _TESTS:
            _read(path, place.as_posix(), found)
    found.problems.extend(_missing(folder))
    return found


def texts_of(folder: Path) -> dict[str, str]:
    """The texts of a folder that is known to be in order."""
    return files_of(folder).texts


def _read(path: Path, name: str, found: Files) -> None:
    """Adds the text of the file, or why it is none."""
    text, problems = yamlfile.read_text(path, name)
    found.problems.extend(problems)
    if text is not None:
        found.texts[name] = text


def _is_hidden(place: PurePosixPath) -> bool:
    """Files that editors and version control leave behind."""
    return any(part.startswith((".", "~", "__")) or part.endswith("~") for part in place.parts)


def _unread(place: PurePosixPath) -> Iterator[Problem]:
    """A warning where the author means a file that nobody reads, such as clock.yaml."""
    if place.suffix.lower() not in _YAML:
        return
    name = place.as_posix()
    folder = place.parent.as_posix()
    if name in _READ or (place.suffix == ".yaml" and folder in _FOLDERS_OF_CASES):
        return

    near = _meant(place)
    remedy = _("rename it to {near}") if near else _("write it into a file that is read: {known}")
    params: dict[str, object] = {"near": near or "", "known": ", ".join(_READ)}
    yield Problem(
        "pack.unread", _("nobody reads this file"), remedy, params, name, severity="warning"
    )


def _meant(place: PurePosixPath) -> str | None:
    """The file that the author probably means."""
    as_yaml = place.with_suffix(".yaml")
    folder = place.parent.as_posix()
    if folder == ".":
        return did_you_mean(as_yaml.as_posix(), _READ)
    if folder in _FOLDERS_OF_CASES:
        return as_yaml.as_posix()

    near = did_you_mean(folder, _FOLDERS_OF_CASES)
    return f"{near}/{as_yaml.name}" if near else None


def _missing(folder: Path) -> Iterator[Problem]:
    """A pack holds a playbook or rules."""
    has_content = any((folder / name).is_file() for name in (PLAYBOOK, RULES))
    if (folder / PACK).is_file() and not has_content:
        message = _("the file does not exist or cannot be read")
        remedy = _("write the steps into playbook.yaml; for contact rules write rules.yaml")
        yield Problem("yaml.not_found", message, remedy, {}, PLAYBOOK)
