"""What a stranger sends is read or refused; nothing in it is an error of the program."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.foreign_json import NotReadable, read_object

DEEP = 15_000
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(st.dictionaries(TEXTS, VALUES))
def test_what_is_an_object_of_plain_texts_is_read_as_it_was_written(told):
    assert read_object(json.dumps(told).encode()) == told


@given(st.binary())
def test_of_any_bytes_nothing_but_a_refusal_comes(body):
    with suppress(NotReadable):
        read_object(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff{}",
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"a": "\\u0000"}',
        b'{"a": ["\\u0000"]}',
        b'{"\\u0000": 1}',
        b'{"a": {"b": "\\ud800"}}',
        b'{"a": 1, "a": 2}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_could_do_more_than_be_refused_is_refused(body):
    with pytest.raises(NotReadable):
        read_object(body)


@pytest.mark.parametrize("depth", [100, 900, 1_100, 5_000, 50_000])
def test_however_deep_it_is_nothing_but_a_refusal_comes(depth):
    with suppress(NotReadable):
        read_object(b'{"a":' * depth + b"1" + b"}" * depth)


def test_a_name_that_nobody_expects_is_refused_where_names_are_said():
    body = b'{"id": "msg_1", "data": {}}'
    assert read_object(body)["id"] == "msg_1"
    with pytest.raises(NotReadable):
        read_object(body, known=("id", "type"))
