"""Static files as browsers get them: compressed, and kept for a year under an address that names their content."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from whitenoise.middleware import WhiteNoiseMiddleware

YEAR = 365 * 86400
COMPRESSED = ("text/", "image/svg", "application/json")


@cache
def version(path: str) -> str:
    """Ten digits of the file's hash; empty if there is no such file."""
    found = finders.find(path)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if found else ""


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
        return _compressed(request, response, path)


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
    response.file_to_stream.close()  # not response.close(): that would end the request and its connections
    smaller = HttpResponse(_gzip(path), headers=dict(response.items()))
    smaller["Content-Length"] = str(len(smaller.content))
    smaller["Content-Encoding"], smaller["Vary"] = "gzip", "Accept-Encoding"
    return smaller


@cache
def _gzip(path: str) -> bytes:
    return gzip.compress(Path(str(finders.find(path))).read_bytes(), 9, mtime=0)
