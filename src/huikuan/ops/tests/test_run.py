"""`huikuan run`: up within seconds, all of it ends together, what dies comes back."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

import psutil
import pytest

from huikuan.ops import postgres
from huikuan.ops import run as running

pytestmark = pytest.mark.long


class Served:
    """A running installation of its own."""

    def __init__(self, port: int = 0) -> None:
        command = [sys.executable, "-m", "huikuan", "run", "--no-demo"]
        environ = (
            os.environ
            | {"LANG": "C", "LC_ALL": "C", "HUIKUAN_WORKERS": "2"}
            | ({"HUIKUAN_PORT": str(port)} if port else {})
        )
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environ, start_new_session=True
        )
        self.lines: list[str] = []
        while not (self.lines and self.lines[-1].startswith("Ctrl-C")):
            line = self.process.stdout.readline()
            assert line, self.lines
            self.lines.append(line.strip())
        self.address = re.search(r"http://\S+", " ".join(self.lines))[0]

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/status", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def family(self, word: str = "") -> list[psutil.Process]:
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.Error):  # it ends as we look
                if word in " ".join(process.cmdline()):
                    found.append(process)
        return found


def wait_until(condition, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def living(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; what ended and was not yet collected by init does not."""
    found = []
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.fixture
def served(ready_home):
    served = Served()
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(40)


def test_ctrl_c_ends_all_of_it_cleanly(served, ready_home):
    assert served.answers()
    family = served.family()
    assert len(family) >= 5  # database, web server and its workers, background worker
    os.killpg(served.process.pid, signal.SIGINT)  # as a terminal does it
    assert served.process.wait(40) == 0
    assert served.process.stdout.read().strip() == "Stopped."
    assert not living(family)
    assert not postgres.is_running(postgres.find(ready_home))


def test_children_end_when_the_parent_is_killed_and_the_next_run_loses_nothing(served, ready_home):
    family = [process for process in served.family() if process.name() != "postgres"]
    served.process.kill()
    served.process.wait()
    psutil.wait_procs(family, timeout=30)
    assert not living(family)
    again = Served()
    assert again.answers()
    again.process.terminate()
    assert again.process.wait(40) == 0
    assert not postgres.is_running(postgres.find(ready_home))


def test_what_is_killed_is_started_again(served, ready_home):
    database = postgres.postmaster(postgres.find(ready_home))
    (worker,) = served.family("worker --child")
    os.kill(database, signal.SIGKILL)
    worker.kill()
    cluster = postgres.find(ready_home)
    wait_until(
        lambda: postgres.postmaster(cluster) not in (None, database) and postgres.answers(cluster)
    )
    wait_until(lambda: served.family("worker --child") not in ([], [worker]))
    web = served.family("huikuan.ops.serve")
    web[0].kill()
    wait_until(lambda: served.answers() and web[0] not in served.family("huikuan.ops.serve"))


def test_a_taken_port_is_passed_over_unless_it_was_asked_for():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert running.free_port("127.0.0.1", port, fixed=False) != port
        with pytest.raises(running.RunError, match=f"port {port} on 127.0.0.1 is taken"):
            running.free_port("127.0.0.1", port, fixed=True)


def test_an_address_that_is_not_ours_is_named():
    with pytest.raises(running.RunError, match=re.escape("cannot listen on 203.0.113.9")):
        running.free_port("203.0.113.9", 8000, fixed=False)


def test_a_child_that_always_ends_stops_the_run():
    child = running.Child("web server", [sys.executable, "-c", "raise SystemExit(3)"])
    child.start()
    with pytest.raises(running.RunError, match="exit code 3"):
        for _ in range(100):
            child.process.wait()
            child.keep_alive()
