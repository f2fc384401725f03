"""Two collectors of two organisations race for the last call under a cap, in real concurrent transactions."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Case, ContactPoint, ContactRecord
from huikuan.gate import reserve
from huikuan.gate.check import check
from huikuan.gate.tests.conftest import shipped, store_pack
from huikuan.people.models import User
from huikuan.people.roles import create_user

ON = dt.date(2026, 11, 23)
NINE = people.moment(ON, 9)


def _placed(creditor: str, house: object) -> tuple[Case, ContactPoint, User]:
    person = people.make_person(people.make_creditor(creditor, house), key="RACE")  # type: ignore[arg-type]
    case = people.make_case(person, items=[(dt.date(2026, 9, 1), 120_00)], told_on=people.PLACED_ON)
    point = people.make_point(case, value="+8613800000001")
    facts.refresh([case.pk])
    user = create_user(username=f"m.{creditor}", organisation=case.organisation, roles=["manager"])
    return case, point, user


@pytest.mark.django_db(transaction=True)
def test_two_racing_contacts_never_both_pass_a_cap() -> None:
    for name in ("limits_cn", "limits_b2b"):
        store_pack(shipped(name))
    sides = [_placed("bank", people.make_house()), _placed("bank2", people.make_agency())]
    for _ in range(2):
        people.make_contact(sides[0][0], ON, point=sides[0][1], connected=True, answered="debtor")
    together = threading.Barrier(2)
    made: list[bool] = []

    def record(case: Case, point: ContactPoint, user: User) -> None:
        try:
            together.wait(timeout=20)
            with transaction.atomic():
                decision = reserve.ask_again(
                    case, point, "call", actor=user, at=NINE, style="interactive"
                )
                if decision.allowed:
                    people.make_contact(
                        case, ON, point=point, connected=True, answered="debtor", decision=decision
                    )
                made.append(decision.allowed)
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=side) for side in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(made) == [False, True]
    assert ContactRecord.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_needed() -> None:
    """Without it both pass: each asks before the other has recorded. This is why recording holds it."""
    for name in ("limits_cn", "limits_b2b"):
        store_pack(shipped(name))
    case, point, user = _placed("bank", people.make_house())
    for _ in range(2):
        people.make_contact(case, ON, point=point, connected=True, answered="debtor")
    first = check(case, point, "call", actor=user, at=NINE, style="interactive")
    second = check(case, point, "call", actor=user, at=NINE, style="interactive")
    assert first.allowed and second.allowed


@pytest.mark.django_db(transaction=True)
def test_another_human_does_not_wait() -> None:
    case, _, _ = _placed("bank", people.make_house())
    other = people.make_case(people.make_person(key="OTHER"))
    done = threading.Event()

    def elsewhere() -> None:
        try:
            with reserve.person(other):
                done.set()
        finally:
            connection.close()

    with reserve.person(case):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert done.wait(timeout=20)
        thread.join()
