"""Every page is light: 400 kB on the first visit with all that it loads, 60 kB on the next, as the bytes of the answers."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from huikuan.casebook import facts
from huikuan.ops.made_once import made_once
from huikuan.web import assets
from tests import people
from tests.book import Book, make_book
from tests.test_walls import addresses
from tests.walls import words_of_rooms

pytestmark = [pytest.mark.django_db, pytest.mark.long]
FIRST, NEXT = 400_000, 60_000
CASES = 60  # more than a page of any list shows
#: href, src and data-src of a page's own files; the part after # of a sprite's address stays in the browser
ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')
COMPRESSED = {"accept-encoding": "gzip"}


@made_once
def book() -> Book:
    book = make_book("ours", "欧阳试")
    made = []
    for number in range(CASES):
        person = people.make_person(
            book.case.creditor, name=f"欧阳试{number}", number=f"MANY-{number}"
        )
        case = people.make_case(
            person, number=f"MANY-{number}", items=[(book.case.placed_on, 100_000 + number)]
        )
        people.make_point(case)
        made.append(case.pk)
    facts.refresh(made)
    words_of_rooms(book)
    return book


def body(client: Client, address: str) -> tuple[int, bytes, str, str]:
    answer = client.get(address, headers=COMPRESSED)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    encoding = answer.get("Content-Encoding", "")
    return answer.status_code, content, encoding, answer.get("Cache-Control", "")


def asset_bytes(client: Client, address: str, seen: dict[str, int]) -> int:
    if address not in seen:
        status, content, _encoding, kept = body(client, address)
        assert status == 200 and "immutable" in kept, address
        seen[address] = len(content)
    return seen[address]


@pytest.mark.parametrize("role", ["manager", "collector"])
def test_every_page_is_light(book, role):
    client = Client()
    client.force_login(getattr(book, role))
    seen: dict[str, int] = {}
    weights = {}
    for name, address in [("sign_in", "/sign-in/"), *addresses(book)]:
        status, content, encoding, _kept = body(client, address)
        if status != 200 or not content:
            continue
        text = gzip.decompress(content) if encoding == "gzip" else content
        if b"<html" not in text:
            continue
        assert encoding == "gzip" or len(content) < 200, name
        files = sum(asset_bytes(client, found, seen) for found in set(ASSET.findall(text.decode())))
        weights[name] = (len(content) + files, len(content))
    assert len(weights) > 5
    heavy = {
        name: weight for name, weight in weights.items() if weight[0] > FIRST or weight[1] > NEXT
    }
    assert not heavy, heavy


def test_a_file_is_kept_for_a_year_only_under_the_address_of_its_content():
    client = Client()
    _status, content, encoding, kept = body(client, assets.address("web/huikuan.css"))
    assert encoding == "gzip" and "immutable" in kept and "31536000" in kept
    for other in ("/static/web/huikuan.css", "/static/web/huikuan.css?v=0123456789"):
        assert "immutable" not in body(client, other)[3]
    plain = client.get("/static/web/huikuan.css")
    assert plain["Vary"] == "Accept-Encoding" and "Content-Encoding" not in plain
    assert gzip.decompress(content) == b"".join(plain.streaming_content)
    again = client.get(
        "/static/web/huikuan.css", headers={"if-none-match": plain["ETag"], **COMPRESSED}
    )
    assert again.status_code == 304 and "Content-Encoding" not in again


def test_a_pages_secret_is_masked_anew_in_every_compressed_answer(book):
    """BREACH guesses a secret from the length of compressed answers: the token differs each time, and so does the length."""
    client = Client()
    client.force_login(book.collector)
    bodies = [body(client, "/")[1] or body(client, "/work/")[1] for _ in range(4)]
    tokens = {
        re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', gzip.decompress(one))[1]
        for one in bodies
    }
    assert len(tokens) == 4 and len({len(one) for one in bodies}) > 1
