"""Packs as they were loaded. Files are the source of a load and are never read during a run."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackVersion(models.Model):
    class Kind(models.TextChoices):
        PLAYBOOK = "playbook", _("playbook")
        LIMITS = "limits", _("contact rules")

    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    version = models.CharField(max_length=20)
    hash = models.CharField(max_length=64)
    content = models.JSONField(help_text="file name → text")
    effective_from = models.DateField()
    approved_by = models.CharField(max_length=80, blank=True)
    loaded_at = models.DateTimeField()
    compiled = models.JSONField(default=dict, help_text="vocabulary:dialect:compiler → SQL")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "hash"], name="pack_content_once")]


class PackBinding(models.Model):
    """Creditor × product → pack, from a day. Data of the mapping."""

    creditor = models.ForeignKey("people.Creditor", models.CASCADE, related_name="packs")
    product = models.CharField(max_length=40)
    pack = models.CharField(max_length=40)
    from_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "product", "pack", "from_on"], name="binding_once"
            )
        ]
