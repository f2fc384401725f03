"""The house itself: what it is called, of what kind it is, which numbers and names it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection, transaction

from huikuan.casebook import facts, journal
from huikuan.casebook.models import CaseSummary
from huikuan.lib.problems import Problem
from huikuan.people.models import Organisation, User
from huikuan.staff.access import PHONE, code_problems, has_error, lock, may_set_up, text_problems
from huikuan.staff.sentences import problem

#: What `change` may change. The code stays for ever: commands and service users are named by it.
COLUMNS = ("name", "kind", "timezone", "callback_phone", "complaint_phone", "outward_name")
PHONES = ("callback_phone", "complaint_phone")
#: Words that tell a third person what the call is about.
TRADE = ("催收", "清收", "追债", "讨债", "债务", "欠款", "贷款", "贷后", "collect", "debt", "loan")
#: The name that a book of an earlier version gave itself when nobody had said one.
DEFAULT_NAME = "本机构"
LONGEST_NAME = 120
#: Making the first house of the book.
_LOCK = 7_305_026
#: Cases whose facts are made anew in one statement.
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Changed:
    """The house as it stands now, and which columns changed; or why nothing did."""

    house: Organisation | None
    columns: tuple[str, ...] = ()
    refreshed: int = 0
    problems: tuple[Problem, ...] = ()


def check(values: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with these values of the house."""
    return list(_problems(values))


def _problems(values: Mapping[str, str]) -> Iterator[Problem]:
    """Each value that is there; what is not named is not asked."""
    if "name" in values:
        yield from text_problems(values["name"], "name", LONGEST_NAME)

    zone = values.get("timezone")
    if zone is not None and zone not in available_timezones():
        yield problem("house.zone", column="timezone", value=zone)

    for column in PHONES:
        number = values.get(column)
        if number and not PHONE.fullmatch(number):
            yield problem("house.phone", column=column, value=number)

    neutral = values.get("outward_name", "").lower()
    for word in TRADE:
        if word in neutral:
            yield problem("house.trade", column="outward_name", word=word)


@transaction.atomic
def make(values: Mapping[str, str], *, code: str = "house") -> Changed:
    """The first house of a book, with name and kind. Nobody's act: there is no user yet.

    Further houses of one book (an agency beside its principal) are not made here.
    """
    # There is no row yet that could be held: of two who make it at once the second waits here, and
    # then finds the house of the first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])

    problems = code_problems(code) + check({"name": "", **values})
    before = Organisation.objects.order_by("pk").first()
    if before is not None:
        problems.append(problem("house.exists", name=before.name))
    if has_error(problems):
        return Changed(None, problems=tuple(problems))

    house = Organisation.objects.create(code=code, **values)
    return Changed(house, tuple(values))


@transaction.atomic
def change(house_id: int, values: Mapping[str, str], *, actor: User, at: dt.datetime) -> Changed:
    """Writes what differs. Another kind makes the facts of every case anew that depend on it.

    Rules ask whether an agency collects: else a debtor who was not told of it would be called.
    """
    house = lock(house_id)
    if not may_set_up(actor) or actor.organisation_id != house.pk:
        return Changed(house, problems=(problem("staff.house_right"),))
    problems = check(values)
    if has_error(problems):
        return Changed(house, problems=tuple(problems))

    differing = [
        name for name in COLUMNS if name in values and getattr(house, name) != values[name]
    ]
    if not differing:
        return Changed(house, problems=tuple(problems))
    # From what to what: hours and rules follow some of these, and somebody may have to say why.
    said = [f"{name}: {getattr(house, name)} → {values[name]}" for name in differing]
    for name in differing:
        setattr(house, name, values[name])
    house.save(update_fields=differing)
    journal.begin(actor, "staff.house", at=at, reason="; ".join(said))

    refreshed = 0
    if "kind" in differing:
        refreshed = refresh_cases(house)
    return Changed(house, tuple(differing), refreshed, tuple(problems))


def refresh_cases(house: Organisation) -> int:
    """Makes the facts of every case of the house anew; gives how many cases there are."""
    summaries = CaseSummary.objects.filter(organisation_id=house.pk).order_by("case_id")
    ids = list(summaries.values_list("case_id", flat=True))
    for first in range(0, len(ids), BATCH):
        facts.refresh(ids[first : first + BATCH])
    return len(ids)


def warnings(house: Organisation) -> list[str]:
    """What a house should still say of itself before it calls anybody: names of columns."""
    wanting = [column for column in (*PHONES, "outward_name") if not getattr(house, column)]
    if house.name == DEFAULT_NAME:
        wanting.insert(0, "name")
    return wanting


def local_day(house: Organisation, at: dt.datetime) -> dt.date:
    """The day of the house at this moment."""
    return at.astimezone(ZoneInfo(house.timezone)).date()
