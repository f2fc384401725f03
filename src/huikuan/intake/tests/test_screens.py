"""The same questions for each screen: signed in? right role? own organisation? right method? empty? both languages?
does it work?
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import people

from huikuan.casebook.models import Act, Case, Placement, PlacementRow
from huikuan.intake import load, receive, tasks
from huikuan.intake.mapping import load as mapping_by_name
from huikuan.intake.tests.conftest import AT
from huikuan.people.models import Organisation
from huikuan.people.roles import create_user
from huikuan.web import navigation

pytestmark = pytest.mark.urls("huikuan.intake.tests.urls")

READ = ["placements", "placement", "progress"]
WRITE = ["upload", "arrival", "accept", "refuse", "give_up", "report"]
POST_ONLY = ["accept", "refuse", "give_up"]


@pytest.fixture(autouse=True)
def only_these_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The side bar names the addresses of the whole desk."""
    monkeypatch.setattr(navigation, "_entries", ())


@pytest.fixture
def received(admin, bank, card_file) -> Placement:
    return receive.receive(card_file, bank, "card_cn", admin, at=AT).placement


@pytest.fixture
def desk(admin, client: Client) -> Client:
    client.force_login(admin)
    return client


def address(name: str, placement: Placement | None) -> str:
    assert placement is not None
    return (
        reverse(f"intake:{name}")
        if name in ("placements", "upload", "arrival")
        else reverse(f"intake:{name}", args=[placement.number])
    )


def ask(client: Client, name: str, placement: Placement, **headers: str):  # type: ignore[no-untyped-def]
    call = client.post if name in POST_ONLY else client.get
    return call(address(name, placement), headers=headers or None)


@pytest.mark.parametrize("name", READ + WRITE)
def test_without_sign_in_to_the_sign_in_page(name, client, received):
    answer = ask(client, name, received)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", READ + WRITE)
@pytest.mark.parametrize("role", [role for role in people.THIRTEEN if role != "client"])
def test_each_role_opens_what_it_may(name, role, client, received, house):
    client.force_login(create_user(role, organisation=house, roles=[role]))
    writers, viewers = (
        {"data_admin", "system_admin"},
        {"data_admin", "system_admin", "team_lead", "manager", "general_manager"},
    )
    allowed = role in (viewers if name in READ else writers)
    assert (ask(client, name, received).status_code != 403) == allowed


@pytest.mark.parametrize("name", ["placement", "progress", "accept", "refuse", "give_up", "report"])
def test_another_organisation_finds_nothing(name, client, received):
    other = Organisation.objects.create(code="other", name="另一机构")
    client.force_login(create_user("sun", organisation=other, roles=["system_admin"]))
    assert ask(client, name, received).status_code == 404
    received.refresh_from_db()
    assert received.status == "received"


def test_another_organisation_sees_an_empty_list_and_no_creditor(client, received):
    other = Organisation.objects.create(code="other", name="另一机构")
    client.force_login(create_user("sun", organisation=other, roles=["system_admin"]))
    page = client.get(reverse("intake:placements")).content.decode()
    assert received.number not in page and "示例银行信用卡中心" not in page


@pytest.mark.parametrize("name", READ + WRITE)
def test_the_wrong_method_is_refused(name, desk, received):
    call = desk.get if name in POST_ONLY else desk.delete
    assert call(address(name, received)).status_code == 405


def test_an_empty_list_says_what_to_do_next(desk, admin):
    page = desk.get(reverse("intake:placements")).content.decode()
    assert reverse("intake:upload") in page and "hk-empty" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["placements", "placement", "upload", "arrival"])
def test_every_page_in_both_languages(name, language, desk, received):
    answer = ask(desk, name, received, accept_language=language)
    assert answer.status_code == 200
    assert (
        f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">'.lower()
        in answer.content.decode().lower()
    )


def upload(client: Client, path: Path, **more: str):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(
        reverse("intake:upload"),
        {"file": file, "creditor": "card-bank", "mapping": "card_cn"} | more,
    )


