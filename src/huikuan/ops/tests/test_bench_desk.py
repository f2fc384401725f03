"""The driver of the desk's bench reads a page as a browser does, and no case of its book is without a name."""

from huikuan.ops.bench import book, desk
from huikuan.ops.bench.visitor import Answer

PAGE = """
<form><input type="hidden" name="request_key" value="k1"><input name="plan" placeholder="x">
<input type="checkbox" name="tasks" value="7" checked><input type="checkbox" name="identified" value="on">
<input type="radio" name="answered" value="debtor"><fieldset disabled><input name="outcome" value="x"></fieldset>
<template><input name="of_a_template" value="x"></template><input type="submit" name="go" value="x">
<input name="note_of" value="a &amp; b" disabled><input name="seconds" value="3"></form>
"""


def test_what_a_browser_would_send_is_sent():
    assert Answer(200, PAGE, "").form == {
        "request_key": "k1",
        "plan": "",
        "tasks": "7",
        "seconds": "3",
    }


def test_names_and_initials_belong_together():
    assert book.name_of(0) == ("赵一一", "ZYY")
    assert book.name_of(20 * 24 + 21) == ("钱二二", "QEE")


def test_calls_may_be_made_where_the_bench_takes_place():
    import datetime as dt
    from zoneinfo import ZoneInfo

    for hour in range(24):
        now = dt.datetime(2026, 11, 23, hour, 30, tzinfo=dt.UTC)
        assert now.astimezone(ZoneInfo(desk._zone_of_working_hours(now))).hour == 11
