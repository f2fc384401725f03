"""Identity numbers: resident identity number (GB 11643), unified social credit code (GB 32100), bank card (Luhn).

Each reader gives a value object, or the code of what is wrong (a key of `huikuan.lib.catalogue`). The area code at
the front of an identity number is information, never an error: published tables reject most numbers of people born
before 1980. Numbers of residence permits for Hong Kong, Macau and Taiwan (81, 82, 83) and for foreigners (9…) are
built and checked in the same way.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

RIC_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RIC_CHECKS = "10X98765432"
USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
FIRST_BIRTH_YEAR = 1900

RIC_FORM = re.compile(r"[0-9]{17}[0-9X]")
USCC_FORM = re.compile(rf"[{USCC_SYMBOLS}]{{2}}[0-9]{{6}}[{USCC_SYMBOLS}]{{10}}")
LOST = re.compile(r"#LOST:.*|[0-9](\.[0-9]+)?E\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class ResidentId:
    """`kind`: resident, or the permit that carries a number of the same build. `area` is the code of the first
    registration.
    """

    number: str
    birth_date: dt.date
    sex: Literal["male", "female"]
    area: str
    kind: Literal["resident", "hk_macau_taiwan", "foreign"]


@dataclass(frozen=True, slots=True)
class CreditCode:
    """`authority`: code of the registering body and type (first two characters); `area`: of the registration."""

    code: str
    authority: str
    area: str


@dataclass(frozen=True, slots=True)
class Card:
    number: str

    @property
    def tail(self) -> str:
        return self.number[-4:]


def clean(text: str) -> str:
    """What was meant: full-width characters made plain, blanks, hyphens and a spreadsheet's leading apostrophe removed,
    capital letters."""
    plain = unicodedata.normalize("NFKC", text).lstrip("'`‘’ ")
    if plain.startswith("#LOST:"):
        return plain
    # once more: what stood apart by a blank may belong together now, and cleaning twice must change nothing
    return unicodedata.normalize("NFKC", re.sub(r"[\s\u200b\ufeff·-]", "", plain).upper())


def resident_id(text: str, on: dt.date) -> ResidentId | str:
    """Read an identity number; `on` is the day after which a birth date lies in the future.

    Codes: id.empty, cell.lost_digits, id.old_15, id.length, id.characters, id.birth_date, id.birth_future,
    id.check_digit.
    """
    number = clean(text)
    if error := _form_error(number, RIC_FORM, "id"):
        return error
    born = _day(number[6:14])
    if born is None:
        return "id.birth_date"
    if born > on:
        return "id.birth_future"
    if ric_check(number[:17]) != number[17]:
        return "id.check_digit"
    kind: Literal["resident", "hk_macau_taiwan", "foreign"] = "resident"
    if number[0] == "9":
        kind = "foreign"
    elif number[:2] in ("81", "82", "83"):
        kind = "hk_macau_taiwan"
    return ResidentId(number, born, "male" if int(number[16]) % 2 else "female", number[:6], kind)


def credit_code(text: str) -> CreditCode | str:
    """Read a unified social credit code.

    Codes: credit_code.empty, cell.lost_digits, credit_code.old_15, credit_code.length, credit_code.characters,
    credit_code.check_digit.
    """
    code = clean(text)
    if error := _form_error(code, USCC_FORM, "credit_code"):
        return error
    if uscc_check(code[:17]) != code[17]:
        return "credit_code.check_digit"
    return CreditCode(code, code[:2], code[2:8])


def card(text: str) -> Card | str:
    """Read a bank card number. card.check_digit is a warning in the catalogue: old and corporate cards exist that do
    not follow Luhn.

    Codes: card.empty, cell.lost_digits, card.characters, card.length, card.check_digit.
    """
    number = clean(text)
    if not number:
        return "card.empty"
    if LOST.fullmatch(number):
        return "cell.lost_digits"
    if not re.fullmatch("[0-9]+", number):
        return "card.characters"
    if not 12 <= len(number) <= 19:
        return "card.length"
    return Card(number) if luhn_sum(number) % 10 == 0 else "card.check_digit"


def ric_check(front: str) -> str:
    """The check character of 17 digits: ISO 7064 MOD 11-2 (GB 11643)."""
    return RIC_CHECKS[
        sum(weight * int(digit) for weight, digit in zip(RIC_WEIGHTS, front, strict=True)) % 11
    ]


def uscc_check(front: str) -> str:
    """The check character of 17 characters (GB 32100)."""
    total = sum(
        weight * USCC_SYMBOLS.index(symbol)
        for weight, symbol in zip(USCC_WEIGHTS, front, strict=True)
    )
    return USCC_SYMBOLS[-total % 31]


def luhn_sum(number: str) -> int:
    doubled = [2 * int(digit) for digit in number[-2::-2]]
    return sum(int(digit) for digit in number[::-2]) + sum(
        double - 9 if double > 9 else double for double in doubled
    )


def length_of(text: str) -> int:
    """Characters after cleaning: the parameter of the length messages."""
    return len(clean(text))


def _form_error(value: str, form: re.Pattern[str], kind: str) -> str | None:
    if not value:
        return f"{kind}.empty"
    if form.fullmatch(value):
        return None
    if LOST.fullmatch(value):
        return "cell.lost_digits"
    if len(value) == 15 and value.isascii() and value.isdigit():
        return f"{kind}.old_15"
    return f"{kind}.length" if len(value) != 18 else f"{kind}.characters"


def _day(digits: str) -> dt.date | None:
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if day.year >= FIRST_BIRTH_YEAR else None
