"""The packs that are in force, read from their stored versions: playbooks, outcome codes, scripts, contact rules.

A stored version never changes, so each is read once in the life of the process. What is in force changes when a version is
loaded or signed or a creditor is bound, by whatever process: one line that names all of it is compared, once for each web
request (what a page says is of one piece) and for each question elsewhere.
"""

from __future__ import annotations

import datetime as dt
import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.models.signals import post_save

from huikuan.casebook.models import Case, PackBinding, PackVersion
from huikuan.engine import limits, playbook, scripts, vocabulary
from huikuan.engine.outcomes import Outcomes, read_outcomes
from huikuan.engine.scripts import Script

#: Creditor, product, pack.
Bound = list[tuple[int, str, str]]
#: Id, pack and hash of each stored playbook version.
Stored = tuple[tuple[int, str, str], ...]
#: Everything of the versions and bindings that decides what is in force, as one row.
_STAMP = """
SELECT coalesce((SELECT md5(string_agg(concat_ws(':', id, hash, approved_by, effective_from), ',' ORDER BY id))
        FROM casebook_packversion), ''),
    coalesce((SELECT md5(string_agg(concat_ws(':', id, creditor_id, product, pack, from_on), ',' ORDER BY id))
        FROM casebook_packbinding), '')
"""


@dataclass(frozen=True)
class Words:
    """What a playbook says beside its steps: outcome codes (None: the pack has none) and scripts by id."""

    outcomes: Outcomes | None
    scripts: Mapping[str, Script]


@dataclass(frozen=True)
class Holding:
    """What holds on a day: the versions in force and the bindings."""

    versions: tuple[PackVersion, ...]
    bound: tuple[tuple[int, str, str], ...]


def in_force(on: dt.date) -> list[PackVersion]:
    """The version of each pack that holds on the day: the newest effective one that is signed. Its texts are fetched when
    asked for.
    """
    return list(holding(on).versions)


def bindings(on: dt.date) -> Bound:
    """Which pack runs for which creditor and product on the day: of each, the newest binding."""
    return list(holding(on).bound)


def holding(on: dt.date) -> Holding:
    """Versions and bindings of the day. One small query; the rest is read anew only when a version or a binding changed."""
    return _holding(on, *_stamp())


class _Request(threading.local):
    """The web request of this thread, if there is one, and the stamp that was read for it."""

    open = False
    stamp: tuple[str, str] | None = None

    def begin(self, **_signal: object) -> None:
        self.open, self.stamp = True, None

    def end(self, **_signal: object) -> None:
        self.open, self.stamp = False, None

    def changed(self, **_signal: object) -> None:
        """What the request itself wrote holds at once."""
        self.stamp = None


_request = _Request()
request_started.connect(_request.begin)
request_finished.connect(_request.end)
for _model in (PackVersion, PackBinding):
    post_save.connect(_request.changed, sender=_model)


def _stamp() -> tuple[str, str]:
    if _request.stamp:
        return _request.stamp
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        found: tuple[str, str] = cursor.fetchone()
    if _request.open:
        _request.stamp = found
    return found


@functools.lru_cache(maxsize=64)
def _holding(on: dt.date, _versions: str, _bindings: str) -> Holding:
    return Holding(tuple(_in_force(on)), tuple(_bindings_on(on)))


def stored_playbooks() -> Stored:
    """Every stored playbook version, also those no longer in force: their tasks may still be open."""
    return _stored_playbooks(*_stamp())


@functools.lru_cache(maxsize=8)
def _stored_playbooks(_versions: str, _bindings: str) -> Stored:
    versions = PackVersion.objects.filter(kind=PackVersion.Kind.PLAYBOOK).order_by("pk")
    return tuple(versions.values_list("pk", "pack", "hash"))


def _in_force(on: dt.date) -> list[PackVersion]:
    signed = PackVersion.objects.filter(effective_from__lte=on).exclude(approved_by="")
    newest = signed.order_by("pack", "-effective_from", "-id")
    return list(newest.distinct("pack").defer("content", "compiled"))


def _bindings_on(on: dt.date) -> Bound:
    newest = PackBinding.objects.filter(from_on__lte=on).order_by(
        "creditor_id", "product", "-from_on"
    )
    days: dict[tuple[int, str], dt.date] = {}
    for binding in newest:
        days.setdefault((binding.creditor_id, binding.product), binding.from_on)
    return [
        (b.creditor_id, b.product, b.pack)
        for b in newest
        if days[b.creditor_id, b.product] == b.from_on
    ]


def of_case(case: Case, on: dt.date) -> list[PackVersion]:
    """The playbooks in force on the day for the case's creditor and product, in the order of their names."""
    day = holding(on)
    mine = {
        pack
        for creditor, product, pack in day.bound
        if (creditor, product) == (case.creditor_id, case.product)
    }
    return [v for v in day.versions if v.kind == PackVersion.Kind.PLAYBOOK and v.pack in mine]


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


# by content, not by row: the hash is over all files of the pack; in tests the same id may come again with other content


def _content(pack: str, hash: str) -> dict[str, str]:
    return dict(PackVersion.objects.values_list("content", flat=True).get(pack=pack, hash=hash))


@functools.lru_cache(maxsize=64)
def _playbook(pack: str, hash: str) -> playbook.Playbook:
    book, problems = playbook.read_playbook(
        _content(pack, hash), vocabulary.standard(), stored=True
    )
    if book is None:
        raise ValueError(f"pack version {pack} {hash[:12]} cannot be read: {problems[0]}")
    return book


@functools.lru_cache(maxsize=64)
def _limits(pack: str, hash: str) -> limits.Limits:
    rules, problems = limits.read_limits(_content(pack, hash), vocabulary.standard())
    if rules is None:
        raise ValueError(f"pack version {pack} {hash[:12]} cannot be read: {problems[0]}")
    return rules


@functools.lru_cache(maxsize=64)
def _words(pack: str, hash: str) -> Words:
    files = _content(pack, hash)
    read, _problems = scripts.read_scripts(files)
    return Words(read_outcomes(files, list(read))[0], read)
