"""Loads packs: the files of a folder become a PackVersion. A run reads versions, never files."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

import huikuan.packs
from huikuan.casebook import packs, spells
from huikuan.casebook.activations import BY_THE_PROGRAM
from huikuan.casebook.models import PackVersion
from huikuan.clocks import refresh as clocks
from huikuan.engine import limits, playbook, requirements, vocabulary
from huikuan.engine.pack import Pack
from huikuan.engine.read_chain import Known
from huikuan.lib import yamlfile
from huikuan.lib.problems import Problem
from huikuan.lib.problems import gettext_noop as _
from huikuan.people.models import Organisation
from huikuan.people.rights import Right
from huikuan.people.roles import able_codes, known_codes, shipped_codes
from huikuan.planning import late_steps, steps
from huikuan.planning.activate import lock, put_in_force, said_in
from huikuan.planning.pack_files import PACK, RULES, files_of, texts_of
from huikuan.planning.tracks import check_track

SHIPPED = Path(huikuan.packs.__file__).parent


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
    """Pack name → folder. A folder of the user's (HUIKUAN_PACKS) takes the place of a shipped one
    of the same name.
    """
    found = {path.parent.name: path.parent for path in sorted(SHIPPED.glob("*/pack.yaml"))}
    own = settings.HUIKUAN.packs
    if own:
        found |= {path.parent.name: path.parent for path in sorted(Path(own).glob("*/pack.yaml"))}
    return found


def is_shipped(folder: Path) -> bool:
    """Whether the folder came with the program."""
    return folder.is_relative_to(SHIPPED)


def check(name: str, folder: Path, roles: Collection[str] = ()) -> Checked:
    """Reads and checks one pack folder; the check itself only once for the same texts.

    `roles`: codes of the roles that exist; none given: those that ship, which needs no book.
    """
    files = files_of(folder)
    if not files.is_readable:
        kind = "limits" if RULES in files.texts else "playbook"
        return Checked(name, folder, kind, None, None, files.problems)

    known = tuple(sorted(roles or shipped_codes()))
    who = Known(
        deciding=able_codes(known, Right.WRITE),
        contacting=able_codes(known, Right.WRITE, Right.RECORD_CONTACTS),
        rights=tuple(Right.values),
    )
    kind, book, rules, problems = _read(tuple(files.texts.items()), known, who)
    of_track = _check_track(book, known, who)
    found = Checked(name, folder, kind, book, rules, [*files.problems, *problems, *of_track])
    if found.pack is not None and found.pack.name != name:
        found.problems.append(_other_name(found.pack, name, files.texts[PACK]))
    return found


def _other_name(pack: Pack, name: str, text: str) -> Problem:
    """A folder that holds another pack than it is named after: a copy whose first line was
    forgotten.

    It would be loaded as a version of that other pack, and its own name would stay unknown.
    """
    root, _problems = yamlfile.load(text, "pack.yaml")
    named = root.get("pack") if isinstance(root, yamlfile.Mapping) else None
    assert named is not None  # the pack was read from it

    return Problem(
        "pack.other_name",
        _("the folder is named {folder} but holds the pack {pack}"),
        _("write pack: {folder}, or rename the folder to {pack}"),
        {"folder": name, "pack": pack.name},
        file="pack.yaml",
        line=named.line,
        column=named.column,
    )


def _check_track(
    book: playbook.Playbook | None, roles: tuple[str, ...], who: Known
) -> list[Problem]:
    """What is wrong with its hand-overs, by the files of the procedures that it names."""
    if book is None or not book.track.hands_over:
        return []

    known = folders()

    def book_of(name: str) -> playbook.Playbook | None:
        if name not in known:
            return None
        _kind, found, _rules, _problems = _read(tuple(texts_of(known[name]).items()), roles, who)
        return found

    return check_track(book, list(known), book_of)


@functools.lru_cache(maxsize=16)
def _read(
    texts: tuple[tuple[str, str], ...],
    roles: tuple[str, ...],
    who: Known,
) -> tuple[str, playbook.Playbook | None, limits.Limits | None, tuple[Problem, ...]]:
    files = dict(texts)
    if RULES in files:
        rules, problems = limits.read_limits(files, vocabulary.standard())
        return "limits", None, rules, (*problems, *requirements.check_served(files))
    book, problems = playbook.read_playbook(files, vocabulary.standard(), roles=roles, who=who)
    return "playbook", book, None, (*problems, *requirements.check_served(files))


@transaction.atomic
def load_all(*, at: dt.datetime) -> list[Problem]:
    """Stores a version of every pack whose files changed. A pack with errors is left as it was.

    Returns its problems, and a warning for each version that is loaded and not in force: because
    nobody has approved it, or because another one was chosen.
    """
    problems: list[Problem] = []
    any_is_new = False
    roles = known_codes()
    for name, folder in folders().items():
        checked = check(name, folder, roles)
        errors = [p.at(file=f"{name}/{p.file}") for p in checked.problems if p.severity == "error"]
        if checked.playbook:
            of_book = [*steps.moved(checked.playbook), *late_steps.never(checked.playbook)]
            errors += [p.at(file=f"{name}/{p.file}") for p in of_book]
        problems += errors
        if checked.pack is None or errors:
            continue

        version, is_new = _store(checked, at=at)
        any_is_new = any_is_new or is_new
        if not version.approved_by:
            problems.append(unsigned(checked))

    if any_is_new:
        clocks.catch_up(at=at)
    return problems


def passed_over(
    on: dt.date, house: Organisation | None, roles: Collection[str] = ()
) -> list[Problem]:
    """A warning for each pack of which the files say an approved version that is not in force in
    the house.

    It was rolled back, or the files went back to an earlier version. Both are in order; but whoever
    reads the files should know that something else is done. `roles`: as in `check`.
    """
    held = {version.pack: version for version in packs.in_force_in(house, on)}
    problems = []
    for name, folder in folders().items():
        pack = check(name, folder, roles).pack
        present = held.get(name)
        if pack is None or present is None or present.hash == pack.hash:
            continue

        signed = PackVersion.objects.filter(pack=name, hash=pack.hash).exclude(approved_by="")
        coming = spells.known(said_in(house, name), None)
        waits = coming.filter(version__hash=pack.hash, from_on__gt=on).exists()
        if signed.exists() and not waits:
            problems.append(_not_in_force(name, pack.version, present.version))
    return problems


def _not_in_force(name: str, version: str, present: str) -> Problem:
    return Problem(
        "pack.not_in_force",
        _("the files say version {version}; version {present} is in force"),
        _("if the files are meant: huikuan pack activate {name} --version {version}"),
        {"name": name, "version": version, "present": present},
        file=f"{name}/pack.yaml",
        severity="warning",
    )


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
    """The version with this content: the stored one, or a new one.

    A new version that came with the program is in force from its day on, but in a house that has
    chosen a version of its own (casebook/activations.py). A version that was stored before stays as
    it is: what is in force is decided by an act, not by loading files a second time.
    """
    version, is_new = _store(checked, at=at)
    if is_new:
        clocks.catch_up(at=at)
    return version


def _store(checked: Checked, *, at: dt.datetime) -> tuple[PackVersion, bool]:
    """The version, and whether it is new. Whoever stores the last one lets the clocks catch up."""
    pack = checked.pack
    assert pack is not None
    lock()
    with_program = is_shipped(checked.folder)
    approved_by = BY_THE_PROGRAM if with_program else ""
    version, is_new = PackVersion.objects.get_or_create(
        pack=pack.name,
        hash=pack.hash,
        defaults={
            "kind": pack.kind,
            "version": pack.version,
            "content": dict(pack.files),
            "effective_from": pack.effective_from,
            "approved_by": approved_by,
            "loaded_at": at,
        },
    )
    if checked.playbook:
        steps.keep(checked.playbook)

    if is_new and with_program:
        put_in_force(version, actor=None, at=at)
    return version, is_new
