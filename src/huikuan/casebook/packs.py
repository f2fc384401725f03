"""The packs that are in force, read from their stored versions: playbooks, outcomes, scripts,
rules.

A stored version never changes, so each is read once in the life of the process. What is in force
changes when a version is activated or a creditor is bound, by whatever process: one line that
names all of it is compared for each question. Inside `one_answer` (a web request) it is asked for
once, so that a page does not contradict itself; whoever writes an activation or a binding calls
`changed`.
"""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from huikuan.casebook import activations, spells, to_plan
from huikuan.casebook.activations import Active, by_house
from huikuan.casebook.holding import Bound, Follows, Holding, products
from huikuan.casebook.models import Case, PackActivation, PackBinding, PackVersion
from huikuan.engine import limits, playbook, scripts, vocabulary
from huikuan.engine.fact import Fact
from huikuan.engine.outcomes import Outcomes, read_outcomes
from huikuan.engine.pack import hash_of
from huikuan.engine.scripts import Script
from huikuan.people.models import Creditor, Organisation

__all__ = ["Bound", "Follows", "Holding"]

#: Id, pack and hash of each stored playbook version.
Stored = tuple[tuple[int, str, str], ...]
#: Every activation, every binding, every stored version and every house with its creditors, as one
#: row. The hash stands beside the version's id because in tests the same id may come again with
#: other content.
_STAMP = """
SELECT
    coalesce((
        SELECT md5(string_agg(concat_ws(':', a.id, v.hash, a.pack, a.from_on, a.until_on,
            a.organisation_id, a.creditor_id, a.product, a.team_id, a.recorded_at, a.replaced_at),
            ',' ORDER BY a.id))
        FROM casebook_packactivation a JOIN casebook_packversion v ON v.id = a.version_id), ''),
    coalesce((
        SELECT md5(string_agg(concat_ws(':', id, creditor_id, product, pack, from_on, until_on,
            recorded_at, replaced_at), ',' ORDER BY id))
        FROM casebook_packbinding), ''),
    (SELECT concat_ws(':', count(*), max(id)) FROM casebook_packversion),
    coalesce((
        SELECT md5(string_agg(concat_ws(':', o.id, o.principal_id, c.id), ',' ORDER BY o.id, c.id))
        FROM people_organisation o LEFT JOIN people_creditor c ON c.organisation_id = o.id), '')
"""
#: What it answers; each line is compared by itself.
Stamp = tuple[str, str, str, str]


class ChangedVersion(ValueError):
    """Somebody wrote past the product: the texts of a version are not those of its hash.

    A version is signed by its hash, so nobody has signed them, and nothing follows them.
    """


@dataclass(frozen=True)
class Words:
    """What a playbook says beside its steps: outcomes (None: it has none) and scripts by id."""

    outcomes: Outcomes | None
    scripts: Mapping[str, Script]


def holding(on: dt.date, known_at: dt.datetime | None = None) -> Holding:
    """Everything that holds on the day, or that was thought at `known_at` to hold on it.

    One small query; the rest is read anew only after a change.
    """
    return _holding(on, known_at, *_stamp())


def in_force(on: dt.date, known_at: dt.datetime | None = None) -> list[PackVersion]:
    """The versions that hold on the day in any house, in the order of the packs' names.

    Of one pack there may be several, each for a part of the cases; the one for all comes first.
    Texts are fetched when they are asked for.
    """
    return list(holding(on, known_at).versions)


def in_force_in(
    house: Organisation | None, on: dt.date, known_at: dt.datetime | None = None
) -> list[PackVersion]:
    """The versions that hold in one house, as `in_force` gives them; without a house those that
    came with the program.
    """
    deciding = None if house is None else deciding_house(house)
    return holding(on, known_at).versions_of(deciding)


def deciding_house(house: Organisation) -> int:
    """The id of the house that decides which versions are in force: an agency works by those of
    its principal.
    """
    return house.principal_id or house.pk


