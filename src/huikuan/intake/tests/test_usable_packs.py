"""A mapping of which the packs cannot be followed is refused before anything is received."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huikuan.casebook.models import Case, PackActivation, PackBinding, PackVersion, Placement
from huikuan.intake import load
from huikuan.intake.mapping import Mapping, WrongMapping
from huikuan.intake.mapping_form import PackLine
from huikuan.intake.tests.conftest import AT, store_procedure
from huikuan.people.models import Creditor, User

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


def naming(mapping: Mapping, pack: str, from_on: dt.date | None = None) -> Mapping:
    """The mapping with another pack in its first line."""
    line = mapping.packs[0]
    return replace(mapping, packs=(PackLine(pack, from_on or line.from_on, line.place),))


def refusals(
    path: Path, bank: Creditor, mapping: Mapping, admin: User, *, at: dt.datetime = AT
) -> list[str]:
    """What import and dry run say; they must say the same."""
    with pytest.raises(WrongMapping) as imported:
        load.import_file(path, bank, mapping, admin, at=at)
    with pytest.raises(WrongMapping) as looked:
        load.look(path, bank, mapping, at=at)

    assert imported.value.problems == looked.value.problems
    assert not Placement.objects.exists()
    assert not Case.objects.exists()
    return [problem.code for problem in imported.value.problems]


def test_a_misspelt_pack_is_refused_where_it_stands(
    card_file: Path, bank: Creditor, cards: Mapping, admin: User
) -> None:
    misspelt = naming(cards, "phone_colection")
    with pytest.raises(WrongMapping) as error:
        load.import_file(card_file, bank, misspelt, admin, at=AT)

    [problem] = error.value.problems
    line = cards.packs[0].place.line
    text = Path(cards.file).read_text("utf-8").splitlines()[line - 1]
    assert "phone_collection" in text
    assert problem.place.endswith(f"card_cn/mapping.yaml:{line}:{cards.packs[0].place.column}")
    assert problem.code == "mapping.pack_unknown_near"
    assert "phone_collection" in problem.remedy_text()


@pytest.mark.parametrize(
    ("approved_by", "begins", "code"),
    [
        ("", None, "mapping.pack_unsigned"),
        ("boss", None, "mapping.pack_inactive"),
        ("boss", AT.date() + DAY, "mapping.pack_later"),
    ],
)
def test_what_is_not_signed_or_not_yet_in_force_is_refused(
    approved_by: str,
    begins: dt.date | None,
    code: str,
    card_file: Path,
    bank: Creditor,
    cards: Mapping,
    admin: User,
) -> None:
    version = store_procedure("own_procedure", approved_by)
    PackActivation.objects.filter(version=version).delete()
    if begins:
        PackActivation.objects.create(version=version, pack=version.pack, from_on=begins)

    own = naming(cards, "own_procedure")
    assert refusals(card_file, bank, own, admin) == [code]


def test_unknown_packs_and_contact_rules_are_no_procedure(
    card_file: Path, bank: Creditor, cards: Mapping, admin: User
) -> None:
    PackVersion.objects.filter(pack="b2b_receivables").update(kind="limits")
    unknown = naming(cards, "something_else")
    rules = naming(cards, "b2b_receivables")
    assert refusals(card_file, bank, unknown, admin) == ["mapping.pack_unknown"]
    assert refusals(card_file, bank, rules, admin) == ["mapping.pack_rules"]


def test_a_binding_that_begins_before_its_pack_is_refused_with_the_day_to_write(
    card_file: Path, bank: Creditor, cards: Mapping, admin: User
) -> None:
    early = naming(cards, "phone_collection", dt.date(2005, 1, 1) - DAY)
    assert refusals(card_file, bank, early, admin) == ["mapping.pack_later"]
    on_the_day = naming(cards, "phone_collection", dt.date(2005, 1, 1))
    result, _checked = load.import_file(card_file, bank, on_the_day, admin, at=AT)
    assert result.accepted


def test_a_pack_that_is_in_force_for_another_creditor_only_is_refused(
    card_file: Path, bank: Creditor, supplier: Creditor, cards: Mapping, admin: User
) -> None:
    store_procedure("own_procedure", "boss", creditor=supplier)
    own = naming(cards, "own_procedure")
    assert refusals(card_file, bank, own, admin) == ["mapping.pack_inactive"]


@pytest.fixture
def own_mappings(tmp_path: Path, cards: Mapping, settings) -> Path:
    """A folder of the office's own with a mapping that names an unknown pack."""
    folder = tmp_path / "own"
    (folder / "mappings").mkdir(parents=True)
    text = Path(cards.file).read_text("utf-8")
    text = text.replace("name: card_cn", "name: cards").replace(
        "pack: phone_collection", "pack: phone_colection"
    )
    (folder / "mappings" / "cards.yaml").write_text(text, "utf-8")
    settings.HUIKUAN = settings.HUIKUAN.model_copy(update={"packs": folder})
    return folder / "mappings" / "cards.yaml"


def test_the_upload_page_says_it_beside_the_mapping(
    own_mappings: Path, card_text: str, bank: Creditor, admin: User, client: Client
) -> None:
    client.force_login(admin)
    given = {
        "file": SimpleUploadedFile("委案.csv", card_text.encode()),
        "creditor": bank.code,
        "mapping": "cards",
    }

    answer = client.post(reverse("intake:upload"), given)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "cards.yaml:" in text
    assert "phone_colection" in text
    assert "phone_collection" in text
    assert not Placement.objects.exists()


def test_a_received_file_waits_while_its_mapping_names_an_unknown_pack(
    own_mappings: Path, card_file: Path, bank: Creditor, admin: User, client: Client
) -> None:
    """The mapping was right when the file came, and was changed before it was accepted."""
    wrong = own_mappings.read_text("utf-8")
    own_mappings.write_text(wrong.replace("phone_colection", "phone_collection"), "utf-8")
    from huikuan.intake.receive import receive

    placement = receive(card_file, bank, "cards", admin, at=AT).placement
    own_mappings.write_text(wrong, "utf-8")

    client.force_login(admin)
    page = client.get(reverse("intake:placement", args=[placement.number])).content.decode()
    assert "phone_colection" in page
    client.post(reverse("intake:accept", args=[placement.number]))
    assert not Case.objects.exists()
    placement.refresh_from_db()
    assert placement.status == Placement.Status.RECEIVED


def test_a_product_from_the_file_binds_every_product(
    tmp_path: Path, card_file: Path, bank: Creditor, cards: Mapping, admin: User
) -> None:
    """Defect: the empty product that such a mapping wrote fitted no case at all."""
    from huikuan.casebook import packs
    from huikuan.intake.mapping import Source

    place = cards.fields["product"].place
    header = card_file.read_text("utf-8").splitlines()[0].split(",")[0]
    fields = cards.fields | {"product": Source(place, column=header)}
    free = replace(cards, fields=fields)
    result, _checked = load.import_file(card_file, bank, free, admin, at=AT)
    assert result.accepted
    assert PackBinding.objects.get().product == ""
    for case in Case.objects.all():
        assert case.product != ""
        assert packs.holding(AT.date()).of_case(case, AT.date())
