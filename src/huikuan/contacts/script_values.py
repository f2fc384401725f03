"""The words of a script for the tasks at hand: who speaks to whom, of what, and what was promised.

One definition for a call, a mail and a letter. A step about items speaks of exactly the items of its
tasks, a step about a statement of its own, a step about the case of the case. What is not known, or
is not one figure, is left out and stands as a blank for the person; it is never a wrong figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from huikuan.casebook.models import Case, ContactPoint, ContactRecord, Item
from huikuan.contacts.address import contact_persons_of
from huikuan.contacts.file import File
from huikuan.contacts.in_words import (
    NAMED_IN_LIST,
    NAMED_IN_SENTENCE,
    amount,
    dated,
    day_in_words,
    listed,
    named_up_to,
    one_of,
    with_unit,
)
from huikuan.contacts.statement_values import statement_values
from huikuan.engine.playbook import Step
from huikuan.lib import names
from huikuan.people.models import User
from huikuan.web.templatetags.huikuan_facts import product_name

LONGEST_SUMMARY = 80


class Asking(Protocol):
    """A task as far as it says what it is about."""

    @property
    def subject_id(self) -> int:
        """Id of the item, the statement or the case."""

    @property
    def step(self) -> Step:
        """Its step, which says what it is about."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a script speaks of, by ids. `whole`: of the case, where no items are named.

    `demands`: it asks for payment, so a disputed item is left out.
    """

    items: frozenset[int] = frozenset()
    statements: frozenset[int] = frozenset()
    whole: bool = True
    demands: bool = True


def matter_of(tasks: Iterable[Asking]) -> Matter:
    """What these tasks are about; without tasks the case."""
    asked = list(tasks)
    if not asked:
        return Matter()

    of_kind: dict[str, set[int]] = {"item": set(), "statement": set()}
    for task in asked:
        of_kind.get(task.step.per, set()).add(task.subject_id)
    return Matter(
        items=frozenset(of_kind["item"]),
        statements=frozenset(of_kind["statement"]),
        whole=any(task.step.per not in of_kind for task in asked),
        demands=any(task.step.dunning for task in asked),
    )


def values_of(
    file: File, point: ContactPoint | None, speaker: User, matter: Matter | None = None
) -> dict[str, str]:
    """Variable → text, in the language that is active; what is not known is left out."""
    about = matter or Matter()
    found = _who(file, point, speaker)
    found |= _of_case(file)
    if about.items or about.whole:
        found |= _debt(file, about)
    if about.statements:
        found |= statement_values(file.case, about.statements, file.today)
    return {name: text for name, text in found.items() if text}


def _who(file: File, point: ContactPoint | None, speaker: User) -> dict[str, str]:
    """The two sides; empty where it is not known."""
    case = file.case
    person = case.person
    company = ""
    family_name = ""
    if person.kind == person.Kind.COMPANY:
        company = person.name
    else:
        family_name = names.split_surname(person.name)[0]

    return {
        "debtor_family_name": family_name,
        "debtor_name": person.name,
        "title": {"m": _("Mr"), "f": _("Ms")}.get(person.sex.lower(), _("Mr or Ms")),
        "company": company,
        "contact_person": _contact_person(file, point),
        "agency_name": case.organisation.name,
        "outward_name": case.organisation.outward_name,
        "on_behalf_of": case.creditor.name,
        "sender": _sender(case),
        "collector": speaker.display_name or speaker.username,
        "collector_number": speaker.username,
        "callback": case.organisation.callback_phone,
        "verify_phone": case.creditor.verify_phone,
        "complaint_phone": _complaints(case),
        "pay_to": _pay_to(case),
    }


def _contact_person(file: File, point: ContactPoint | None) -> str:
    """Who is spoken to at the customer: whose number or address it is, else the one contact person
    of the customer. Where several are named nobody knows whose it is.
    """
    if point is not None and point.holder:
        return point.holder
    if file.case.person.kind != file.case.person.Kind.COMPANY:
        return ""

    return one_of(contact_persons_of(file.case))


def _sender(case: Case) -> str:
    """Who writes. An agency names the creditor; an own house represents nobody."""
    house = case.organisation.name
    if case.creditor.is_the_house:
        return house
    return _("{house} (for {creditor})").format(house=house, creditor=case.creditor.name)


def _pay_to(case: Case) -> str:
    """The account to pay to. Its holder is always the creditor: nobody else may take the money."""
    if not case.creditor.pay_to:
        return ""
    return f"{case.creditor.name} {case.creditor.pay_to}"


def _complaints(case: Case) -> str:
    """The house's number, and the creditor's own: whoever complains may choose."""
    house = case.organisation.complaint_phone
    creditor = case.creditor.complaint_phone
    if house and creditor:
        return _("{house} or {creditor} at {name}").format(
            house=house, creditor=creditor, name=case.creditor.name
        )
    return house or creditor


def _of_case(file: File) -> dict[str, str]:
    """What is true of the case whatever is spoken of: its product, the promise, the last talk."""
    case, promise, talk = file.case, file.promise, file.last_talk
    found = {
        "today": dated(file.today),
        "product": product_name(case.product),
        "account_tail": file.account[-4:],
    }
    if promise is not None:
        found |= {
            "promised_amount": amount(promise.amount_minor, promise.currency),
            "promised_on": day_in_words(promise.due_on, file.today),
            "paid_amount": amount(case.summary.promise_paid_minor, case.currency),
        }
    if talk is not None:
        found["last_summary"] = _short(talk.note)
    found["last_agreed"] = _("; ").join(_agreed(file))
    return found


def _agreed(file: File) -> list[str]:
    """What the debtor and we said to each other, out of what was recorded as such: what they
    promised, what they say is paid, when we talk again; else on which day they were talked to.
    Never the note, which is written for ourselves.
    """
    found = []
    promise = file.promise
    if promise is not None:
        promised = with_unit(amount(promise.amount_minor, promise.currency), file.case)
        text = _("on {made_on} you promised to pay {amount} on {due_on}")
        found.append(
            text.format(
                made_on=day_in_words(promise.made_on, file.today),
                amount=promised,
                due_on=day_in_words(promise.due_on, file.today),
            )
        )

    claims: dict[dt.date, list[str]] = {}
    for item in file.items:
        if item.claimed_on is not None:
            claims.setdefault(item.claimed_on, []).append(item.number)
    for day, numbers in sorted(claims.items()):
        text = _("on {day} you said that {numbers} is paid")
        found.append(text.format(day=day_in_words(day, file.today), numbers=listed(numbers)))

    next_on = file.case.summary.next_contact_on
    if next_on is not None:
        text = _("we agreed to talk again on {day}")
        found.append(text.format(day=day_in_words(next_on, file.today)))
    talk = file.last_talk
    if not found and talk is not None and talk.answered == ContactRecord.Answered.DEBTOR:
        text = _("we talked on {day}")
        found.append(text.format(day=day_in_words(talk.at.date(), file.today)))
    return found


def _debt(file: File, about: Matter) -> dict[str, str]:
    """The items that are spoken of; of the case as a whole also its own figures."""
    items = _items(file.case, about)
    found = _item_words(items, file)
    if about.items:
        return found

    summary = file.case.summary
    found |= {
        "amount": amount(summary.balance_minor, file.case.currency),
        "principal": amount(file.principal_minor, file.case.currency),
        "interest": amount(summary.balance_minor - file.principal_minor, file.case.currency),
        "due_on": "",
        "days_late": "",
    }
    if summary.oldest_due_on is not None:
        late = (file.today - summary.oldest_due_on).days
        found |= {
            "due_on": day_in_words(summary.oldest_due_on, file.today),
            "days_late": str(max(0, late)),
        }
    return found


def _items(case: Case, about: Matter) -> list[Item]:
    """Those that are unpaid still, the oldest first."""
    unpaid = Item.objects.filter(case_id=case.pk, summary__open_minor__gt=0)
    if about.items:
        unpaid = unpaid.filter(pk__in=about.items)
    if about.demands:
        unpaid = unpaid.filter(summary__disputed=False)
    return list(unpaid.select_related("summary").order_by("due_on", "pk"))


def _item_words(items: Sequence[Item], file: File) -> dict[str, str]:
    """Number, sum, due days, days late, and both ways to name the items one by one."""
    if not items:
        return {}

    currency = file.case.currency
    total = amount(sum(item.summary.open_minor for item in items), currency)
    late = [str(max(0, (file.today - item.due_on).days)) for item in items]
    return {
        "item_number": listed([item.number for item in items]),
        "amount": total,
        "due_on": listed([day_in_words(item.due_on, file.today) for item in items]),
        # Items are late by different days: then none of them is "the" number of days.
        "days_late": one_of(late),
        "items": _sentence(items, total, file),
        "item_list": _lines(items, total, file),
    }


def _sentence(items: Sequence[Item], total: str, file: File) -> str:
    """Part of a sentence: every item with its amount and day, and of several the sum."""
    return _("; ").join(_named(items, total, file, NAMED_IN_SENTENCE))


def _lines(items: Sequence[Item], total: str, file: File) -> str:
    """One item a line, as a mail names them; of several the sum in the last line."""
    return "\n".join(_named(items, total, file, NAMED_IN_LIST))


def _named(items: Sequence[Item], total: str, file: File, most: int) -> list[str]:
    """Each item in words, at most so many; how many more there are; of several the sum."""
    named = named_up_to(most, [_item(item, file) for item in items])
    if len(items) > 1:
        named.append(_("in all {amount}").format(amount=with_unit(total, file.case)))
    return named


def _item(item: Item, file: File) -> str:
    """An item in words: number, what is open, its due day, and how late it is."""
    text = _("{number} over {amount}, due on {due_on}")
    days = (file.today - item.due_on).days
    if days > 0:
        text = _("{number} over {amount}, due on {due_on}, {days} days late")

    open_amount = amount(item.summary.open_minor, file.case.currency)
    words = text.format(
        number=item.number,
        amount=with_unit(open_amount, file.case),
        due_on=day_in_words(item.due_on, file.today),
        days=days,
    )

    claimed_on = item.summary.claimed_on
    if claimed_on is None:
        return words
    # They hear what they said themselves: that it is open still is no surprise then.
    text = _("{item} (you said on {claimed_on} that it is paid; it has not arrived yet)")
    return text.format(item=words, claimed_on=day_in_words(claimed_on, file.today))


def _short(text: str) -> str:
    """The first line, without the full stop: the script ends the sentence."""
    first = text.strip().partition("\n")[0].strip().rstrip("。.;；")
    if len(first) > LONGEST_SUMMARY:
        return first[:LONGEST_SUMMARY] + "…"
    return first