def bindings(on: dt.date, known_at: dt.datetime | None = None) -> Bound:
    """Which packs each creditor and product is bound to on the day.

    A binding for every product is given for each product that the creditor has, and for "".
    """
    day = holding(on, known_at)
    return [
        (creditor_id, product, pack)
        for creditor_id, product in _pairs(day)
        for pack in day.packs_of(creditor_id, product)
    ]


def follows(on: dt.date, known_at: dt.datetime | None = None) -> list[Follows]:
    """Which version each creditor's product follows on the day; the form in which a plan asks."""
    day = holding(on, known_at)
    return day.follows(_pairs(day))


def _pairs(day: Holding) -> list[tuple[int, str]]:
    bound = {(creditor_id, product) for creditor_id, product, _pack in day.bound}
    for_every = {creditor_id for creditor_id, product in bound if product == ""}
    if for_every:
        bound |= {pair for pair in products() if pair[0] in for_every}
    return sorted(bound)


def of_case(case: Case, on: dt.date, known_at: dt.datetime | None = None) -> list[PackVersion]:
    """The playbooks in force on the day for one case, in the order of their names."""
    day = holding(on, known_at)
    chosen = {line.version_id for line in day.of_case(case, on, known_at)}
    return [version for version in day.playbooks if version.pk in chosen]


class _Scope(threading.local):
    """The stamp that was read for the request of this thread; `depth` 0 outside of a request."""

    depth = 0
    stamp: Stamp | None = None


_scope = _Scope()


@contextmanager
def one_answer() -> Iterator[None]:
    """Inside the block what is in force is asked for once, and again after `changed`."""
    if _scope.depth == 0:
        _scope.stamp = None
    _scope.depth += 1
    try:
        yield
    finally:
        _scope.depth -= 1


def changed() -> None:
    """To be called by whoever wrote an activation or a binding: it holds at once, and the day's
    list follows it.
    """
    _scope.stamp = None
    to_plan.mark_all()


def _stamp() -> Stamp:
    if _scope.depth and _scope.stamp:
        return _scope.stamp

    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        stamp: Stamp = cursor.fetchone()
    if _scope.depth:
        _scope.stamp = stamp
    return stamp


@functools.lru_cache(maxsize=64)
def _holding(
    on: dt.date,
    known_at: dt.datetime | None,
    _activations: str,
    _bindings: str,
    _versions: str,
    _houses: str,
) -> Holding:
    """The day by its rows; kept as long as the stamp of all rows is the same."""
    said = PackActivation.objects.select_related("version").defer(
        "version__content", "version__compiled"
    )
    rows = spells.on_day(spells.known(said, known_at), on)
    active = by_house(activations.active(row) for row in rows)

    # Each version once, where its widest activation stands.
    every = sorted({row for mine in active.values() for row in mine}, key=_pack_and_rank)
    ids = list(dict.fromkeys(row.version_id for row in every))
    found = PackVersion.objects.defer("content", "compiled").in_bulk(ids)
    versions = [found[version_id] for version_id in ids]

    bound = spells.on_day(spells.known(PackBinding.objects.all(), known_at), on)
    lines = bound.order_by("creditor_id", "product", "pack", "pk")
    named = [(row.creditor_id, row.product, row.pack) for row in lines]
    return Holding(tuple(versions), active, tuple(dict.fromkeys(named)), _houses_of_creditors())


def _pack_and_rank(row: Active) -> tuple[object, ...]:
    return (row.pack, row.rank)


def _houses_of_creditors() -> dict[int, int]:
    """Creditor → the house whose activations decide about its cases."""
    creditors = Creditor.objects.values_list("pk", "organisation_id", "organisation__principal_id")
    return {pk: principal_id or house_id for pk, house_id, principal_id in creditors}


def stored_playbooks() -> Stored:
    """Every stored playbook version, also those not in force now: their tasks may still be open."""
    return _stored_playbooks(*_stamp())


@functools.lru_cache(maxsize=8)
def _stored_playbooks(_activations: str, _bindings: str, _versions: str, _houses: str) -> Stored:
    versions = PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK).order_by("pk")
    return tuple(versions.values_list("pk", "pack", "hash"))


