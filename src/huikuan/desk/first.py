"""The first start: the page behind the one-time address makes the house and its first manager."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from huikuan.lib.problems import Problem
from huikuan.people.models import Organisation
from huikuan.staff import first
from huikuan.staff.house import LONGEST_NAME
from huikuan.staff.users import LONGEST_NAME as LONGEST_PERSON
from huikuan.staff.users import LONGEST_USERNAME, NewUser
from huikuan.web.forms import Form

#: Beside the fields of the house and the user: what the verb calls them.
HOUSE_FIELDS = ("name", "kind")
#: In words that let somebody choose.
KINDS = (
    (Organisation.Kind.HOUSE, _("own house: it collects what is owed to itself")),
    (Organisation.Kind.AGENCY, _("agency: it collects for others")),
)
BACKEND = "huikuan.people.backend.Backend"


def _password() -> forms.PasswordInput:
    """A field of the house's look; the browser offers to keep a new password."""
    look = {"class": "form-control form-control-sm", "autocomplete": "new-password"}
    return forms.PasswordInput(attrs=look)


class FirstForm(Form):
    """House and first manager. In a book whose house a command made, only the manager."""

    name = forms.CharField(
        label=_("Name of the house"),
        max_length=LONGEST_NAME,
        help_text=_("Debtors hear it, letters say it."),
    )
    kind = forms.ChoiceField(
        label=_("What the house is"),
        choices=KINDS,
        widget=forms.RadioSelect,
        help_text=_(
            "An agency collects for others; its rules ask whether the debtor was told of it."
        ),
    )
    username = forms.CharField(label=_("User name"), max_length=LONGEST_USERNAME)
    display_name = forms.CharField(label=_("Your name"), max_length=LONGEST_PERSON)
    password = forms.CharField(label=_("Password"), widget=_password(), strip=False)
    again = forms.CharField(label=_("Password once more"), widget=_password(), strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Organisation.objects.exists():
            for name in HOUSE_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The two passwords are one."""
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            self.add_error("again", _t("The two passwords differ."))
        return values

    def house_values(self) -> dict[str, str]:
        """What the house is to be made of."""
        return {name: self.cleaned_data[name] for name in HOUSE_FIELDS if name in self.fields}

    def attach(self, problems: tuple[Problem, ...]) -> None:
        """Puts each problem beside its field."""
        for found in problems:
            if found.severity != "error":
                continue
            field = None
            if found.column in self.fields:
                field = str(found.column)
            remedy = found.remedy_text(_t)
            text = found.text(_t)
            self.add_error(field, "; ".join(part for part in (text, remedy) if part))


def first_page(request: HttpRequest, token: str) -> HttpResponse:
    """Shown while the address is valid; a POST uses it up and signs the manager in."""
    now = timezone.now()
    if not first.is_valid(token, now):
        return render(request, "desk/first_gone.html", status=410)

    form = FirstForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "desk/first.html", {"form": form}, status=status)

    values = form.cleaned_data
    wanted = NewUser(
        username=values["username"], display_name=values["display_name"], roles=first.FIRST_ROLES
    )
    opened = first.open_book(token, form.house_values(), wanted, values["password"], at=now)
    if opened.user is None:
        form.attach(opened.problems)
        return render(request, "desk/first.html", {"form": form}, status=422)

    login(request, opened.user, backend=BACKEND)
    return redirect("house")
