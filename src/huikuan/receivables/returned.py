"""What becomes of an event of a statement when its mail does not arrive: the customer has nothing.

The event is taken back, as somebody takes one back by hand: its day counts no more and its task is
to be done again. What the customer answered meanwhile shows that they have it by another way; then
it stays.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.casebook import journal
from huikuan.casebook.locks import lock_cases
from huikuan.casebook.models import Act, OutboxMessage, StatementEvent
from huikuan.casebook.standing import standing_events
from huikuan.people.service import service_user_of
from huikuan.receivables.take_back import needed_by, write_void

SUBJECT = "statement"


def events_of(message: OutboxMessage) -> QuerySet[StatementEvent]:
    """The event with which the mail went along: entered by the same act."""
    events = StatementEvent.objects.filter(act_id=message.act_id, case_id=message.case_id or 0)
    is_mail = message.kind == OutboxMessage.Kind.EMAIL and message.subject_kind == SUBJECT
    if not is_mail:
        return events.none()
    return events.filter(statement_id=message.subject_id)


def take_back_event(message: OutboxMessage, act: Act | None, at: dt.datetime) -> None:
    """Nobody got the mail: its event counts no more, by whoever withdrew it or by the program."""
    event = events_of(message).select_related("statement__case__organisation").first()
    if event is None:
        return
    lock_cases([event.case_id])
    past = list(standing_events(event.statement))
    if event.pk not in {each.pk for each in past} or needed_by(event, past):
        return

    with translation.override(settings.LANGUAGE_CODE):
        reason = _("its mail did not reach the customer")
    if act is None:
        service = service_user_of(event.statement.case.organisation)
        act = journal.begin(service, "receivables.take_back", at=at, reason=reason)
    write_void(event, act, reason=act.reason or reason, at=at)
