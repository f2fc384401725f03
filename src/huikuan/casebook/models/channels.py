"""Channels 委案渠道 of clients: where their files come in, and each file that the watcher saw."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huikuan.casebook.models.rows import wall


class Channel(models.Model):
    """A place where a client puts files: it is looked at every minute until it is ended.

    `address`: of a folder its path below the folder of channels; of a server its name. `secret` is
    a password, or for SFTP a private key, sealed. `host_key` is the one key of the server that is
    believed.
    """

    class Kind(models.TextChoices):
        FOLDER = "folder", _("folder")
        SFTP = "sftp", _("SFTP account")
        MAIL = "mail", _("mailbox")

    class Whole(models.TextChoices):
        """By what a file is known to have come in whole."""

        RENAMED = "renamed", _("it gets its final name")
        DONE = "done", _("a file NAME.done lies beside it")
        STILL = "still", _("size and time stay the same")

    class Security(models.TextChoices):
        SSL = "ssl", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", pgettext_lazy("security of a mailbox", "none")

    organisation = wall("people.Organisation")
    creditor = models.ForeignKey("people.Creditor", models.PROTECT, related_name="channels")
    act = models.ForeignKey("casebook.Act", models.PROTECT, related_name="+", db_constraint=False)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    mapping = models.CharField(max_length=60)
    address = models.CharField(max_length=255)
    port = models.PositiveIntegerField(null=True)
    user = models.CharField(max_length=120, blank=True)
    secret = models.BinaryField(null=True)
    host_key = models.CharField(max_length=1000, blank=True)
    security = models.CharField(max_length=8, choices=Security, default=Security.SSL)
    folder = models.CharField(max_length=255, blank=True, help_text="on the server or mailbox")
    sender = models.CharField(max_length=255, blank=True, help_text="whose mails count")
    vouched_by = models.CharField(
        max_length=255, blank=True, help_text="the mail server that must vouch for the sender"
    )
    pattern = models.CharField(max_length=120, default="*")
    whole = models.CharField(max_length=8, choices=Whole, default=Whole.STILL)
    under_way = models.CharField(max_length=40, default=".part", help_text="end of a draft's name")
    still_seconds = models.PositiveIntegerField(default=60)
    fetches_itself = models.BooleanField(default=False)
    ended = models.ForeignKey(
        "casebook.Act",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    looked_at = models.DateTimeField(null=True, help_text="the last look that saw what lies there")
    read_to = models.CharField(max_length=60, blank=True, help_text="of a mailbox: the last mail")
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True, help_text="code of a sentence")
    error_params = models.JSONField(default=dict, blank=True)
    error_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="channel_code")
        ]


class ChannelFile(models.Model):
    """A file that the watcher saw. Sent again with another content it is another file.

    `own_time` is the file's own, as its server tells it; only `first_seen_at` and `arrived_at` are
    ours. `arrived_at`: the look that first saw it whole.
    """

    class State(models.TextChoices):
        UNDER_WAY = "under_way", _("still coming in")
        ARRIVED = "arrived", _("arrived, to be fetched")
        FETCHED = "fetched", _("fetched")
        KNOWN = "known", _("came before")
        WRONG = "wrong", _("cannot be taken")
        GONE = "gone", _("no longer there")
        REFUSED = "refused", _("its batch was refused")

    #: What still waits to become whole or to be fetched.
    WAITING = (State.UNDER_WAY, State.ARRIVED)

    organisation = wall("people.Organisation")
    creditor = wall("people.Creditor")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="files")
    key = models.CharField(max_length=300, help_text="names it in its channel")
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State, default=State.UNDER_WAY)
    size = models.BigIntegerField()
    own_time = models.DateTimeField(null=True)
    stamp = models.CharField(
        max_length=60, blank=True, help_text="changes whenever the file is written"
    )
    first_seen_at = models.DateTimeField()
    same_since = models.DateTimeField(help_text="since when size and time are what they are")
    seen_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    placement = models.ForeignKey(
        "casebook.Placement", models.PROTECT, null=True, related_name="channel_files"
    )
    error = models.CharField(max_length=40, blank=True, help_text="code of a sentence")
    error_params = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "key"],
                condition=models.Q(state__in=("under_way", "arrived")),
                name="channel_file_waits_once",
            )
        ]
        indexes = [
            models.Index(fields=["channel", "key", "-id"], name="channel_file_key"),
            models.Index(fields=["channel", "-first_seen_at"], name="channel_file_recent"),
        ]
