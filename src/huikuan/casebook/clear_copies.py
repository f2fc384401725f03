"""Copies of placements that lie unsealed while they are read: below HUIKUAN_HOME, and swept.

Whoever is killed while a copy lies there leaves it behind; the next one takes it away.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_LOCK = ".lock"
#: A folder that was made just now may not be locked yet.
_MADE_SECONDS = 60


def root() -> Path:
    """Where they lie; for the user of the program alone."""
    path: Path = settings.HUIKUAN.home / "clear"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def clear_folder() -> Iterator[Path]:
    """A folder for the copy of one file, gone afterwards whatever happens."""
    sweep()
    with tempfile.TemporaryDirectory(dir=root(), prefix="copy-") as name:
        folder = Path(name)
        with (folder / _LOCK).open("w") as lock:
            # Held as long as we live: a killed program holds no lock.
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def sweep() -> None:
    """Takes away what killed programs left."""
    for folder in root().iterdir():
        lock = folder / _LOCK
        try:
            if time.time() - lock.stat().st_mtime < _MADE_SECONDS:
                continue
            with lock.open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            # Somebody works in it, or has just taken it away.
            continue
