"""The same questions for each screen: signed in? role? house? method? both languages?"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests import people

from huikuan.casebook import sealed
from huikuan.casebook.models import Act, Channel, ChannelFile, Placement
from huikuan.channels.tests.conftest import at, make_channel, put, root_of_house
from huikuan.channels.tests.test_declare import KEY
from huikuan.channels.watch import look_at_all
from huikuan.people.models import Creditor, User

pytestmark = pytest.mark.django_db
PAGES = ("list", "new", "channel", "change")
POSTS = ("fetch", "end")
#: Who opens what, of all roles that ship.
LOOK = {"data_admin", "system_admin", "team_lead", "manager", "general_manager"}
SET_UP = {"manager", "general_manager", "system_admin"}
FETCH = {"data_admin", "system_admin"}
ALLOWED = {
    "list": LOOK,
    "channel": LOOK,
    "new": SET_UP,
    "change": SET_UP,
    "end": SET_UP,
    "fetch": FETCH,
}
FORM = {
    "code": "bank-sftp-2",
    "kind": "folder",
    "mapping": "card_cn",
    "address": "bank2",
    "security": "ssl",
    "pattern": "*.csv",
    "whole": "still",
    "under_way": ".part",
    "still_seconds": "60",
}


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


@pytest.fixture
def channel(bank, manager) -> Channel:
    return make_channel(bank, manager)


@pytest.fixture
def file(channel, sample) -> ChannelFile:
    put("bank", "委案.csv", sample, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    return ChannelFile.objects.get()


def address(name: str, file: ChannelFile) -> str:
    words = {each: [file.channel_id] for each in ("end", "channel", "change")}
    words["fetch"] = [file.pk]
    return reverse(f"channels:{name}", args=words.get(name, []))


def ask(client: Client, name: str, file: ChannelFile) -> int:
    call = client.post if name in POSTS else client.get
    return call(address(name, file)).status_code


@pytest.mark.parametrize("name", [*PAGES, *POSTS])
def test_without_sign_in_to_the_sign_in_page(name, client, file) -> None:
    assert ask(client, name, file) == 302


@pytest.mark.parametrize("role", [role for role in people.THIRTEEN if role != "client"])
def test_each_role_opens_what_it_may(role, file, house) -> None:
    client = signed_in(people.make_user(role, house))
    for name in (*PAGES, *POSTS):
        assert (ask(client, name, file) != 403) == (role in ALLOWED[name]), name


@pytest.mark.parametrize("name", ["channel", "change", *POSTS])
def test_another_house_finds_nothing(name, file) -> None:
    stranger = people.make_user("system_admin", people.make_house("other"))
    assert ask(signed_in(stranger), name, file) == 404
    page = signed_in(stranger).get(reverse("channels:list")).content.decode()
    assert file.name not in page and file.channel.code not in page


@pytest.mark.parametrize("name", [*PAGES, *POSTS])
def test_the_wrong_method_is_refused(name, file, house) -> None:
    client = signed_in(people.make_user("system_admin", house))
    call = client.get if name in POSTS else client.delete
    assert call(address(name, file)).status_code == 405


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_say_what_waits_in_both_languages(language, file, manager) -> None:
    client = signed_in(manager, language)
    words = {
        "zh-hans": ("委案渠道", "已到达，待取回"),
        "en": ("Channels", "arrived, to be fetched"),
    }

    for name in ("list", "channel"):
        page = client.get(address(name, file)).content.decode()
        assert file.name in page and file.placement.number in page
        for word in words[language]:
            assert word in page, (name, word)
    assert client.get(address("new", file)).status_code == 200


def test_empty_lists_say_what_to_do_next(house, manager) -> None:
    page = signed_in(manager).get(reverse("channels:list")).content.decode()
    assert "没有待处理的文件" in page and "还没有渠道" in page
    assert reverse("channels:new") in page


def test_a_file_is_fetched_by_its_button(file, fetcher) -> None:
    client = signed_in(fetcher)
    assert "取回" in client.get(reverse("channels:list")).content.decode()
    answer = client.post(address("fetch", file))
    assert answer["Location"] == reverse("intake:placement", args=[file.placement.number])
    assert Placement.objects.get().status == "received"

    again = client.post(address("fetch", file), follow=True)
    assert "此文件此前已取回" in again.content.decode()


def test_what_waits_stands_in_the_side_bar_and_on_a_day_without_tasks(
    file, bank, fetcher, manager
) -> None:
    make_channel(bank, manager, code="dead", address="nowhere")
    look_at_all(at(9, 2))
    page = signed_in(fetcher).get(reverse("worklist")).content.decode()
    counted = re.findall(r'href="(/channels/|/placements/)"[^§]*?<b[^>]*>(\d+)</b>', page)
    assert ("/channels/", "2") in counted, "a file to fetch, and a channel that is not reached"
    assert ("/placements/", "1") in counted
    assert "以下栏目有事项待处理" in page

    page = signed_in(manager).get(reverse("worklist")).content.decode()
    assert "以下栏目有事项待处理" not in page, "whoever fetches nothing is not asked to"


def test_a_channel_is_set_up_and_ended(bank, manager) -> None:
    client = signed_in(manager)
    wrong = client.post(reverse("channels:new"), FORM | {"creditor": bank.code, "address": "../x"})
    assert wrong.status_code == 422 and "渠道目录之外" in wrong.content.decode()
    client.post(reverse("channels:new"), FORM | {"creditor": bank.code})
    channel = Channel.objects.get()
    assert (channel.code, channel.act.actor) == ("bank-sftp-2", manager)

    end = reverse("channels:end", args=[channel.pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    client.post(end, {"reason": "合同到期"})
    channel.refresh_from_db()
    assert channel.ended is not None and channel.ended.reason == "合同到期"


@pytest.mark.parametrize("kind", ["folder", "sftp", "mail"])
def test_a_new_channel_is_asked_for_what_its_kind_needs(kind, house, manager) -> None:
    page = signed_in(manager).get(reverse("channels:new"), {"kind": kind}).content.decode()
    asked = set(re.findall(r'name="(\w+)"', page))
    assert ("host_key" in asked) == (kind == "sftp")
    assert ("sender" in asked) == (kind == "mail")
    assert ("whole" in asked) == (kind != "mail")
    assert ("secret" in asked) == (kind != "folder")

    if kind == "folder":
        assert str(root_of_house()) in page, "it says below which folder"
    for box in re.findall(r"<input[^>]*>", page):
        is_written_in = re.search(r'type="(text|number|password|email)"', box)
        assert not is_written_in or "class=" in box, box


def test_a_client_that_has_placed_nothing_yet_gets_a_channel(house, manager) -> None:
    """The mapping names it; it is in the book from then on."""
    assert not Creditor.objects.exists()
    page = signed_in(manager).get(reverse("channels:new")).content.decode()
    assert "示例银行信用卡中心 (card-bank)" in page and "信用卡委案表 (card_cn)" in page
    signed_in(manager).post(reverse("channels:new"), FORM | {"creditor": "card-bank"})
    assert Channel.objects.get().creditor.code == "card-bank"


def test_a_name_that_is_none_is_refused_in_words(bank, manager) -> None:
    given = FORM | {"creditor": bank.code, "code": "示例银行"}
    answer = signed_in(manager).post(reverse("channels:new"), given)
    assert answer.status_code == 422
    assert "只能使用字母、数字" in answer.content.decode()


def test_a_password_that_the_client_changed_is_entered(bank, manager) -> None:
    given = {"kind": "mail", "address": "imap.example.com", "user": "u", "sender": "a@example.com"}
    channel = make_channel(bank, manager, code="mail", secret="old", **given)
    client = signed_in(manager)
    address = reverse("channels:change", args=[channel.pk])
    page = client.get(address).content.decode()
    assert "imap.example.com" in page and "old" not in re.findall(r'value="([^"]*)"', page)

    form = {name: FORM[name] for name in ("mapping", "security", "pattern")}
    form |= {"address": "imap.example.com", "user": "u", "sender": "a@example.com"}
    client.post(address, form | {"secret": "new"})
    channel.refresh_from_db()
    assert sealed.unseal(channel.secret) == "new"
    act = Act.objects.get(verb="channels.change")
    assert (act.actor, act.reason) == (manager, "mail: pattern, secret")

    client.post(address, form | {"user": "other"})
    channel.refresh_from_db()
    assert (channel.user, sealed.unseal(channel.secret)) == ("other", "new")


def test_the_page_of_an_account_shows_its_user_and_key(bank, manager) -> None:
    pytest.importorskip("asyncssh", reason="skipped: asyncssh absent")
    given = {"kind": "sftp", "address": "sftp.example.com", "user": "weiwai", "secret": "x"}
    channel = make_channel(bank, manager, **given, host_key=KEY)
    page = signed_in(manager).get(reverse("channels:channel", args=[channel.pk])).content.decode()
    assert "weiwai" in page and KEY in page


def test_a_dead_channel_says_since_when_and_what_to_do(channel, manager) -> None:
    assert not (root_of_house() / "bank").exists()
    look_at_all(at(9, 0))
    page = signed_in(manager).get(reverse("channels:list")).content.decode()
    assert f"文件夹 {root_of_house() / 'bank'} 不存在" in page
    assert "2026-11-23 09:00" in page


def test_the_question_count_does_not_grow_with_the_files(
    channel, sample, manager, django_assert_max_num_queries
) -> None:
    for number in range(30):
        put("bank", f"{number}.csv", sample + b"\n" * number, at(8, 0))
    look_at_all(at(9, 0))
    look_at_all(at(9, 1))
    people.nothing_waits()
    client = signed_in(manager)
    with django_assert_max_num_queries(16):
        client.get(reverse("channels:list"))
