"""A run of the tests that was killed leaves no server behind: the next run ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from huikuan.ops import postgres

RUN = """
import time
from huikuan.ops import testing
testing._start_once()
print(testing.HOME, flush=True)
time.sleep(600)
"""


def test_the_server_of_a_killed_run_is_ended_by_the_next(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    killed = subprocess.Popen(
        [sys.executable, "-c", RUN], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    home = Path(killed.stdout.readline().strip())
    cluster = postgres.find(home)
    assert cluster is not None
    assert postgres.postmaster(cluster) is not None

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert home.exists()

    next_run = "from huikuan.ops import testing"
    subprocess.run([sys.executable, "-c", next_run], env=environment, check=True)
    deadline = time.monotonic() + 20
    while postgres.postmaster(cluster) is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert postgres.postmaster(cluster) is None
    assert not home.exists()
