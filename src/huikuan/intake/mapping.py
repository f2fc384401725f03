"""A mapping says how one creditor's file becomes cases: data, read from YAML, checked as a whole.

Found by name in the overlay folder (HUIKUAN_PACKS/mappings/NAME.yaml), then among the shipped examples
(huikuan/intake/examples/NAME/mapping.yaml), or by its path.
"""

from __future__ import annotations

from pathlib import Path

from huikuan.intake.mapping_file import read
from huikuan.intake.mapping_form import FIELDS, Mapping, MonthsLate, Source
from huikuan.lib.problems import Problem, did_you_mean

__all__ = [
    "EXAMPLES",
    "FIELDS",
    "Mapping",
    "MonthsLate",
    "NoMapping",
    "Source",
    "WrongMapping",
    "find",
    "load",
    "names",
]
EXAMPLES = Path(__file__).parent / "examples"


class NoMapping(LookupError):
    """No mapping of this name: carries what there is and the nearest name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(name)
        self.name, self.known, self.near = name, known, did_you_mean(name, known)


class WrongMapping(ValueError):
    """The mapping file has mistakes; all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def names(overlay: Path | None = None) -> list[str]:
    """Names of all mappings, the overlay's and the shipped ones."""
    own = {path.stem for path in (overlay / "mappings").glob("*.yaml")} if overlay else set()
    return sorted(own | {path.parent.name for path in EXAMPLES.glob("*/mapping.yaml")})


def is_own(name: str, overlay: Path | None) -> bool:
    """Whether the overlay has a mapping of this name."""
    return overlay is not None and (overlay / "mappings" / f"{name}.yaml").exists()


def find(name: str, overlay: Path | None = None) -> Path:
    """The file of a mapping. Raises NoMapping."""
    given = Path(name)
    candidates = [given] if given.suffix in (".yaml", ".yml") else []
    if name and Path(name).name == name:
        candidates += [overlay / "mappings" / f"{name}.yaml"] if overlay else []
        candidates += [EXAMPLES / name / "mapping.yaml"]
    for path in candidates:
        if path.is_file():
            return path
    raise NoMapping(name, names(overlay))


def load(name: str, overlay: Path | None = None) -> Mapping:
    """The mapping of this name or path. Raises NoMapping, WrongMapping."""
    mapping, problems = read(find(name, overlay))
    if mapping is None or any(problem.severity == "error" for problem in problems):
        raise WrongMapping(problems)
    return mapping
