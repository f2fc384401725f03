"""The demo: an invented agency with three creditors, two teams and two weeks of work behind it.

Everything goes through the verbs that a real day uses: files are imported, cases allocated, days planned, contacts
asked of the gate and recorded, payments posted. Seeded: the same day gives the same book.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from huikuan.ops.demo.cast import CODE, PASSWORD


def users() -> list[dict[str, Any]]:
    """The demo users for the sign-in page; nothing when the demo is not loaded."""
    from huikuan.people.models import User

    found = User.objects.filter(organisation__code=CODE, is_active=True).exclude(
        password__startswith="!"
    )
    return [
        {
            "username": user.username,
            "password": PASSWORD,
            "name": str(user),
            "role": user.role_title,
            "place": user.team.name if user.team else "",
        }
        for user in found.select_related("team").order_by("pk")
    ]


def book_is_empty() -> bool:
    from huikuan.casebook.models import Case
    from huikuan.people.models import Organisation

    return not Case.objects.exists() and not Organisation.objects.filter(code=CODE).exists()


@transaction.atomic
def ensure_demo(cases: int = 2000) -> bool:
    """Loads the demo into an empty book, whole or not at all. False, and nothing changed, when there is anything in it."""
    from huikuan.ops.demo.load import load

    if not book_is_empty():
        return False
    load(cases)
    return True
