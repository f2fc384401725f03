"""Holds 停催: what must stop, from when, until when, and how far it reaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models.rows import FactRow


class Hold(FactRow):
    """Holds one item, one account, one case or one person. A dispute holds its item and nothing else."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("dispute")
        COMPLAINT = "complaint", _("complaint")
        DECEASED = "deceased", _("deceased")
        MINOR = "minor", _("minor")
        BANKRUPT = "bankrupt", _("bankrupt")
        ILL = "ill", _("seriously ill")
        FRAUD_VICTIM = "fraud_victim", _("victim of fraud")
        REPRESENTED = "represented", _("represented by a lawyer")
        PLAN = "plan", _("plan being kept")
        DO_NOT_CALL = "do_not_call", _("do not call")

    class Scope(models.TextChoices):
        ITEM = "item", _("item")
        ACCOUNT = "account", _("account")
        CASE = "case", _("case")
        PERSON = "person", pgettext_lazy("hold", "person")

    case = models.ForeignKey("casebook.Case", models.PROTECT, related_name="holds")
    scope = models.CharField(max_length=8, choices=Scope)
    item = models.ForeignKey("casebook.Item", models.PROTECT, null=True, related_name="holds")
    account = models.ForeignKey("casebook.Account", models.PROTECT, null=True, related_name="holds")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField(null=True, help_text="first day on which it holds no more")
    ended_at = models.DateTimeField(null=True, help_text="when we learned of the end")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(scope="item") | models.Q(item__isnull=False), name="hold_item"
            ),
            models.CheckConstraint(
                condition=~models.Q(scope="account") | models.Q(account__isnull=False),
                name="hold_account",
            ),
        ]
