"""The embedded Postgres 18: made, started, joined and stopped; never a process touched that is not ours.

Two locks decide everything, so that no process id has to be trusted:
`server.lock` is an open file that the server and all of its children inherit with a lock on it: while it is held a
server of this cluster lives, whatever killed the rest; once it is free a left-over postmaster.pid is certainly stale.
`users.lock` is held shared by every process that uses the server: who gets it alone is the last and stops the server.
Both are looked at only under `start.lock`.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huikuan.ops import binaries
from huikuan.ops.binaries import PostgresError
from huikuan.ops.words import gettext as _

ROLE = DATABASE = "huikuan"
PORT = 5432
LONGEST_SOCKET = 100  # bytes of a socket's path: 107 on Linux, 103 on macOS
START_SECONDS = 300
STOP_SECONDS = 60
# the first message of a client, and the code in the refusal of a server that takes no connections just now
_WHO = f"user\0{ROLE}\0database\0postgres\0\0".encode()
_GREETING = struct.pack("!ii", len(_WHO) + 8, 3 << 16) + _WHO
_NOT_NOW = b"C57P03\0"
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # the server ends the work of a client that was killed, and gives its locks back, instead of carrying on to the end
    "client_connection_check_interval": "1s",
    # a failed statement carries names and numbers in its text and in DETAIL
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Cluster:
    """One embedded database: `state` is HUIKUAN_HOME/postgres, `place` holds data and socket (elsewhere for root)."""

    state: Path
    id: str
    password: str
    place: Path
    options: dict[str, str]

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def sockets(self) -> Path:
        near = self.place / "socket"
        if len(os.fsencode(near / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            return near
        # the same for every process, whatever its environment; its owner is checked before use
        return Path("/tmp") / f"huikuan-{os.geteuid()}-{self.id}"  # noqa: S108

    @property
    def log(self) -> Path:
        return self.state / "server.log"

    def django(self) -> dict[str, Any]:
        """The entries of Django's DATABASES that reach this cluster."""
        return {
            "HOST": str(self.sockets),
            "PORT": str(PORT),
            "USER": ROLE,
            "PASSWORD": self.password,
            "NAME": DATABASE,
        }


def find(home: Path) -> Cluster | None:
    """The cluster of this HUIKUAN_HOME, None if none was prepared. Raises PostgresError if it belongs to another."""
    state = home / "postgres"
    try:
        pointer = json.loads((state / "cluster.json").read_text())
        place = Path(pointer["place"]) if pointer["place"] else state
        cluster = Cluster(state, pointer["id"], pointer["password"], place, pointer["options"])
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise PostgresError(_foreign(state)) from error
    except (ValueError, KeyError, TypeError) as error:
        text = _("{path} is damaged; restore it from a copy")
        raise PostgresError(text.format(path=state / "cluster.json")) from error
    if os.geteuid() == 0 and place == state:  # an ordinary user's, and we are root now
        raise PostgresError(_foreign(state))
    return cluster


def _foreign(path: Path) -> str:
    return _("{path} belongs to another user: run as that user, or set HUIKUAN_HOME").format(
        path=path
    )


def prepare(home: Path, options: dict[str, str] | None = None) -> Cluster:
    """The cluster of this HUIKUAN_HOME; names its place and its password if there is none yet. Starts nothing."""
    if cluster := find(home):
        return cluster
    state = home / "postgres"
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = _(
            "{path} cannot be made: {reason}; set HUIKUAN_HOME to a folder that can be written"
        )
        raise PostgresError(text.format(path=state, reason=error.strerror)) from error
    with _locked(state / "start.lock"):
        if cluster := find(home):
            return cluster
        name = secrets.token_hex(5)
        place = str(binaries.system_folder() / name) if os.geteuid() == 0 else ""
        pointer: dict[str, Any] = {
            "id": name,
            "password": secrets.token_urlsafe(32),
            "place": place,
            "options": options or {},
        }
        _write_private(state / "cluster.json", json.dumps(pointer))
        return Cluster(
            state, name, pointer["password"], Path(place) if place else state, pointer["options"]
        )


class Lease:
    """The right to use the server; `release` gives it back and stops the server if nobody else holds one."""

    def __init__(self, cluster: Cluster, users: int) -> None:
        self.cluster = cluster
        self._users: int | None = users

    def revive(self) -> None:
        """Starts the server again if it died. Raises PostgresError if it does not come up."""
        with _locked(self.cluster.state / "start.lock"):
            _ensure_running(self.cluster)

    def release(self) -> None:
        """Stops the server if this was its last user; a second call does nothing."""
        if self._users is None:
            return
        users, self._users = self._users, None
        with _locked(self.cluster.state / "start.lock"):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                stop(self.cluster)
            finally:
                os.close(users)

    def __enter__(self) -> "Lease":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()


def is_begun(home: Path) -> bool:
    """Whether an earlier process made a cluster for this home."""
    return (home / "postgres" / "cluster.json").exists()


def join(home: Path) -> Lease:
    """Starts the server of this HUIKUAN_HOME or joins the running one. Raises PostgresError with what to do."""
    cluster = prepare(home)
    with _locked(cluster.state / "start.lock"):
        users = _open(cluster.state / "users.lock")
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure_running(cluster)
        except BaseException:
            os.close(users)
            raise
    return Lease(cluster, users)


