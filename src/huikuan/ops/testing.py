"""The pytest plugin of the house (`-p huikuan.ops.testing`): one embedded server for the session, in its own folder,
homes for tests that run commands as processes, and a browser for the tests that are marked `browser`.

It is imported before Django reads its settings, hence no conftest. Tests without the database start none.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from huikuan.ops import binaries, made_once, postgres

FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # Tests roll back what they write. Whoever counts or cleans such a table notes that it is empty,
    # and a plan made by that took ten minutes for a book of thirty customers. After each file the
    # tables are emptied instead, which forgets what was noted (_as_before_the_file).
    "autovacuum": "off",
}
#: Tables of the server itself that grow with each temporary table that a test makes.
CATALOGUES = ("pg_attribute", "pg_class", "pg_type", "pg_depend", "pg_statistic", "pg_index")
#: Tables in which a file left something: rows that were rolled back, or a count of rows.
_USED = """
SELECT count(*) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND (relname ~ '^casebook_') AND (pg_relation_size(oid) > 0 OR reltuples >= 0)
"""
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


#: The homes of tests, and the file that names the process whose home it is.
HOME_PREFIX = "huikuan-test-"
OWNER = "owner"

#: The house's variables that the tests were started with; none of them reaches what is tested.
GIVEN: dict[str, str] = {}


def find_chromium() -> str | None:
    """HUIKUAN_CHROMIUM, else the first Chromium on PATH, else None."""
    named = os.environ.get("HUIKUAN_CHROMIUM")
    return named or next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def _new_home() -> Path:
    for name in [
        name
        for name in os.environ
        if name.startswith("HUIKUAN_") and name != "HUIKUAN_DATABASE_URL"
    ]:
        GIVEN[name] = os.environ.pop(name)
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=HOME_PREFIX))
    (home / OWNER).write_text(str(os.getpid()), encoding="utf-8")
    os.environ["HUIKUAN_HOME"] = str(home)
    # A worker that a test starts plans no day by itself: what a test sees must not depend on the hour.
    os.environ["HUIKUAN_PLAN_AT"] = "off"
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.ops.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright's synchronous interface runs an event loop
    )
    postgres.prepare(home, FAST)
    atexit.register(_remove, home, os.getpid())
    return home


def _sweep() -> None:
    """Ends the servers of runs that were killed: nobody else would, and each keeps its memory."""
    for home in Path(tempfile.gettempdir()).glob(f"{HOME_PREFIX}*"):
        try:
            owner = int((home / OWNER).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # another run sweeps it, or is just making it
            continue
        if not _runs(owner):
            remove_home(home)


def _runs(process: int) -> bool:
    """Whether there is such a process. One that belongs to somebody else counts as running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
