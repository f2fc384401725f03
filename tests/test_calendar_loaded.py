"""Working days of years without a notice are provisional and say so, until the office loads the notice."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.calendar import calendar, loaded_file, provisional_year
from huikuan.lib.calendar import china
from huikuan.ops import doctor
from huikuan.ops.commands import calendar as command
from huikuan.ops.commands import plan as plan_command
from tests.book import make_book

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 2, 8)
HEAD = "date,kind,name,source,official\n"
NOTICE = HEAD + "".join(f"2027-02-{day:02},restday,春节,通知,true\n" for day in range(6, 13))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"home": tmp_path})
    return tmp_path


def load(text: str, home: Path, *more: str) -> int:
    file = home / "notice.csv"
    file.write_text(text, encoding="utf-8")
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args([str(file), *more]))


def test_a_loaded_notice_makes_its_year_official_and_leaves_the_others(home, capsys):
    assert provisional_year(DAY) == 2027 and calendar().is_working_day(DAY)
    assert load(NOTICE, home, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["loaded"] == [2027] and answer["official"][-2:] == [2026, 2027]
    assert provisional_year(DAY) is None and not calendar().is_working_day(DAY)
    spring = dt.date(2026, 2, 17)
    assert calendar().is_working_day(spring) == china().is_working_day(spring)


def test_a_corrected_notice_takes_the_place_of_its_year(home):
    load(NOTICE, home)
    assert load(NOTICE.replace("2027-02-08", "2027-02-13"), home) == 0
    assert calendar().is_working_day(DAY)
    assert loaded_file().read_text("utf-8").count("2027-") == 7


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        "date,kind\n",
        HEAD + "2027-13-01,restday,x,x,true\n",
        "\n".join(NOTICE.splitlines()[:3]),
        NOTICE + "2027-02-06,holiday,x,x,yes\n",
    ],
)
def test_a_file_with_problems_changes_nothing(text, home, capsys):
    assert load(text, home) == 1
    assert provisional_year(DAY) == 2027 and not loaded_file().exists()
    assert "notice.csv" in capsys.readouterr().out


def test_the_doctor_says_when_the_next_notice_is_missing(home, monkeypatch):
    monkeypatch.setattr("huikuan.ops.arguments.today", lambda: dt.date(2026, 11, 24))
    found = doctor.working_days()
    assert (
        (found.check, found.verdict) == ("calendar", "warn")
        and "2027" in found.text
        and found.repair
    )
    load(NOTICE, home)
    assert doctor.working_days().verdict == "ok"
    loaded_file().write_text("spoilt", encoding="utf-8")
    assert doctor.working_days().verdict == "fail"


@pytest.mark.django_db
def test_the_plan_and_the_page_of_the_procedures_say_it(home, capsys):
    book = make_book("house", "欧阳甲", planned=False)
    parser = argparse.ArgumentParser()
    plan_command.arguments(parser)
    plan_command.run(parser.parse_args(["--on", "2027-02-08", "--organisation", "house"]))
    assert "2027" in capsys.readouterr().err
    plan_command.run(parser.parse_args(["--on", "2027-02-08", "--organisation", "house", "--json"]))
    assert json.loads(capsys.readouterr().out)["provisional"] is True
    client = Client()
    client.force_login(book.collector)
    assert "暂定" in client.get(reverse("packs")).content.decode()
