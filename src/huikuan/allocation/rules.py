"""The rules of allocation as data: `rules/default.yaml`, and over it what a creditor's own file sets.

A creditor's file lies in the folder of HUIKUAN_PACKS as `allocation/<organisation>/<creditor>.yaml`; `default.yaml`
beside it changes the rules of the whole organisation. Wrong files stop a proposal; all problems are told at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from huikuan.allocation.balance import SOFT, Weights
from huikuan.allocation.requirements import Want
from huikuan.lib import yamlfile
from huikuan.lib.money import exponent
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _

SHIPPED = Path(__file__).parent / "rules" / "default.yaml"
KEYS = ("order", "step", "mix", "ages", "bands", "requirements")


class WrongRules(Exception):
    """The allocation rules cannot be used."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Evenness:
    """What is to be even and how much: cases of creditors with the same one are balanced together."""

    order: tuple[str, ...] = ("requirements", *SOFT)
    step: Decimal = Decimal(10)
    mix: tuple[Decimal, Decimal, Decimal] = (Decimal(1), Decimal(1), Decimal(1))
    ages: tuple[tuple[str, int], ...] = (("M0", -36500), ("M1", 1))
    bands: tuple[Decimal, ...] = (Decimal(0),)

    @property
    def weights(self) -> Weights:
        """The last principle weighs 1, each before it `step` times the next; one that is not named does not count."""
        soft = [name for name in self.order if name in SOFT]
        weights = {
            name: float(self.step ** (len(soft) - 1 - place)) for place, name in enumerate(soft)
        }
        number, amount, age = map(float, self.mix)
        mix, capacity, holdings = (weights.get(name, 0.0) for name in SOFT)
        return Weights(mix, capacity, holdings, number, amount, age)

    def age(self, days_past_due: int | None) -> int:
        """The number of the age class; nothing due counts as the first."""
        return (
            0
            if days_past_due is None
            else max(bisect_right([d for _name, d in self.ages], days_past_due) - 1, 0)
        )

    def bands_minor(self, currency: str) -> list[int]:
        """The lower limits in minor units."""
        return [int(limit.scaleb(exponent(currency))) for limit in self.bands]


@dataclass(frozen=True, slots=True)
class Rules:
    """One creditor's rules."""

    evenness: Evenness
    requirements: tuple[tuple[str | None, Want], ...] = ()

    def want(self, product: str) -> Want:
        """What is asked of those who work this product."""
        want = Want()
        for of_product, asked in self.requirements:
            if of_product in (None, product):
                want &= asked
        return want


def load(organisation: str, creditors: Iterable[str], overlay: Path | None) -> dict[str, Rules]:
    """Creditor code → rules. Raises WrongRules with every problem of every file."""
    problems: list[Problem] = []
    house = read(SHIPPED, Rules(Evenness()), problems)
    folder = overlay / "allocation" / organisation if overlay else None
    if folder and (folder / "default.yaml").is_file():
        house = read(folder / "default.yaml", house, problems)
    found: dict[str, Rules] = {}
    for code in sorted(set(creditors)):
        own = folder / f"{code}.yaml" if folder else None
        found[code] = read(own, house, problems) if own and own.is_file() else house
    if problems:
        raise WrongRules(problems)
    return found


def check(overlay: Path | None) -> list[Problem]:
    """Every problem of the shipped file and of all files below `overlay`/allocation."""
    problems: list[Problem] = []
    house = read(SHIPPED, Rules(Evenness()), problems)
    for path in sorted((overlay / "allocation").rglob("*.yaml")) if overlay else []:
        read(path, house, problems)
    return problems


def read(source: Path | str, base: Rules, problems: list[Problem]) -> Rules:
    """One file over what `base` says. Problems are added; what they concern stays as in `base`."""
    root, found = yamlfile.load(source)
    problems += found
    mapping = _keys(root, (), KEYS, problems)
    if mapping is None:
        return base
    evenness = replace(
        base.evenness,
        order=_order(mapping.get("order"), problems) or base.evenness.order,
        step=_positive(mapping.get("step"), problems) or base.evenness.step,
        mix=_mix(mapping.get("mix"), problems) or base.evenness.mix,
        ages=_ages(mapping.get("ages"), problems) or base.evenness.ages,
        bands=_bands(mapping.get("bands"), problems) or base.evenness.bands,
    )
    asked = mapping.get("requirements")
    return Rules(evenness, base.requirements if asked is None else _requirements(asked, problems))


