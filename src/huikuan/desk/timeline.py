"""Everything that happened to a case, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huikuan.allocation.shown import PRINCIPLES
from huikuan.casebook.models import Act, Case, ContactRecord
from huikuan.lib.money import format_minor
from huikuan.web.templatetags.huikuan_facts import action_icon


@dataclass(frozen=True)
class Event:
    at: dt.datetime | dt.date
    on: dt.date
    title: str
    text: str = ""
    icon: str = "info-circle"
    tone: str = "neutral"
    actor: str = ""
    badge: str = ""


def timeline(case: Case) -> list[Event]:
    """Contacts, promises, payments, holds, assignments and case events, newest first."""
    actors = {a.pk: str(a.actor) for a in Act.objects.filter(pk__in=_acts(case)).select_related("actor")}
    events = [event for source in (_contacts, _money, _promises, _holds, _rest) for event in source(case, actors)]
    return sorted(events, key=lambda event: (event.on, str(event.at)), reverse=True)


def _acts(case: Case) -> set[int]:
    sources = (case.contacts, case.payments, case.promises, case.holds, case.events, case.assignments)
    return {pk for source in sources for pk in source.values_list("act_id", flat=True)}


def _contacts(case: Case, actors: dict[int, str]) -> Iterator[Event]:
    for record in case.contacts.select_related("point").order_by("-at")[:200]:
        tone = "good" if record.answered == ContactRecord.Answered.DEBTOR and record.connected else "neutral"
        where = record.point.value_masked if record.point else ""
        title = " · ".join(
            p
            for p in (
                record.get_channel_display(),
                where,
                _how(record),
            )
            if p
        )
        note = "\n".join(
            p for p in (record.note, record.analysis and _("Own view: {text}").format(text=record.analysis)) if p
        )
        badge = _("against the gate") if record.override_reason else ""
        yield Event(
            record.at,
            record.valid_on,
            title,
            note,
            action_icon(record.channel),
            "bad" if badge else tone,
            actors.get(record.act_id, ""),
            badge,
        )


def _how(record: ContactRecord) -> str:
    """Who answered; of what is sent there is nothing to say."""
    if record.channel not in (ContactRecord.Channel.CALL, ContactRecord.Channel.VISIT):
        return ""
    return record.get_answered_display() if record.connected else _("not connected")


def _money(case: Case, actors: dict[int, str]) -> Iterator[Event]:
    for payment in case.payments.select_related("reversal").order_by("-valid_on")[:200]:
        amount = format_minor(payment.amount_minor, payment.currency, "zh-hans")
        yield Event(
            payment.valid_on,
            payment.valid_on,
            _("Payment {amount}").format(amount=amount),
            payment.reference,
            "cash",
            "good",
            actors.get(payment.act_id, ""),
        )
        reversal = getattr(payment, "reversal", None)
        if reversal:
            yield Event(
                reversal.valid_on,
                reversal.valid_on,
                _("Payment reversed {amount}").format(amount=amount),
                reversal.reason,
                "arrow-back-up",
                "bad",
            )


def _promises(case: Case, actors: dict[int, str]) -> Iterator[Event]:
    for promise in case.promises.order_by("-valid_on")[:100]:
        amount = format_minor(promise.amount_minor, promise.currency, "zh-hans")
        title = _("Promised {amount} for {day}").format(amount=amount, day=promise.due_on)
        yield Event(promise.valid_on, promise.valid_on, title, "", "calendar", "info", actors.get(promise.act_id, ""))


def _holds(case: Case, actors: dict[int, str]) -> Iterator[Event]:
    for hold in case.holds.order_by("-valid_on")[:100]:
        title = _("Hold: {kind} ({scope})").format(kind=hold.get_kind_display(), scope=hold.get_scope_display())
        yield Event(hold.valid_on, hold.valid_on, title, hold.reason, "hand-stop", "warn", actors.get(hold.act_id, ""))
        if hold.ended_on:
            yield Event(
                hold.ended_on, hold.ended_on, _("Hold ended: {kind}").format(kind=hold.get_kind_display()), "", "check"
            )


def _why_given(reason: str) -> str:
    """A principle of the allocation in words; whatever else was written stays."""
    return _(PRINCIPLES[reason]) if reason in PRINCIPLES else reason


def _rest(case: Case, actors: dict[int, str]) -> Iterator[Event]:
    for happened in case.events.order_by("-valid_on")[:100]:
        until = _("until {day}").format(day=happened.until_on) if happened.until_on else ""
        yield Event(
            happened.valid_on,
            happened.valid_on,
            happened.get_kind_display(),
            until,
            "flag",
            "neutral",
            actors.get(happened.act_id, ""),
        )
    for given in case.assignments.select_related("user").order_by("-valid_on")[:100]:
        title = _("Assigned to {name}").format(name=given.user) if given.user else _("Taken back into the pool")
        yield Event(
            given.valid_on,
            given.valid_on,
            title,
            _why_given(given.reason),
            "user",
            "neutral",
            actors.get(given.act_id, ""),
        )
    placed = _("Placed, batch {number}").format(number=case.placement.number) if case.placement else _("Placed")
    yield Event(case.placed_on, case.placed_on, placed, "", "inbox", "info")
