"""`huikuan run`: database, web server and worker as one; what dies is started again, what is stopped stops all."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from huikuan.ops import config, postgres
from huikuan.ops.words import gettext as _

READY_SECONDS = 60
STOP_SECONDS = 12
RESTARTS, WITHIN_SECONDS = 5, 60


class RunError(Exception):
    """The installation cannot be served; the text says why."""


def free_port(host: str, wanted: int, fixed: bool) -> int:
    """`wanted` if it is free; else the next free one, unless the operator fixed it. Raises RunError."""
    for port in [wanted] if fixed else range(wanted, wanted + 100):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise RunError(
                        _("cannot listen on {host}: {reason}").format(
                            host=host, reason=error.strerror
                        )
                    ) from error
    raise RunError(
        _("port {port} on {host} is taken; name another in HUIKUAN_PORT").format(
            port=wanted, host=host
        )
    )


@dataclass
class Child:
    """One process that is kept alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts = [at for at in self.starts if at > time.monotonic() - WITHIN_SECONDS] + [
            time.monotonic()
        ]
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)

    def keep_alive(self) -> None:
        """Starts it again if it ended. Raises RunError when that happens all the time."""
        if self.process is None or self.process.poll() is None:
            return
        if len(self.starts) >= RESTARTS:
            raise RunError(
                _(
                    "the {name} ended {n} times within {s} s (exit code {code}); see the messages above"
                ).format(name=self.name, n=RESTARTS, s=WITHIN_SECONDS, code=self.process.returncode)
            )
        print(
            _("The {name} ended (exit code {code}); starting it again.").format(
                name=self.name, code=self.process.returncode
            )
        )
        self.start()


def stop(children: list[Child]) -> None:
    """Ends the children and whatever they left behind."""
    import psutil

    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    end = time.monotonic() + STOP_SECONDS
    while time.monotonic() < end and any(
        c.process is not None and c.process.poll() is None for c in children
    ):
        time.sleep(0.05)
    for process in psutil.Process().children(recursive=True):
        if postgres_process(process):
            continue
        try:
            process.kill()
        except psutil.Error:
            continue
    for child in children:
        if child.process is not None:
            child.process.wait()


def postgres_process(process: Any) -> bool:
    """Whether it is our database server, which is stopped by its own lease and never killed."""
    import psutil

    try:
        return process.name() == "postgres"
    except psutil.Error:
        return True


def own_name() -> dict[str, str]:
    """The header by which our own check is let in: a name of HUIKUAN_ALLOWED_HOSTS, not the address it calls."""
    named = [name.lstrip(".") for name in config.current().allowed_hosts if name != "*"]
    if not named:
        return {}
    return {"Host": named[0]}


def public_address(local: str) -> str:
    """Where people reach the pages: behind the https of the first allowed name in production."""
    named = own_name()
    if config.current().production and named:
        return f"https://{named['Host']}"
    return local


def wait_until_ready(address: str, children: list[Child]) -> None:
    """Returns when the web server answers anything. Raises RunError."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    asked = urllib.request.Request(f"{address}/status", headers=own_name())  # noqa: S310
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        for child in children:
            child.keep_alive()
        try:
            opener.open(asked, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RunError(_("the web server did not answer within {n} s").format(n=READY_SECONDS))


def supervise(
    host: str, port: int, lease: postgres.Lease | None, ready: Callable[[str], None]
) -> None:
    """Starts web server and worker, calls `ready(address)`, and keeps all alive until a signal ends it."""
    web = Child(_("web server"), [sys.executable, "-m", "huikuan.ops.serve", host, str(port)])
    worker = Child(_("worker"), [sys.executable, "-m", "huikuan", "worker", "--child"])
    children = [web, worker]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    try:
        for child in children:
            child.start()
        wait_until_ready(f"http://{shown}:{port}", children)
        ready(f"http://{shown}:{port}")
        while True:
            time.sleep(0.5)
            if lease is not None and not postgres.answers(lease.cluster):
                print(_("The database ended; starting it again."), flush=True)
                lease.revive()
            for child in children:
                child.keep_alive()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # stopping is not to be stopped half way
        stop(children)


def own_port() -> tuple[int, bool]:
    """The port asked for, and whether the operator fixed it."""
    settings = config.current()
    return settings.port, "port" in settings.model_fields_set


def environment() -> None:
    """What the children inherit: they must find the same folder from wherever they start."""
    os.environ["HUIKUAN_HOME"] = str(config.current().home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.ops.settings")
