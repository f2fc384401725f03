"""The service user: commands act as a named user of a house, so that every write has an actor."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from huikuan.ops.cli import CommandError
from huikuan.people import roles
from huikuan.people.models import Organisation, User
from huikuan.people.service import SERVICE_ROLE, service_user_of

SERVICE = "service"


def looking_on(code: str | None = None) -> User:
    """The service user of a command that only looks, such as a dry run: never written."""
    user = User(username=SERVICE, organisation=_organisation(code))
    user.held_roles = (roles.unsaved(SERVICE_ROLE),)
    return user


@transaction.atomic
def service_user(code: str | None = None) -> User:
    """The service user of the organisation with this code, or of the only one.

    It is made at its first act. Raises CommandError in a book without a house.
    """
    return service_user_of(_organisation(code))


def _organisation(code: str | None) -> Organisation:
    """The organisation that is meant. Raises CommandError, with the remedy, if that is unclear."""
    if code is not None:
        found = Organisation.objects.filter(code=code).first()
        if found is None:
            raise CommandError(
                _("there is no organisation '{code}'; known: {known}").format(
                    code=code, known=_codes()
                )
            )
        return found

    every = list(Organisation.objects.order_by("pk")[:2])
    if len(every) > 1:
        raise CommandError(
            _("there are several organisations; name one with --organisation: {known}").format(
                known=_codes()
            )
        )
    if every:
        return every[0]
    raise CommandError(
        _("there is no house yet: `huikuan house set --name NAME --kind house` or `--kind agency`")
    )


def _codes() -> str:
    return ", ".join(Organisation.objects.order_by("code").values_list("code", flat=True)) or "-"
