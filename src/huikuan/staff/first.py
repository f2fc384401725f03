"""The first start: one address, printed once, opens a book without users."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet

from huikuan.casebook import journal
from huikuan.lib.problems import Problem
from huikuan.people.models import FirstKey, Organisation, User
from huikuan.people.service import SERVICE
from huikuan.staff import house as house_verbs
from huikuan.staff import users
from huikuan.staff.access import has_error
from huikuan.staff.sentences import problem
from huikuan.staff.users import NewUser

#: How long the address is valid.
VALID = dt.timedelta(hours=4)
TOKEN_BYTES = 32
#: What the first user is: may set up everything else, and imports the first file.
FIRST_ROLES = ("manager", "system_admin")


@dataclass(frozen=True, slots=True)
class Opened:
    """House and first manager, or what is wrong with what was written."""

    house: Organisation | None
    user: User | None
    problems: tuple[Problem, ...] = ()


def is_needed() -> bool:
    """Whether nobody can sign in yet: a book without any user but the program's own."""
    return not User.objects.exclude(username__startswith=SERVICE).exists()


def make_key(at: dt.datetime) -> str:
    """A new token; those before it are void. Only its hash is stored: its reader alone knows it."""
    FirstKey.objects.all().delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    FirstKey.objects.create(token_hash=_hash(token), expires_at=at + VALID)
    return token


def is_valid(token: str, at: dt.datetime) -> bool:
    """Whether the address still opens the book."""
    return is_needed() and _valid(at).filter(token_hash=_hash(token)).exists()


@transaction.atomic
def open_book(
    token: str, values: Mapping[str, str], wanted: NewUser, password: str, *, at: dt.datetime
) -> Opened:
    """Uses the address up: makes the house, or takes a command's, and its first manager.

    Of two who come at once the second finds the address used.
    """
    key = _valid(at).select_for_update().filter(token_hash=_hash(token)).first()
    if key is None or not is_needed():
        return Opened(None, None, (problem("first.key"),))

    house, problems = _house(values)
    if house is None:
        return Opened(None, None, tuple(problems))
    # Whatever the page sent: the address makes the first manager and nobody else.
    first = replace(wanted, roles=FIRST_ROLES)
    fitting, found = users.fit(first, house)
    problems += [*found, *users.taken(wanted.username, house)]
    problems += users.password_problems(password, wanted.username)
    if fitting is None or has_error(problems):
        transaction.set_rollback(True)
        return Opened(None, None, tuple(problems))

    user = users.write(fitting, house, password)
    key.used_at = at
    key.save(update_fields=["used_at"])
    journal.begin(user, "staff.first", at=at, reason=f"user {user.pk}")
    return Opened(house, user, tuple(problems))


def _house(values: Mapping[str, str]) -> tuple[Organisation | None, list[Problem]]:
    standing = Organisation.objects.order_by("pk").first()
    if standing is not None:
        return standing, []
    made = house_verbs.make(values)
    return made.house, list(made.problems)


def _valid(at: dt.datetime) -> QuerySet[FirstKey]:
    return FirstKey.objects.filter(used_at=None, expires_at__gt=at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