def is_running(cluster: Cluster) -> bool:
    """Whether any process of this cluster's server lives, in whatever state."""
    lock = _open(cluster.state / "server.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(lock)


def answers(cluster: Cluster) -> bool:
    """Whether the server takes connections: neither down nor starting, recovering or stopping.

    postmaster.pid says "ready" all through the recovery that follows the death of a server process, so we ask.
    """
    try:
        lines = (cluster.data / "postmaster.pid").read_text().split("\n")
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(cluster.sockets / f".s.PGSQL.{PORT}"))
            probe.sendall(_GREETING)
            answer = probe.recv(1024)
        return bool(answer) and not (answer[:1] == b"E" and _NOT_NOW in answer)
    except OSError:
        return False


def postmaster(cluster: Cluster) -> int | None:
    """The process id of this cluster's postmaster, None unless the process of that id works in this data folder."""
    import psutil

    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        ours = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).samefile(
            cluster.data
        )
        return pid if ours else None
    except (OSError, ValueError, psutil.Error):
        return None


def stop(cluster: Cluster) -> None:
    """Stops the server and waits for it; never kills. Call it under the locks only.

    Postgres 18 never ends when it is asked to stop the fast way while it recovers from the death of one of its
    processes: we wait for the recovery first, and in need stop the immediate way, which loses no commit.
    """
    if not is_running(cluster) or postmaster(cluster) is None:
        return
    _wait(STOP_SECONDS, lambda: answers(cluster) or not is_running(cluster))
    for way in (signal.SIGINT, signal.SIGQUIT):
        if (pid := postmaster(cluster)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, way)
        if _wait(STOP_SECONDS, lambda: not is_running(cluster)):
            if pid is not None:
                with suppress(ChildProcessError):  # started by another process
                    os.waitpid(pid, 0)
            return
    raise PostgresError(
        _("the database did not stop within {n} s; see {path}").format(
            n=STOP_SECONDS, path=cluster.log
        )
    )


def _wait(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether it came true within this time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _ensure_running(cluster: Cluster) -> None:
    end = time.monotonic() + START_SECONDS
    process: subprocess.Popen[bytes] | None = None
    while not (is_running(cluster) and answers(cluster)):
        if not is_running(cluster):
            if process is not None:
                raise PostgresError(_failure(cluster))
            process = _start(cluster)
        if time.monotonic() > end:
            raise PostgresError(
                _("the database did not become ready within {n} s; see {path}").format(
                    n=START_SECONDS, path=cluster.log
                )
            )
        time.sleep(0.01)
    _ensure_database(cluster)


def _start(cluster: Cluster) -> subprocess.Popen[bytes]:
    if postmaster(cluster) is not None:
        raise PostgresError(
            _("a server that Huikuan did not start uses {path}: stop it first").format(
                path=cluster.data
            )
        )
    run = binaries.Runner(cluster.place)
    if not cluster.data.exists():
        _initialise(cluster, run)
    run.own_folder(cluster.sockets)
    for stale in (
        cluster.data / "postmaster.pid",
        cluster.sockets / f".s.PGSQL.{PORT}",
        cluster.sockets / f".s.PGSQL.{PORT}.lock",
    ):
        # Nobody holds server.lock, so no server of this cluster lives.
        stale.unlink(missing_ok=True)
    lock = _open(cluster.state / "server.lock")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    options = (
        OPTIONS
        | {"unix_socket_directories": str(cluster.sockets), "port": str(PORT)}
        | cluster.options
    )
    command = [str(run.program("postgres")), "-D", str(cluster.data)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    if cluster.log.exists() and cluster.log.stat().st_size > 20_000_000:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    try:
        with cluster.log.open("ab") as log:
            cluster.log.chmod(0o600)
            return run.popen(command, stdout=log, stderr=log, pass_fds=(lock,))
    finally:
        os.close(lock)


def _initialise(cluster: Cluster, run: binaries.Runner) -> None:
    """Makes the data folder beside its place and moves it in: a killed start leaves no half cluster."""
    run.own_folder(cluster.place)
    draft = cluster.place / "data.new"
    run.remove(draft)
    if os.geteuid() == 0:
        # says whose cluster it is, so that `huikuan doctor` can name one whose HUIKUAN_HOME is gone
        _write_private(cluster.place / "home", str(cluster.state.parent))
    with run.secret_file(cluster.password) as secret:
        result = run.initdb(draft, ROLE, secret)
    if result.returncode != 0:
        run.remove(draft)
        raise PostgresError(
            _("the database could not be made in {path}: {text}").format(
                path=cluster.place, text=_last(result.stderr)
            )
        )
    draft.rename(cluster.data)


def _ensure_database(cluster: Cluster) -> None:
    """Makes our database, once. Not only when we started the server: whoever did may have been killed before this."""
    made = cluster.data / "huikuan.made"
    if made.exists():
        return
    import psycopg

    try:
        with psycopg.connect(
            host=str(cluster.sockets),
            port=PORT,
            user=ROLE,
            password=cluster.password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError as error:  # it was killed a moment after it had answered
        raise PostgresError(_failure(cluster)) from error
    made.touch()


def _failure(cluster: Cluster) -> str:
    try:
        text = _last(cluster.log.read_text(errors="replace")[-4000:])
    except OSError:
        text = ""
    return _("the database did not start: {text} (see {path})").format(text=text, path=cluster.log)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (telling or lines or [""])[-1]


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        lock = _open(path)
    except PermissionError as error:
        raise PostgresError(_foreign(path.parent)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
