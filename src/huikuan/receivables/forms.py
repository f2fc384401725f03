"""Forms of this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from huikuan.casebook.models import DeliveryLock, Item
from huikuan.people.models import User
from huikuan.people.rights import Right
from huikuan.receivables.act import MOST_NOTE, Entry, Line
from huikuan.receivables.listing import ALL, Filters, months, newest_month
from huikuan.receivables.lock import LONGEST_REASON, LockEntry
from huikuan.receivables.shown import STATES
from huikuan.web.forms import FilterForm, Form

#: The form of the page of a statement, by its id.
FORM_ID = "statement-form"


class StatementFilter(FilterForm):
    """Month, state, and for those who see other people's cases the collector."""

    month = forms.ChoiceField(label=gettext_lazy("Month"))
    state = forms.ChoiceField(label=gettext_lazy("State"))
    collector = forms.ChoiceField(label=gettext_lazy("Collector"))
    q = forms.CharField(
        label=gettext_lazy("Case number or customer"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Case number or customer")}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self._newest = newest_month(user)
        listed = [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months(user)]
        self._choices("month", [("", _("newest")), *listed, (ALL, _("all months"))])
        self._choices("state", [("", _("all")), *STATES.items()])
        self._choose_collectors(user)

    def _choose_collectors(self, user: User) -> None:
        """Who only sees their own cases chooses nobody."""
        if not user.sees_team:
            del self.fields["collector"]
            return

        people = User.objects.filter(organisation_id=user.organisation_id or 0, is_active=True)
        people = people.who_may(Right.HOLD_CASES)
        if user.leads_team:
            people = people.filter(team_id=user.team_id or 0)
        listed = [(str(person.pk), str(person)) for person in people.order_by("display_name")]
        self._choices("collector", [("", _("all")), *listed])

    def _choices(self, name: str, pairs: list[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = pairs

    @property
    def filters(self) -> Filters:
        """What the address asks for; the newest month where it names none."""
        chosen = self.chosen
        named = str(chosen.get("month", ""))
        month = self._newest
        if named == ALL:
            month = None
        elif named:
            month = dt.date.fromisoformat(f"{named}-01")

        return Filters(
            month,
            str(chosen.get("state", "")),
            str(chosen.get("collector", "")),
            str(chosen.get("q", "")).strip(),
        )


class ActForm(Form):
    """What happened to a statement, and what the customer said of its items.

    Of each item a field `differs_<id>`; of one that differs also `agrees_<id>`.
    """

    kind = forms.ChoiceField(label=pgettext_lazy("statement", "What happened"))
    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=MOST_NOTE,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("who said or sent it, how")}),
    )

    by_mail = forms.BooleanField(
        label=gettext_lazy("The product sends the mail to the customer"), required=False
    )

    def __init__(
        self,
        *args: Any,
        offered: list[tuple[str, str]],
        writes_mail: bool,
        items: list[Item],
        differing: set[int],
        **kwargs: Any,
    ) -> None:
        """`offered`: the events that may be entered; `writes_mail`: one of them sends a mail.

        `items`: those on the statement; `differing`: ids of those that differ so far.
        """
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", "—"), *offered]
        if not writes_mail:
            del self.fields["by_mail"]

        self._items = items
        for item in items:
            self._add_item(item, differs=item.pk in differing)

        # The fields stand in several parts of the page, beside forms of their own.
        for field in self.fields.values():
            field.widget.attrs["form"] = FORM_ID

    def _add_item(self, item: Item, *, differs: bool) -> None:
        """Fields of one item: in what it differs, and whether a difference is settled."""
        label = _("What differs: {number}").format(number=item.number)
        widget = forms.TextInput(attrs={"class": "form-control form-control-sm"})
        self.fields[f"differs_{item.pk}"] = forms.CharField(
            label=label, required=False, max_length=MOST_NOTE, widget=widget
        )

        if differs:
            agrees = _("Settled: {number}").format(number=item.number)
            box = forms.CheckboxInput(attrs={"class": "form-check-input"})
            self.fields[f"agrees_{item.pk}"] = forms.BooleanField(
                label=agrees, required=False, widget=box
            )

    def entry(self) -> Entry:
        """What was entered, once the form is valid."""
        given = self.cleaned_data
        lines = []
        for item in self._items:
            note = given[f"differs_{item.pk}"].strip()
            if note:
                lines.append(Line(item.pk, True, note))
            elif given.get(f"agrees_{item.pk}"):
                lines.append(Line(item.pk, False))
        by_mail = given.get("by_mail", False)
        return Entry(given["kind"], given["on"], given["note"], tuple(lines), by_mail)


class ReasonForm(Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_NOTE,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("what is wrong with it")}),
    )


class AcknowledgeForm(Form):
    """How somebody knows that the order system has done it."""

    reason = forms.CharField(
        label=gettext_lazy("Who said so, and when"),
        max_length=MOST_NOTE,
        widget=forms.TextInput(),
    )


class LockForm(Form):
    """Which orders are held back, on which ground, with which evidence."""

    orders = forms.ChoiceField(
        label=gettext_lazy("Orders that are held back"), choices=DeliveryLock.Orders.choices
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground, for signed contracts"),
        choices=[("", "—"), *DeliveryLock.Ground.choices],
        required=False,
    )
    evidence = forms.FileField(label=gettext_lazy("Evidence, for signed contracts"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST_REASON)
    by_mail = forms.BooleanField(
        label=gettext_lazy("The product sends the mail to the customer"), required=False
    )

    def entry(self) -> LockEntry:
        """What was entered, once the form is valid."""
        given = self.cleaned_data
        file = given["evidence"]
        evidence = None
        if file is not None:
            evidence = (file.name, file.read())

        return LockEntry(
            kind=DeliveryLock.Kind.LOCK,
            because=DeliveryLock.Because.OVERDUE,
            orders=given["orders"],
            ground=given["ground"],
            evidence=evidence,
            reason=given["reason"],
            by_mail=given["by_mail"],
        )


class UnlockForm(Form):
    """Why deliveries go again."""

    because = forms.ChoiceField(
        label=gettext_lazy("Deliveries go again because"),
        choices=[
            ("", "—"),
            *(
                choice
                for choice in DeliveryLock.Because.choices
                if choice[0] != DeliveryLock.Because.OVERDUE
            ),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("payment or security, with its document")}
        ),
    )
    by_mail = forms.BooleanField(
        label=gettext_lazy("The product sends the mail to the customer"), required=False
    )

    def entry(self) -> LockEntry:
        """What was entered, once the form is valid."""
        given = self.cleaned_data
        return LockEntry(
            kind=DeliveryLock.Kind.UNLOCK,
            because=given["because"],
            reason=given["reason"],
            by_mail=given["by_mail"],
        )
