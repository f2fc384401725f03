"""huikuan check on packs of one's own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from huikuan.planning import load

pytestmark = pytest.mark.long

COMMAND = [sys.executable, "-m", "huikuan", "check"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_home: Path) -> Path:
    """A copy of a shipped pack with two mistakes."""
    folder = tmp_path / "packs" / "b2b_receivables"
    shutil.copytree(load.SHIPPED / "b2b_receivables", folder)
    playbook = folder / "playbook.yaml"
    text = playbook.read_text(encoding="utf-8")
    playbook.write_text(
        text.replace("when: on <= item_due_on", "when: on <= item_du_on", 1).replace(
            "script: chase_email", "script: chase_mail"
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("HUIKUAN_PACKS", str(tmp_path / "packs"))
    monkeypatch.setenv("LANGUAGE", "en")
    return folder


def check(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *args], capture_output=True, text=True, check=False)


def test_every_mistake_with_its_place(own: Path) -> None:
    done = check("b2b_receivables")
    assert done.returncode == 1
    lines = (own / "playbook.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("    script: chase_mail") + 1
    place = f"b2b_receivables/playbook.yaml:{line}:13"
    assert f"{place}: there is no script chase_mail; did you mean chase_email?" in done.stdout
    assert "'item_du_on' is not a fact; did you mean 'item_due_on'?" in done.stdout
    assert "b2b_receivables: 2 errors" in done.stdout


def test_json_is_one_object_a_pack(own: Path) -> None:
    done = check("--json", "b2b_receivables", "phone_collection")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["pack"], len(row["problems"])) for row in rows] == [
        ("b2b_receivables", 2),
        ("phone_collection", 0),
    ]
    assert {"place", "message", "remedy", "severity", "line", "column"} <= rows[0]["problems"][
        0
    ].keys()
    assert done.returncode == 1


def test_the_shipped_packs_are_in_order(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    done = check()
    assert done.returncode == 0, done.stdout
    assert "phone_collection: in order" in done.stdout


def test_a_misspelt_name(fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    done = check("phone_colection")
    assert done.returncode == 1
    assert "did you mean phone_collection?" in done.stderr


def test_a_wrong_specification_is_an_error(own: Path) -> None:
    shutil.copy(load.SHIPPED / "b2b_receivables" / "playbook.yaml", own / "playbook.yaml")
    for file in (own / "tests").rglob("*.yaml"):
        file.unlink()
    (own / "tests" / "mine.yaml").write_text(
        "given: {is_open: true, balance: 5.00}\ncases:\n"
        "  - {name: 对的, on: 2026-03-02, fires: [ask_contact_data]}\n"
        "  - {name: 错的, on: 2026-03-02, facts: {has_phone: true, has_email: true}, fires: [ask_contact_data]}\n",
        encoding="utf-8",
    )
    done = check("--specifications", "b2b_receivables")
    assert done.returncode == 1
    assert (
        "b2b_receivables/tests/mine.yaml:4: '错的' does not come out: ask_contact_data does not fire"
        in done.stdout
    )
    assert "1 cases as specified" in done.stdout
