"""An office's first day without the demo: docs/first-day.md, command by command, and a call."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import (
    CaseSummary,
    ContactPoint,
    ContactRecord,
    PackVersion,
    PlanRun,
    Task,
)
from huikuan.ops import cli
from huikuan.people.models import Organisation, User
from huikuan.people.rights import Right
from huikuan.people.roles import create_user
from tests.people import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PAGE = Path(__file__).parent.parent / "docs" / "first-day.md"
EXAMPLE = Path(cli.__file__).parent.parent / "intake" / "examples" / "card_cn"
MAPPING = EXAMPLE / "mapping.yaml"
SAMPLE = EXAMPLE / "sample.csv"
#: Needs a process of its own.
NOT_HERE = ("run",)
TEN = dt.time(10, 30)
COLLECTOR = "zhang.wei"


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> dt.date:
    """Half past ten of today: calls may be made, whenever the test runs. Gives the day."""
    now = timezone.now
    today = now().astimezone(SHANGHAI).date()
    ahead = dt.datetime.combine(today, TEN, SHANGHAI) - now()
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)
    return today


@pytest.fixture
def office(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, morning: dt.date
) -> dt.date:
    """An empty book, a folder with a mapping of the office's own, a file of the creditor."""
    monkeypatch.chdir(tmp_path)
    packs = tmp_path / "packs"
    (packs / "mappings").mkdir(parents=True)
    text = MAPPING.read_text("utf-8").replace("name: card_cn", "name: our_bank")
    text = text.replace("card-bank", "our-bank").replace("示例银行信用卡中心", "本地银行")
    (packs / "mappings" / "our_bank.yaml").write_text(text, "utf-8")
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": packs})

    write_cards(tmp_path / "cards.csv", morning)
    return morning


def write_cards(path: Path, today: dt.date) -> None:
    """Two rows of the shipped sample: card holders three months late, and told of the agency."""
    days = {"逾期日期": -95, "委外告知日": -20, "委案日期": -10, "退案日": 80}
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:2]

    for row in rows:
        for column, ahead in days.items():
            row[column] = str(today + dt.timedelta(days=ahead))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def commands(page: str) -> list[list[str]]:
    """The commands of the page in their order, as words."""
    found = []
    for block in re.findall(r"^```\n(.*?)^```", page, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("huikuan "):
                found.append(shlex.split(line, comments=True)[1:])
    return [words for words in found if words[0] not in NOT_HERE]


def run(*words: str) -> int:
    """One command, in this process and its test database."""
    args = cli._parser(words[0]).parse_args(list(words))
    return int(args.module.run(args) or 0)


def sign_in(username: str, capsys: pytest.CaptureFixture[str]) -> Client:
    """As somebody whose password a command has just made."""
    capsys.readouterr()
    assert run("user", "password", username, "--json") == 0
    password = json.loads(capsys.readouterr().out)["password"]
    client = Client()
    answer = client.post(reverse("sign_in"), {"username": username, "password": password})
    assert answer.status_code == 302
    return client


def call(client: Client) -> ContactRecord:
    """The first case of the list is called: the gate is asked, the talk is saved."""
    case = client.get(reverse("next_case"), follow=True).context["case"]
    point = ContactPoint.objects.get(person=case.person, kind="mobile", whose="debtor")
    started = client.post(
        reverse("calls:start", args=[case.number, point.pk]), {"request_key": "first"}
    )
    assert started.status_code == 200
    decision = re.search(r'name="decision" value="([^"]+)"', started.content.decode())
    assert decision, "the gate let nobody call"

    said = {
        "request_key": "first",
        "decision": decision[1],
        "answered": "nobody",
        "outcome": "no_answer",
        "note": "无人接听",
        "seconds": "20",
    }
    saved = client.post(reverse("calls:save", args=[case.number, point.pk]), said)
    assert saved.status_code in (200, 302), saved.content.decode()
    return ContactRecord.objects.get(case=case)


def test_from_an_empty_book_to_the_first_call(
    office: dt.date, capsys: pytest.CaptureFixture[str]
) -> None:
    every = commands(PAGE.read_text("utf-8"))
    leaving = next(place for place, words in enumerate(every) if words[:2] == ["user", "end"])
    assert len(every) > 15

    for words in every[:leaving]:
        assert run(*words) == 0, words
    house = Organisation.objects.get()
    assert (house.name, house.kind) == ("安信信用管理", "agency")
    manager = User.objects.get(username="ma.ming")
    assert manager.may(Right.SIGN_PACKS) and manager.may(Right.IMPORT)
    assert PlanRun.objects.filter(on=office).exists()
    assert (
        CaseSummary.objects.filter(assignee_id__isnull=False, collector_kind="agency").count() == 2
    )
    assert Task.objects.filter(status="open").exists()

    record = call(sign_in(COLLECTOR, capsys))
    assert (record.channel, record.act.actor.username) == ("call", COLLECTOR)

    run("report", "day", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["calls"] == 1

    assert run(*every[leaving]) == 0
    assert CaseSummary.objects.filter(is_open=True, assignee_id__isnull=True).count() == 2


def test_the_upload_page_offers_no_invented_creditor(office: dt.date) -> None:
    run("house", "set", "--name", "安信", "--kind", "agency")
    house = Organisation.objects.get()
    user = create_user("zhao", organisation=house, roles=["data_admin"])
    client = Client()
    client.force_login(user)

    page = client.get(reverse("intake:upload")).content.decode()
    assert 'value="our-bank"' in page, "of a mapping of their own"
    assert 'value="card-bank"' not in page
    assert 'value="card_cn"' in page, "the mapping may serve as it is"


def test_without_a_house_nothing_is_made_and_the_remedy_is_told(office: dt.date) -> None:
    for more in ([], ["--dry-run"]):
        with pytest.raises(cli.CommandError, match="huikuan house set --name"):
            run("import", "cards.csv", "--creditor", "our-bank", "--mapping", "our_bank", *more)
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_a_dry_run_makes_nobody(office: dt.date) -> None:
    run("house", "set", "--name", "安信", "--kind", "agency")
    words = ["import", "cards.csv", "--creditor", "our-bank", "--mapping", "our_bank"]
    assert run(*words, "--dry-run") == 0
    assert not User.objects.exists()
    assert not Organisation.objects.get().creditors.exists()
    assert not PackVersion.objects.exists(), "the procedures are looked at, not loaded"
