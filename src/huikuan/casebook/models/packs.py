"""Packs as they were loaded, and from when to when they are in force and bound.

Files are the source of a load and are never read during a run. A version comes into force by a
row of PackActivation, a creditor's product follows a pack by a row of PackBinding. Both are
spells: a spell is never changed, and keeps the moment until which it was believed, so that every
earlier day and every earlier moment can be asked.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackVersion(models.Model):
    """The texts of a pack as they were loaded once. `approved_by` is empty for a draft."""

    class Kind(models.TextChoices):
        """What a pack says: what is to be done, or what may be done."""

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


class Spell(models.Model):
    """Something that holds from a day until a day, by an act, as it was known from a moment until
    a moment.

    `act` is empty for what came with the program; `recorded_at` too in rows of a book that is
    older than these columns.
    """

    from_on = models.DateField()
    until_on = models.DateField(null=True, help_text="the first day without it")
    act = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    recorded_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True, help_text="not believed any more since then")
    replaced_by = models.ForeignKey(
        "casebook.Act", models.PROTECT, null=True, related_name="+", db_constraint=False
    )

    class Meta:
        abstract = True


class PackActivation(Spell):
    """A version of a pack is in force for a scope: a creditor, a product, a team; each empty for
    all cases of the organisation.

    Every row is what somebody said, and stands unless it was taken back (`replaced_at`). Which of
    them decides is worked out (casebook/activations.py). Without an organisation it came with the
    program, for every house: nobody says anything for another house.
    """

    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, related_name="+"
    )
    version = models.ForeignKey(PackVersion, models.CASCADE, related_name="activations")
    pack = models.CharField(max_length=40)
    creditor = models.ForeignKey("people.Creditor", models.CASCADE, null=True, related_name="+")
    product = models.CharField(max_length=40, blank=True)
    team = models.ForeignKey("people.Team", models.CASCADE, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["pack", "from_on"], name="activation_pack")]
        constraints = [
            models.CheckConstraint(
                name="activation_of_a_house",
                condition=models.Q(organisation__isnull=False)
                | models.Q(act=None, creditor=None, product="", team=None),
            )
        ]


class PackBinding(Spell):
    """Creditor × product → pack. An empty product stands for every product that has no binding of
    its own.

    Several packs may be bound to one product at once: the case then follows all of them. What is
    said anew replaces what held; `rest_of` names the row that was said, where this one is what a
    later row left of it.
    """

    class Source(models.TextChoices):
        """Who said it."""

        MAPPING = "mapping", _("mapping")
        OFFICE = "office", _("the office")

    creditor = models.ForeignKey("people.Creditor", models.CASCADE, related_name="packs")
    product = models.CharField(max_length=40)
    pack = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source, default=Source.MAPPING)
    rest_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        related_name="%(class)s_rests",
        help_text="the row that was said, where this one is what another row left of it",
    )

    class Meta:
        indexes = [models.Index(fields=["creditor", "product"], name="binding_product")]
