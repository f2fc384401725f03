"""The filters of the desk's lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huikuan.casebook.act_names import names
from huikuan.people import roles
from huikuan.people.models import Creditor
from huikuan.planning.whose import ALL, MINE, is_own
from huikuan.planning.worklist import named_roles
from huikuan.web.forms import FilterForm

#: The queue that is no condition on tasks: what the next day brings.
TOMORROW = "tomorrow"
#: The queue of cases that soon go back to whom they belong.
RETURN = "return"
#: Saved queues in the order of their tabs.
QUEUES = (
    ("", _("today's follow-up")),
    (TOMORROW, _("tomorrow")),
    ("promise", _("promise due")),
    ("untouched", _("not followed up lately")),
    (RETURN, _("goes back soon")),
    ("key", _("key cases")),
    ("overdue", _("past the deadline")),
)


def _creditors(user: Any) -> list[tuple[str, Any]]:
    """Those of the user's organisation; a client's own one only."""
    found = Creditor.objects.filter(organisation_id=user.organisation_id)
    if user.creditor_id:
        found = found.filter(pk=user.creditor_id)
    return [("", _("all")), *found.order_by("name").values_list("code", "name")]


class WorkFilterForm(FilterForm):
    queue = forms.ChoiceField(choices=QUEUES, widget=forms.HiddenInput)
    action = forms.ChoiceField(label=_("Channel"))
    role = forms.ChoiceField(label=_("Role"))
    creditor = forms.ChoiceField(label=_("Creditor"))
    verdict = forms.ChoiceField(
        label=_("Gate"),
        choices=(("", _("all")), ("allowed", _("allowed today")), ("refused", _("not allowed"))),
    )
    q = forms.CharField(
        label=_("Name, initials, case number, ID tail"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("within this list")}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["action"]
        choice.choices = [("", _("all")), *names().items()]
        role: Any = self.fields["role"]
        titles = roles.titles(user.organisation_id)
        by_code = [(code, titles[code]) for code in named_roles()]
        first = [("", _("mine"))]
        if not is_own(user):
            first = [("", _("as counted")), (MINE, _("mine"))]
        role.choices = [*first, (ALL, _("all")), *by_code]
        self._offer_creditors(user)

    def _offer_creditors(self, user: Any) -> None:
        """Who works for one creditor chooses none, and reads its name in no row."""
        offered = _creditors(user)
        names = [name for code, name in offered if code]
        self.has_creditors = len(names) > 1
        self.is_own_house = names == [user.organisation.name]

        creditor: Any = self.fields["creditor"]
        creditor.choices = offered
        if not self.has_creditors:
            del self.fields["creditor"]


class CaseFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Name, initials, case number, ID tail"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("within this list")}),
    )
    creditor = forms.ChoiceField(label=_("Creditor"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=(
            ("", _("open")),
            ("closed", _("ended")),
            ("held", _("held")),
            ("unassigned", _("unassigned")),
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        creditor: Any = self.fields["creditor"]
        creditor.choices = _creditors(user)
