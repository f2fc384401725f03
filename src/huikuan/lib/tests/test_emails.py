"""E-mail addresses: equal ones meet, and none is shown whole in a list."""

from __future__ import annotations

import pytest

from huikuan.lib import emails


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Li@Jiahe.example.com ", "li@jiahe.example.com"),
        ("li@jiahe", None),
        ("a@b@example.com", None),
        ("a@example.com,b@example.com", None),
        ("Li <li@example.com>", None),
        ("x" * 250 + "@example.com", None),
    ],
)
def test_what_is_an_address(text, address):
    assert emails.canonical(text) == address


def test_addresses_beyond_ascii_are_addresses_that_cannot_be_mailed():
    assert emails.canonical("李@例子.com")
    assert not emails.can_be_mailed("李@例子.com")
    assert emails.can_be_mailed("li@example.com")


def test_every_address_in_a_text_is_masked():
    text = "550 <li@example.com>: no; try wang@mail.example.cn."
    assert emails.mask_all(text) == "550 <l****@example.com>: no; try w****@mail.example.cn."


@pytest.mark.parametrize(
    "address",
    ["a@[127.0.0.1]", "a@127.0.0.1", "a@[ipv6:::1].cn", "a@-b.cn", "a@b-.cn", "a@b..cn", "a@b.c_n"],
)
def test_an_address_by_number_or_of_no_possible_name_cannot_be_mailed(address):
    assert not emails.can_be_mailed(address)


@pytest.mark.parametrize("address", ["a@b.cn", "a@mx-1.b.com.cn", "a@xn--fsqu00a.xn--fiqs8s"])
def test_a_name_of_the_net_can_be_mailed(address):
    assert emails.can_be_mailed(address)
