"""The form by which a manager puts a version in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.models import PackVersion
from huikuan.people.models import Creditor, Team, User
from huikuan.planning.activate import Scope
from huikuan.web.forms import Form


class ActivateForm(Form):
    """Which version, from which day, for whose cases, and why. Contact rules have no scope to
    choose.
    """

    version = forms.ModelChoiceField(PackVersion.objects.none(), label=_("Version"))
    from_on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    creditor = forms.ModelChoiceField(
        Creditor.objects.none(), label=_("Creditor"), required=False, empty_label=_("all")
    )
    product = forms.CharField(label=_("Product"), max_length=40, required=False)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("all")
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, user: User, pack: str, today: dt.date, **more: Any) -> None:
        """Offers the approved versions of the pack, and creditors and teams of the user's house."""
        more.setdefault("initial", {"from_on": today})
        super().__init__(*args, **more)
        approved = PackVersion.objects.filter(pack=pack).exclude(approved_by="")
        versions: Any = self.fields["version"]
        versions.queryset = approved.defer("content", "compiled").order_by("-pk")
        versions.label_from_instance = name_of

        creditors: Any = self.fields["creditor"]
        creditors.queryset = Creditor.objects.filter(organisation=user.organisation)
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.filter(organisation=user.organisation)
        teams.label_from_instance = lambda team: team.name

        if approved.filter(kind=PackVersion.Kind.LIMITS).exists():
            for name in ("creditor", "product", "team"):
                del self.fields[name]

    @property
    def scope(self) -> Scope:
        """Whose cases it is for."""
        given = self.cleaned_data
        product = given.get("product", "").strip()
        return Scope(given.get("creditor"), product, given.get("team"))


def name_of(version: PackVersion) -> str:
    """Version and the beginning of its content's hash: two contents may have one version number."""
    return f"{version.version} · {version.hash[:8]}"
