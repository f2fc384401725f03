"""Static files as browsers get them: compressed, and kept for a year under an address that names their content."""

import gzip
import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from whitenoise.middleware import WhiteNoiseMiddleware

YEAR = 365 * 86400
COMPRESSED = ("text/", "image/svg", "application/json")


#: `from "./text.js"` in a module of ours; the groups are what stands before and in the quotes.
IMPORT = re.compile(r'(\bfrom\s+)"\./([\w-]+\.js)"')


def _raw(path: str) -> bytes:
    found = finders.find(path)
    return Path(found).read_bytes() if found else b""


@cache
def neighbours(path: str) -> tuple[str, ...]:
    """The modules of the same folder that a module of ours imports. No circles, or this never ends."""
    if not path.endswith(".js") or "/vendor/" in path:
        return ()
    folder = posixpath.dirname(path)
    imports = IMPORT.finditer(_raw(path).decode("utf-8"))
    return tuple(posixpath.join(folder, match[2]) for match in imports)


@cache
def modules(path: str) -> tuple[str, ...]:
    """A module and all that it imports, each once: what a browser may load at the same time."""
    found = {path: None}
    for neighbour in neighbours(path):
        found |= dict.fromkeys(modules(neighbour))
    return tuple(found)


@cache
def content(path: str) -> bytes:
    """The file as it is sent; empty if there is no such file.

    A module names its neighbours by their versioned addresses: no page may run modules of two versions.
    """
    if not neighbours(path):
        return _raw(path)
    folder = posixpath.dirname(path)

    def versioned(match: re.Match[str]) -> str:
        neighbour = posixpath.join(folder, match[2])
        return f'{match[1]}"./{match[2]}?v={version(neighbour)}"'

    return IMPORT.sub(versioned, _raw(path).decode("utf-8")).encode("utf-8")


@cache
def version(path: str) -> str:
    """Ten digits of the hash of what is sent; empty if there is no such file."""
    sent = content(path)
    return hashlib.sha256(sent).hexdigest()[:10] if sent else ""


def address(path: str) -> str:
    """Address of a static file that changes when the file changes, so that browsers may keep it."""
    return f"{static(path)}?v={version(path)}"


class AssetsMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, which sends the `.gz` beside a vendored file; our own small files are compressed here, once a process."""

    def __call__(self, request: HttpRequest) -> Any:
        response = super().__call__(request)
        if not request.path_info.startswith(self.static_prefix) or response.status_code not in (
            200,
            304,
        ):
            return response
        path = request.path_info.removeprefix(self.static_prefix)
        if not self.autorefresh and request.GET.get("v") == version(path) != "":
            response["Cache-Control"] = f"max-age={YEAR}, public, immutable"
        if response.status_code == 200 and neighbours(path):
            response = _rewritten(response, path)
        return _compressed(request, response, path)


def _rewritten(response: Any, path: str) -> HttpResponse:
    """The module with the addresses of its neighbours. The file's own ETag would say too little."""
    response.file_to_stream.close()
    headers = {
        name: value for name, value in response.items() if name not in ("ETag", "Last-Modified")
    }
    headers["Content-Length"] = str(len(content(path)))
    return HttpResponse(content(path), headers=headers)


def _compressed(request: HttpRequest, response: Any, path: str) -> Any:
    plain = response.status_code == 200 and "Content-Encoding" not in response
    if (
        not plain
        or not response.get("Content-Type", "").startswith(COMPRESSED)
        or request.method != "GET"
    ):
        return response
    if "gzip" not in request.headers.get("accept-encoding", ""):
        response["Vary"] = "Accept-Encoding"
        return response
    if hasattr(response, "file_to_stream"):
        # not response.close(): that would end the request and its connections
        response.file_to_stream.close()
    smaller = HttpResponse(_gzip(path), headers=dict(response.items()))
    smaller["Content-Length"] = str(len(smaller.content))
    smaller["Content-Encoding"], smaller["Vary"] = "gzip", "Accept-Encoding"
    return smaller


@cache
def _gzip(path: str) -> bytes:
    return gzip.compress(content(path), 9, mtime=0)
