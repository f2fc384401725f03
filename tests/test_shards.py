"""A row's shard is assigned once, the same whoever writes it, and all of one human is in one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.casebook import facts, journal, shards
from huikuan.casebook.models import Case, PackBinding, Person
from huikuan.casebook.settle import settle
from huikuan.lib.calendar import china
from huikuan.ops import doctor_tables
from huikuan.planning import load
from huikuan.planning.plan import plan
from tests import people
from tests.laws import examples

pytestmark = pytest.mark.django_db
DAY = people.PLACED_ON
NUMBERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
#: Postgres keeps every text but the one character.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
ON_MANY = settings(
    max_examples=examples(40, 400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def asked(statement: str, *values: object) -> object:
    """The one value that a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    assert row is not None, f"nothing found: {values}"
    return row[0]


def shard_of(table: str, key: int) -> int:
    """The shard of a row as it stands."""
    found = asked(f"SELECT shard FROM casebook_{table} WHERE id = %s", key)
    assert isinstance(found, int)
    return found


def tables_of_the_book() -> set[str]:
    """Every table of the case book, without the beginning of its name."""
    models = apps.get_app_config("casebook").get_models(include_auto_created=True)
    return {model._meta.db_table.removeprefix("casebook_") for model in models}


def test_every_table_of_the_book_has_a_shard():
    """A new table gets its source in SOURCES and its column by shards.add in its migration."""
    summaries = {subject.summary.removeprefix("casebook_") for subject in facts.of_cases()}
    assert set(shards.SOURCES) == tables_of_the_book() - shards.EVERYWHERE - summaries

    for subject in facts.of_cases():
        named = {column.name for column in subject.columns()}
        assert "shard" in named, f'{subject.name}: its family needs Column("shard", …)'

    for table in {*shards.SOURCES, *summaries}:
        nullable = asked(
            "SELECT is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND column_name = 'shard'",
            f"casebook_{table}",
        )
        assert nullable == "NO", f"{table}: call shards.add in its migration"


@ON_MANY
@given(data=st.binary())
def test_bytes_have_the_same_shard_in_python_and_in_the_database(data: bytes):
    assert asked("SELECT casebook_shard(%s)", data) == shards.of_bytes(data)


@ON_MANY
@given(house=NUMBERS, number=TEXTS)
def test_houses_and_persons_have_the_same_shard_in_python_and_in_the_database(
    house: int, number: str
):
    of_house = asked("SELECT casebook_shard_of_house(%s::bigint)", house)
    assert of_house == shards.of_house(house)
    of_person = asked("SELECT casebook_shard_of_person(%s::bigint, %s)", house, number)
    assert of_person == shards.of_person(house, number, None)


def test_a_human_is_in_one_shard_under_every_creditor():
    one = people.make_person(people.make_creditor("bank"), key="110101199001011237")
    other = people.make_person(people.make_creditor("shop"), key="110101199001011237")
    assert shard_of("person", one.pk) == shard_of("person", other.pk)
    assert shard_of("person", one.pk) == shards.of_bytes(bytes(one.key.key))


def test_without_a_key_the_creditors_own_number_decides():
    person = people.make_person()
    of_number = shards.of_person(person.creditor_id, person.number, None)
    assert shard_of("person", person.pk) == of_number


def test_a_key_that_is_learned_later_moves_nothing():
    """The shard is read from the row: new cases of the person join the old ones."""
    person = people.make_person()
    before = people.make_case(person, product="card")
    joined = people.make_person(people.make_creditor("shop"), key="110101199001011237")
    Person.objects.filter(pk=person.pk).update(key=joined.key)

    after = people.make_case(person, product="loan")
    assert shard_of("case", before.pk) == shard_of("case", after.pk)
    assert shard_of("person", person.pk) == shard_of("case", after.pk)


def test_rows_are_in_the_shard_of_what_they_belong_to_whoever_wrote_them():
    """Written through the models, by the ledger, by a plan, by a plan of one case."""
    assert load.load_all(at=people.moment(DAY)) == []
    boss = people.make_user("manager")
    cases = [worked_case() for _number in range(4)]
    act = journal.begin(boss, "tests", at=people.moment(DAY))
    settle([case.pk for case in cases], act=act, at=people.moment(DAY))
    facts.refresh([case.pk for case in cases])

    on = DAY + dt.timedelta(3)
    planned = plan(on, actor=boss, at=people.moment(on, 7), calendar=china())

    assert planned.counts["new"] > 0
    assert shards.differing() == {}
    assert facts.differences() == []
    assert doctor_tables.same_shards().verdict == "ok"


def worked_case() -> Case:
    """A case of which every kind of history knows something."""
    creditor = people.make_creditor()
    PackBinding.objects.get_or_create(
        creditor=creditor, product="card", pack="phone_collection", from_on=dt.date(2020, 1, 1)
    )

    case = people.make_case(items=[(DAY, 100_00)])
    point = people.make_point(case)
    people.make_decision(case, people.moment(DAY), point)
    people.make_contact(case, DAY, point=point)
    people.make_promise(case, DAY, [(DAY + dt.timedelta(2), 10_00)])
    people.make_payment(case, DAY, 5_00)
    return case


def test_the_doctor_sees_a_row_in_a_wrong_shard():
    case = people.make_case()
    wrong = (shard_of("case", case.pk) + 1) % shards.SHARDS
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casebook_account SET shard = %s", [wrong])
    found = doctor_tables.same_shards()
    assert found.verdict == "fail"
    assert "casebook_account (1)" in found.text


def test_what_belongs_to_nothing_is_refused():
    case = people.make_case()
    with pytest.raises(IntegrityError, match="belongs to nothing"), transaction.atomic():
        people.make_event(Case(pk=0, organisation_id=case.organisation_id,
            creditor_id=case.creditor_id, act_id=case.act_id), DAY, "closed")  # fmt: skip
