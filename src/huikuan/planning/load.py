"""Loads packs: the files of a folder become a PackVersion. A run reads versions, never files."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

import huikuan.packs
from huikuan.casebook.models import PackVersion
from huikuan.engine import limits, playbook, requirements, vocabulary
from huikuan.engine.pack import Pack
from huikuan.lib.problems import Problem, did_you_mean
from huikuan.lib.problems import gettext_noop as _
from huikuan.people.roles import known_codes, shipped_codes
from huikuan.planning import steps

SHIPPED = Path(huikuan.packs.__file__).parent
_LOCK = 7_305_001


@dataclass(frozen=True)
class Checked:
    """What a pack folder holds and everything that is wrong with it."""

    name: str
    folder: Path
    kind: str
    playbook: playbook.Playbook | None
    limits: limits.Limits | None
    problems: list[Problem]

    @property
    def pack(self) -> Pack | None:
        content = self.playbook or self.limits
        return content.pack if content else None


def folders() -> dict[str, Path]:
    """Pack name → folder. A folder of the user's (HUIKUAN_PACKS) takes the place of a shipped one of the same name."""
    found = {path.parent.name: path.parent for path in sorted(SHIPPED.glob("*/pack.yaml"))}
    own = settings.HUIKUAN.packs
    if own:
        found |= {path.parent.name: path.parent for path in sorted(Path(own).glob("*/pack.yaml"))}
    return found


def is_shipped(folder: Path) -> bool:
    return folder.is_relative_to(SHIPPED)


def read_files(folder: Path) -> dict[str, str]:
    """Every text file of the pack but its tests."""
    wanted = (".yaml", ".md", ".typ")
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in wanted and "tests" not in path.relative_to(folder).parts
    ]
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8-sig") for path in paths
    }


def check(name: str, folder: Path, roles: Collection[str] = ()) -> Checked:
    """Reads and checks one pack folder; the check itself only once for the same texts.

    `roles`: codes of the roles that exist; none given: those that ship, which needs no book.
    """
    known = tuple(sorted(roles or shipped_codes()))
    kind, book, rules, problems = _read(tuple(read_files(folder).items()), known)
    return Checked(name, folder, kind, book, rules, [*problems, *_unknown_tracks(book)])


def _unknown_tracks(book: playbook.Playbook | None) -> list[Problem]:
    """A case that is handed over to a procedure which does not exist would be nobody's."""
    if book is None:
        return []

    known = list(folders())
    found = []
    for handed in book.track.hands_over:
        if handed.pack in known:
            continue
        near = did_you_mean(handed.pack, known)
        found.append(
            Problem(
                "pack.track",
                _("cases are handed over to the procedure {pack}, which does not exist"),
                _("did you mean {near}?") if near else _("known here: {known}"),
                {"pack": handed.pack, "near": near, "known": ", ".join(known)},
                file="playbook.yaml",
            )
        )
    return found


@functools.lru_cache(maxsize=16)
def _read(
    texts: tuple[tuple[str, str], ...],
    roles: tuple[str, ...],
) -> tuple[str, playbook.Playbook | None, limits.Limits | None, tuple[Problem, ...]]:
    files = dict(texts)
    if "rules.yaml" in files:
        rules, problems = limits.read_limits(files, vocabulary.standard())
        return "limits", None, rules, (*problems, *requirements.check_served(files))
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=roles)
    return "playbook", book, None, (*problems, *requirements.check_served(files))


def load_all(*, at: dt.datetime) -> list[Problem]:
    """Stores a version of every pack whose files changed. A pack with errors is left as it was; its problems are returned,
    and a warning for each version that nobody has approved.
    """
    problems: list[Problem] = []
    roles = known_codes()
    for name, folder in folders().items():
        checked = check(name, folder, roles)
        errors = [p.at(file=f"{name}/{p.file}") for p in checked.problems if p.severity == "error"]
        if checked.playbook:
            errors += [p.at(file=f"{name}/{p.file}") for p in steps.moved(checked.playbook)]
        problems += errors
        if checked.pack and not errors:
            version = store(checked, at=at)
            if not version.approved_by:
                problems.append(unsigned(checked))
    return problems


def unsigned(checked: Checked) -> Problem:
    """An own pack that no manager has signed is stored, and does not come into force."""
    assert checked.pack is not None
    return Problem(
        "pack.unsigned",
        _("version {version} is not approved; the version approved before stays in force"),
        _("a manager approves it on the page of the pack, or: huikuan check {name} --approve USER"),
        {"version": checked.pack.version, "name": checked.name},
        file=f"{checked.name}/pack.yaml",
        severity="warning",
    )


@transaction.atomic
def store(checked: Checked, *, at: dt.datetime) -> PackVersion:
    """The version with this content: the stored one, or a new one."""
    pack = checked.pack
    assert pack is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    version, _made = PackVersion.objects.get_or_create(
        pack=pack.name,
        hash=pack.hash,
        defaults={
            "kind": pack.kind,
            "version": pack.version,
            "content": dict(pack.files),
            "effective_from": pack.effective_from,
            "approved_by": "shipped" if is_shipped(checked.folder) else "",
            "loaded_at": at,
        },
    )
    if checked.playbook:
        steps.keep(checked.playbook)
    return version
