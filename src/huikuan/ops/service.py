"""The service user: the command line acts as a named user of one organisation, so that every write has an actor."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from huikuan.ops.cli import CommandError
from huikuan.people.models import Organisation, User
from huikuan.people.service import service_user_of

DEFAULT_CODE = "house"


@transaction.atomic
def service_user(code: str | None = None) -> User:
    """The service user of the organisation with this code, of the only one, or of a new own house in an empty book."""
    return service_user_of(_organisation(code))


def _organisation(code: str | None) -> Organisation:
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
    return Organisation.objects.get_or_create(code=DEFAULT_CODE, defaults={"name": "本机构"})[0]


def _codes() -> str:
    return ", ".join(Organisation.objects.order_by("code").values_list("code", flat=True)) or "-"
