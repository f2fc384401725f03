"""Rule packs in force for the tests of the gate, stored as a load would store them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import huikuan.packs
from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.engine import vocabulary
from huikuan.engine.limits import read_limits
from huikuan.ops.made_once import made_once

PACKS = Path(huikuan.packs.__file__).parent


def store_pack(files: dict[str, str]) -> PackVersion:
    limits, problems = read_limits(files, vocabulary.standard())
    assert limits is not None, "\n".join(str(problem) for problem in problems)
    pack = limits.pack
    version = PackVersion.objects.create(
        pack=pack.name,
        kind=pack.kind,
        version=pack.version,
        hash=pack.hash,
        content=files,
        effective_from=pack.effective_from,
        approved_by="tests",
        loaded_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    )
    PackActivation.objects.create(version=version, pack=pack.name, from_on=pack.effective_from)
    return version


def shipped(name: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (PACKS / name).glob("*.yaml")}


def procedure(name: str) -> dict[str, str]:
    """A shipped playbook without its scripts, which the gate does not read."""
    found = shipped(name)
    steps = [
        line
        for line in found["playbook.yaml"].splitlines()
        if not line.strip().startswith("script:")
    ]
    return {"pack.yaml": found["pack.yaml"], "playbook.yaml": "\n".join(steps)}


@made_once
def packs(db: None) -> list[PackVersion]:
    return [store_pack(shipped(name)) for name in ("limits_cn", "limits_b2b")]
