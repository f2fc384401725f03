"""Filtering of new cases 新案过滤: what a collector found on reading a case, and a second look."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models.rows import FactRow


class CaseFilterQuerySet(models.QuerySet["CaseFilter"]):
    """Filterings of cases."""

    def standing(self) -> "CaseFilterQuerySet":
        """Those that count: a case whose last one has ended is a new case again."""
        return self.filter(ended_because="")


class CaseFilter(FactRow):
    """A case was filtered: every field read, a class given, what is missing named.

    Codes of fields and classes are words of the procedure's lists (`lists.yaml`). A filtering is
    never changed: it ends, with the reason, and the case is filtered anew.
    """

    class Ended(models.TextChoices):
        """Why a filtering counts no more."""

        CORRECTED = "corrected", _("corrected")
        DIFFERED = "differed", _("not as it should be")
        ANSWERED = "answered", _("the client has answered")

    class Reach(models.TextChoices):
        """联系类型: by how many usable contact points the debtor can be reached."""

        NONE = "none", _("no contact")
        SINGLE = "single", _("single contact")
        MULTI = "multi", _("multiple contacts")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="filters")
    placement = models.ForeignKey("casebook.Placement", models.PROTECT, related_name="filters")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    class_code = models.CharField(max_length=40)
    reach = models.CharField(max_length=6, choices=Reach)
    marks = models.JSONField(default=dict, help_text="field → read, missing or doubtful")
    asked_fields = models.JSONField(default=list, help_text="what the client is asked for")
    note = models.CharField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False, help_text="somebody looks at it again")
    class_title = models.JSONField(default=dict, help_text="the class in both languages")
    sent_act = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="the client got the list of what is asked for",
    )
    ended_because = models.CharField(max_length=9, choices=Ended, blank=True)
    ended_act = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False
    )

    objects = CaseFilterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "placement"],
                condition=models.Q(ended_because=""),
                name="case_filtered_once",
            )
        ]
        indexes = [models.Index(fields=["placement", "user"], name="filter_progress")]


class FilterLook(FactRow):
    """A filtered case of the sample was looked at again."""

    filtered = models.OneToOneField(CaseFilter, models.PROTECT, related_name="look")
    agrees = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
