"""The house 机构资料: the numbers that debtors are given, and each creditor's own numbers and account. Scripts say them.

Money only ever goes to the creditor's own account: the holder of an account is the creditor by its name, and an agency
that writes itself into it is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from huikuan.casebook import journal
from huikuan.casebook.models import Act
from huikuan.people.models import Creditor, Organisation, User
from huikuan.people.rights import Right
from huikuan.staff.house import warnings
from huikuan.web.access import require_right
from huikuan.web.forms import Form, dress

VERB = "desk.house"
OF_HOUSE = {"callback_phone": _("Call-back number"), "complaint_phone": _("Complaints number")}
OF_CREDITOR = {
    "verify_phone": _("Official number, to verify who calls"),
    "complaint_phone": _("Complaints number"),
    "pay_to": _("Account to pay to: bank and number"),
}
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}[0-9]")


def columns(
    house: Organisation, creditors: list[Creditor]
) -> Iterator[tuple[str, Organisation | Creditor, str]]:
    """Every value of the page: name of its field, whose it is, its column."""
    for column in OF_HOUSE:
        yield column, house, column
    for creditor in creditors:
        for column in OF_CREDITOR:
            yield f"{column}_{creditor.pk}", creditor, column


class HouseForm(Form):
    """One field for each number of the house, and three for each creditor, named `<field>_<creditor id>`."""

    def __init__(
        self, *args: Any, house: Organisation, creditors: list[Creditor], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.house, self.creditors = house, creditors
        for name, owner, column in columns(house, creditors):
            label = (OF_CREDITOR if isinstance(owner, Creditor) else OF_HOUSE)[column]
            longest = owner._meta.get_field(column).max_length  # type: ignore[union-attr]
            field = forms.CharField(
                label=label, required=False, max_length=longest, initial=getattr(owner, column)
            )
            dress(field)
            self.fields[name] = field

    def of_house(self) -> list[forms.BoundField]:
        return [self[name] for name in OF_HOUSE]

    def labels(self) -> list[Any]:
        return list(OF_CREDITOR.values())

    def rows(self) -> Iterator[tuple[Creditor, list[forms.BoundField]]]:
        """Each creditor with its fields."""
        for creditor in self.creditors:
            yield creditor, [self[f"{name}_{creditor.pk}"] for name in OF_CREDITOR]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, text in list(values.items()):
            if name.startswith("pay_to"):
                if self.house.kind == Organisation.Kind.AGENCY and self.house.name in text:
                    self.add_error(
                        name,
                        _t("Money never goes to your own account. Write the creditor's account."),
                    )
            elif text and not _PHONE.fullmatch(text):
                self.add_error(
                    name,
                    _t("Write a telephone number: digits, with spaces or hyphens between them."),
                )
        return values


@require_right(Right.SET_UP_HOUSE, methods=("GET", "POST"))
def house(request: HttpRequest) -> HttpResponse:
    """The numbers of the house and a row for each creditor, with who changed them last."""
    user: Any = request.user
    asked = request.POST if request.method == "POST" else None
    form = HouseForm(asked, house=user.organisation, creditors=_creditors(user))
    if asked is not None and form.is_valid():
        changed = save(form.cleaned_data, user, timezone.now())
        messages.success(
            request, _t("Saved.") if changed else _t("This holds already; nothing was changed.")
        )
        return redirect("house")
    last = (
        Act.objects.filter(organisation=user.organisation, verb=VERB)
        .select_related("actor")
        .order_by("-at")
        .first()
    )
    context = {"form": form, "last": last, "wanting": _wanting(user.organisation)}
    return render(request, "desk/house.html", context, status=422 if form.errors else 200)


def _wanting(own: Organisation) -> list[str]:
    """What the page cannot change and the house should still say: names, in words."""
    words = {"name": _t("name"), "outward_name": _t("neutral outward name")}
    return [words[column] for column in warnings(own) if column in words]


@transaction.atomic
def save(values: dict[str, str], actor: User, at: dt.datetime) -> int:
    """Writes what differs and gives how many; the act names the columns, not what stands in them.

    The house is locked first, so that of two who save at once the second sees what the first wrote.
    """
    own = Organisation.objects.select_for_update().get(pk=actor.organisation_id or 0)
    changed = []
    for name, owner, column in columns(own, _creditors(actor)):
        if name in values and getattr(owner, column) != values[name]:
            setattr(owner, column, values[name])
            owner.save(update_fields=[column])
            changed.append(f"{owner.code}.{column}")
    if changed:
        journal.begin(actor, VERB, at=at, reason=", ".join(changed))
    return len(changed)


def _creditors(user: User) -> list[Creditor]:
    return list(Creditor.objects.filter(organisation_id=user.organisation_id or 0).order_by("code"))
