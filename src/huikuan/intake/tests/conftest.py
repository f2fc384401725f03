"""A house with a data administrator, and a small file of each form."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from huikuan.casebook.models import PackActivation, PackVersion
from huikuan.intake.mapping import EXAMPLES, Mapping, load
from huikuan.ops.made_once import made_once
from huikuan.people.models import Creditor, Organisation, User
from huikuan.people.roles import create_user

AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@made_once
def house(db: None) -> Organisation:
    for pack in ("phone_collection", "b2b_receivables"):
        store_procedure(pack)
    return Organisation.objects.create(code="house", name="本机构")


def store_procedure(
    pack: str, approved_by: str = "tests", creditor: Creditor | None = None, **more: object
) -> PackVersion:
    """A procedure without a text, in force for all or for a creditor: the intake asks no more."""
    version = PackVersion.objects.create(
        pack=pack,
        kind="playbook",
        version="1",
        hash="tests",
        content={},
        effective_from=dt.date(2005, 1, 1),
        approved_by=approved_by,
        loaded_at=AT,
    )

    if approved_by:
        days = {"from_on": version.effective_from} | more
        house = creditor.organisation if creditor else None
        scope = {"organisation": house, "creditor": creditor}
        PackActivation.objects.create(version=version, pack=pack, **scope, **days)
    return version


@made_once
def admin(house: Organisation) -> User:
    return create_user("zhao", organisation=house, roles=["data_admin"], display_name="赵管理")


@made_once
def lead(house: Organisation) -> User:
    return create_user("qian", organisation=house, roles=["team_lead"])


@pytest.fixture
def cards() -> Mapping:
    return load("card_cn")


@pytest.fixture
def invoices() -> Mapping:
    return load("invoice_cn")


@made_once
def bank(house: Organisation) -> Creditor:
    return Creditor.objects.create(
        organisation=house, code="card-bank", name="示例银行信用卡中心", kind="bank"
    )


@made_once
def supplier(house: Organisation) -> Creditor:
    return Creditor.objects.create(
        organisation=house, code="supplier", name="示例供货商", kind="supplier"
    )


@pytest.fixture
def card_text() -> str:
    return (EXAMPLES / "card_cn" / "sample.csv").read_text("utf-8-sig")


@pytest.fixture
def invoice_text() -> str:
    return (EXAMPLES / "invoice_cn" / "sample.csv").read_text("utf-8-sig")


@pytest.fixture
def card_file(tmp_path: Path, card_text: str) -> Path:
    path = tmp_path / "委案.csv"
    path.write_text(card_text, "utf-8")
    return path
