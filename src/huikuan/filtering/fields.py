"""What a case has under each field that is read on filtering, as lists show it: masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from huikuan.casebook.models import Case, CaseFilter, ContactPoint, PointStatus
from huikuan.lib.money import format_minor
from huikuan.lib.names import listed_name

_PHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE)
_OWN = ContactPoint.Whose.DEBTOR
#: A number of which the last word was one of these reaches nobody.
_UNUSABLE = (
    PointStatus.Status.INVALID,
    PointStatus.Status.SUSPENDED,
    PointStatus.Status.STRANGER,
    PointStatus.Status.REFUSED,
)


@dataclass
class Sheet:
    """A case with its points, read once. `order`: whose points come first."""

    case: Case
    points: Sequence[ContactPoint]
    unusable: frozenset[int] = frozenset()
    order: tuple[str, ...] = field(default=())

    def value(self, code: str) -> list[str]:
        """What stands under this field; nothing where the client gave nothing, or no such field
        is known.
        """
        read = _FIELDS.get(code)
        if read is None:
            return []
        return [text for text in read(self) if text]

    @property
    def reach(self) -> str:
        """By how many usable numbers of the debtor's own the debtor can be reached (P1.2.3)."""
        usable = [point for point in self._own_phones() if point.pk not in self.unusable]
        if not usable:
            return CaseFilter.Reach.NONE
        if len(usable) == 1:
            return CaseFilter.Reach.SINGLE
        return CaseFilter.Reach.MULTI

    def _own_phones(self) -> list[ContactPoint]:
        return [each for each in self.points if each.kind in _PHONES and each.whose == _OWN]

    def in_order(self) -> list[ContactPoint]:
        """The points of others in the order in which they may be dialled."""
        places = {code: place for place, code in enumerate(self.order)}
        others = [point for point in self.points if point.whose != _OWN]
        return sorted(others, key=lambda point: (places.get(point.whose, len(places)), point.pk))


def sheet_of(case: Case, order: tuple[str, ...]) -> Sheet:
    """Reads the case for its sheet; three questions, however many points it has."""
    points = list(ContactPoint.objects.filter(person_id=case.person_id).order_by("pk"))
    last = PointStatus.objects.filter(point__in=points).order_by("point_id", "valid_on", "pk")
    status = dict(last.values_list("point_id", "status"))
    unusable = frozenset(key for key, word in status.items() if word in _UNUSABLE)
    return Sheet(case, points, unusable, order)


def _name(sheet: Sheet) -> Iterable[str]:
    person = sheet.case.person
    if person.name:
        yield listed_name(person.name, person.kind)


def _identity(sheet: Sheet) -> Iterable[str]:
    yield sheet.case.person.id_masked


def _region(sheet: Sheet) -> Iterable[str]:
    yield sheet.case.person.region


def _accounts(sheet: Sheet) -> Iterable[str]:
    yield from sheet.case.accounts.order_by("pk").values_list("number_shown", flat=True)


def _amounts(sheet: Sheet) -> Iterable[str]:
    language = get_language() or "zh-hans"
    yield format_minor(sheet.case.summary.balance_minor, sheet.case.currency, language)


def _due(sheet: Sheet) -> Iterable[str]:
    oldest = sheet.case.summary.oldest_due_on
    if oldest is not None:
        yield oldest.isoformat()


def _phones(sheet: Sheet) -> Iterable[str]:
    for point in sheet._own_phones():
        yield point.value_masked


def _addresses(sheet: Sheet) -> Iterable[str]:
    for point in sheet.points:
        if point.kind == ContactPoint.Kind.ADDRESS:
            yield f"{point.get_place_display()}: {point.value_masked}"


def _others(sheet: Sheet) -> Iterable[str]:
    for point in sheet.in_order():
        yield f"{point.get_whose_display()}: {point.value_masked}"


def _details(sheet: Sheet) -> Iterable[str]:
    for name, value in sheet.case.person.details.items():
        yield f"{name}: {value}"


#: Code of a field → what the case has under it. A pack names which are read, in which order.
_FIELDS: dict[str, Callable[[Sheet], Iterable[str]]] = {
    "name": _name,
    "identity": _identity,
    "region": _region,
    "accounts": _accounts,
    "amounts": _amounts,
    "due": _due,
    "phones": _phones,
    "addresses": _addresses,
    "others": _others,
    "details": _details,
}
