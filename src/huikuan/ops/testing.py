"""The pytest plugin of the house (`-p huikuan.ops.testing`): one embedded server for the session, in a folder of its own.

It must be imported before Django reads its settings, hence a plugin and not a conftest. Tests without the database start none.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from huikuan.ops import postgres

FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}


def _new_home() -> Path:
    for name in [name for name in os.environ if name.startswith("HUIKUAN_") and name != "HUIKUAN_DATABASE_URL"]:
        del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="huikuan-test-"))
    os.environ["HUIKUAN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.ops.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's synchronous interface runs an event loop
    postgres.prepare(home, FAST)
    atexit.register(_remove, home, os.getpid())
    return home


def remove_home(home: Path) -> None:
    """Removes a HUIKUAN_HOME with its cluster, wherever that lies. Its server must be stopped."""
    if cluster := postgres.find(home):
        if postgres.is_running(cluster):
            postgres.stop(cluster)
        shutil.rmtree(cluster.place, ignore_errors=True)
        shutil.rmtree(cluster.sockets, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:
        remove_home(home)


HOME = _new_home()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """The server starts when the first test asks for the database. (pytest-django's own fixtures win over a plugin's.)"""
    if fixturedef.argname == "django_db_setup" and "HUIKUAN_DATABASE_URL" not in os.environ:
        _start_once()


@cache
def _start_once() -> postgres.Lease:
    return postgres.join(HOME)


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty HUIKUAN_HOME for a test that runs commands as processes; its server is stopped and removed afterwards."""
    home = tmp_path / "home"
    monkeypatch.setenv("HUIKUAN_HOME", str(home))
    monkeypatch.delenv("HUIKUAN_DATABASE_URL", raising=False)
    yield home
    remove_home(home)
