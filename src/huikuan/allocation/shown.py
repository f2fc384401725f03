"""What the screens and the command line say about a proposal: rows per collector, reasons in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.casebook.models import AllocationRun
from huikuan.lib.money import format_minor
from huikuan.people.models import User

PRINCIPLES = {
    "requirements": gettext_noop("client's requirements"),
    "mix": gettext_noop("case mix"),
    "capacity": gettext_noop("capacity"),
    "holdings": gettext_noop("current holdings"),
    "return": gettext_noop("back from absence"),
    "lead": gettext_noop("moved by the lead"),
}
LEFT = {
    "nobody_fits": gettext_noop("no collector meets the client's requirements"),
    "all_absent": gettext_noop("every collector who may take it is absent"),
    "all_full": gettext_noop("every collector who may take it is full"),
    "moved": gettext_noop("left out by the lead"),
}
SKIPPED = {
    "taken": gettext_noop("allocated by somebody else since the proposal"),
    "closed": gettext_noop("closed or returned since the proposal"),
    "inactive": gettext_noop("the collector no longer works here"),
}
LACKS = {
    "skills": gettext_noop("the collector lacks a skill that the client asks for"),
    "exclude": gettext_noop("the client excludes this collector"),
    "users": gettext_noop("the client named other collectors"),
    "teams": gettext_noop("the client named another team"),
}


@dataclass(frozen=True)
class Row:
    """What one collector gets, in cases and minor units by currency."""

    user: int
    name: str
    cases: int
    minor: dict[str, int]
    ages: list[int]
    before: int
    after: int
    capacity: int
    absent: bool

    amounts: tuple[dict[str, Any], ...] = ()

    @property
    def over(self) -> bool:
        return self.after > self.capacity


def rows_of(run: AllocationRun) -> list[Row]:
    """One row per collector, those who get most first."""
    summary = run.summary
    currencies = sorted(
        {currency for gets in summary["collectors"].values() for currency in gets["minor"]}
    )
    names = name_of(int(user) for user in summary["collectors"])
    rows = []
    for key, gets in summary["collectors"].items():
        held, _minor, capacity, absent = summary["before"].get(key, [0, {}, 0, False])
        ages = [gets["ages"].get(age, 0) for age in summary["ages"]]
        user, cases, minor = int(key), gets["cases"], gets["minor"]
        amounts = tuple(
            {"currency": currency, "minor": minor.get(currency, 0)} for currency in currencies
        )
        name = names.get(user, "—")
        rows.append(
            Row(user, name, cases, minor, ages, held, held + cases, capacity, absent, amounts)
        )
    return sorted(rows, key=lambda row: (-row.cases, row.name, row.user))


def name_of(users: Iterable[int]) -> dict[int, str]:
    """User id → name as shown."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=list(users))}


def left_text(code: str) -> str:
    return _(LEFT.get(code, code))


def skipped_text(code: str) -> str:
    return _(SKIPPED.get(code, code))


def lacks_text(code: str) -> str:
    return _(LACKS[code])


def reason_text(reason: dict[str, Any], names: dict[int, str]) -> str:
    """A reason as a sentence with its figures."""
    code, principle = reason.get("code", ""), reason.get("principle", "")
    values = {**reason, "name": names.get(reason.get("other", 0), "—")}
    if principle == "lead":
        return _("moved by {name}").format(name=names.get(reason.get("by", 0), "—"))
    if code in LEFT:
        return " ".join(part for part in (left_text(code), _want(reason)) if part)
    if code == "back":
        return _("held it before the absence")
    if code == "only_one":
        return " ".join(
            part
            for part in (_("the only one of {of} who may take it").format(**values), _want(reason))
            if part
        )
    if code == "others_full":
        return _("the other {n} who may take it are full").format(n=reason["fit"] - 1)
    if principle == "mix":
        values["amount"] = format_minor(reason["minor"], reason["currency"])
        values["mean_amount"] = format_minor(reason["mean_minor"], reason["currency"])
        return _(
            "{number} cases (mean {mean_number}), {age_number} of {age} (mean {mean_age}), "
            "{amount} (mean {mean_amount}); next best {name} with {other_number} cases"
        ).format(**values)
    if principle == "capacity":
        return _(
            "{after} of {capacity} places used; next best {name} with {other_after} of {other_capacity}"
        ).format(**values)
    return _("{after} cases afterwards; next best {name} with {other_after}").format(**values)


def _want(reason: dict[str, Any]) -> str:
    words = {
        "skills": gettext_noop("skills"),
        "exclude": gettext_noop("not"),
        "users": gettext_noop("only"),
        "teams": gettext_noop("teams"),
    }
    parts = [
        f"{_(words[key])}: {', '.join(value) or '—'}"
        for key, value in (reason.get("want") or {}).items()
    ]
    return f"({'; '.join(parts)})" if parts else ""
