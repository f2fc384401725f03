"""Complaints 投诉: what somebody complains of, and everything that was done about it.

A complaint belongs to a house. Whose debt it is about may not be known: then it has no creditor and
no case. Nothing is changed after it was written; what happened is an event, and counts by its kind.
"""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import wall


class ComplaintRow(models.Model):
    """Belongs to one house, and to one creditor where that is known; was written by one act."""

    organisation = wall("people.Organisation", db_constraint=False)
    creditor = wall("people.Creditor", db_constraint=False, null=True)
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    valid_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class Complaint(ComplaintRow):
    """One complaint. `about_user`: the collector complained about, who never owns it.

    Case, client and collector may be corrected; what was written down besides never changes.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("telephone")
        LETTER = "letter", pgettext_lazy("complaint", "letter")
        REGULATOR = "regulator", _("regulator")
        CLIENT = "client", _("client")
        TALK = "talk", _("said to a collector")
        ONLINE = "online", _("in writing, online")

    class Who(models.TextChoices):
        DEBTOR = "debtor", _("debtor")
        RELATIVE = "relative", _("relative")
        STRANGER = "stranger", _("stranger")
        AGENT = "agent", _("lawyer or agent")
        OTHER = "other", _("other person")

    number = models.CharField(max_length=40)
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, null=True, related_name="complaints", db_constraint=False
    )
    channel = models.CharField(max_length=10, choices=Channel)
    received_at = models.DateTimeField(help_text="when it reached the house")
    who = models.CharField(max_length=10, choices=Who, help_text="what the complainant is")
    name_sealed = models.BinaryField(help_text="the complainant's name, encrypted")
    name_index = models.BinaryField(
        max_length=16, default=bytes, help_text="by which the whole name is found again"
    )
    reach_sealed = models.BinaryField(help_text="where they are answered, encrypted")
    said = models.TextField(help_text="what was said, as it came")
    reference = models.CharField(max_length=80, blank=True, help_text="number of the regulator")
    about_user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    request_id = models.CharField(max_length=64, help_text="one form gives one complaint")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="complaint_number"),
            models.UniqueConstraint(fields=["organisation", "request_id"], name="complaint_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "received_at"], name="complaint_recent"),
            models.Index(fields=["name_index"], name="complaint_name"),
        ]

    def __str__(self) -> str:
        return self.number


class ComplaintPoint(ComplaintRow):
    """投诉点: one thing that is complained of, with its cause and what the complainant wants."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=40, help_text="code of the procedure's list")
    cause_title = models.JSONField(default=dict, help_text="zh and en, as the procedure had them")
    detail = models.TextField(help_text="what happened, when, by whom")
    aim = models.CharField(max_length=300, help_text="what the complainant wants")
    disputes = models.CharField(
        max_length=8, blank=True, help_text="reach of the provisional hold: case, item, account"
    )
    hold = models.ForeignKey("casebook.Hold", models.PROTECT, null=True, related_name="points")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaintpoint_number")
        ]

    def get_cause_display(self) -> str:
        """The cause in the language of the moment, as the procedure called it when it came."""
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        title: str = self.cause_title.get(language) or self.cause
        return title


class ComplaintDepartment(ComplaintRow):
    """A department that was told and has to answer by a moment."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="departments")
    role = models.CharField(max_length=40, help_text="code of the role that answers")
    question = models.CharField(max_length=300)
    answer_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "role"], name="complaintdepartment_once")
        ]


class ComplaintProposal(ComplaintRow):
    """What is proposed to the complainant. What it costs may want somebody's agreement first."""

    class Sort(models.TextChoices):
        EXPLANATION = "explanation", _("explanation")
        APOLOGY = "apology", _("apology")
        CORRECTION = "correction", _("correction of data or conduct")
        WAIVER = "waiver", _("waiver")
        REFUND = "refund", _("refund")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="proposals")
    number = models.PositiveSmallIntegerField(help_text="the first, the second …")
    sort = models.CharField(max_length=12, choices=Sort)
    text = models.TextField()
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    approval = models.ForeignKey(
        "casebook.Approval",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: within the authority of who proposed it",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaintproposal_number")
        ]


