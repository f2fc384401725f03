"""How lists show what is personal: enough to tell two apart, too little to use.

Each kind has its one form, for one value and for a column of them; a test compares both. Names are
masked in `names`, because that needs to know which part is the surname.
"""

from __future__ import annotations

import phonenumbers
import polars as pl

from huikuan.lib import phones

STARS = "****"
#: Digits of an identity that are shown at both ends.
IDENTITY_ENDS = 4
#: Characters of an address that are shown: a province and mostly a town.
ADDRESS_START = 6
#: Digits of a card, an account or a telephone number that are shown at the end.
TAIL = 4
#: Characters before the @ of an address that are shown at their end, where there are more than
#: `SHORT_MAILBOX` of them: finance057 and finance061 are two customers.
MAILBOX_END = 2
SHORT_MAILBOX = 5


def identity(number: str) -> str:
    """The area's first digits and the last four: 3101**********1234."""
    hidden = len(number) - 2 * IDENTITY_ENDS
    if hidden <= 0:
        return "*" * len(number)
    return number[:IDENTITY_ENDS] + "*" * hidden + number[-IDENTITY_ENDS:]


def identity_column(number: pl.Expr) -> pl.Expr:
    """`identity` for a column."""
    length = number.str.len_chars().cast(pl.Int64)
    hidden = length - 2 * IDENTITY_ENDS
    stars = number.str.replace_all(".", "*")
    masked = (
        number.str.head(IDENTITY_ENDS) + stars.str.head(hidden) + number.str.tail(IDENTITY_ENDS)
    )
    return pl.when(hidden > 0).then(masked).otherwise(stars)


def card(number: str) -> str:
    """The issuer's first digits and the last four: 6222****1234."""
    return number[:TAIL] + STARS + number[-TAIL:]


def card_column(number: pl.Expr) -> pl.Expr:
    """`card` for a column."""
    return number.str.head(TAIL) + STARS + number.str.tail(TAIL)


def tail(number: str) -> str:
    """A card or account of which only the end is known or shown: ****5678."""
    return STARS + number[-TAIL:]


def email(address: str) -> str:
    """w****@example.com, f****57@example.com of a longer one."""
    mailbox, _at, domain = address.partition("@")
    end = ""
    if len(mailbox) > SHORT_MAILBOX:
        end = mailbox[-MAILBOX_END:]
    return f"{mailbox[:1]}{STARS}{end}@{domain}"


def email_column(address: pl.Expr) -> pl.Expr:
    """`email` for a column."""
    mailbox = address.str.extract("^([^@]*)")
    is_long = mailbox.str.len_chars() > SHORT_MAILBOX
    end = pl.when(is_long).then(mailbox.str.tail(MAILBOX_END)).otherwise(pl.lit(""))
    return address.str.head(1) + STARS + end + address.str.extract("(@.*)$")


def address(text: str) -> str:
    """上海市浦东新****."""
    return text[:ADDRESS_START] + STARS


def address_column(text: pl.Expr) -> pl.Expr:
    """`address` for a column."""
    return text.str.head(ADDRESS_START) + STARS


def phone(e164: str) -> str:
    """138****5678, 0755****5678, +852****6789. Service numbers are nobody's and stay readable."""
    national = e164.removeprefix("+86")
    if national != e164 and phones.MOBILE.fullmatch(national):
        return national[:3] + STARS + national[-TAIL:]
    if not e164.startswith("+") or phones.SERVICE.fullmatch(e164):
        return e164
    if phones.LANDLINE.fullmatch(e164):
        return f"0{phones.area_of(national)}{STARS}{national[-TAIL:]}"

    # A number that is hardly longer than its end would be shown whole.
    if len(e164) <= 2 * TAIL:
        return STARS
    return _country(e164) + STARS + e164[-TAIL:]


def mobile_column(e164: pl.Expr) -> pl.Expr:
    """`phone` for a column of mainland mobiles: most of a book, and they need no reading."""
    return e164.str.slice(3, 3) + STARS + e164.str.tail(TAIL)


def _country(e164: str) -> str:
    try:
        return f"+{phonenumbers.parse(e164).country_code}"
    except phonenumbers.NumberParseException:
        return ""
