"""The filters of the promises that are followed up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huikuan.people.models import Creditor, User
from huikuan.people.rights import Right
from huikuan.promises.follow import TABS
from huikuan.web.forms import FilterForm


class PromiseFilter(FilterForm):
    """Creditor, and for those who see other people's cases the collector. The tab travels along."""

    tab = forms.CharField(widget=forms.HiddenInput())
    creditor = forms.ChoiceField(label=gettext_lazy("Creditor"))
    collector = forms.ChoiceField(label=gettext_lazy("Collector"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("all"))]
        creditors = Creditor.objects.filter(organisation_id=user.organisation_id or 0)
        if user.is_client:
            creditors = creditors.filter(pk=user.creditor_id or 0)
        chosen: Any = self.fields["creditor"]
        chosen.choices = everything + list(creditors.order_by("name").values_list("code", "name"))
        if not user.sees_team:
            del self.fields["collector"]
            return
        people = User.objects.filter(organisation_id=user.organisation_id or 0, is_active=True)
        people = people.who_may(Right.HOLD_CASES)
        if user.leads_team:
            people = people.filter(team_id=user.team_id or 0)
        collectors: Any = self.fields["collector"]
        collectors.choices = everything + [
            (str(one.pk), str(one)) for one in people.order_by("display_name")
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters without the tab: clearing them stays on it."""
        return {name: value for name, value in super().chosen.items() if name != "tab"}

    @property
    def tab_named(self) -> str:
        """The tab that the address names, if there is such a one."""
        named = str(super().chosen.get("tab", ""))
        return named if named in TABS else TABS[0]