class ComplaintEvent(ComplaintRow):
    """What happened to a complaint, at which moment. Rows are only added: the database refuses the
    rest, whoever writes, and after the end it takes the report of the result alone.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("complaint", "accepted")
        OWNED = "owned", _("owner named")
        PROMISED = "promised", _("time of reply told")
        PROMISED_AGAIN = "promised_again", _("time of reply told again after it ran out")
        CORRECTED = "corrected", _("case, client or collector corrected")
        DEPARTMENTS_TOLD = "departments_told", _("departments told")
        DEPARTMENT_ANSWERED = "department_answered", _("department answered")
        CLIENT_TOLD = "client_told", _("reported to the client")
        PROPOSED = "proposed", pgettext_lazy("complaint", "proposed")
        AGREED = "agreed", _("complainant agrees")
        REFUSED = "refused", _("complainant refuses")
        UNREASONABLE = "unreasonable", _("demand held to be unreasonable")
        UNREASONABLE_AGREED = "unreasonable_agreed", _("second person agrees: unreasonable")
        UNREASONABLE_DENIED = "unreasonable_denied", _("second person: not unreasonable")
        EXPLAINED = "explained", _("rules explained")
        HELP_ASKED = "help_asked", _("client asked for help")
        ESCALATED = "escalated", _("escalated")
        EXTENDED = "extended", _("more time by law")
        EXTENSION_TOLD = "extension_told", _("extension told to the complainant")
        DECIDED = "decided", _("point decided")
        REPLIED = "replied", _("decision told to the complainant")
        CLOSED = "closed", pgettext_lazy("complaint", "closed")
        RESULT_REPORTED = "result_reported", _("result reported to the client")
        PAPER = "paper", _("document kept")
        LINKED = "linked", _("recording named")

    class Result(models.TextChoices):
        UPHELD = "upheld", _("well founded")
        PARTLY = "partly", _("partly well founded")
        UNFOUNDED = "unfounded", _("not founded")

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    happened_at = models.DateTimeField()
    text = models.TextField(blank=True)
    way = models.CharField(max_length=10, blank=True, help_text="call, mail, letter, visit")
    until_at = models.DateTimeField(null=True, help_text="the moment that was told")
    until_on = models.DateField(null=True, help_text="its local day")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    lesson = models.TextField(blank=True)
    point = models.ForeignKey(ComplaintPoint, models.PROTECT, null=True, related_name="events")
    proposal = models.ForeignKey(
        ComplaintProposal, models.PROTECT, null=True, related_name="events"
    )
    message = models.ForeignKey(
        "casebook.OutboxMessage", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["complaint", "kind"], name="complaintevent_kind")]
        constraints = [
            # Two at the same moment: one of them writes.
            models.UniqueConstraint(
                fields=["complaint", "kind"],
                condition=models.Q(kind__in=["accepted", "closed", "result_reported"]),
                name="complaintevent_once",
            ),
            models.UniqueConstraint(
                fields=["point"],
                condition=models.Q(kind="decided"),
                name="complaintevent_point_once",
            ),
            models.UniqueConstraint(
                fields=["proposal", "kind"],
                condition=models.Q(kind="proposed"),
                name="complaintevent_proposal_once",
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(kind__in=["agreed", "refused"]),
                name="complaintevent_answer_once",
            ),
        ]


class TeamSpell(models.Model):
    """Who belonged to which team, and led it, from when to when; `since` null: since ever.

    The database writes it whenever somebody's team or roles change (trigger of migration 0073), so
    that an interest does not end because somebody was moved meanwhile.
    """

    user = models.ForeignKey("people.User", models.CASCADE, related_name="+", db_constraint=False)
    team = models.ForeignKey("people.Team", models.CASCADE, related_name="+", db_constraint=False)
    leads = models.BooleanField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="null: still so")

    class Meta:
        indexes = [models.Index(fields=["team"], name="teamspell_team")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(until=None), name="teamspell_one_now"
            )
        ]


class ComplaintDossier(ComplaintRow):
    """A dossier that was asked for: how far it is, and the two documents that it became."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="dossiers")
    language = models.CharField(max_length=10)
    progress = models.JSONField(default=dict, help_text="stage, done, of")
    counts = models.JSONField(default=dict, help_text="part → rows in it")
    pdf = models.ForeignKey("casebook.Document", models.PROTECT, null=True, related_name="+")
    folder = models.ForeignKey("casebook.Document", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
