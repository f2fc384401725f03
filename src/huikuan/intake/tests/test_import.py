"""A file becomes cases; again, it changes nothing; corrected, it completes what was missing."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from huikuan.casebook import facts, sealed, shards
from huikuan.casebook.models import (
    Account,
    Allocation,
    Case,
    CaseEvent,
    CaseSummary,
    Charge,
    ContactPoint,
    Hold,
    Item,
    ItemSummary,
    Notice,
    PackBinding,
    Payment,
    Person,
    PersonKey,
    Placement,
    PlacementRow,
)
from huikuan.intake import accept, ledger, load, mapping, receive, report
from huikuan.intake.arrive import arrive
from huikuan.intake.check import BATCH, BATCH_ROW
from huikuan.intake.tests.conftest import AT
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation
from huikuan.people.roles import create_user

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[5] / "shared" / "data"
HOUR = dt.timedelta(hours=1)


@made_once
def ibm(house: Organisation) -> Creditor:
    return Creditor.objects.create(organisation=house, code="ibm", name="IBM", kind="supplier")


def test_the_small_file_in_the_ibm_form(admin, lead, ibm):
    result, _ = load.import_file(DATA / "ibm_small.csv", ibm, mapping.load("ibm_ar"), admin, at=AT)

    assert result.as_dict() | {"seconds": 0} == {
        "received": 25,
        "accepted": 25,
        "reported": 0,
        "new_persons": 5,
        "new_cases": 5,
        "new_accounts": 5,
        "new_items": 25,
        "new_payments": 19,
        "corrected": 0,
        "problems": {},
        "placement": "IBM-20261123-1",
        "already": False,
        "seconds": 0,
    }
    assert facts.differences() == []
    item = Item.objects.get(number="700002")
    assert (item.valid_on, item.due_on, item.confirmed_on) == (
        dt.date(2013, 1, 30),
        dt.date(2013, 3, 1),
        dt.date(2013, 1, 30),
    )
    assert item.charges.get().amount_minor == 5634
    assert Item.objects.exclude(recorded_at=AT).count() == 0
    hold = Hold.objects.get(item=item)
    assert (hold.kind, hold.scope, hold.valid_on) == ("dispute", "item", item.valid_on)
    case = Case.objects.get(person__number="1000-TEST0")
    assert case.placed_on == dt.date(2013, 1, 7), (
        "the placement's day is that of the oldest invoice"
    )
    assert (case.number, case.currency, case.statement_cycle) == (
        "IBM-20261123-1-00001",
        "USD",
        False,
    )
    assert PackBinding.objects.values_list("product", "pack").get() == ("b2b", "b2b_receivables")
    assert Notice.objects.get(user=lead).params["cases"] == 5
    assert Placement.objects.get().valid_on == dt.date(2013, 1, 7)


def test_a_settled_invoice_is_paid_whole_on_the_day(admin, ibm):
    load.import_file(DATA / "ibm_small.csv", ibm, mapping.load("ibm_ar"), admin, at=AT)
    for payment in Payment.objects.select_related("case"):
        part = payment.allocations.get()
        assert part.amount_minor == payment.amount_minor == part.charge.amount_minor
        assert part.valid_on == payment.valid_on
    assert ItemSummary.objects.filter(open_minor=0).count() == 19
    assert ItemSummary.objects.filter(open_minor__gt=0).count() == 6


def test_the_same_file_again_changes_nothing_and_says_so(admin, lead, ibm):
    wanted = mapping.load("ibm_ar")
    load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT)
    before = _book()
    result, checked = load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT + HOUR)
    assert (result.already, result.accepted, result.as_dict()["new_items"], checked) == (
        True,
        25,
        0,
        None,
    )
    assert _book() == before


def test_another_file_with_the_same_rows_adds_nothing(tmp_path: Path, admin, ibm):
    wanted = mapping.load("ibm_ar")
    load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT)
    before = _book()
    lines = (DATA / "ibm_small.csv").read_text().splitlines()
    path = tmp_path / "again.csv"
    path.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    result, _ = load.import_file(path, ibm, wanted, admin, at=AT + HOUR)
    assert (result.accepted, result.reported, result.problems) == (25, 0, {"file.rows_known": 1})
    assert {key: count for key, count in result.new.items() if count} == {}
    assert _book() == before


def test_a_later_file_adds_what_is_new_about_known_customers(tmp_path: Path, admin, ibm):
    wanted = mapping.load("ibm_ar")
    load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT)
    lines = (DATA / "ibm_small.csv").read_text().splitlines()
    unpaid = next(
        line.split(",")
        for line in lines
        if line.split(",")[8] == "" and line.split(",")[7] == "Yes"
    )
    unpaid[8] = "11/20/2013"  # settled since: a payment, and the end of the dispute
    new = "391,1000-TEST0,5/1/2012,800001,12/2/2012,1/1/2013,10.00,No,,Paper,,"  # older than everything before
    path = tmp_path / "later.csv"
    path.write_text("\n".join([lines[0], ",".join(unpaid), new]))
    result, _ = load.import_file(path, ibm, wanted, admin, at=AT + HOUR)

    assert (
        result.new["persons"],
        result.new["cases"],
        result.new["items"],
        result.new["payments"],
    ) == (0, 0, 1, 1)
    assert Item.objects.get(number="800001").recorded_at == AT + HOUR, (
        "learned with the second file"
    )
    hold = Hold.objects.get(item__number=unpaid[3])
    assert (hold.ended_on, hold.ended_at) == (dt.date(2013, 11, 20), AT + HOUR)
    assert ItemSummary.objects.get(item__number=unpaid[3]).open_minor == 0
    assert Case.objects.get(person__number="1000-TEST0").placed_on == dt.date(2012, 12, 2)
    assert facts.differences() == []


def test_an_item_with_another_amount_is_reported_not_changed(tmp_path: Path, admin, ibm):
    wanted = mapping.load("ibm_ar")
    load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT)
    path = tmp_path / "other.csv"
    path.write_text((DATA / "ibm_small.csv").read_text().replace("53.17", "99.99"))
    result, _ = load.import_file(path, ibm, wanted, admin, at=AT)
    assert (result.accepted, result.reported, result.problems["item.other"]) == (24, 1, 1)
    assert Charge.objects.filter(amount_minor=9999).count() == 0


def test_a_card_sheet_becomes_debtors_with_sealed_numbers(admin, bank, cards, card_file):
    load.import_file(card_file, bank, cards, admin, at=AT)
    person = Person.objects.get(name="欧阳试五")
    assert (person.initials, person.sex, person.born_on, person.region) == (
        "OYSW",
        "m",
        dt.date(1905, 5, 5),
        "990101",
    )
    assert (
        sealed.unseal(person.id_sealed).startswith("990101190505")
        and "190505" not in person.id_masked
    )
    assert person.key_id and person.id_index == sealed.index("id", sealed.unseal(person.id_sealed))
    assert person.given_number == "", "the file names no customer number, and ours is not shown"
    account = Account.objects.get(case__person=person)
    assert "****" in account.number_shown and sealed.unseal(account.number_sealed).isdigit()
    points = {(p.kind, p.whose, p.place) for p in ContactPoint.objects.filter(person=person)}
    assert ("mobile", "debtor", "own") in points and ("address", "debtor", "register") in points
    friend = ContactPoint.objects.get(person=person, whose="friend")
    assert (friend.holder, friend.relation, friend.tail) == ("联系5", "朋友", "0105")
    assert sealed.unseal(friend.value_sealed) == "+8613800000105"
    case = Case.objects.get(person=person)
    assert (case.hand, case.return_on, case.told_on) == (
        2,
        dt.date(2027, 1, 31),
        dt.date(2026, 10, 20),
    )
    assert json.loads(json.dumps(person.details))["逾期阶段"] == "M2"


def test_one_human_under_two_creditors_has_one_key(
    tmp_path: Path, house, admin, bank, cards, card_text
):
    other = Creditor.objects.create(organisation=house, code="other", name="另一银行", kind="bank")
    path = tmp_path / "1.csv"
    path.write_text(card_text, "utf-8")
    load.import_file(path, bank, cards, admin, at=AT)
    load.import_file(path, other, cards, admin, at=AT)
    assert (Person.objects.count(), PersonKey.objects.count()) == (12, 6)


def test_charges_are_settled_in_the_order_of_the_civil_code(
    tmp_path: Path, admin, bank, cards, card_text
):
    """A part payment goes to fee and interest first, the rest to the principal."""
    text = card_text.splitlines()
    head = text[0] + ",费用,还款日,还款额"
    path = tmp_path / "m" / "mapping.yaml"
    path.parent.mkdir()
    source = Path(cards.file).read_text("utf-8").replace("name: card_cn", "name: m")
    path.write_text(
        source
        + "payments:\n  - on: {column: 还款日, optional: true}\n    amount: {column: 还款额, optional: true}\n"
    )
    file = tmp_path / "paid.csv"
    file.write_text("\n".join([head, text[1] + ",12.00,2026-11-10,400.00"]), "utf-8")
    result, _ = load.import_file(file, bank, mapping.load(str(path)), admin, at=AT)
    assert result.accepted == 1
    parts = dict(Allocation.objects.values_list("charge__kind", "amount_minor"))
    assert parts == {"fee": 1200, "interest": 31050, "principal": 40000 - 1200 - 31050}


def test_bad_rows_wait_and_a_corrected_file_completes_them(
    tmp_path: Path, admin, bank, cards, card_text
):
    path = tmp_path / "委案.csv"
    path.write_text(
        card_text.replace("2026.3.1,", "2026.2.30,").replace("14408.00", "-14408.00"), "utf-8"
    )
    result, _ = load.import_file(path, bank, cards, admin, at=AT)
    assert (result.accepted, result.reported) == (4, 2)
    placement = Placement.objects.get()
    out = tmp_path / "report.xlsx"
    assert report.write_stored(out, placement) == 2
    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[0][:2] == [BATCH, BATCH_ROW] and [row[1] for row in rows[1:]] == ["2", "3"]
    assert rows[1][rows[0].index("身份证号")] == "990101190501010014", "whole and as text"

    corrected = tmp_path / "corrected.csv"
    rows[1][rows[0].index("逾期日期")], rows[2][rows[0].index("欠款本金")] = "2026.3.1", "14408.00"
    corrected.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    again, _ = load.import_file(corrected, bank, cards, admin, at=AT + HOUR)
    assert (again.accepted, again.reported, again.corrected, again.new["cases"]) == (2, 0, 2, 2)
    assert PlacementRow.objects.filter(corrected_by__isnull=True).count() == 0
    assert Case.objects.count() == 6 and facts.differences() == []


def test_a_whole_corrected_file_completes_them_too(tmp_path: Path, admin, bank, cards, card_text):
    path = tmp_path / "1.csv"
    path.write_text(card_text.replace("2026.3.1,", "2026.2.30,"), "utf-8")
    load.import_file(path, bank, cards, admin, at=AT)
    path.write_text(card_text, "utf-8")
    result, _ = load.import_file(path, bank, cards, admin, at=AT + HOUR)
    assert (result.accepted, result.corrected, result.new["cases"]) == (6, 1, 1)


def test_a_case_that_was_given_back_is_placed_again(tmp_path: Path, admin, bank, cards, card_text):
    path = tmp_path / "1.csv"
    path.write_text(card_text, "utf-8")
    load.import_file(path, bank, cards, admin, at=AT)
    case = Case.objects.get(person__name="赵试一")
    row = {
        "organisation_id": case.organisation_id,
        "creditor_id": case.creditor_id,
        "act_id": case.act_id,
    }
    CaseEvent.objects.create(
        case=case, kind="returned", valid_on=dt.date(2026, 11, 10), recorded_at=AT, **row
    )
    facts.refresh([case.pk])
    path.write_text(card_text.replace("2026-11-02,2027-01-31", "2026-11-20,2027-03-31"), "utf-8")
    load.import_file(path, bank, cards, admin, at=AT + HOUR)
    case.refresh_from_db()
    summary = CaseSummary.objects.get(case=case)
    assert (case.hand, case.return_on) == (2, dt.date(2027, 3, 31))
    assert (summary.is_open, summary.placed_on) == (True, dt.date(2026, 11, 20))
    assert facts.differences() == []


def test_an_interrupted_import_leaves_nothing_and_can_be_repeated(
    monkeypatch, admin, bank, cards, card_file
):
    def power_cut(self: object, rows: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger.Ledger, "_disputes", power_cut)
        with pytest.raises(KeyboardInterrupt):
            load.import_file(card_file, bank, cards, admin, at=AT)
    assert (Person.objects.count(), Case.objects.count(), CaseSummary.objects.count()) == (0, 0, 0)
    assert Placement.objects.get().status == "received"
    result, _ = load.import_file(card_file, bank, cards, admin, at=AT + HOUR)
    assert (result.accepted, result.already, Placement.objects.count()) == (6, False, 1)


def test_a_dry_run_writes_nothing(admin, bank, cards, card_file):
    result, _ = load.look(card_file, bank, cards, at=AT)
    assert (result.accepted, result.new["persons"], result.placement) == (6, 6, None)
    assert (Placement.objects.count(), Person.objects.count()) == (0, 0)


def test_a_dry_run_takes_the_arrival_that_stands_noted(admin, bank, cards, tmp_path, card_text):
    """Noted on Saturday, read on Monday: a case without a day of its own was placed on Saturday."""
    path = tmp_path / "委案.csv"
    path.write_text(card_text.replace("2026-11-02", ""), "utf-8")
    noted = arrive(bank, "card_cn", path.name, admin, at=AT, arrived_at=AT - 48 * HOUR)

    _result, checked = load.dry_run(path, bank, cards, at=AT)
    assert set(checked.frame["placed_on"]) == {noted.received_on}
    load.import_file(path, bank, cards, admin, at=AT)
    assert set(Case.objects.values_list("placed_on", flat=True)) == {noted.received_on}


def test_nobody_imports_for_another_organisation(bank, cards, card_file):
    other = Organisation.objects.create(code="other", name="另一机构")
    stranger = create_user("sun", organisation=other, roles=["data_admin"])
    with pytest.raises(receive.WrongHouse):
        load.import_file(card_file, bank, cards, stranger, at=AT)
    assert Placement.objects.count() == 0


def test_the_original_is_kept_sealed(admin, bank, cards, card_file):
    from huikuan.casebook import vault

    load.import_file(card_file, bank, cards, admin, at=AT)
    placement = Placement.objects.get()
    kept = vault.place(bank.pk, placement.file_hash).read_bytes()
    assert "赵试一".encode() not in kept and b"990101190501010014" not in kept
    assert b"".join(vault.parts(bank.pk, placement.file_hash)) == card_file.read_bytes()


def test_the_report_says_in_words_what_is_wrong(tmp_path: Path, admin, bank, cards, card_text):
    path = tmp_path / "1.csv"
    path.write_text(card_text.replace("13800000001,", "138****0001,"), "utf-8")
    _, checked = load.import_file(path, bank, cards, admin, at=AT)
    out = io.BytesIO()
    report.write(out, checked, "B-1")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()
    )
    assert rows[1][:2] == ["B-1", "2"] and rows[1][2].startswith("手机: ")


@pytest.mark.skipif(not SHARED.exists(), reason="../shared absent")
@pytest.mark.long
def test_acceptance_ibm(admin, ibm):
    wanted = mapping.load("ibm_ar")
    result, _ = load.import_file(SHARED / "ibm_accounts_receivable.csv", ibm, wanted, admin, at=AT)
    counts = result.as_dict()
    assert [
        counts[key] for key in ("received", "accepted", "reported", "new_persons", "new_items")
    ] == [
        2466,
        2466,
        0,
        100,
        2466,
    ]
    again, _ = load.import_file(SHARED / "ibm_accounts_receivable.csv", ibm, wanted, admin, at=AT)
    assert again.as_dict()["new_items"] == 0
    assert Hold.objects.count() == 561 and facts.differences() == []


@pytest.mark.skipif(not SHARED.exists(), reason="../shared absent")
@pytest.mark.long
def test_acceptance_uci(admin, house):
    uci = Creditor.objects.create(organisation=house, code="uci", name="UCI", kind="bank")
    result, checked = load.import_file(
        SHARED / "uci_credit_card.csv", uci, mapping.load("uci_cards"), admin, at=AT
    )
    assert result.received == 30000 and result.accepted + result.reported == 30000
    assert checked is not None and PlacementRow.objects.count() == result.reported == 2600
    assert CaseSummary.objects.filter(has_point=False).count() == result.accepted
    late = ItemSummary.objects.filter(due_on__lt=dt.date(2005, 9, 30)).count()
    assert late == 5127, "PAY_0 of 1 and more, with something owed"


def _book() -> list[tuple[str, int]]:
    tables = (
        Person,
        Case,
        Account,
        Item,
        Charge,
        Payment,
        Allocation,
        Hold,
        ContactPoint,
        CaseSummary,
        ItemSummary,
        Notice,
    )
    return [(table.__name__, table.objects.count()) for table in tables]


def test_a_new_case_of_a_known_debtor_has_the_debtors_history(
    tmp_path, house, admin, bank, cards, card_text
):
    """A hold on the person counts for every case."""
    header, first, *_rest = card_text.splitlines()
    path = tmp_path / "1.csv"
    path.write_text("\n".join([header, first]), "utf-8")
    load.import_file(path, bank, cards, admin, at=AT)
    case = Case.objects.get()
    Hold.objects.create(
        organisation=house, creditor=bank, act=case.act, case=case, scope="person", kind="deceased", reason="",
        valid_on=AT.date(), recorded_at=AT,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(product="another")
    facts.refresh([case.pk])
    other = tmp_path / "2.csv"
    other.write_text(
        "\n".join([header, first.replace("6222000000100007", "6222000000200005")]), "utf-8"
    )
    result, _ = load.import_file(other, bank, cards, admin, at=AT + HOUR)
    assert (result.new["persons"], result.new["cases"]) == (0, 1)
    assert facts.differences() == []
    assert CaseSummary.objects.exclude(case=case).get().hold_kind == "deceased"


def test_rows_of_an_import_are_in_the_shard_of_their_person(admin, lead, ibm):
    """The import names the shards itself; the second file writes for persons of the first."""
    wanted = mapping.load("ibm_ar")
    load.import_file(DATA / "ibm_small.csv", ibm, wanted, admin, at=AT)
    assert shards.differing() == {}

    for person in Person.objects.select_related("key"):
        key = bytes(person.key.key) if person.key else None
        with connection.cursor() as cursor:
            cursor.execute("SELECT shard FROM casebook_person WHERE id = %s", [person.pk])
            assert cursor.fetchone() == (shards.of_person(ibm.pk, person.number, key),)


def test_after_a_large_import_the_first_plan_knows_how_many_rows_there_are(
    admin, lead, ibm, monkeypatch
):
    """Without statistics the first plan took twice as long as later ones."""
    monkeypatch.setattr(accept, "ANALYZE_FROM", 1)
    load.import_file(DATA / "ibm_small.csv", ibm, mapping.load("ibm_ar"), admin, at=AT)

    with connection.cursor() as cursor:
        for table, rows in (("casebook_casesummary", 5), ("casebook_itemsummary", 25)):
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
            assert cursor.fetchone() == (rows,)
