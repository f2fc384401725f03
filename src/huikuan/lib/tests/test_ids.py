import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc

from huikuan.lib import ids
from huikuan.lib.ids import Card, CreditCode, ResidentId, card, credit_code, resident_id

ON = dt.date(2026, 11, 23)
BIRTHS = st.dates(dt.date(1900, 1, 1), ON)


def made(area="000000", birth="19050301", serial="001"):
    front = f"{area}{birth}{serial}"
    return front + ids.ric_check(front)


@st.composite
def identity_numbers(draw):
    return made(
        f"{draw(st.integers(0, 999999)):06}",
        draw(BIRTHS).strftime("%Y%m%d"),
        f"{draw(st.integers(0, 999)):03}",
    )


def test_the_example_of_the_standard_is_read():
    # GB 11643: a county code that was not in force in the birth year is no error
    read = resident_id("440524188001010014", ON)
    assert read == "id.birth_date"  # born 1880: before our first year
    assert ids.ric_check("44052418800101001") == "4"


def test_birth_date_sex_and_area_are_read():
    number = made(serial="002")
    assert resident_id(number, ON) == ResidentId(
        number, dt.date(1905, 3, 1), "female", "000000", "resident"
    )
    other = resident_id(made(serial="003"), ON)
    assert isinstance(other, ResidentId) and other.sex == "male"


@pytest.mark.parametrize(
    "area, kind",
    [
        ("810000", "hk_macau_taiwan"),
        ("820000", "hk_macau_taiwan"),
        ("830000", "hk_macau_taiwan"),
        ("911156", "foreign"),
        ("110101", "resident"),
    ],
)
def test_residence_permits_are_accepted_by_their_check_digit(area, kind):
    read = resident_id(made(area), ON)
    assert isinstance(read, ResidentId) and read.kind == kind


def test_what_was_meant_is_understood():
    number = made(serial="001")
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in string.digits + "X"})
    with_x = next(
        made(serial=f"{n:03}") for n in range(1000) if made(serial=f"{n:03}").endswith("X")
    )
    for written in [
        f" {number} ",
        f"'{number}",
        f"{number[:6]} {number[6:14]} {number[14:]}",
        wide,
    ]:
        read = resident_id(written, ON)
        assert isinstance(read, ResidentId) and read.number == number
    read = resident_id(with_x.lower(), ON)
    assert isinstance(read, ResidentId) and read.number == with_x


@pytest.mark.parametrize(
    "written, code",
    [
        ("", "id.empty"),
        (" ' ", "id.empty"),
        ("3.10101E+17", "cell.lost_digits"),
        ("#LOST:3.101011990010113e+17", "cell.lost_digits"),
        ("110101900307001", "id.old_15"),
        ("11010119000307", "id.length"),
        (made() + "1", "id.length"),
        ("11010119000307001Y", "id.characters"),
        ("1101011900030X0011", "id.characters"),
        (made(birth="19000229"), "id.birth_date"),
        (made(birth="19051301"), "id.birth_date"),
        (made(birth="18991231"), "id.birth_date"),
        (made(birth="00000101"), "id.birth_date"),
        (made(birth="20261124"), "id.birth_future"),
        (made()[:-1] + ("1" if made()[-1] != "1" else "2"), "id.check_digit"),
    ],
)
def test_what_is_wrong_has_a_code(written, code):
    assert resident_id(written, ON) == code


@given(identity_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, step):
    digit = str((int(number[place]) + step) % 10)
    assert isinstance(resident_id(number, ON), ResidentId)
    assert isinstance(resident_id(number[:place] + digit + number[place + 1 :], ON), str)


@given(identity_numbers(), st.integers(0, 15))
def test_two_swapped_digits_are_always_found(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (swapped == number) == isinstance(resident_id(swapped, ON), ResidentId)


def test_the_worked_example_of_the_credit_code_standard():
    assert credit_code("91350100M000100Y43") == CreditCode("91350100M000100Y43", "91", "350100")
    assert credit_code("91350100M000100Y4Z") == "credit_code.characters"
    assert credit_code("91350100M000100Y44") == "credit_code.check_digit"
    assert credit_code("91350100m000100y43 ") == CreditCode("91350100M000100Y43", "91", "350100")


@pytest.mark.parametrize(
    "written, code",
    [
        ("", "credit_code.empty"),
        ("440301103000001", "credit_code.old_15"),
        ("9135010", "credit_code.length"),
        ("91350100I000100Y43", "credit_code.characters"),
        ("9135O100M000100Y43", "credit_code.characters"),
        ("9.135E+17", "cell.lost_digits"),
    ],
)
def test_a_wrong_credit_code_has_a_code(written, code):
    assert credit_code(written) == code


@given(
    st.text(ids.USCC_SYMBOLS, min_size=2, max_size=2),
    st.integers(0, 999999),
    st.text(ids.USCC_SYMBOLS, min_size=10, max_size=10),
)
def test_credit_codes_agree_with_an_independent_reader(authority, area, rest):
    code = f"{authority}{area:06}{rest}"
    theirs = uscc.calc_check_digit(code[:17]) == code[17]
    assert isinstance(credit_code(code), CreditCode) is theirs
    assert isinstance(credit_code(code[:17] + ids.uscc_check(code[:17])), CreditCode)


@given(st.text(string.digits, min_size=12, max_size=19))
def test_card_numbers_agree_with_an_independent_reader(number):
    assert isinstance(card(number), Card) is luhn.is_valid(number)


def test_card_numbers():
    assert card("6222 0212 3456 7890 128") in (Card("6222021234567890128"), "card.check_digit")
    assert card("") == "card.empty"
    assert card("62220x12345678901") == "card.characters"
    assert card("622202") == "card.length"
    assert card("6.22202E+18") == "cell.lost_digits"
    assert Card("6222021234567890").tail == "7890"
