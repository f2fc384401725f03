"""Whether the packs that a mapping names can be followed: cases without a procedure would get no
work.

What is wrong is a problem of the mapping, with its file and line, like every other mistake in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from huikuan.casebook import packs, spells
from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.intake.mapping import Mapping, WrongMapping
from huikuan.intake.mapping_form import PackLine
from huikuan.intake.receive import local_day
from huikuan.intake.sentences import problem
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.people.models import Creditor


def must_be_usable(mapping: Mapping, creditor: Creditor, at: dt.datetime) -> None:
    """Raises WrongMapping with everything that is wrong with the mapping's packs at this moment."""
    problems = pack_problems(mapping, creditor, local_day(creditor, at))
    if problems:
        raise WrongMapping(problems)


def pack_problems(mapping: Mapping, creditor: Creditor, on: dt.date) -> list[Problem]:
    """Of each line of the mapping the pack that is unknown, not signed, or not in force from its
    day.
    """
    versions = PackVersion.objects.values_list("pack", "kind", "approved_by")
    stored = list(versions)
    return [found for line in mapping.packs for found in _of_line(line, stored, creditor, on)]


def _of_line(
    line: PackLine, stored: list[tuple[str, str, str]], creditor: Creditor, on: dt.date
) -> Iterator[Problem]:
    """At most one problem: the first thing that keeps the pack from being followed."""
    procedures = {pack for pack, kind, _by in stored if kind == PackVersion.Kind.PLAYBOOK}
    signed = {pack for pack, _kind, approved_by in stored if approved_by}
    params: dict[str, object] = {"pack": line.pack, "from_on": line.from_on}

    if line.pack not in procedures:
        is_rules = any(pack == line.pack for pack, _kind, _by in stored)
        yield _say(line, *_unknown(line.pack, procedures, is_rules=is_rules))
        return
    if line.pack not in signed:
        yield _say(line, "mapping.pack_unsigned", params)
        return

    first_on = _first_day(line.pack, creditor, max(line.from_on, on))
    if first_on is None:
        yield _say(line, "mapping.pack_inactive", params)
    elif first_on > line.from_on:
        yield _say(line, "mapping.pack_later", params | {"first_on": first_on})


def _unknown(pack: str, procedures: set[str], *, is_rules: bool) -> tuple[str, dict[str, object]]:
    """The problem of a name that is no procedure, and its parameters."""
    known = ", ".join(sorted(procedures)) or "-"
    if is_rules:
        return "mapping.pack_rules", {"pack": pack, "known": known}

    near = did_you_mean(pack, procedures)
    if near:
        return "mapping.pack_unknown_near", {"pack": pack, "suggestion": near}
    return "mapping.pack_unknown", {"pack": pack, "known": known}


def _first_day(pack: str, creditor: Creditor, on: dt.date) -> dt.date | None:
    """The first day from which the pack holds for the creditor; None where nothing holds from
    `on`.
    """
    of_house = Q(organisation=None)
    of_house |= Q(organisation_id=packs.deciding_house(creditor.organisation))
    mine = Q(creditor=None) if creditor.pk is None else Q(creditor=None) | Q(creditor=creditor)
    rows = spells.known(PackActivation.objects.filter(of_house, mine, pack=pack), None)
    if not spells.overlapping(rows, on, None).exists():
        return None
    return rows.order_by("from_on").values_list("from_on", flat=True).first()


def _say(line: PackLine, code: str, params: dict[str, object]) -> Problem:
    place = line.place
    return problem(code, params, file=place.file, line=place.line, column=place.column)
