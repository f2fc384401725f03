"""A task keeps the role and the approval of the version that made it, also after a roll-back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from huikuan.casebook.models import OutboxMessage, StatementEvent, Task
from huikuan.planning import load
from huikuan.planning.activate import roll_back
from huikuan.planning.approve import approve
from tests import people
from tests.receivables.conftest import FIRST, PLACED, Office, november
from tests.receivables.test_act import codes

pytestmark = pytest.mark.django_db
PACK = "b2b_receivables"
SHIPPED_ROLE = "    role: team_lead\n    records: sent\n"
STRICTER = "    role: manager\n    approval: general_manager\n    records: sent\n"


def sign_a_stricter_version(office: Office, folder: Path, settings: Any) -> None:
    """A version of the house in which a manager sends the statement, with a consent."""
    load.load_all(at=people.moment(PLACED))
    own = folder / PACK
    shutil.copytree(load.SHIPPED / PACK, own, ignore=shutil.ignore_patterns("tests"))
    playbook = own / "playbook.yaml"
    text = playbook.read_text("utf-8")
    assert text.count(SHIPPED_ROLE) == 1
    playbook.write_text(text.replace(SHIPPED_ROLE, STRICTER), "utf-8")
    pack = own / "pack.yaml"
    pack.write_text(re.sub(r'version: ".+"', 'version: "own-1"', pack.read_text("utf-8")), "utf-8")

    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": folder})
    people.make_user("general_manager")
    approve(PACK, actor=office.manager, at=people.moment(PLACED), seen=None)


def test_the_open_task_of_the_stricter_version_still_asks_for_its_role_and_consent(
    office: Office, tmp_path: Path, settings: Any
) -> None:
    sign_a_stricter_version(office, tmp_path, settings)
    office.open()
    office.plan(FIRST)
    assert codes(office.record("submitted", november(3), office.collector)) == []
    assert codes(office.record("checked", november(4), office.lead)) == []
    office.plan(november(5))
    assert Task.objects.get(step__code="month_send").status == Task.Status.OPEN

    roll_back(PACK, actor=office.manager, at=people.moment(november(5), 9))

    assert codes(office.record("sent", november(5), office.lead)) == ["done.role"]
    assert codes(office.record("sent", november(5), office.manager)) == ["done.approval"]
    assert not StatementEvent.objects.filter(kind="sent").exists()
    assert not OutboxMessage.objects.filter(purpose="statement").exists()
