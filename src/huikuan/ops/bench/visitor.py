"""One browser of the desk's bench: keeps its connection and its session, reads forms as a page holds them, times each answer."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

#: What a browser sends with every request of ours.
HEADERS = {
    "Accept-Encoding": "gzip",
    "Accept": "text/html",
    "Accept-Language": "zh-CN",
    "Connection": "keep-alive",
}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Times:
    """Milliseconds of each kind of request, and what went wrong. Shared by all threads."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)
    counting: bool = False

    def add(self, kind: str, milliseconds: float) -> None:
        if self.counting:
            with self.lock:
                self.milliseconds[kind].append(milliseconds)

    def wrong(self, kind: str, text: str) -> None:
        with self.lock:
            self.errors[kind].append(text[:300])


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str

    @property
    def form(self) -> dict[str, str]:
        """The fields of the page's forms that a browser would send: hidden and filled ones, boxes that are ticked."""
        reader = _Fields()
        reader.feed(self.text)
        return reader.fields


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._disabled = 0
        self._templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "fieldset" and (self._disabled or "disabled" in given):
            self._disabled += 1
        self._templates += tag == "template"
        name, kind = given.get("name"), given.get("type", "text")
        if tag != "input" or not name or self._disabled or self._templates or "disabled" in given:
            return
        if (kind in ("checkbox", "radio") and "checked" not in given) or kind in (
            "submit",
            "button",
            "file",
            "search",
        ):
            return
        self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._disabled -= tag == "fieldset" and self._disabled > 0
        self._templates -= tag == "template" and self._templates > 0


class Visitor:
    """One person at a browser. A request that the server cannot answer well is an error, never an exception."""

    def __init__(self, host: str, port: int, session: str, times: Times) -> None:
        self.times = times
        self._where = host, port
        self._cookies = {"huikuan_session": session}
        self._token = ""
        self._link: http.client.HTTPConnection | None = None

    def get(self, kind: str, address: str, *, fragment: bool = False) -> Answer:
        headers = {"HX-Request": "true"} if fragment else {}
        return self._ask(kind, "GET", address, headers, None)

    def post(self, kind: str, address: str, fields: dict[str, str]) -> Answer:
        """As htmx posts: the token in a header, the form in the body."""
        headers = {
            "HX-Request": "true",
            "X-CSRFToken": self._token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._ask(kind, "POST", address, headers, urlencode(fields).encode())

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _ask(
        self, kind: str, method: str, address: str, headers: dict[str, str], content: bytes | None
    ) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        began = time.perf_counter()
        try:
            response = self._response(
                method, address, content, {**HEADERS, **headers, "Cookie": cookies}
            )
            found = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self.times.wrong(kind, f"{method}: {type(error).__name__}")
            return Answer(0, "", "")
        self.times.add(kind, (time.perf_counter() - began) * 1000)
        self._keep(response)
        text = (
            gzip.decompress(found) if response.getheader("Content-Encoding") == "gzip" else found
        ).decode()
        if response.status >= 400:
            self.times.wrong(
                kind,
                f"{method}: {response.status} {' '.join(re.sub('<[^>]+>', ' ', text).split())}",
            )
        elif token := _TOKEN.search(text):
            self._token = token[1]
        return Answer(
            response.status,
            text,
            urlsplit(response.getheader("Location") or "")._replace(fragment="").geturl(),
        )

    def _response(
        self, method: str, address: str, content: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """As browsers do, a page is asked for once more when the server had closed the idle connection (after 30 s)."""
        used = self._link is not None
        try:
            self._link = self._link or http.client.HTTPConnection(*self._where, timeout=60)
            self._link.request(method, address, content, headers)
            return self._link.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self.close()
            if not used or method != "GET":
                raise
            return self._response(method, address, content, headers)

    def _keep(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self._cookies[name] = rest.partition(";")[0]
