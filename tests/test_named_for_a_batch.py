"""In a special case somebody is named for a batch; who imports is told when it is fetched."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Notice, PlacementEvent, PlacementHandler
from huikuan.intake.arrive import arrive
from huikuan.intake.name import name_handler
from huikuan.intake.receive import receive
from huikuan.ops.made_once import made_once
from tests import people
from tests.agency import load_all

pytestmark = pytest.mark.django_db
AT = people.moment(people.PLACED_ON, 9)


@made_once
def office(db: None):
    load_all(at=people.moment(people.PLACED_ON))
    house = people.make_house()
    office_of_manager = people.make_user("general_managers_office", house)
    admin = people.make_user("data_admin", house)
    fetcher = people.make_user("supply_chain", house)
    bank = people.make_creditor("card-bank", house)
    placement = arrive(bank, "card_cn", "委案.csv", fetcher, at=AT)
    return office_of_manager, admin, fetcher, placement


def codes(result) -> list[str]:  # type: ignore[no-untyped-def]
    return [each.code for each in result.problems]


def test_the_office_names_who_handles_it(office) -> None:
    namer, admin, _fetcher, placement = office
    named = name_handler(placement.number, admin, reason="外地专项", actor=namer, at=AT)
    assert named.done
    assert Notice.objects.get(kind="named").user == admin
    again = name_handler(placement.number, admin, reason="外地专项", actor=namer, at=AT)
    assert codes(again) == ["batch.named_before"]
    assert PlacementHandler.objects.count() == 1


def test_who_may_name_whom(office) -> None:
    namer, admin, fetcher, placement = office
    given = {"reason": "x", "at": AT}
    assert codes(name_handler(placement.number, admin, actor=fetcher, **given)) == [
        "batch.name_right"
    ]

    collector = people.make_user("collector", namer.organisation)
    for wrong in (collector, None):
        assert codes(name_handler(placement.number, wrong, actor=namer, **given)) == [
            "batch.handler"
        ]
    stranger = people.make_user("general_managers_office", people.make_house("other"))
    assert codes(name_handler(placement.number, admin, actor=stranger, **given)) == [
        "batch.unknown"
    ]
    empty = name_handler(placement.number, admin, actor=namer, reason=" ", at=AT)
    assert codes(empty) == ["batch.reason"]


def test_whoever_imports_is_told_in_the_moment_of_the_fetch(office, tmp_path) -> None:
    _namer, admin, fetcher, placement = office
    path = tmp_path / "委案.csv"
    path.write_text("x", "utf-8")
    receive(path, placement.creditor, "card_cn", fetcher, at=people.moment(people.PLACED_ON, 10))
    event = PlacementEvent.objects.get(kind="import_told")
    assert event.happened_at == people.moment(people.PLACED_ON, 10)
    assert [notice.user for notice in Notice.objects.filter(kind="to_import")] == [admin]


def test_the_page_of_the_batch(office) -> None:
    namer, admin, fetcher, placement = office
    client = Client()
    client.force_login(namer)
    address = reverse("intake:placement", args=[placement.number])
    assert "指定此人" in client.get(address).content.decode()

    name = reverse("intake:name", args=[placement.number])
    client.post(name, {"user": admin.pk, "reason": "外地专项"})
    page = client.get(address).content.decode()
    assert "外地专项" in page and str(admin) in page
    client.force_login(fetcher)
    assert client.post(name, {"user": admin.pk, "reason": "x"}).status_code == 403
