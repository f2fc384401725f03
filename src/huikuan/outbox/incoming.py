"""What a mail that came in is: a bounce, a report of delay or delivery, an answer, something else.

Pure: bytes in, words out. Mail is written by anybody, so nothing in it is trusted to be well
formed, and only an id of ours (random, known to no stranger) says what it belongs to.
"""

from __future__ import annotations

import email
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from flufl.bounce import all_failures

from huikuan.casebook.models import MailboxMessage
from huikuan.lib import emails

log = logging.getLogger("huikuan.outbox")
Kind = MailboxMessage.Kind
LONGEST_KEY = 255
_LENGTH_OF_HASH = len("sha256:") + 64
#: Of a report in free words this much is searched for an id and a code.
_MOST_SEARCHED = 200_000
_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_ENHANCED = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
# It logs a trace for each mail that one of its detectors stumbles over, and goes on.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
#: How servers of whose words no library knows name a mail that came back.
_BOUNCE_WORDS = re.compile(
    r"undeliver|delivery (status notification|has failed|failure)|returned mail|failure notice"
    r"|mail delivery failed|delivery incomplete|退信|投递失败|无法投递|发送失败|无法送达",
    re.IGNORECASE,
)
_DELAY_WORDS = re.compile(r"delay|warning: could not send|still being retried|延迟", re.IGNORECASE)
_ABSENCE_WORDS = re.compile(r"auto(matic)?[- ]?reply|out of (the )?office|自动回复", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a mail: its word, its code, for whom."""

    kind: MailboxMessage.Kind
    code: str = ""
    detail: str = ""
    receivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that came in. `ids`: of the mails that it answers or reports on, as it says."""

    key: str
    kind: MailboxMessage.Kind
    sender: str
    subject: str
    ids: tuple[str, ...]
    report: Report | None = None


def read_mail(raw: bytes) -> Incoming:
    """What the mail is. Never raises for what stands in it."""
    try:
        return parse(raw)
    except Exception:
        # Python's own parser stumbles over some broken mails. One that stopped the reading would
        # stop it for good: the mail waits for a person, as one that says nothing.
        log.warning("a mail of %s bytes cannot be parsed", len(raw))
        return Incoming(_hash_of(raw), Kind.OTHER, "", "", ())


def parse(raw: bytes) -> Incoming:
    """`read_mail` without its net."""
    mail = email.message_from_bytes(raw)
    subject = _header(mail, "Subject")
    sender = parseaddr(_header(mail, "From"))[1].lower()
    referred = _ID.findall(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}")

    report = _delivery_report(mail) or _report_in_words(mail, sender, subject, referred)
    if report is not None:
        ids = [*referred, *_ids_of_returned(mail), *_ID.findall(_words(mail))]
        return Incoming(_key(mail, raw), report.kind, sender, subject, _unique(ids), report)

    kind = Kind.OTHER
    if referred:
        kind = Kind.AUTO_ANSWER if _is_by_machine(mail, subject) else Kind.ANSWER
    return Incoming(_key(mail, raw), kind, sender, subject, _unique(referred))


def _key(mail: Message, raw: bytes) -> str:
    """By what the same mail is known again, also when it is delivered twice.

    Its id and what it says: whoever sends a mail first under the id of another, such as that of a
    bounce that is still to come, does not make that one count as known.
    """
    ids = _ID.findall(_header(mail, "Message-ID"))
    if not ids or len(ids[0]) > LONGEST_KEY - _LENGTH_OF_HASH - 1:
        return _hash_of(raw)

    # The headers of the way, such as Received, differ from one delivery to the next.
    said = [_header(mail, name) for name in ("From", "Subject", "Date")]
    _head, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    words = "\n".join(said).encode("utf-8", "replace") + body.rstrip()
    return f"{ids[0]} {_hash_of(words)}"


def _hash_of(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _unique(ids: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _header(mail: Message, name: str) -> str:
    """A header as text; what cannot be decoded stays as it is written."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError, MessageError):
        text = str(value)
    return _storable(text.replace("\n", " ").replace("\r", ""))


def _delivery_report(mail: Message) -> Report | None:
    """The report of RFC 3464: one part of headers for the mail, then one for each receiver."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        if not isinstance(blocks, list):
            continue
        receivers = [block for block in blocks if isinstance(block, Message) and block["Action"]]
        if receivers:
            return _report_of(receivers)
    return None


_KIND_OF_ACTION = {
    "failed": Kind.BOUNCE,
    "delayed": Kind.DELAY,
    "delivered": Kind.RECEIPT,
    "relayed": Kind.RECEIPT,
    "expanded": Kind.RECEIPT,
}
#: Of several receivers the worst word counts.
_WORST_FIRST = (Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT)


def _report_of(receivers: list[Message]) -> Report | None:
    """What the blocks of the receivers say together."""
    by_kind: dict[MailboxMessage.Kind, list[Message]] = {}
    for receiver in receivers:
        kind = _KIND_OF_ACTION.get(_header(receiver, "Action").strip().lower())
        if kind is not None:
            by_kind.setdefault(kind, []).append(receiver)

    for kind in _WORST_FIRST:
        if kind in by_kind:
            blocks = by_kind[kind]
            status = _header(blocks[0], "Status")
            detail = _header(blocks[0], "Diagnostic-Code") or status
            named = tuple(_receiver(block) for block in blocks)
            return Report(kind, _text_of(_ENHANCED.search(status)), _one_line(detail), named)
    return None


def _text_of(found: re.Match[str] | None) -> str:
    return found[0] if found else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _receiver(block: Message) -> str:
    """`rfc822; li@example.com` → the address."""
    told = _header(block, "Final-Recipient") or _header(block, "Original-Recipient")
    return told.rpartition(";")[2].strip().strip("<>").lower()


def _report_in_words(
    mail: Message, sender: str, subject: str, referred: list[str]
) -> Report | None:
    """A report written for people only. flufl.bounce knows the words of some forty mail servers."""
    is_machine = sender == "" or sender.partition("@")[0].replace("_", "-") in _MACHINES
    if referred and not is_machine:
        return None  # an answer may quote a report, and is none

    temporary, permanent = _failures(mail)
    failed = _header(mail, "X-Failed-Recipients")
    in_subject = is_machine and _BOUNCE_WORDS.search(subject)
    if not (temporary or permanent or failed or in_subject):
        return None

    words = _words(mail)
    code = _ENHANCED.search(words) or _BASIC.search(words)
    kind = Kind.BOUNCE
    if _says_later(subject, code, is_temporary=bool(temporary and not permanent)):
        kind = Kind.DELAY

    named = [_storable(address.decode("utf-8", "replace")) for address in permanent or temporary]
    receivers = sorted(named) or emails.PATTERN.findall(failed or words)
    lower_case = _unique([receiver.lower() for receiver in receivers])
    return Report(kind, _text_of(code), _line_around(words, code), lower_case)


def _failures(mail: Message) -> tuple[set[bytes], set[bytes]]:
    """Receivers that a known server gave up for now and for good."""
    try:
        temporary, permanent = all_failures(mail)
    except Exception:
        # The library reads strangers' mail: one that it stumbles over must not stop the reading.
        return set(), set()
    return set(temporary), set(permanent)


def _says_later(subject: str, code: re.Match[str] | None, *, is_temporary: bool) -> bool:
    """Whether the server goes on trying."""
    if is_temporary or _DELAY_WORDS.search(subject):
        return True
    return code is not None and code[0].startswith("4")


def _line_around(words: str, code: re.Match[str] | None) -> str:
    """The line in which the code stands, which is where servers say why."""
    if code is None:
        return ""
    start = words.rfind("\n", 0, code.start()) + 1
    return _one_line(words[start:].partition("\n")[0])


def _words(mail: Message) -> str:
    """The plain text of all parts, those of a returned mail included, up to a limit."""
    texts = []
    for part in mail.walk():
        if part.get_content_type() not in ("text/plain", "text/rfc822-headers", "text/html"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            texts.append(_decoded(payload, part.get_content_charset()))
    return "\n".join(texts)[:_MOST_SEARCHED]


def _decoded(payload: bytes, charset: str | None) -> str:
    # GB2312 in a mail means its larger successor, as everywhere.
    name = "gb18030" if (charset or "").lower() in ("gb2312", "gbk") else charset or "utf-8"
    try:
        text = payload.decode(name, "replace")
    except (LookupError, ValueError):  # no such charset; a name with a NUL in it
        text = payload.decode("utf-8", "replace")
    return _storable(text)


def _storable(text: str) -> str:
    """Without what no database column takes: one such mail would stop the reading for good."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _ids_of_returned(mail: Message) -> Iterator[str]:
    """The Message-ID of the mail that was returned, whole or its headers alone."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from _ID.findall(_header(email.message_from_bytes(payload), "Message-ID"))
        elif part is not mail and part["Message-ID"]:
            yield from _ID.findall(_header(part, "Message-ID"))


def _is_by_machine(mail: Message, subject: str) -> bool:
    """An absence notice: RFC 3834 marks it, older programs do in their own ways."""
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    if submitted and submitted != "no":
        return True
    precedence = _header(mail, "Precedence").strip().lower()
    if mail["X-Autoreply"] or mail["X-Autorespond"] or precedence == "auto_reply":
        return True
    return bool(_ABSENCE_WORDS.search(subject))
