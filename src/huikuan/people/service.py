"""The service user of an organisation: what a program writes by itself has an actor too."""

from __future__ import annotations

from huikuan.people.models import Organisation, User
from huikuan.people.roles import Role


def service_user_of(organisation: Organisation) -> User:
    """The user `service.<code>`, who has no password; made at the first need."""
    user, is_new = User.objects.get_or_create(
        username=f"service.{organisation.code}",
        defaults={
            "organisation": organisation,
            "role": Role.SYSTEM_ADMIN,
            "display_name": "service",
        },
    )

    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
