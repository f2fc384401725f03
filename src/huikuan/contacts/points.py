"""Contact data that a talk gave: new numbers and addresses, sealed and masked as an import writes them; known ones confirmed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import pgettext_lazy

from huikuan.casebook import journal, sealed
from huikuan.casebook.models import Act, Case, ContactPoint, Person, PointStatus
from huikuan.contacts.sentences import problem
from huikuan.lib import emails, masks, phones
from huikuan.lib.problems import Problem, Refused

LONGEST_ADDRESS = 300
Kind = ContactPoint.Kind
#: From which answer on the list a talk starts: whoever is asked tells of himself, or of the debtor.
_TALK = (ContactPoint.Whose.DEBTOR, ContactPoint.Whose.GUARANTOR, ContactPoint.Whose.CO_DEBTOR)

#: Whose a number or address of a company may be, in the words of its people; of a human being
#: every choice is offered.
_WHOSE_OF_COMPANY = (
    (
        ContactPoint.Whose.DEBTOR,
        pgettext_lazy("contact point of a company", "contact person of the customer"),
    ),
    (
        ContactPoint.Whose.COLLEAGUE,
        pgettext_lazy("contact point of a company", "another employee"),
    ),
    (ContactPoint.Whose.GUARANTOR, ContactPoint.Whose.GUARANTOR.label),
    (ContactPoint.Whose.CO_DEBTOR, ContactPoint.Whose.CO_DEBTOR.label),
    (ContactPoint.Whose.OTHER, ContactPoint.Whose.OTHER.label),
)
_PLACES_OF_COMPANY = (
    (ContactPoint.Place.OWN, pgettext_lazy("contact point of a company", "for business")),
)


def whose_of(person: Person) -> Sequence[tuple[Any, Any]]:
    """Whose a new number of the debtor may be, each with its title."""
    if person.kind == Person.Kind.COMPANY:
        return _WHOSE_OF_COMPANY
    return ContactPoint.Whose.choices


def places_of(person: Person) -> Sequence[tuple[Any, Any]]:
    """Where it may be used; a company has no home."""
    if person.kind == Person.Kind.COMPANY:
        return _PLACES_OF_COMPANY
    return ContactPoint.Place.choices


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """A number or address as it was told. `field`: where it stands in the form, for problems."""

    kind: str
    value: str
    whose: str = ContactPoint.Whose.DEBTOR
    place: str = ContactPoint.Place.OWN
    source: str = ContactPoint.Source.TALK
    holder: str = ""
    relation: str = ""
    field: str = ""


def source_of(answered: str, whose_point: str) -> str:
    """Where data told in a talk come from. What the debtor, a guarantor or a co-debtor says is told by the debtor's side;
    what a third person says in the dated lost-contact state is an authorised enquiry (docs/decisions/undo-and-sources.md)."""
    own = answered == "debtor" or whose_point in _TALK[1:]
    return ContactPoint.Source.TALK if own else ContactPoint.Source.AUTHORISED


def spelled(new: NewPoint) -> NewPoint | Problem:
    """The value in the one spelling that the book uses, or why it is none. A mobile told as a landline is a mobile."""
    text = " ".join(new.value.split())
    if new.kind == Kind.ADDRESS:
        if len(text) > LONGEST_ADDRESS:
            return problem("contact.address_long", column=new.field, limit=LONGEST_ADDRESS)
        return replace(new, value=text)
    if new.kind == Kind.EMAIL:
        address = emails.canonical(text)
        if address is None:
            return problem("contact.email", column=new.field)
        return replace(new, value=address)
    try:
        phone = phones.parse(text)
    except Refused as refused:
        return refused.problem(column=new.field)
    if phone.kind == "service":
        return problem("contact.service_number", column=new.field)
    return replace(
        new, value=phones.stored(phone), kind=Kind.MOBILE if phone.kind == "mobile" else Kind.PHONE
    )


def shown(kind: str, value: str) -> tuple[str, str]:
    """The value as lists show it, and the last digits by which it is searched."""
    if kind == Kind.EMAIL:
        return masks.email(value), ""
    if kind == Kind.ADDRESS:
        return masks.address(value), ""
    number, _extension = phones.split_stored(value)
    return masks.phone(number), number[-masks.TAIL :]


def learn(
    told: Sequence[NewPoint], *, case: Case, act: Act, on: dt.date, at: dt.datetime
) -> tuple[list[ContactPoint], list[PointStatus]]:
    """Writes spelled points of the case's debtor. One that the book has already is not written again: it is said to be
    good. The caller holds the debtor's lock and refreshes the facts."""
    indexes = {sealed.index(new.kind, new.value): new for new in told}
    known = {
        (point.kind, bytes(point.value_index)): point
        for point in ContactPoint.objects.filter(
            person_id=case.person_id, value_index__in=list(indexes)
        )
    }
    row = journal.columns(case, act, on=on, at=at)
    fresh = [
        _point(new, index, case, row)
        for index, new in indexes.items()
        if (new.kind, index) not in known
    ]
    again = [(point.pk, PointStatus.Status.VALID) for point in known.values()]
    return ContactPoint.objects.bulk_create(fresh), confirm(again, case=case, act=act, on=on, at=at)


def _point(new: NewPoint, index: bytes, case: Case, row: dict[str, object]) -> ContactPoint:
    masked, tail = shown(new.kind, new.value)
    return ContactPoint(
        **row,
        person_id=case.person_id,
        kind=new.kind,
        whose=new.whose,
        place=new.place,
        source=new.source,
        holder=new.holder,
        relation=new.relation,
        value_sealed=sealed.seal(new.value),
        value_index=index,
        value_masked=masked,
        tail=tail,
    )


def confirm(
    said: Iterable[tuple[int, str]], *, case: Case, act: Act, on: dt.date, at: dt.datetime
) -> list[PointStatus]:
    """What the debtor says of known points: (id, status). Points of other people are left alone."""
    wanted = dict(said)
    mine = (
        ContactPoint.objects.filter(person_id=case.person_id, pk__in=list(wanted)).order_by("pk")
        if wanted
        else []
    )
    row = journal.columns(case, act, on=on, at=at) | {"case": case}
    return PointStatus.objects.bulk_create(
        PointStatus(**row, point=p, status=wanted[p.pk]) for p in mine
    )
