"""Commands as processes that can be killed: the command itself, the server, or the server's children."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from huikuan.ops import postgres
from huikuan.ops.testing import copy_home

ROOT = Path(__file__).parent.parent.parent
#: As served, but for the memory: an acknowledged commit must survive, so nothing is switched off.
OPTIONS = {"shared_buffers": "64MB"}
SECONDS = 120


def copy(source: Path, target: Path) -> Path:
    """A HUIKUAN_HOME at rest, with the files that it received, copied."""
    if (cluster := postgres.find(source)) and postgres.is_running(cluster):
        # A killed command leaves its server running; whoever joins last stops it.
        with postgres.join(source):
            pass
    copy_home(source, target)
    pointer = target / "postgres" / "cluster.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"options": OPTIONS}))
    if (source / "placements").exists():
        shutil.copytree(source / "placements", target / "placements")
    return target


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIKUAN_")}
    # What a killed worker leaves must not depend on whether it is past the hour of the plan.
    kept["HUIKUAN_PLAN_AT"] = "off"
    return kept | {"HUIKUAN_HOME": str(home), "LANG": "C", "LC_ALL": "C"}


def start(home: Path, *command: str, module: str = "huikuan") -> subprocess.Popen[str]:
    """The command as a process of its own."""
    line = [sys.executable, "-m", module, *command]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        line, env=environment(home), cwd=ROOT, stdout=pipe, stderr=pipe, text=True
    )


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    errors: str
    seconds: float


def finish(process: subprocess.Popen[str], began: float, seconds: float = SECONDS) -> Ended:
    out, errors = process.communicate(timeout=seconds)
    return Ended(process.returncode, out, errors, time.monotonic() - began)


def run(home: Path, *command: str, module: str = "huikuan") -> Ended:
    began = time.monotonic()
    return finish(start(home, *command, module=module), began)


def run_and_kill(
    home: Path, command: tuple[str, ...], victim: str, after: float, *, revive: bool = False
) -> tuple[Ended, int]:
    """The command, and how many processes were killed: none when it had ended before the moment came.

    `revive`: the server is started again at once, as `huikuan run` does. A worker alone waits a minute for it and gives up.
    """
    began = time.monotonic()
    process = start(home, *command)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    killed = 0
    while process.poll() is None and not (killed := kill(home, victim, process)):
        time.sleep(0.005)  # the server is not up yet
    with postgres.join(home) if revive and killed else nullcontext():
        return finish(process, began), killed


def kill(home: Path, victim: str, process: subprocess.Popen[str]) -> int:
    """`kill -9` of exactly this command, of this home's postmaster, or of its children. How many were killed."""
    if victim == "command":
        process.kill()
        return 1
    cluster = postgres.find(home)
    master = postgres.postmaster(cluster) if cluster else None
    if master is None:
        return 0
    if victim == "postmaster":
        os.kill(master, signal.SIGKILL)
        return 1
    killed = 0
    for child in psutil.Process(master).children():
        with suppress(psutil.NoSuchProcess):
            child.kill()
            killed += 1
    return killed


@contextmanager
def opened(home: Path) -> Iterator[DatabaseWrapper]:
    """This home's database as Django's default one. Needs pytest-django's permission."""
    own = connections["default"]
    with postgres.join(home) as lease:
        connections["default"] = DatabaseWrapper(
            own.settings_dict | lease.cluster.django(), "default"
        )
        try:
            yield connections["default"]
        finally:
            connections["default"].close()
            connections["default"] = own
