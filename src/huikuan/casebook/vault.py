"""The files as they came, sealed on disk under HUIKUAN_HOME/placements: evidence of what was delivered, readable with
the data key only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from huikuan.casebook import sealed

PART = 1 << 20


def folder() -> Path:
    """Where the sealed files lie; made when it is missing."""
    path: Path = settings.HUIKUAN.home / "placements"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def digest(path: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(creditor_id: int, file_hash: str) -> Path:
    """The sealed file of one creditor's delivery."""
    return folder() / f"{creditor_id}-{file_hash}.sealed"


def keep(source: Path, creditor_id: int, file_hash: str) -> Path:
    """Seals a copy of the file, whole or not at all. Kept once for each creditor and content.

    One draft for everybody who keeps the same file at once, so that the next one finishes what a killed one left.
    """
    target = place(creditor_id, file_hash)
    if target.exists():
        return target
    draft = target.with_name(f".{target.name}")
    with (
        source.open("rb") as file,
        os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out,
    ):
        fcntl.flock(out, fcntl.LOCK_EX)
        if target.exists():  # another was first while we waited
            draft.unlink(missing_ok=True)
            return target
        out.truncate()
        while part := file.read(PART):
            piece = sealed.seal_bytes(part)
            out.write(len(piece).to_bytes(4, "big") + piece)
        out.flush()
        os.fsync(out.fileno())
        draft.rename(target)  # while we hold it
    return target


def parts(creditor_id: int, file_hash: str) -> Iterator[bytes]:
    """The file again, part by part. FileNotFoundError; cryptography.exceptions.InvalidTag when it was changed."""
    with place(creditor_id, file_hash).open("rb") as file:
        while size := file.read(4):
            yield sealed.unseal_bytes(file.read(int.from_bytes(size, "big")))


def restore(creditor_id: int, file_hash: str, target: Path) -> Path:
    """Writes the original file to `target`, for a job that reads it again."""
    with target.open("wb") as out:
        for part in parts(creditor_id, file_hash):
            out.write(part)
    return target