def test_upload_preview_accept_result(desk, bank, card_text, tmp_path):
    path = tmp_path / "委案.csv"
    path.write_text(card_text.replace("13800000001,", "138****0001,"), "gb18030")
    placement = Placement.objects.get(number=_next(upload(desk, path)))
    assert (placement.status, placement.file_name) == ("received", "委案.csv")

    page = desk.get(reverse("intake:placement", args=[placement.number])).content.decode()
    assert "欧阳试五" in page, "the preview shows names: a wrong encoding is seen"
    for line in card_text.splitlines()[1:]:
        _name, identity, card, *_rest = line.split(",")
        assert identity not in page and card not in page
    assert "138****0001" not in page, "not even a wrong number"
    assert "委案.csv:2:手机" in page and Case.objects.count() == 0

    done = desk.post(reverse("intake:accept", args=[placement.number]), follow=True)
    assert Case.objects.count() == 5 and "委案.csv:2:手机" in done.content.decode()

    sheet = b"".join(desk.get(reverse("intake:report", args=[placement.number])).streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2 and rows[1][0] == placement.number
    assert Act.objects.filter(verb="intake.report").count() == 1, "the download is recorded"


def _next(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 302
    return answer["Location"].rstrip("/").split("/")[-1]


def test_a_row_is_given_up_with_a_reason_and_waits_no_more(desk, bank, card_text, tmp_path):
    path = tmp_path / "委案.csv"
    path.write_text(card_text.replace("13800000001,", "138****0001,"), "utf-8")
    number = _next(upload(desk, path))
    desk.post(reverse("intake:accept", args=[number]))
    page = reverse("intake:placement", args=[number])
    assert "委案.csv:2:手机" in desk.get(page).content.decode()
    give_up = reverse("intake:give_up", args=[number])

    for wrong in (
        {"rows": "2"},
        {"rows": "x", "reason": "重复"},
        {"rows": "2, 3", "reason": "重复"},
    ):
        desk.post(give_up, wrong)
        assert not PlacementRow.objects.filter(given_up__isnull=False).exists(), wrong

    desk.post(give_up, {"rows": "2", "reason": "同一行出现两次"})
    row = PlacementRow.objects.get()
    assert row.given_up.reason == "同一行出现两次"
    after = desk.get(page).content.decode()
    assert "委案.csv:2:手机" not in after and "放弃 1" in after
    assert desk.get(reverse("intake:placements") + "?status=waiting").context["total"] == 0


def test_the_same_file_again_says_so(desk, admin, bank, cards, card_file):
    load.import_file(card_file, bank, cards, admin, at=AT)
    answer = desk.get(_location(upload(desk, card_file)))
    assert [str(message.level_tag) for message in answer.context["messages"]] == ["warning"]
    assert Placement.objects.count() == 1


def _location(answer) -> str:  # type: ignore[no-untyped-def]
    return str(answer["Location"])


def test_a_mapping_of_another_creditor_is_refused(desk, bank, supplier, card_file):
    answer = upload(desk, card_file, creditor="supplier")
    assert answer.status_code == 422 and Placement.objects.count() == 0
    assert (
        desk.post(reverse("intake:upload"), {"creditor": "nobody", "mapping": "x"}).status_code
        == 422
    )


def test_a_refused_file_never_becomes_cases_and_sent_again_is_another_batch(
    desk, received, card_file
):
    desk.post(reverse("intake:refuse", args=[received.number]), {"reason": "文件发错"})
    received.refresh_from_db()
    assert received.status == "refused"
    assert received.events.get(kind="refused").act.reason == "文件发错"
    page = desk.get(reverse("intake:placement", args=[received.number])).content.decode()
    assert "文件发错" in page

    again = Placement.objects.get(number=_next(upload(desk, card_file)))
    received.refresh_from_db()
    assert (again.status, received.status) == ("received", "refused")
    assert again.events.filter(kind="fetched").count() == 1


def test_nothing_is_refused_without_a_reason(desk, received):
    answer = desk.post(reverse("intake:refuse", args=[received.number]), follow=True)
    received.refresh_from_db()
    assert received.status == "received"
    assert "请填写拒收原因" in answer.content.decode()


def test_a_file_of_which_no_row_can_be_taken_has_a_page(desk, bank, card_text, tmp_path):
    path = tmp_path / "坏.csv"
    path.write_text(card_text.replace("姓名", "户名"), "utf-8")
    answer = upload(desk, path)
    page = desk.get(answer["Location"])
    assert page.status_code == 200
    assert "姓名" in page.content.decode(), "what is wrong is listed"
    assert reverse("intake:refuse", args=[_next(answer)]) in page.content.decode()


def test_the_future_begins_after_the_day_on_which_a_file_is_read(desk, bank, card_text, tmp_path):
    """It came at ten to midnight for the next day, and is read on that day."""
    today = timezone.localdate()
    path = tmp_path / "夜间.csv"
    back = today + dt.timedelta(days=90)
    text = card_text.replace("2026-11-02", f"{today}").replace("2027-01-31", f"{back}")
    path.write_text(text, "utf-8")
    evening = dt.datetime.combine(today - dt.timedelta(days=1), dt.time(23, 50))
    number = _next(upload(desk, path, received_at=evening.isoformat()))

    page = desk.get(reverse("intake:placement", args=[number])).content.decode()
    assert "此日期在未来" not in page
    desk.post(reverse("intake:accept", args=[number]))
    assert Placement.objects.get().status == "accepted"
    assert Case.objects.filter(placed_on=today).exists()


def test_a_large_file_is_imported_by_the_worker(desk, received, monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 10)
    desk.post(reverse("intake:accept", args=[received.number]))
    received.refresh_from_db()
    assert received.progress["stage"] == "queued" and Case.objects.count() == 0
    bar = desk.get(reverse("intake:progress", args=[received.number]))
    assert b"hx-get" in bar.content

    tasks.accept_placement(placement_id=received.pk, user_id=received.act.actor_id)
    received.refresh_from_db()
    assert (received.status, Case.objects.count()) == ("accepted", 6)
    assert (
        tasks.accept_placement(placement_id=received.pk, user_id=received.act.actor_id)["already"]
        is True
    )
    done = desk.get(reverse("intake:progress", args=[received.number]))
    assert done.status_code == 204 and done["HX-Redirect"].endswith(
        f"/placements/{received.number}/"
    )


def test_the_list_can_be_filtered(desk, admin, bank, cards, card_file, received):
    for query, found in (
        ("status=received", 1),
        ("status=accepted", 0),
        ("q=委案", 1),
        ("q=nothing", 0),
        ("creditor=card-bank", 1),
        ("status=waiting", 0),
        ("status=bogus", 1),
    ):
        page = desk.get(reverse("intake:placements") + "?" + query)
        assert page.context["total"] == found, query


def test_the_question_count_of_a_list_does_not_grow_with_it(
    desk, admin, bank, tmp_path, django_assert_max_num_queries
):
    for number in range(30):
        path = tmp_path / f"{number}.csv"
        path.write_text(f"x{number}")
        receive.receive(path, bank, "card_cn", admin, at=AT)
    people.nothing_waits()
    with django_assert_max_num_queries(13):
        desk.get(reverse("intake:placements"))


# a batch that has arrived and is not fetched

ARRIVAL = {
    "file_name": "cards.csv",
    "creditor": "card-bank",
    "mapping": "card_cn",
    "received_at": "",
}


def test_an_arrival_has_a_page_that_says_what_to_do_next(desk, bank):
    answer = desk.post(reverse("intake:arrival"), ARRIVAL, follow=True)
    placement = Placement.objects.get()
    assert (placement.status, placement.file_hash) == ("arrived", "")
    page = answer.content.decode()
    assert "已登记到达" in page
    assert "尚未取回" in page
    assert f"batch={placement.number}" in page
    assert "已到达" in desk.get(reverse("intake:placements")).content.decode()


def test_an_arrival_without_a_name_or_in_the_future_is_refused(desk, bank):
    for wrong in ({"file_name": ""}, {"received_at": "2999-01-01T00:00"}, {"mapping": "x"}):
        answer = desk.post(reverse("intake:arrival"), ARRIVAL | wrong)
        assert answer.status_code == 422
    assert not Placement.objects.exists()


def test_the_same_arrival_noted_twice_is_one(desk, bank):
    desk.post(reverse("intake:arrival"), ARRIVAL)
    again = desk.post(reverse("intake:arrival"), ARRIVAL, follow=True)
    assert "此前已登记" in again.content.decode()
    assert Placement.objects.count() == 1
    assert Act.objects.filter(verb="intake.arrive").count() == 1


def test_the_file_of_an_arrival_is_uploaded_under_any_name(desk, bank, card_file):
    desk.post(reverse("intake:arrival"), ARRIVAL)
    number = Placement.objects.get().number
    form = desk.get(reverse("intake:upload") + f"?batch={number}").content.decode()
    assert f'<option value="{number}" selected>' in form

    upload(desk, card_file, batch=number)
    placement = Placement.objects.get()
    assert (placement.number, placement.status) == (number, "received")
    assert placement.events.filter(kind="fetched").count() == 1
    assert "取回人" in desk.get(reverse("intake:placement", args=[number])).content.decode()


def test_a_file_of_another_creditor_is_not_that_of_the_arrival(desk, bank, card_file):
    owner = mapping_by_name("invoice_cn").creditor.code
    desk.post(reverse("intake:arrival"), ARRIVAL | {"mapping": "invoice_cn", "creditor": owner})
    waiting = Placement.objects.get(status="arrived")
    answer = upload(desk, card_file, batch=waiting.number)
    assert answer.status_code == 422
    assert waiting.number in answer.content.decode()
    assert Placement.objects.count() == 1


def test_an_arrival_cannot_be_accepted_and_can_be_refused(desk, bank):
    desk.post(reverse("intake:arrival"), ARRIVAL)
    number = Placement.objects.get().number
    desk.post(reverse("intake:accept", args=[number]))
    assert Placement.objects.get().status == "arrived"
    desk.post(reverse("intake:refuse", args=[number]), {"reason": "重复登记"})
    assert Placement.objects.get().status == "refused"
    assert desk.get(reverse("intake:placement", args=[number])).status_code == 200
