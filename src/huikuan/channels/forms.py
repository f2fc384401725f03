"""Forms of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import Channel
from huikuan.channels.declare import ChannelEntry
from huikuan.intake.mapping import names
from huikuan.people.models import Creditor, User
from huikuan.web.forms import Form

_STILL_SECONDS = 60
_MOST_SECONDS = 3600


class ChannelForm(Form):
    """A channel of a client. What its kind does not need may stay empty."""

    code = forms.SlugField(
        label=_("Name of the channel"),
        max_length=40,
        help_text=_("Small letters, digits and -, such as bank-sftp"),
    )
    creditor = forms.ModelChoiceField(label=_("Creditor"), queryset=Creditor.objects.none())
    mapping = forms.ChoiceField(label=_("Mapping"), help_text=_("Says which column is what"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Channel.Kind.choices)
    address = forms.CharField(
        label=_("Folder or server"),
        max_length=255,
        help_text=_("A folder below the folder of channels, or the name of the server"),
    )
    port = forms.IntegerField(
        label=_("Port"), required=False, min_value=1, max_value=65535, help_text=_("Empty: usual")
    )
    user = forms.CharField(label=_("User"), required=False, max_length=120)
    secret = forms.CharField(
        label=_("Password or private key"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed and never shown again"),
    )
    host_key = forms.CharField(
        label=_("Key of the SFTP server"),
        required=False,
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
        required=False,
        help_text=_("Only attachments of mails from this address are taken"),
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

    def __init__(self, *args: Any, user: User, overlay: Path | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_house = Creditor.objects.filter(organisation=user.organisation).order_by("code")
        self.fields["creditor"].queryset = of_house  # type: ignore[attr-defined]
        listed = [(name, name) for name in names(overlay)]
        self.fields["mapping"].choices = [("", "—"), *listed]  # type: ignore[attr-defined]

    def entry(self) -> ChannelEntry:
        """What was filled in, without the client."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "creditor"}
        return ChannelEntry(**given)


class EndForm(Form):
    """Why a channel is watched no more."""

    reason = forms.CharField(label=_("Why"), max_length=300)
