"""A permission serves one act, for the purpose that it was asked for, whatever way it is used."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huikuan.casebook import spent
from huikuan.casebook.models import ContactRecord, PhoneCall, Spent
from huikuan.contacts.entry import ContactEntry
from huikuan.contacts.record import record
from huikuan.gate.check import check
from huikuan.ops.made_once import made_once
from huikuan.telephony.dial import dial
from huikuan.telephony.tests.conftest import Office, make_office
from tests import people


@made_once
def office(db: None) -> Office:
    return make_office()


def codes(office: Office, decision_id: int) -> list[str]:
    dialled = dial(decision_id, actor=office.collector, at=timezone.now())
    return [one.code for one in dialled.problems]


@pytest.mark.parametrize("purpose", ["statutory", "reply", "remind"])
def test_a_purpose_that_no_task_has_is_not_dialled(purpose: str, office: Office) -> None:
    """Whoever asks the gate may say any purpose; some are free of limits. No call rests on that."""
    permission = office.permission(purpose=purpose)
    assert codes(office, permission.pk) == ["dial.purpose"]
    assert not PhoneCall.objects.exists()


def test_the_gate_keeps_what_it_was_asked(office: Office) -> None:
    decision = check(
        office.case,
        office.point,
        "call",
        actor=office.collector,
        at=timezone.now(),
        purpose="reply",
        style="interactive",
    )

    decision.refresh_from_db()
    assert (decision.purpose, decision.style, decision.staff) == ("reply", "interactive", None)


def test_a_permission_that_a_contact_used_up_is_not_dialled(office: Office) -> None:
    permission = office.permission()
    spent.spend(permission, Spent.Kind.CONTACT, 7, actor=office.collector, at=timezone.now())
    assert codes(office, permission.pk) == ["dial.used"]


def test_a_dialled_permission_serves_the_record_of_its_call_and_no_other(office: Office) -> None:
    permission = office.permission()
    call = dial(permission.pk, actor=office.collector, at=timezone.now()).call
    assert call is not None
    assert spent.may_be_recorded(permission)

    contact = people.make_contact(office.case, timezone.now().date())
    PhoneCall.objects.filter(pk=call.pk).update(contact=contact)
    assert ContactRecord.objects.filter(pk=contact.pk).exists()
    assert not spent.may_be_recorded(permission)


def test_a_dialled_permission_carries_one_record_though_the_page_names_no_call(
    office: Office,
) -> None:
    """Who leaves the number of the call out of the form records no second contact with it."""
    now = timezone.now()
    permission = office.permission(at=now)
    call = dial(permission.pk, actor=office.collector, at=now).call
    assert call is not None

    entry = ContactEntry(
        case_id=office.case.pk,
        channel="call",
        connected=False,
        point_id=office.point.pk,
        at=now,
        override_reason="试验机构没有联系规则",
    )

    saved = [
        record(entry, actor=office.collector, at=now, decision=permission).saved
        for _time in range(2)
    ]
    assert saved == [True, False]
    call.refresh_from_db()
    assert call.contact_id is not None


def test_only_the_first_uses_it_up(office: Office) -> None:
    permission = office.permission()
    now = timezone.now()
    mine = {"actor": office.collector, "at": now}
    assert spent.spend(permission, Spent.Kind.CONTACT, 1, **mine)
    assert not spent.spend(permission, Spent.Kind.DIAL, 2, **mine)
    assert Spent.objects.get().row_id == 1


def test_a_permission_is_used_up_by_nobody_but_who_asked(office: Office) -> None:
    permission = office.permission()
    colleague = people.make_user("collector", office.case.organisation)
    with pytest.raises(spent.NotTheirs):
        spent.spend(permission, Spent.Kind.CONTACT, 1, actor=colleague, at=timezone.now())
    assert not Spent.objects.exists()
