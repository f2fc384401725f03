"""What the telephone line knows of a call goes into its record: the call's row, its length, the address of the recording."""

from __future__ import annotations

import uuid

from huikuan.casebook.calls import NOT_STARTED, line_of
from huikuan.casebook.models import ContactRecord, GateDecision, PhoneCall
from huikuan.people.models import User


def attach_of(decision: GateDecision, contact: ContactRecord, actor: User) -> bool:
    """Gives the call that rests on the decision to the record, whether or not the page named it."""
    calls = PhoneCall.objects.filter(case_id=contact.case_id, decision=decision, contact=None)
    call = calls.exclude(cause=NOT_STARTED).first()
    return call is not None and attach(call.call_id, contact, actor)


def attach(call_id: uuid.UUID, contact: ContactRecord, actor: User) -> bool:
    """Gives the call that the saver made to this number to the record; False for any other call, which stays as it is.

    Length and recording are taken over where the record has none. What the line reports later is added by the line.
    """
    calls = PhoneCall.objects.select_for_update(of=("self",)).filter(
        call_id=call_id, case_id=contact.case_id
    )
    calls = calls.filter(point_id=contact.point_id)
    call = calls.filter(act__actor=actor, contact__isnull=True).first()
    if call is None:
        return False
    call.contact = contact
    call.save(update_fields=["contact"])
    line = line_of(call)
    if contact.seconds is None and contact.connected:
        contact.seconds = line.seconds
    contact.recording = contact.recording or line.recording
    contact.save(update_fields=["seconds", "recording"])
    return True
