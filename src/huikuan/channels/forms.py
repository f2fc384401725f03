"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Channel
from huikuan.channels.declare import ChannelEntry
from huikuan.intake.forms import ClientForm
from huikuan.web.forms import Form

_STILL_SECONDS = 60
_MOST_SECONDS = 3600
_OF_FILES = ("whole", "under_way", "still_seconds")
_OF_ACCOUNTS = ("address", "port", "user", "secret")
#: Kind → what is asked of it beside what is asked of every channel.
_ASKED: dict[str, tuple[str, ...]] = {
    Channel.Kind.FOLDER: ("address", *_OF_FILES),
    Channel.Kind.SFTP: (*_OF_ACCOUNTS, "host_key", "folder", *_OF_FILES),
    Channel.Kind.MAIL: (*_OF_ACCOUNTS, "security", "folder", "sender", "vouched_by"),
}
_OF_EVERY_KIND = ("kind", "code", "creditor", "mapping", "pattern", "fetches_itself")


class ChannelForm(ClientForm):
    """A channel of a client: what its kind needs, and nothing else."""

    field_order = (
        "kind",
        "code",
        "creditor",
        "mapping",
        *_OF_ACCOUNTS,
        "host_key",
        "security",
        "folder",
        "sender",
        "vouched_by",
        "pattern",
        *_OF_FILES,
        "fetches_itself",
    )

    kind = forms.ChoiceField(choices=Channel.Kind.choices, widget=forms.HiddenInput())
    code = forms.SlugField(
        label=_("Name of the channel"),
        max_length=40,
        help_text=_("Small letters, digits and -, such as bank-sftp"),
    )
    address = forms.CharField(
        label=_("Server"), max_length=255, help_text=_("Its name, such as sftp.example.com")
    )
    port = forms.IntegerField(
        label=_("Port"), required=False, min_value=1, max_value=65535, help_text=_("Empty: usual")
    )
    user = forms.CharField(label=_("User"), max_length=120)
    secret = forms.CharField(
        label=_("Password or private key"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed and never shown again"),
    )
    host_key = forms.CharField(
        label=_("Key of the SFTP server"),
        max_length=1000,
        help_text=_("As the client tells you, such as ssh-ed25519 AAAA…; no other is believed"),
    )
    security = forms.ChoiceField(
        label=_("Encryption of the mailbox"), choices=Channel.Security.choices
    )
    folder = forms.CharField(
        label=_("Folder on the server"), required=False, max_length=255, help_text=_("Empty: usual")
    )
    sender = forms.EmailField(
        label=_("Sender of the mails"),
        help_text=_("Only attachments of mails from this address are taken"),
    )
    vouched_by = forms.CharField(
        label=_("Mail server that vouches for the sender"),
        required=False,
        max_length=255,
        help_text=_(
            "Its name in Authentication-Results; without it anybody can write as the sender"
        ),
    )
    pattern = forms.CharField(
        label=_("Names of the files"), max_length=120, initial="*", help_text=_("Such as *.xlsx")
    )
    whole = forms.ChoiceField(
        label=_("A file is whole when"),
        choices=Channel.Whole.choices,
        initial=Channel.Whole.STILL,
    )
    under_way = forms.CharField(
        label=_("End of a draft's name"), required=False, max_length=40, initial=".part"
    )
    still_seconds = forms.IntegerField(
        label=_("Seconds that size and time stay the same"),
        min_value=1,
        max_value=_MOST_SECONDS,
        initial=_STILL_SECONDS,
    )
    fetches_itself = forms.BooleanField(
        label=_("Fetch each file as soon as it has arrived"), required=False
    )

    def __init__(self, *args: Any, kind: str, root: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = kind
        asked = {*_OF_EVERY_KIND, *_ASKED[kind]}
        for name in set(self.fields) - asked:
            del self.fields[name]

        if kind == Channel.Kind.FOLDER:
            self.fields["address"].label = _("Folder")
            self.fields["address"].help_text = _("Below {root}").format(root=root)

    def entry(self) -> ChannelEntry:
        """What was filled in, without the client."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "creditor"}
        return ChannelEntry(**given)


class ChangeForm(ChannelForm):
    """How a channel is watched from now on. Its name, kind and client stay."""

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kind = channel.kind
        given = {name: getattr(channel, name) for name in (*_ASKED[kind], "mapping", "pattern")}
        given["fetches_itself"] = channel.fetches_itself
        # What is sealed is not shown; empty leaves it as it is.
        given.pop("secret", None)
        super().__init__(*args, kind=kind, initial=given, **kwargs)
        self.channel = channel
        del self.fields["code"], self.fields["creditor"], self.fields["kind"]
        if "secret" in self.fields:
            self.fields["secret"].help_text = _("Empty: the one that is kept stays")

    def entry(self) -> ChannelEntry:
        """What was filled in, of this channel."""
        return ChannelEntry(code=self.channel.code, kind=self.channel.kind, **self.cleaned_data)


class EndForm(Form):
    """Why a channel is watched no more."""

    reason = forms.CharField(label=_("Why"), max_length=300)
