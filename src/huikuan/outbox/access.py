"""Who may look at messages and decide about them: the wall of their case holds here too."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.casebook.access import visible_cases
from huikuan.casebook.models import OutboxMessage
from huikuan.lib.sentences import Refusal
from huikuan.outbox.sentences import problem
from huikuan.people.models import User
from huikuan.people.rights import Right

ENDED_BADLY = (
    OutboxMessage.Status.FAILED,
    OutboxMessage.Status.BOUNCED,
    OutboxMessage.Status.OUTCOME_UNKNOWN,
)


def visible_messages(user: User) -> QuerySet[OutboxMessage]:
    """Messages about cases that the user sees; what is about no case belongs to the whole house."""
    messages = OutboxMessage.objects.filter(organisation_id=user.organisation_id or 0)
    shown = Q(case__in=visible_cases(user).values("pk"))
    if user.is_active and user.sees_house:
        shown |= Q(case=None)
    return messages.filter(shown)


def wants_attention(user: User) -> QuerySet[OutboxMessage]:
    """Mails that somebody has to look at: held back, not sent, come back, of unknown outcome."""
    mails = visible_messages(user).filter(kind=OutboxMessage.Kind.EMAIL)
    held = Q(status=OutboxMessage.Status.WAITING, held_at__isnull=False)
    return mails.filter(held | Q(status__in=ENDED_BADLY))


def ask_right(user: User, right: Right = Right.RECORD_CONTACTS) -> None:
    """To decide what became of a mail, or to send it again, is work on a contact.

    Raises Refusal: outbox.right.
    """
    if not user.is_active or not user.may(right):
        raise Refusal(problem("outbox.right", right=right.label))