#: Seconds for a test that lives through a whole book: several minutes on a quiet machine.
LONG = 2400


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--need-browser",
        action="store_true",
        help="fail when there is no Chromium for the browser tests",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whole books get more time. Without Chromium everything else still runs; the last line says so."""
    items[:] = made_once.in_order(items)
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(LONG))

    browser = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM_PATH is not None or not browser:
        return
    if config.getoption("--need-browser"):
        raise pytest.UsageError(
            "no Chromium here: install it (apt-get install chromium), or set HUIKUAN_CHROMIUM"
        )
    items[:] = [item for item in items if item not in browser]
    config.hook.pytest_deselected(items=browser)
    config.stash[NOT_RUN] = len(browser)


def pytest_configure() -> None:
    """A law is checked however slow the machine is: a busy one had failed it, and only then."""
    from hypothesis import settings

    settings.register_profile("huikuan", deadline=None)
    settings.load_profile("huikuan")


NOT_RUN = pytest.StashKey[int]()
#: The fixtures that were set up in this process.
_SET_UP: set[str] = set()
LAYERS = made_once.Layers()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    shared_out = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if number := config.stash.get(NOT_RUN, 0) or (CHROMIUM_PATH is None and shared_out and "the"):
        print(
            f"\n!!! {number} browser tests NOT RUN: install a browser (apt-get install chromium fonts-noto-cjk)"
        )


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Argon2 is slow on purpose; tests make hundreds of users."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_once() -> Iterator[None]:
    """Each test client makes the middleware anew, as a process does once; only the first looks for the static files."""
    from huikuan.web.assets import AssetsMiddleware

    find, files = AssetsMiddleware.add_files_from_finders, dict[str, Any]()

    def find_once(middleware: AssetsMiddleware) -> None:
        if not files:
            find(middleware)
            files.update(middleware.files)
        middleware.files.update(files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AssetsMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True)
def _no_version_of_another_test() -> None:
    """What a process remembers of a pack version by its id is of its own database: here the same id may come again."""
    from huikuan.casebook import packs
    from huikuan.gate import ask, rules
    from huikuan.planning import one_case, worklist

    by_id = (
        packs._version,
        packs._stored_playbooks,
        packs._activated_playbooks,
        rules.of_versions,
        rules.act_sql,
        ask.question,
        one_case._statement,
        worklist._words_of,
    )
    for remembered in by_id:
        remembered.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _migrated_as_by_our_command() -> Iterator[None]:
    """Tests that go to a migration by name do it as quickly as `huikuan migrate`."""
    from huikuan.ops.migration_state import kept_models

    with kept_models():
        yield


@pytest.fixture(autouse=True, scope="session")
def _flushed_whole() -> Iterator[None]:
    """After a test that commits, Django empties the tables that it manages, and tells of it.

    What a new book has besides empty tables is made again then: the summaries, which Django does
    not manage, are empty, and the shipped roles are there.
    """
    from django.apps import apps
    from django.db.models.signals import post_migrate

    sender = apps.get_app_config("casebook")
    post_migrate.connect(_as_new, sender=sender)
    yield
    post_migrate.disconnect(_as_new, sender=sender)


@pytest.fixture(autouse=True, scope="module")
def _as_before_the_file(django_db_blocker: Any) -> Iterator[None]:
    """After each file its tables are as new: without the rows, dead ones too, and without counts.

    Without it the last files of a run took a hundred times as long as alone.
    """
    yield
    if "django_db_setup" not in _SET_UP:
        return
    with django_db_blocker.unblock():
        _forget_the_file()


def _forget_the_file() -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_USED)
        if not cursor.fetchone()[0]:
            return
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(CATALOGUES)}")


def _as_new(**_kwargs: Any) -> None:
    from django.db import connection

    from huikuan.casebook import facts
    from huikuan.people import roles

    roles.install()
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for subject in facts.of_cases():
            if subject.summary in tables:
                cursor.execute(f"TRUNCATE {subject.summary}")


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> None:
    """The server starts when the first test asks for the database, and before the transaction of
    each test the layers lie that it asks for. A fixture would lose to pytest-django's.
    """
    _SET_UP.add(fixturedef.argname)
    if fixturedef.argname == "django_db_setup" and "HUIKUAN_DATABASE_URL" not in os.environ:
        _start_once()
    if fixturedef.argname == "_django_db_helper" and isinstance(request.node, pytest.Item):
        with request.getfixturevalue("django_db_blocker").unblock():
            LAYERS.lay(request)


@cache
def _start_once() -> postgres.Lease:
    return postgres.join(HOME)


# Its event loop must not outlive the module: it runs in the main thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium (playwright.sync_api.Browser); make a new context in each test."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM_PATH, args=list(CHROMIUM_FLAGS)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty HUIKUAN_HOME for tests that run commands as processes; its server is stopped and removed afterwards."""
    home = tmp_path / "home"
    monkeypatch.setenv("HUIKUAN_HOME", str(home))
    monkeypatch.delenv("HUIKUAN_DATABASE_URL", raising=False)
    yield home
    remove_home(home)


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A HUIKUAN_HOME with all tables and nothing in them, at rest: copy it, do not use it."""
    home = tmp_path_factory.mktemp("migrated") / "home"
    postgres.prepare(home, FAST)
    environment = {
        name: value for name, value in os.environ.items() if name != "HUIKUAN_DATABASE_URL"
    }
    command = [sys.executable, "-m", "huikuan", "migrate"]
    subprocess.run(
        command,
        env=environment | {"HUIKUAN_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    yield home
    remove_home(home)


@pytest.fixture
def ready_home(fresh_home: Path, migrated_home: Path) -> Path:
    """`fresh_home` with the tables already made: a copy takes a fraction of the migrations' time."""
    copy_home(migrated_home, fresh_home)
    return fresh_home


def copy_home(source: Path, target: Path) -> None:
    """Copies a HUIKUAN_HOME that is at rest, cluster and keys, to a new one."""
    original = postgres.find(source)
    if original is None or postgres.is_running(original):
        raise ValueError(f"{source} has no cluster at rest")
    cluster = postgres.prepare(target, original.options)
    pointer = cluster.state / "cluster.json"
    pointer.write_text(
        json.dumps(json.loads(pointer.read_text()) | {"password": original.password})
    )
    binaries.Runner(cluster.place).own_folder(cluster.place)
    for item in ("data", "home") if os.geteuid() == 0 else ("data",):
        subprocess.run(["cp", "-a", str(original.place / item), str(cluster.place)], check=True)
    if os.geteuid() == 0:
        (cluster.place / "home").write_text(str(target))
    if (keys := source / "keys").exists():
        shutil.copytree(keys, target / "keys")