def activated_playbooks() -> Stored:
    """Every stored playbook version that is, was or will be in force for somebody."""
    return _activated_playbooks(*_stamp())


@functools.lru_cache(maxsize=8)
def _activated_playbooks(_activations: str, _bindings: str, _versions: str, _houses: str) -> Stored:
    active = spells.known(PackActivation.objects.all(), None).values("version_id")
    versions = PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK, pk__in=active)
    return tuple(versions.order_by("pk").values_list("pk", "pack", "hash"))


def days_of_case(case: Case, on: dt.date, parameter: str) -> int | None:
    """A figure of the procedure of a case, such as days; None where its procedures have none."""
    for each in of_case(case, on):
        days = playbook_of(each).days(parameter)
        if days is not None:
            return days
    return None


def version(version_id: int) -> PackVersion:
    return _version(version_id)


@functools.lru_cache(maxsize=64)
def _version(version_id: int) -> PackVersion:
    return PackVersion.objects.defer("content", "compiled").get(pk=version_id)


def playbook_of(version: PackVersion) -> playbook.Playbook:
    """ValueError for a stored version that cannot be read any more."""
    return _playbook(version.pack, version.hash)


def limits_of(version: PackVersion) -> limits.Limits:
    """ValueError for a stored version that cannot be read any more."""
    return _limits(version.pack, version.hash)


def words_of(version: PackVersion) -> Words:
    """Outcome codes and scripts of a playbook's version."""
    return _words(version.pack, version.hash)


def step_of(version_id: int, code: str) -> playbook.Step:
    """The step as the version that made a task has it."""
    return playbook_of(_version(version_id)).step(code)


# by content, not by row: the hash is over all files of the pack; in tests the same id may come
# again with other content


def _content(pack: str, hash: str) -> dict[str, str]:
    """The texts that were signed. Raises ChangedVersion where they are others by now."""
    found = PackVersion.objects.values_list("content", flat=True).get(pack=pack, hash=hash)
    files = dict(found)
    if hash_of(files) != hash:
        raise ChangedVersion(f"pack version {pack} {hash[:12]}: the texts are not those signed")
    return files


def changed_versions() -> list[PackVersion]:
    """The stored versions whose texts are not those that were signed, read anew."""
    rows = PackVersion.objects.defer("compiled").order_by("pk")
    return [row for row in rows.iterator() if hash_of(row.content) != row.hash]


@functools.lru_cache(maxsize=64)
def _playbook(pack: str, hash: str) -> playbook.Playbook:
    book, problems = playbook.read_playbook(
        _content(pack, hash), vocabulary.standard(), stored=True
    )
    if book is None:
        raise ValueError(f"pack version {pack} {hash[:12]} cannot be read: {problems[0]}")
    return book


#: Totals of procedures that were asked for, by name. A version never changes.
_totals: dict[str, Fact] = {}


def total_named(name: str) -> Fact | None:
    """The total that a procedure calls so, of the newest version that has it: reasons of tasks name
    it, and only its own procedure knows whether it is an amount.
    """
    if name in _totals:
        return _totals[name]

    playbooks = PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK)
    for pack, hash in playbooks.order_by("-pk").values_list("pack", "hash"):
        try:
            fact = _playbook(pack, hash).vocabulary.get(name)
        except ValueError:
            # Another version tells it; that this one cannot be read is told by the plan.
            continue
        if fact is not None and fact.total is not None:
            _totals[name] = fact
            return fact
    return None


@functools.cache
def _any_words() -> vocabulary.Vocabulary:
    return vocabulary.standard().with_any_words()


@functools.lru_cache(maxsize=64)
def _limits(pack: str, hash: str) -> limits.Limits:
    rules, problems = limits.read_limits(_content(pack, hash), _any_words())
    if rules is None:
        raise ValueError(f"pack version {pack} {hash[:12]} cannot be read: {problems[0]}")
    return rules


@functools.lru_cache(maxsize=64)
def _words(pack: str, hash: str) -> Words:
    files = _content(pack, hash)
    read, _problems = scripts.read_scripts(files)
    return Words(read_outcomes(files, list(read))[0], read)
