"""What a case has under each field that is read on filtering: masked, with what can be told of the
whole value, so that a number of seven digits is seen without being shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language, gettext, ngettext

from huikuan.casebook.models import Case, CaseFilter, ContactPoint, PointStatus
from huikuan.casebook.sealed import unseal
from huikuan.engine.lists import Entry
from huikuan.lib.money import format_minor
from huikuan.lib.names import listed_name
from huikuan.web.templatetags.huikuan_facts import in_language, product_name

_PHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE)
#: Numbers are kept with the code of the country.
_MAINLAND = "+86"
_OWN = ContactPoint.Whose.DEBTOR
#: A number of which the last word was one of these reaches nobody.
_UNUSABLE = (
    PointStatus.Status.INVALID,
    PointStatus.Status.SUSPENDED,
    PointStatus.Status.STRANGER,
    PointStatus.Status.REFUSED,
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is shown. `shape`: what the hidden part is like; `field` and `pk`: what is
    asked for by whoever wants to see it whole; empty where nothing is hidden.
    """

    text: str
    shape: str = ""
    field: str = ""
    pk: int = 0


@dataclass
class Sheet:
    """A case with its points, read once. `order`: whose points come first, in words."""

    case: Case
    points: Sequence[ContactPoint]
    unusable: frozenset[int] = frozenset()
    order: tuple[Entry, ...] = field(default=())

    def value(self, code: str) -> list[Value]:
        """What stands under this field; nothing where the client gave nothing, or no such field
        is known.
        """
        read = _FIELDS.get(code)
        if read is None:
            return []
        return [value for value in read(self) if value.text]

    @property
    def reach(self) -> str:
        """By how many usable numbers of the debtor's own the debtor can be reached (P1.2.3)."""
        usable = [point for point in self.own_phones() if point.pk not in self.unusable]
        if not usable:
            return CaseFilter.Reach.NONE
        if len(usable) == 1:
            return CaseFilter.Reach.SINGLE
        return CaseFilter.Reach.MULTI

    def own_phones(self) -> list[ContactPoint]:
        """The debtor's own numbers."""
        return [each for each in self.points if each.kind in _PHONES and each.whose == _OWN]

    def in_order(self) -> list[ContactPoint]:
        """The points of others in the order in which they may be dialled."""
        places = {entry.code: place for place, entry in enumerate(self.order)}
        others = [point for point in self.points if point.whose != _OWN]
        return sorted(others, key=lambda point: (places.get(point.whose, len(places)), point.pk))


def sheet_of(case: Case, order: tuple[Entry, ...]) -> Sheet:
    """Reads the case for its sheet; three questions, however many points it has."""
    points = list(ContactPoint.objects.filter(person_id=case.person_id).order_by("pk"))
    last = PointStatus.objects.filter(point__in=points).order_by("point_id", "valid_on", "pk")
    status = dict(last.values_list("point_id", "status"))
    unusable = frozenset(key for key, word in status.items() if word in _UNUSABLE)
    return Sheet(case, points, unusable, order)


def _name(sheet: Sheet) -> Iterable[Value]:
    person = sheet.case.person
    shown = listed_name(person.name, person.kind)
    if shown != person.name:
        yield Value(shown, _length(person.name), "name", person.pk)
    else:
        yield Value(shown)


def _identity(sheet: Sheet) -> Iterable[Value]:
    person = sheet.case.person
    if person.id_sealed is not None:
        yield Value(person.id_masked, _length(unseal(person.id_sealed)), "id", person.pk)


def _born(sheet: Sheet) -> Iterable[Value]:
    born = sheet.case.person.born_on
    if born is not None:
        yield Value(born.isoformat())


def _region(sheet: Sheet) -> Iterable[Value]:
    yield Value(sheet.case.person.region)


def _product(sheet: Sheet) -> Iterable[Value]:
    yield Value(product_name(sheet.case.product))
    if sheet.case.hand is not None:
        yield Value(gettext("hand {n}").format(n=sheet.case.hand))


def _placed(sheet: Sheet) -> Iterable[Value]:
    case = sheet.case
    yield Value(gettext("placed {day}").format(day=case.placed_on))
    if case.return_on is not None:
        yield Value(gettext("to be returned {day}").format(day=case.return_on))


def _accounts(sheet: Sheet) -> Iterable[Value]:
    for account in sheet.case.accounts.order_by("pk"):
        whole = unseal(account.number_sealed)
        yield Value(account.number_shown, _length(whole), "account", account.pk)


def _amounts(sheet: Sheet) -> Iterable[Value]:
    language = get_language() or "zh-hans"
    summary = sheet.case.summary
    yield Value(format_minor(summary.balance_minor, sheet.case.currency, language))
    items = ngettext("{n} item open", "{n} items open", summary.open_items)
    yield Value(items.format(n=summary.open_items))


def _due(sheet: Sheet) -> Iterable[Value]:
    oldest = sheet.case.summary.oldest_due_on
    if oldest is not None:
        yield Value(oldest.isoformat())


def _phones(sheet: Sheet) -> Iterable[Value]:
    for point in sheet.own_phones():
        yield _point(point, _digits(unseal(point.value_sealed)))


def _addresses(sheet: Sheet) -> Iterable[Value]:
    for point in sheet.points:
        if point.kind == ContactPoint.Kind.ADDRESS:
            yield _point(point, _length(unseal(point.value_sealed)), point.get_place_display())


def _others(sheet: Sheet) -> Iterable[Value]:
    """Numbered as they may be dialled, with what the procedure says of each."""
    titles = {entry.code: in_language(entry.title) for entry in sheet.order}
    for place, point in enumerate(sheet.in_order(), 1):
        whose = titles.get(point.whose) or point.get_whose_display()
        front = f"{place}. {whose}"
        yield _point(point, _digits(unseal(point.value_sealed)), front)


def _details(sheet: Sheet) -> Iterable[Value]:
    for name, value in sheet.case.person.details.items():
        yield Value(f"{name}: {value}")


def _point(point: ContactPoint, shape: str, front: str = "") -> Value:
    """A contact point, with whose or which it is."""
    text = ": ".join(filter(None, (front, point.value_masked)))
    return Value(text, shape, "point", point.pk)


def _length(whole: str) -> str:
    return ngettext("{n} character", "{n} characters", len(whole)).format(n=len(whole))


def _digits(whole: str) -> str:
    """How many digits a number has, without the code of the country."""
    n = sum(character.isdigit() for character in whole.removeprefix(_MAINLAND))
    return ngettext("{n} digit", "{n} digits", n).format(n=n)


#: Code of a field → what the case has under it. A pack names which are read, in which order.
_FIELDS: dict[str, Callable[[Sheet], Iterable[Value]]] = {
    "name": _name,
    "identity": _identity,
    "born": _born,
    "region": _region,
    "product": _product,
    "placed": _placed,
    "accounts": _accounts,
    "amounts": _amounts,
    "due": _due,
    "phones": _phones,
    "addresses": _addresses,
    "others": _others,
    "details": _details,
}
