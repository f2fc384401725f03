"""The pytest plugin of the house (`-p huikuan.ops.testing`): one embedded server for the session, in a folder of its own,
and a browser for the tests that are marked `browser`.

It must be imported before Django reads its settings, hence a plugin and not a conftest. Tests without the database start none.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from huikuan.ops import postgres

FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# without them each start asks the vendor's hosts for updates, and root gets no start at all
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """HUIKUAN_CHROMIUM, else the first Chromium on PATH, else None."""
    named = os.environ.get("HUIKUAN_CHROMIUM")
    return named or next((path for name in CHROMIUM if (path := shutil.which(name))), None)


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
    """Stops the server of a HUIKUAN_HOME and removes both, wherever its cluster lies."""
    if cluster := postgres.find(home):
        postgres.stop(cluster)
        shutil.rmtree(cluster.place, ignore_errors=True)
        shutil.rmtree(cluster.sockets, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a forked child
        remove_home(home)


CHROMIUM_PATH = find_chromium()
HOME = _new_home()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--need-browser", action="store_true", help="fail when there is no Chromium for the browser tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium everything else still runs; the last line says so."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM_PATH is not None or not browser:
        return
    if config.getoption("--need-browser"):
        raise pytest.UsageError("no Chromium here: install it (apt-get install chromium), or set HUIKUAN_CHROMIUM")
    items[:] = [item for item in items if item not in browser]
    config.hook.pytest_deselected(items=browser)
    config.stash[NOT_RUN] = len(browser)


NOT_RUN = pytest.StashKey[int]()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if number := config.stash.get(NOT_RUN, 0):
        print(f"\n!!! browser tests NOT RUN ({number}): install Chromium and a Chinese font (apt-get install chromium fonts-noto-cjk)")


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    """The server starts when the first test asks for the database. (pytest-django's own fixtures win over a plugin's.)"""
    if fixturedef.argname == "django_db_setup" and "HUIKUAN_DATABASE_URL" not in os.environ:
        _start_once()


@cache
def _start_once() -> postgres.Lease:
    return postgres.join(HOME)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running Chromium (playwright.sync_api.Browser); make a new context in each test."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM_PATH, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty HUIKUAN_HOME for a test that runs commands as processes; its server is stopped and removed afterwards."""
    home = tmp_path / "home"
    monkeypatch.setenv("HUIKUAN_HOME", str(home))
    monkeypatch.delenv("HUIKUAN_DATABASE_URL", raising=False)
    yield home
    remove_home(home)
