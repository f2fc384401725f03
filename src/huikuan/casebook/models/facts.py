"""Summary rows: the raw history of a case and of an item, folded up to its last event.

Rebuilt from casebook/sql/*.sql and by nothing else. They hold days, amounts and counts that do not depend on the day
one asks about; what depends on it ("days past due") the vocabulary derives. Good for every day from last_event_on on.
"""

from django.db import models

#: What the work list of who holds a case is ordered and counted by.
LISTED = [
    "case",
    "organisation_id",
    "placed_on",
    "return_on",
    "hand",
    "balance_minor",
    "last_attempt_on",
    "promise_due_on",
    "promise_last_day",
    "promise_paid_minor",
    "promise_needed_minor",
]


class CaseSummary(models.Model):
    case = models.OneToOneField(
        "casebook.Case",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    organisation_id = models.BigIntegerField()
    creditor_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    person_key_id = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    product = models.CharField(max_length=40)
    creditor_kind = models.CharField(max_length=20)
    collector_kind = models.CharField(max_length=10)
    debtor_kind = models.CharField(max_length=10)
    is_open = models.BooleanField()
    placed_on = models.DateField()
    return_on = models.DateField(null=True)
    hand = models.SmallIntegerField()
    told_on = models.DateField(null=True)
    register_local = models.BooleanField(null=True)
    minor_until = models.DateField(null=True)
    settles_by_receipts = models.BooleanField()
    statement_cycle = models.BooleanField()
    # money
    oldest_due_on = models.DateField(null=True)
    balance_minor = models.BigIntegerField()
    open_items = models.IntegerField()
    paid_on = models.DateField(null=True)
    # contact points
    has_point = models.BooleanField()
    has_phone = models.BooleanField()
    has_address = models.BooleanField()
    has_third_party = models.BooleanField()
    # contacts
    first_attempt_on = models.DateField(null=True)
    last_attempt_on = models.DateField(null=True)
    first_reached_on = models.DateField(null=True)
    reached_on = models.DateField(null=True)
    lost_from_on = models.DateField(null=True)
    next_contact_on = models.DateField(null=True)
    last_outcome = models.CharField(max_length=40, null=True)
    willingness = models.CharField(max_length=20, null=True)
    letter_on = models.DateField(null=True)
    visit_on = models.DateField(null=True)
    visit_asked_on = models.DateField(null=True)
    lock_agreed_on = models.DateField(null=True)
    legal_agreed_on = models.DateField(null=True)
    # promise
    promise_made_on = models.DateField(null=True)
    promise_due_on = models.DateField(null=True)
    promise_last_day = models.DateField(null=True)
    promise_minor = models.BigIntegerField(null=True)
    promise_paid_minor = models.BigIntegerField(null=True)
    promise_needed_minor = models.BigIntegerField(null=True)
    broken_before = models.SmallIntegerField()
    # holds
    held_from = models.DateField(null=True)
    held_until = models.DateField(null=True)
    hold_kind = models.CharField(max_length=12, null=True)
    disputed_items = models.IntegerField()
    # statement month
    statement_month = models.DateField(null=True)
    statement_submitted_on = models.DateField(null=True)
    statement_sent_on = models.DateField(null=True)
    statement_progress_on = models.DateField(null=True)
    statement_confirmed_on = models.DateField(null=True)
    invoice_data_on = models.DateField(null=True)
    invoice_sent_on = models.DateField(null=True)
    receipts_on = models.DateField(null=True)
    last_event_on = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["last_event_on"], name="summary_last_event"),
            # whose cases somebody sees, whether a person found by name is among them, and the order of somebody's work list are
            # answered by the index alone
            models.Index(fields=["assignee_id", "person_id"], include=LISTED, name="summary_held"),
            models.Index(
                fields=["assignee_id", "promise_due_on"],
                condition=models.Q(promise_due_on__isnull=False),
                name="summary_promise",
            ),
        ]


class ItemSummary(models.Model):
    item = models.OneToOneField(
        "casebook.Item",
        models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="summary",
    )
    case = models.ForeignKey("casebook.Case", models.CASCADE, db_constraint=False, related_name="+")
    account_id = models.BigIntegerField()
    due_on = models.DateField()
    due_1m_on = models.DateField()
    due_2m_on = models.DateField()
    due_3m_on = models.DateField()
    confirmed_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    disputed = models.BooleanField()
    disputed_on = models.DateField(null=True)
    held = models.BooleanField()
    last_event_on = models.DateField()
