import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.masks import phone as mask
from huikuan.lib.phones import display, parse
from huikuan.lib.problems import Refused


@pytest.mark.parametrize(
    "written, e164, kind, extension, shown",
    [
        ("13800005678", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("+86 138-0000-5678", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("0086 13800005678", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("'13800005678", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("１３８００００５６７８", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("013800005678", "+8613800005678", "mobile", "", "138 0000 5678"),
        ("13800005678转1234", "+8613800005678", "mobile", "1234", "138 0000 5678-1234"),
        ("0755-12345678-801", "+8675512345678", "landline", "801", "0755-12345678-801"),
        ("0755 82345678转8001", "+8675582345678", "landline", "8001", "0755-82345678-8001"),
        ("0755-82345678 ext 3", "+8675582345678", "landline", "3", "0755-82345678-3"),
        ("0755-82345678 ext. 3", "+8675582345678", "landline", "3", "0755-82345678-3"),
        ("0755—82345678 分机 12", "+8675582345678", "landline", "12", "0755-82345678-12"),
        ("（０１０）８２３４５６７８", "+861082345678", "landline", "", "010-82345678"),
        ("86-755-82345678", "+8675582345678", "landline", "", "0755-82345678"),
        ("021-61234567", "+862161234567", "landline", "", "021-61234567"),
        ("0371-6534567", "+863716534567", "landline", "", "0371-6534567"),
        ("400-820-1234", "+864008201234", "service", "", "400-820-1234"),
        ("95555", "95555", "service", "", "95555"),
        ("118114", "118114", "service", "", "118114"),
        ("17951", "17951", "service", "", "17951"),
        ("12345", "12345", "service", "", "12345"),
        ("106912345678901", "106912345678901", "service", "", "106912345678901"),
        ("+852 2345 6789", "+85223456789", "landline", "", "+852 2345 6789"),
        ("+1 415 555 2671", "+14155552671", "other", "", "+1 415-555-2671"),
    ],
)
def test_numbers_as_people_write_them(written, e164, kind, extension, shown):
    phone = parse(written)
    assert (phone.e164, phone.kind, phone.extension, phone.display) == (
        e164,
        kind,
        extension,
        shown,
    )
    assert display(e164, extension) == shown


@pytest.mark.parametrize(
    "written, code",
    [
        ("", "phone.empty"),
        ("  ", "phone.empty"),
        ("138****5678", "phone.masked"),
        ("13800005678/13800005679", "phone.several"),
        ("0755-82345678、0755-82345679", "phone.several"),
        ("13800005678 13900005678", "phone.several"),
        ("82345678", "phone.no_area_code"),
        ("1.38E+10", "cell.lost_digits"),
        ("1380000567", "phone.invalid"),
        ("12800005678", "phone.invalid"),
        ("138000056789", "phone.invalid"),
        ("无", "phone.invalid"),
    ],
)
def test_what_cannot_be_dialled_is_refused(written, code):
    with pytest.raises(Refused) as refused:
        parse(written)
    assert refused.value.code == code


def test_a_region_reads_its_own_national_numbers():
    assert parse("2345 6789", "HK").e164 == "+85223456789"
    assert parse("+8613800005678", "HK").kind == "mobile"


@pytest.mark.parametrize(
    "e164, shown",
    [
        ("+8613800005678", "138****5678"),
        ("+8675582345678", "0755****5678"),
        ("+861082345678", "010****5678"),
        ("+85223456789", "+852****6789"),
        ("+864008201234", "+864008201234"),
        ("95555", "95555"),
    ],
)
def test_masked_for_lists(e164, shown):
    assert mask(e164) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_stored_number_is_read_as_itself(number):
    phone = parse(number)
    assert parse(phone.e164) == phone
    assert parse(phone.display) == phone
    assert number[3:7] not in mask(phone.e164) or number[3:7] in number[:3] + number[7:]


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_refused(text):
    try:
        parse(text)
    except Refused as refused:
        assert refused.problem().text()
