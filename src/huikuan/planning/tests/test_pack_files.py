"""A pack folder whose files cannot be read, or are read by nobody, is told with file and remedy."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.utils import timezone

from huikuan.casebook.models import PackVersion
from huikuan.planning import load
from huikuan.planning.pack_files import files_of

PACK = "phone_collection"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a shipped pack."""
    return Path(shutil.copytree(load.SHIPPED / PACK, tmp_path / PACK))


def said(folder: Path) -> list[tuple[str, str, int | None, str]]:
    """Severity, file, line and code of what is wrong with the pack's files."""
    return [(p.severity, p.file, p.line, p.code) for p in load.check(PACK, folder).problems]


def test_a_pack_in_order_has_nothing_to_say(folder: Path) -> None:
    assert said(folder) == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["playbook.yaml", "scripts/first_call.md"])
def test_a_file_of_another_encoding_is_named(folder: Path, name: str, encoding: str) -> None:
    path = folder / name
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    ((severity, file, line, code),) = said(folder)
    assert (severity, file, code) == ("error", name, "yaml.encoding")
    assert line is not None
    assert load.check(PACK, folder).pack is None


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    path = folder / "playbook.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert said(folder) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("clock.yaml", "clocks.yaml"),
        ("outcome.yaml", "outcomes.yaml"),
        ("tests/fines.yml", "tests/fines.yaml"),
        ("test/fines.yaml", "tests/fines.yaml"),
        ("tests/step/fines.yaml", "tests/steps/fines.yaml"),
        ("x_1234567.yaml", ""),
    ],
)
def test_a_file_that_nobody_reads_is_named(folder: Path, name: str, meant: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("steps: []\n", encoding="utf-8")
    assert said(folder) == [("warning", name, None, "pack.unread")]
    (problem,) = files_of(folder).problems
    assert problem.params["near"] == meant


def test_what_an_editor_leaves_behind_is_passed_over(folder: Path) -> None:
    for name in (".playbook.yaml.swp", "playbook.yaml~", "README.md"):
        (folder / name).write_text("", encoding="utf-8")
    assert said(folder) == []


def test_a_playbook_of_another_name_is_missing_and_not_empty(folder: Path) -> None:
    (folder / "playbook.yaml").rename(folder / "playbook.yml")
    assert said(folder) == [
        ("warning", "playbook.yml", None, "pack.unread"),
        ("error", "playbook.yaml", None, "yaml.not_found"),
    ]


@pytest.mark.django_db
def test_one_unreadable_pack_keeps_no_other_from_being_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "playbook.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    others = {name: each for name, each in load.folders().items() if name != PACK}
    monkeypatch.setattr(load, "folders", lambda: {**others, PACK: folder})

    problems = load.load_all(at=timezone.now())
    assert [(p.file, p.code) for p in problems] == [(f"{PACK}/playbook.yaml", "yaml.encoding")]
    assert set(PackVersion.objects.values_list("pack", flat=True)) == set(others)


def test_what_is_no_file_ends_no_check(folder: Path, tmp_path: Path) -> None:
    (folder / "scripts" / "gone.md").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "scripts" / "pipe.md")
    (folder / "outcomes.yaml").unlink()
    (folder / "outcomes.yaml").mkdir()
    assert "yaml.not_found" not in {code for _severity, _file, _line, code in said(folder)}
