"""A script's [text] part as a mail: its first line is the subject, the others are the text.

## 邮件 [text]
> 主题：请确认{statement_month}对账单
> {contact_person}，您好。……
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huikuan.engine.scripts import Script, Version

#: With what the line begins that becomes the subject.
SUBJECT_MARKS = ("主题：", "主题:", "Subject:")
TEXT = "text"
#: Between the subjects of several mails that become one.
BETWEEN_SUBJECTS = " / "


@dataclass(frozen=True, slots=True)
class MailText:
    """One line and the text below it."""

    subject: str
    text: str


def mail_text(version: Version) -> MailText | None:
    """The mail that a script writes; None where it has no text, or no line for the subject."""
    lines = []
    for part in version.parts:
        if part.tag == TEXT:
            lines += [line.text for line in part.lines if line.said]
    if not lines:
        return None

    for mark in SUBJECT_MARKS:
        if lines[0].startswith(mark):
            subject = lines[0].removeprefix(mark).strip()
            return MailText(subject[:1].upper() + subject[1:], "\n".join(lines[1:]))
    return None


def joined(mails: Sequence[MailText]) -> MailText | None:
    """Several mails of one day as one; None without any.

    The lines with which all begin, the greeting, and those with which all end, the sender, stand
    once; between them each says its own.
    """
    if not mails:
        return None

    bodies = [mail.text.split("\n") for mail in mails]
    opening = _shared(bodies)
    own = [body[opening:] for body in bodies]
    closing = _shared([list(reversed(body)) for body in own])

    lines = bodies[0][:opening]
    for body in own:
        lines += body[: len(body) - closing]
    lines += own[0][len(own[0]) - closing :]
    subjects = dict.fromkeys(mail.subject for mail in mails)
    return MailText(BETWEEN_SUBJECTS.join(subjects), "\n".join(lines))


def _shared(bodies: Iterable[Sequence[str]]) -> int:
    """How many lines from the first on are the same in all."""
    count = 0
    for lines in zip(*bodies, strict=False):
        if len(set(lines)) != 1:
            break
        count += 1
    return count


def is_mail(script: Script | None) -> bool:
    """Whether the script writes a mail."""
    if script is None:
        return False
    return any(mail_text(version) for version in script.versions.values())
