"""How a call gets onto the line: by a link that the collector's own telephone opens, by a telephone system, or by hand."""

from __future__ import annotations

import datetime as dt
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huikuan.casebook import journal
from huikuan.casebook.models import PhoneCall, Reveal
from huikuan.casebook.sealed import unseal
from huikuan.lib.signature import sign
from huikuan.people.models import User

log = logging.getLogger("huikuan.telephony")
TIMEOUT = 3
#: Adapters that hear nothing of the call: the collector says when it was answered and when it ended.
SILENT = frozenset({"console", "link-tel", "link-sip"})


class NotTaken(Exception):
    """The telephone system did not take the call; `why` is a short word without a number in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Started:
    """`mode`: link, console or originate; `href`: what the collector's telephone opens, only of a link."""

    mode: str
    href: str = ""


def start(call: PhoneCall, user: User, at: dt.datetime) -> Started:
    """Puts the call onto the line by the adapter of the installation. Raises NotTaken."""
    return _ADAPTERS[call.adapter](call, user, at)


def _console(call: PhoneCall, user: User, at: dt.datetime) -> Started:
    log.info(
        "call %s to %s",
        call.call_id,
        call.point.value_masked,
        extra={"room": "telephony", "actor": user.pk},
    )
    return Started("console")


def _link(scheme: str) -> Callable[[PhoneCall, User, dt.datetime], Started]:
    def link(call: PhoneCall, user: User, at: dt.datetime) -> Started:
        return Started("link", f"{scheme}:{_number(call, user, at)}")

    return link


def _originate(call: PhoneCall, user: User, at: dt.datetime) -> Started:
    message = {
        "agent": user.username,
        "callee": _number(call, user, at),
        "case": call.case.number,
        "call_id": str(call.call_id),
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"} | sign(_secret(), str(call.call_id), at, body)
    address = str(settings.HUIKUAN.telephony_url)  # http(s) only, by ops.config
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310
    try:
        with _opener().open(request, timeout=TIMEOUT) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        raise NotTaken(f"HTTP {error.code}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise NotTaken("timeout" if isinstance(reason, TimeoutError) else "no connection") from None
    return Started("originate")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The number goes to the address that was set, and nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _secret() -> str:
    secret: Any = settings.HUIKUAN.telephony_secret
    return str(secret.get_secret_value())


def _number(call: PhoneCall, user: User, at: dt.datetime) -> str:
    """The full number, which leaves our hands: a look that is recorded."""
    act = journal.begin(user, "telephony.reveal", at=at, reason="call")
    Reveal.objects.create(act=act, case=call.case, field="point", subject_id=call.point_id)
    return unseal(call.point.value_sealed)


_ADAPTERS: dict[str, Callable[[PhoneCall, User, dt.datetime], Started]] = {
    "console": _console,
    "link-tel": _link("tel"),
    "link-sip": _link("sip"),
    "originate": _originate,
}
