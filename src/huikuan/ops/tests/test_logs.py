"""Logs are JSON and carry no personal data."""

import json
import logging
import sys

import pytest

from huikuan.ops import logs


def entry(message: str, *args: object, **extra: object) -> dict[str, object]:
    record = logging.getLogger("huikuan.test").makeRecord(
        "huikuan.test", logging.INFO, __file__, 1, message, args, None, extra=extra
    )
    return json.loads(logs.JsonFormatter().format(record))


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("called 13800000012", "called ***12"),
        ("id 110101190001011237", "id ***37"),
        ("id 11010119000101123X", "id ***23"),
        ("card 6222 0200 0000 0012 refused", "card ***12 refused"),
        ("wrote to li.lei@example.com", "wrote to ***@***"),
        ("GET /cases?phone=13800000012 404", "GET /cases?… 404"),
        ("case 10452, 2013-06-03, took 1.25 s", "case 10452, 2013-06-03, took 1.25 s"),
        ("电话13800000012无人接听", "电话***12无人接听"),
    ],
)
def test_numbers_and_addresses_are_masked(text, logged):
    assert entry(text)["message"] == logged


def test_arguments_are_masked_and_named_extras_kept():
    line = entry("tried %s", "13800000012", rows=5, phone="13800000012")
    assert (line["message"], line["rows"], "phone" in line) == ("tried ***12", 5, False)


def test_the_text_of_an_exception_is_left_out():
    try:
        raise ValueError("Key (phone)=(13800000012) already exists")
    except ValueError:
        record = logging.makeLogRecord(
            {"msg": "import failed", "exc_info": sys.exc_info(), "levelname": "ERROR", "name": "x"}
        )
    text = logs.JsonFormatter().format(record)
    assert "builtins.ValueError" in text
    assert "test_logs.py" in text
    assert "138000" not in text
    assert "Key" not in text


def test_a_trace_inside_a_message_is_cut_to_its_places():
    line = entry(
        'failed\nTraceback (most recent call last):\n  File "a.py", line 3, in f\n    f(x)\nValueError: 张三'
    )
    assert (line["message"], line["trace"]) == ("failed", ['File "a.py", line 3, in f'])