def _keys(
    node: yamlfile.Node | None,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    problems: list[Problem],
) -> yamlfile.Mapping | None:
    """The mapping, if its keys are right."""
    return (
        yamlfile.as_mapping(node, problems)
        if yamlfile.check_keys(node, required, optional, problems)
        else None
    )


def _order(node: yamlfile.Node | None, problems: list[Problem]) -> tuple[str, ...]:
    items = yamlfile.as_sequence(node, problems) or ()
    names = [yamlfile.as_choice(item, ("requirements", *SOFT), problems) for item in items]
    if node is not None and (names[:1] != ["requirements"] or len(set(names)) != len(names)):
        problems.append(
            _problem(
                node, "allocation.order", _("requirements must come first, and no principle may stand twice"),
                _("write for example [requirements, mix, capacity, holdings]"),
            )
        )  # fmt: skip
    return tuple(name for name in names if name)


def _positive(node: yamlfile.Node | None, problems: list[Problem]) -> Decimal | None:
    value = yamlfile.as_decimal(node, problems)
    if node is not None and value is not None and value < 1:
        problems.append(
            _problem(
                node, "allocation.step", _("the step must be 1 or more"), _("write for example 10")
            )
        )
    return value


def _mix(
    node: yamlfile.Node | None, problems: list[Problem]
) -> tuple[Decimal, Decimal, Decimal] | None:
    mapping = _keys(node, ("number", "amount", "age"), (), problems) if node is not None else None
    if node is None or mapping is None:
        return None
    number, amount, age = (
        yamlfile.as_decimal(mapping[key], problems) for key in ("number", "amount", "age")
    )
    if number is None or amount is None or age is None:
        return None
    if min(number, amount, age) < 0 or not number + amount + age:
        text = _("the weights of the mix must not be negative and not all be zero")
        problems.append(
            _problem(
                node,
                "allocation.mix",
                text,
                _("write for example {{number: 1, amount: 1, age: 1}}"),
            )
        )
        return None
    return number, amount, age


def _ages(node: yamlfile.Node | None, problems: list[Problem]) -> tuple[tuple[str, int], ...]:
    classes: list[tuple[str, int]] = []
    for item in yamlfile.as_sequence(node, problems) or ():
        mapping = _keys(item, ("name", "from"), (), problems)
        if mapping is None:
            continue
        name, days = (
            yamlfile.as_text(mapping["name"], problems),
            yamlfile.as_int(mapping["from"], problems),
        )
        if name is not None and days is not None:
            classes.append((name, days))
    if node is not None and [days for _name, days in classes] != sorted(
        {days for _name, days in classes}
    ):
        text = _("the classes must rise from line to line")
        problems.append(
            _problem(node, "allocation.ages", text, _("sort them by the number of days"))
        )
    return tuple(classes)


def _bands(node: yamlfile.Node | None, problems: list[Problem]) -> tuple[Decimal, ...]:
    limits = [
        yamlfile.as_decimal(item, problems) for item in yamlfile.as_sequence(node, problems) or ()
    ]
    known = [limit for limit in limits if limit is not None]
    if node is not None and (known != sorted(set(known)) or known[:1] != [Decimal(0)]):
        text = _("the bands must begin with 0 and rise")
        problems.append(
            _problem(node, "allocation.bands", text, _("write for example [0, 1000, 5000]"))
        )
    return tuple(known)


def _requirements(
    node: yamlfile.Node, problems: list[Problem]
) -> tuple[tuple[str | None, Want], ...]:
    asked: list[tuple[str | None, Want]] = []
    for item in yamlfile.as_sequence(node, problems) or ():
        mapping = _keys(item, (), ("product", "skills", "exclude", "users", "teams"), problems)
        if mapping is None:
            continue
        skills, exclude, users, teams = (
            _words(mapping.get(key), problems) for key in ("skills", "exclude", "users", "teams")
        )
        want = Want(skills or frozenset(), exclude or frozenset(), users, teams)
        asked.append((yamlfile.as_text(mapping.get("product"), problems), want))
    return tuple(asked)


def _words(node: yamlfile.Node | None, problems: list[Problem]) -> frozenset[str] | None:
    if node is None:
        return None
    words = [
        yamlfile.as_text(item, problems) for item in yamlfile.as_sequence(node, problems) or ()
    ]
    return frozenset(word for word in words if word is not None)


def _problem(node: yamlfile.Node, code: str, message: str, remedy: str) -> Problem:
    return Problem(
        code=code,
        message=message,
        remedy=remedy,
        file=node.file,
        line=node.line,
        column=node.column,
    )
