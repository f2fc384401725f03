import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.lib.names import initials, is_company, mask_name, sort_key, split_surname


@pytest.mark.parametrize(
    "name, key, first",
    [
        ("单雄信", "shan xiong xin", "SXX"),
        ("仇和", "qiu he", "QH"),
        ("曾国藩", "zeng guo fan", "ZGF"),
        ("解缙", "xie jin", "XJ"),
        ("查良镛", "zha liang yong", "ZLY"),
        ("区家麟", "ou jia lin", "OJL"),
        ("朴成", "piao cheng", "PC"),
        ("任正非", "ren zheng fei", "RZF"),
        ("盖叫天", "ge jiao tian", "GJT"),
        ("尉迟恭", "yu chi gong", "YCG"),
        ("万俟卨", "mo qi xie", "MQX"),
        ("长孙无忌", "zhang sun wu ji", "ZSWJ"),
        ("欧阳修", "ou yang xiu", "OYX"),
        ("吕布", "lv bu", "LB"),
        ("刘𫖯", "liu fu", "LF"),
        ("李䶮", "li yan", "LY"),
        ("买买提·吐尔逊", "mai mai ti tu er xun", "MMTTEX"),
        ("重庆银行股份有限公司", "chong qing yin hang gu fen you xian gong si", "CQYHGFYXGS"),
        ("ABC(中国)有限公司", "abc zhong guo you xian gong si", "AZGYXGS"),
        ("John Smith", "john smith", "JS"),
        ("Müller", "muller", "M"),
        ("", "", ""),
    ],
)
def test_names_sort_as_they_are_spoken(name, key, first):
    assert (sort_key(name), initials(name)) == (key, first)


def test_what_no_table_can_read_sorts_last():
    assert sort_key("𠮷田") > sort_key("赵田")
    assert sort_key("王\ue000") == "wang ~"


@pytest.mark.parametrize(
    "name, masked",
    [
        ("王小明", "王**"),
        ("王明", "王*"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("买买提·吐尔逊", "买**·***"),
        ("John Smith", "J*** S****"),
        ("王", "*"),
        ("深圳市某某贸易有限公司", "深圳市某某贸易有限公司"),
    ],
)
def test_people_are_masked_companies_are_not(name, masked):
    assert mask_name(name) == masked


def test_a_company_is_told_by_its_last_word():
    assert (
        is_company("重庆银行股份有限公司")
        and is_company("张记小吃店")
        and is_company("Acme Trading Ltd.")
    )
    assert not is_company("王小店") and not is_company("欧阳小行")


def test_a_double_surname_needs_a_given_name():
    assert split_surname("欧阳修") == ("欧阳", "修")
    assert split_surname("欧阳") == ("欧", "阳")


@given(st.text(max_size=12))
def test_every_text_has_a_key_and_a_mask(name):
    assert len(initials(name)) >= len(sort_key(name).split()) and mask_name(name) is not None


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=3))
def test_a_masked_name_shows_the_surname_only(name):
    masked = mask_name(name)
    assert masked.rstrip("*") == split_surname(name)[0] and len(masked) == len(name)
