"""A permission that nobody used for ten minutes serves no call: the hour may forbid by then what it allowed."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from huikuan.casebook.models import PhoneCall
from huikuan.telephony.dial import dial
from huikuan.telephony.tests.conftest import Office


def test_a_permission_holds_for_ten_minutes(office: Office) -> None:
    now = timezone.now()
    permission = office.permission(at=now)
    late = dial(permission.pk, actor=office.collector, at=now + dt.timedelta(minutes=10, seconds=1))
    codes = [problem.code for problem in late.problems]
    # Ten minutes before midnight it is of yesterday as well.
    assert codes in (["dial.stale"], ["dial.old"])
    assert not PhoneCall.objects.exists()
    assert dial(permission.pk, actor=office.collector, at=now + dt.timedelta(seconds=30)).call


def test_a_number_that_is_none_finds_no_permission(office: Office, client) -> None:
    client.force_login(office.collector)
    for text in ("²", "99999999999999999999", "-1", ""):
        assert client.post("/line/dial/", {"decision": text}).status_code == 422
