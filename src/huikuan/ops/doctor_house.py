"""What may be wanting in a house: its names, a role that nobody has, a day that is not planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from huikuan.ops import config
from huikuan.ops.finding import Finding
from huikuan.ops.words import gettext as _
from huikuan.ops.words import language

if TYPE_CHECKING:
    from huikuan.people.models import Organisation

#: The worker looks every five minutes; a plan of a large book takes its time.
GRACE = dt.timedelta(minutes=20)


def findings(at: dt.datetime) -> Iterator[Finding]:
    """What is wanting in each house of the book; nothing where all is well or there is no house."""
    from huikuan.people.models import Organisation

    for house in Organisation.objects.order_by("pk"):
        yield from named(house)
        yield from left_cases(house)
        yield from empty_roles(house, at)
        yield from dead_channels(house)
    yield from planned(at)


def named(house: Organisation) -> Iterator[Finding]:
    """Whether the house said who it is before anybody hears from it."""
    from huikuan.staff.house import warnings

    wanting = warnings(house)
    if wanting:
        text = _("{house}: still to be said: {columns}")
        shown = text.format(house=house.name, columns=", ".join(wanting))
        yield Finding("house", "warn", shown, "huikuan house set")


def left_cases(house: Organisation) -> Iterator[Finding]:
    """Whether somebody whose account is closed still holds cases."""
    from huikuan.staff.leave import left_behind

    for user in left_behind(house.pk):
        text = _("{house}: {user} has left and still holds open cases")
        shown = text.format(house=house.name, user=user.username)
        yield Finding("left", "fail", shown, f"huikuan user end {user.username}")


def dead_channels(house: Organisation) -> Iterator[Finding]:
    """Channels of clients that cannot be looked at: what comes in them nobody sees."""
    from django.utils import timezone

    from huikuan.casebook.models import Channel

    watched = Channel.objects.filter(organisation=house, ended=None)
    for channel in watched.exclude(error_since=None).order_by("code"):
        since = timezone.localtime(channel.error_since)
        text = _("{house}: the channel {channel} is not reached since {moment}")
        shown = text.format(
            house=house.name, channel=channel.code, moment=f"{since:%Y-%m-%d %H:%M}"
        )
        yield Finding("channels", "warn", shown, "huikuan channel list")


def empty_roles(house: Organisation, at: dt.datetime) -> Iterator[Finding]:
    """Roles that the procedures in force for the house name and that none of its users has."""
    from django.utils import translation

    from huikuan.people import roles
    from huikuan.planning.roles_named import without_user
    from huikuan.staff.house import local_day

    with translation.override(language()):
        titles = roles.titles(house)
    for code, packs in without_user(house, local_day(house, at)).items():
        text = _("{house}: nobody has the role {role}, which {packs} names")
        role = titles[code]
        shown = text.format(house=house.name, role=role, packs=", ".join(packs))
        yield Finding("role", "warn", shown, f"huikuan user role NAME … {code}")


def planned(at: dt.datetime) -> Iterator[Finding]:
    """Whether the worker planned today, once its hour has come."""
    from huikuan.ops.morning import unplanned

    hour = config.current().plan_time
    if hour is None:
        return
    for day in unplanned(at - GRACE, hour):
        text = _("{day} is not planned, although it is past {hour}")
        yield Finding("plan", "warn", text.format(day=day, hour=f"{hour:%H:%M}"), "huikuan day")
