"""The service user of an organisation: what a program writes by itself has an actor too."""

from __future__ import annotations

from huikuan.people import roles
from huikuan.people.models import Organisation, User

#: What a program may do by itself.
SERVICE_ROLE = "system_admin"
#: Program users begin with this; nobody signs in as one, and no person gets such a name.
SERVICE = "service."


def service_user_of(organisation: Organisation) -> User:
    """The user `service.<code>`, who has no password; made at the first need."""
    user, is_new = User.objects.get_or_create(
        username=f"{SERVICE}{organisation.code}",
        defaults={"organisation": organisation, "display_name": "service"},
    )

    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        roles.give(user, [SERVICE_ROLE])
    return user


def is_service_user(user: User) -> bool:
    """Whether this is the program's own user, which acts for whoever has the machine."""
    return user.username.startswith(SERVICE)
