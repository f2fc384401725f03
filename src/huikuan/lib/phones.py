"""Telephone numbers. Mainland mobiles and landlines by our own rule, the rest of the world by `phonenumbers`.

The own rule goes first because new number segments are opened faster than any table is updated, and because
`phonenumbers` swallows a Chinese extension ("0755-12345678-801") and then calls the number invalid.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from huikuan.lib.problems import Refused

#: Stands between a number and its extension in the book (RFC 3966 writes `;ext=`).
EXTENSION_MARK = ";"
Kind = Literal["mobile", "landline", "service", "other"]

_COUNTRY = r"(?:\+?86|0086)?"
MOBILE = re.compile(_COUNTRY + r"0?(1[3-9][0-9]{9})")
#: Area codes 10 and 2x have two digits and numbers of eight; the others three, and seven or eight.
_NATIONAL = r"(10[1-9][0-9]{7}|2[0-57-9][1-9][0-9]{7}|[3-9][0-9]{2}[1-9][0-9]{6,7})"
LANDLINE = re.compile(r"(?:(?:\+?86|0086)0?|0)" + _NATIONAL)
SERVICE = re.compile(_COUNTRY + r"0?([48]00[0-9]{7})")
#: A mobile begins with 13 to 19: what begins so and is longer than a short number has lost digits.
_SHORT = re.compile(r"1[0-2][0-9]{1,7}|1[3-9][0-9]{1,4}|9[0-9]{3,8}|106[0-9]{5,17}")
_EXTENSION = re.compile(
    r"(?P<main>.*[0-9)].*?) ?(?:转|分机号?|EXT\.?|X|#|,,) ?:?(?P<ext>[0-9]{1,6})", re.S
)
_DASHED = re.compile(r"(?P<main>(?:.*[^0-9])?[0-9]{7,11})-(?P<ext>[0-9]{1,6})", re.S)
_NUMBERS = re.compile(r"(?<![0-9])(?:0[0-9]{2,3}-?)?[0-9]{7,11}(?![0-9])")
_MARKED = re.compile(r"#LOST:.*|[0-9](\.[0-9]+)?E\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` is "+8613800005678"; a short service code (95555) has none and stands as dialled. `kind` service (400,
    800, 95555, 106…) is nobody's personal contact point.
    """

    e164: str
    kind: Kind
    extension: str
    display: str


def parse(text: str, region: str = "CN") -> Phone:
    """Read one telephone number as people write it.

    Raises Refused: phone.empty, phone.masked, phone.several, phone.no_area_code, phone.invalid, cell.lost_digits.
    """
    plain = " ".join(
        unicodedata.normalize("NFKC", text)
        .replace("—", "-")
        .replace("–", "-")
        .strip(" '`‘’")
        .split()
    ).upper()
    if not plain:
        raise Refused("phone.empty")
    if _MARKED.fullmatch(plain):
        raise Refused("cell.lost_digits")
    if "*" in plain:
        raise Refused("phone.masked")
    if re.search(r"[/、;,|和或 ]", plain.replace(",,", "")) and len(_NUMBERS.findall(plain)) > 1:
        raise Refused("phone.several")
    main, extension = _cut_extension(plain)
    dialled = re.sub(r"[\s().·-]", "", main)
    if region == "CN" or dialled.startswith(("+86", "0086")):
        if phone := _mainland(dialled, extension):
            return phone
        if re.fullmatch(r"[2-8][0-9]{6,7}", dialled):
            raise Refused("phone.no_area_code")
    return _elsewhere(main, region, extension)


def _cut_extension(plain: str) -> tuple[str, str]:
    for form in (_EXTENSION, _DASHED):
        found = form.fullmatch(plain)
        if found and len(re.sub(r"[^0-9]", "", found["main"])) >= 7:
            return found["main"].strip(" -"), found["ext"]
    return plain, ""


def _mainland(dialled: str, extension: str) -> Phone | None:
    if found := MOBILE.fullmatch(dialled):
        return Phone(f"+86{found[1]}", "mobile", extension, _display(found[1], extension))
    if found := SERVICE.fullmatch(dialled):
        number = found[1]
        return Phone(
            f"+86{number}", "service", extension, f"{number[:3]}-{number[3:6]}-{number[6:]}"
        )
    if found := LANDLINE.fullmatch(dialled):
        return Phone(f"+86{found[1]}", "landline", extension, _display(found[1], extension))
    if _SHORT.fullmatch(dialled):
        return Phone(dialled, "service", extension, dialled)
    return None


def _elsewhere(main: str, region: str, extension: str) -> Phone:
    try:
        number = phonenumbers.parse(main, region)
    except phonenumbers.NumberParseException:
        raise Refused("phone.invalid") from None
    if not phonenumbers.is_valid_number(number):
        raise Refused("phone.invalid")
    kinds: dict[int, Kind] = {
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.FIXED_LINE_OR_MOBILE: "other",
        PhoneNumberType.FIXED_LINE: "landline",
        PhoneNumberType.TOLL_FREE: "service",
        PhoneNumberType.SHARED_COST: "service",
        PhoneNumberType.PREMIUM_RATE: "service",
        PhoneNumberType.UAN: "service",
    }
    display = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    extension = extension or number.extension or ""
    number.extension = None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, kinds.get(phonenumbers.number_type(number), "other"), extension, display)


def area_of(national: str) -> str:
    """The area code of a landline without its 0: 10, 21, 755."""
    length = 2 if national.startswith(("10", "2")) else 3
    return national[:length]


def stored(phone: Phone) -> str:
    """The one spelling that the book keeps: +8675512345678, with an extension +8675512345678;801."""
    if not phone.extension:
        return phone.e164
    return phone.e164 + EXTENSION_MARK + phone.extension


def split_stored(value: str) -> tuple[str, str]:
    """Number and extension of the book's spelling; the extension is empty where there is none."""
    number, _mark, extension = value.partition(EXTENSION_MARK)
    return number, extension


def _display(national: str, extension: str) -> str:
    if national[0] == "1" and len(national) == 11:
        shown = f"{national[:3]} {national[3:7]} {national[7:]}"
    else:
        area = area_of(national)
        shown = f"0{area}-{national.removeprefix(area)}"
    return f"{shown}-{extension}" if extension else shown


def display(e164: str, extension: str = "") -> str:
    """A stored number as people read it: 138 0000 5678, 0755-12345678-801, +852 2345 6789."""
    national = e164.removeprefix("+86")
    if (
        national != e164
        and not SERVICE.fullmatch(e164)
        and (MOBILE.fullmatch(national) or LANDLINE.fullmatch(e164))
    ):
        return _display(national, extension)
    try:
        shown = parse(e164).display
    except Refused:
        return e164
    return f"{shown}-{extension}" if extension else shown
