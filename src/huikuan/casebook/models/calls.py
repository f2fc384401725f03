"""Telephone calls as the line reports them: started, answered, ended, recorded. What was said is a ContactRecord."""

from django.db import models

from huikuan.casebook.models.rows import Row


class PhoneCall(Row):
    """通话: one dialling by one collector (the actor of `act`), permitted by one decision of the gate."""

    call_id = models.UUIDField(
        unique=True, help_text="our number for the call, known to the telephone system"
    )
    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="calls")
    point = models.ForeignKey(
        "casebook.ContactPoint", models.PROTECT, related_name="+", db_index=False
    )
    decision = models.ForeignKey(
        "casebook.GateDecision",
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    contact = models.OneToOneField(
        "casebook.ContactRecord",
        models.SET_NULL,
        null=True,
        related_name="call",
        db_constraint=False,
    )
    adapter = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=40, blank=True, help_text="why it ended, as the line says")
    recording = models.CharField(max_length=300, blank=True, help_text="address of the recording")
