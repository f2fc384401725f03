"""Whether the house's own mail server vouches for the sender of a mail (RFC 8601).

Who stands in the head of a mail anybody can write. The server that took it in has asked the
sender's domain, and wrote what it found above all that came with the mail.
"""

from __future__ import annotations

import re
from email.message import EmailMessage

_RESULT = re.compile(r"^\s*(?P<method>dmarc|dkim|spf)\s*=\s*(?P<result>\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
#: Which word of a result names the domain that was asked.
_DOMAIN_OF = {"dmarc": "header.from", "dkim": "header.d"}


def is_vouched(message: EmailMessage, server: str, sender: str) -> bool:
    """Whether `server` found the mail signed by the sender's domain, or under its policy.

    Only the uppermost result counts: a server writes its own above whatever came with the mail.
    """
    heads = message.get_all("Authentication-Results", [])
    if not heads:
        return False

    plain = _COMMENT.sub("", " ".join(str(heads[0]).split()))
    written_by, *results = plain.split(";")
    if written_by.split()[:1] != [server]:
        return False
    domain = sender.rpartition("@")[2].lower()
    return any(_passes(result, domain) for result in results)


def _passes(result: str, domain: str) -> bool:
    found = _RESULT.match(result)
    if found is None or found["result"].lower() != "pass":
        return False

    named = _DOMAIN_OF.get(found["method"].lower())
    if named is None:
        # Who may send for a domain says nothing of who stands in the head.
        return False
    asked = re.search(rf"{re.escape(named)}\s*=\s*([\w.-]+)", result, re.IGNORECASE)
    return asked is not None and asked[1].lower() == domain
