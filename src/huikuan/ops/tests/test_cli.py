"""The command line: quick help in two languages, exit codes, one line for a known problem."""

import json
import os
import subprocess
import sys

import pytest

from huikuan.ops import cli

pytestmark = pytest.mark.long

#: A command that takes longer hangs.
SECONDS = 300


def huikuan(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES")
    } | environ
    return subprocess.run(
        [sys.executable, "-m", "huikuan", *words],
        capture_output=True,
        text=True,
        env=environ,
        timeout=SECONDS,
    )


def test_help_follows_the_locale():
    english, chinese = huikuan("--help", LANG="en_US.UTF-8"), huikuan("--help", LANG="zh_CN.UTF-8")
    assert english.returncode == chinese.returncode == 0
    assert "serve everything" in english.stdout
    assert "启动全部服务" in chinese.stdout


def test_help_loads_nothing_heavy():
    script = (
        "import sys\nfrom huikuan.ops import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'django', 'pydantic', 'ibis', 'polars', 'psycopg'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stderr.strip() == "[]"


def test_every_command_has_help_and_the_contract():
    for name, path in cli.names().items():
        assert cli._help(path), name
        module = cli._load(path)
        assert callable(module.arguments), name
        assert callable(module.run), name
        assert isinstance(getattr(module, "NEEDS_DATABASE", True), bool), name


@pytest.mark.parametrize("words", [(), ("no-such-command",), ("migrate", "--no-such-option")])
def test_wrong_usage_is_2(words):
    assert huikuan(*words).returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        (b"contact", b"1", b"--channel", b"sms", b"--note", b"a\xff"),
        # The same in the encoding of a Chinese Windows.
        (b"house", b"set", b"--name", "示例公司".encode("gb18030")),
        (b"\xff",),
    ],
)
def test_bytes_that_are_no_utf8_are_2_in_one_line(words, tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "huikuan", *words],
        capture_output=True,
        env=os.environ | {"LANG": "C.UTF-8", "HUIKUAN_HOME": str(tmp_path)},
        timeout=SECONDS,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(b"huikuan: ")
    assert result.stderr.count(b"\n") == 1
    assert b"\\x" in result.stderr


def test_wrong_settings_are_1_without_a_traceback():
    result = huikuan("migrate", HUIKUAN_PORT="x", LANG="C")
    assert result.returncode == 1
    assert result.stderr == "huikuan: HUIKUAN_PORT=x: must be a whole number from 0 to 65535\n"


def test_a_database_that_does_not_answer_is_1_in_one_line(tmp_path):
    result = huikuan(
        "migrate",
        HUIKUAN_DATABASE_URL="postgresql://u:p@127.0.0.1:1/d",
        HUIKUAN_HOME=str(tmp_path),
        LANG="C",
    )
    assert result.returncode == 1
    assert result.stderr.startswith("huikuan: the database does not answer: ")
    assert result.stderr.count("\n") == 1


def test_commands_that_start_at_once_migrate_once(fresh_home):
    command = [sys.executable, "-m", "huikuan", "migrate"]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(process.communicate(timeout=SECONDS)[1], process.returncode) for process in running]
    assert ended == [("", 0)] * 3


def test_doctor_names_every_check_and_the_repair_of_a_fault(ready_home):
    result = huikuan("doctor", "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["ok"]) == (0, True)
    assert {
        "python",
        "home",
        "data_key",
        "server",
        "database",
        "migrations",
        "worker",
        "chromium",
        "fonts",
    } <= {check["check"] for check in answer["checks"]}
    (ready_home / "keys" / "data_key").chmod(0o644)
    result = huikuan("doctor", LANG="C")
    assert result.returncode == 1
    assert f"chmod 600 {ready_home}/keys/data_key" in result.stdout
