"""Mails to the client about a complaint: the procedure's words, and what the book says of it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from huikuan.casebook.days import day_of
from huikuan.casebook.models import Act, Complaint, ComplaintEvent, OutboxMessage
from huikuan.complaints.procedure import script
from huikuan.complaints.sentences import problem
from huikuan.complaints.write import about
from huikuan.engine.mail_text import mail_text
from huikuan.lib.sentences import Refusal
from huikuan.outbox.post import Email, post_email
from huikuan.people.models import User
from huikuan.people.rights import Wall

#: What the house writes to a client is in Chinese, as its procedures are.
LANGUAGE = "zh"


def addresses(complaint: Complaint) -> list[str]:
    """The e-mail addresses of the client's own users."""
    if complaint.creditor_id is None:
        return []
    users = User.objects.filter(
        organisation_id=complaint.organisation_id,
        creditor_id=complaint.creditor_id,
        is_active=True,
        roles__wall=Wall.CREDITOR,
    )
    found = users.exclude(email="").order_by("pk").values_list("email", flat=True)
    return list(dict.fromkeys(found))


def post(complaint: Complaint, name: str, *, act: Act, note: str, at: dt.datetime) -> OutboxMessage:
    """Posts the mail of this script. Raises Refusal: complaint.no_address, complaint.procedure."""
    to = addresses(complaint)
    if not to:
        raise Refusal(problem("complaint.no_address", column="by_mail"))
    words = script(complaint.organisation, day_of(complaint.organisation, at), name)
    if words is None:
        raise Refusal(problem("complaint.procedure"))

    filled = words.render({"sender": complaint.organisation.name}, LANGUAGE)
    mail = mail_text(filled.version)
    if mail is None:
        raise Refusal(problem("complaint.procedure"))

    text = "\n".join([mail.text, "", *_lines(complaint, note)])
    subject = f"{mail.subject} {complaint.number}"
    email = Email(to=to[0], cc=to[1:], subject=subject, text=text)
    return post_email(email, purpose=name, subject=about(complaint), act=act, at=at)


def _lines(complaint: Complaint, note: str) -> list[str]:
    """What the book says: number, day, channel, case, each point, the result, the note.

    No name and no number of the complainant: a mail is no place for them.
    """
    lines = [
        _("Complaint: {number}").format(number=complaint.number),
        _("Received: {day}").format(day=complaint.valid_on),
        _("Channel: {channel}").format(channel=complaint.get_channel_display()),
    ]
    if complaint.case is not None:
        lines.append(_("Case: {number}").format(number=complaint.case.number))
    for point in complaint.points.order_by("number"):
        text = _("Point {number}: {cause}; the complainant wants: {aim}")
        cause = point.get_cause_display()
        lines.append(text.format(number=point.number, cause=cause, aim=point.aim))

    closed = complaint.events.filter(kind=ComplaintEvent.Kind.CLOSED).first()
    if closed is not None:
        result = closed.get_result_display()
        lines.append(_("Result: {result}. {text}").format(result=result, text=closed.text))
        lines.append(_("Lesson: {text}").format(text=closed.lesson))
    if note.strip():
        lines.append(note.strip())
    return lines
