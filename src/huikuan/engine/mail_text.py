"""A script's [text] part as a mail: its first line is the subject, the others are the text.

## 邮件 [text]
> 主题：请确认{statement_month}对账单
> {contact_person}，您好。……
"""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.engine.scripts import Script, Version

#: With what the line begins that becomes the subject.
SUBJECT_MARKS = ("主题：", "主题:", "Subject:")
TEXT = "text"


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


def is_mail(script: Script | None) -> bool:
    """Whether the script writes a mail."""
    if script is None:
        return False
    return any(mail_text(version) for version in script.versions.values())
