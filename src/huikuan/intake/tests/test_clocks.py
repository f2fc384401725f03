"""The receipt starts the clocks; the import stops them; what was late is recorded once."""

from __future__ import annotations

import datetime as dt

from huikuan.casebook.models import Breach, Clock, Notice
from huikuan.intake import load, receive
from huikuan.intake.clocks import record_breaches
from huikuan.intake.tests.conftest import AT

MINUTE = dt.timedelta(minutes=1)


def test_an_import_within_the_hour_meets_the_clocks(admin, bank, cards, card_file):
    load.import_file(card_file, bank, cards, admin, at=AT + 50 * MINUTE, received_at=AT)
    assert set(Clock.objects.values_list("kind", "due_at", "met_at", "role")) == {
        ("import", AT + 60 * MINUTE, AT + 50 * MINUTE, "data_admin"),
        ("import_exception", AT + 180 * MINUTE, AT + 50 * MINUTE, "data_admin"),
    }
    assert record_breaches(AT + 500 * MINUTE) == 0


def test_a_file_that_lies_for_two_hours_breaks_the_first_clock_once(admin, lead, bank, card_file):
    receive.receive(card_file, bank, "card_cn", admin, at=AT)
    assert record_breaches(AT + 60 * MINUTE) == 0, "the hour is not over"
    assert record_breaches(AT + 61 * MINUTE) == 1
    assert record_breaches(AT + 62 * MINUTE) == 0
    assert Breach.objects.get().clock.kind == "import"
    assert record_breaches(AT + 181 * MINUTE) == 1


def test_an_import_that_came_too_late_is_a_breach_too(admin, lead, bank, cards, card_file):
    load.import_file(card_file, bank, cards, admin, at=AT + 90 * MINUTE, received_at=AT)
    assert record_breaches(AT + 91 * MINUTE) == 1
    notice = Notice.objects.get(user=lead, kind="breach")
    assert notice.params["clock"] == "import" and notice.params["number"].startswith("CARD-BANK-")


def test_the_day_of_receipt_is_the_local_day(admin, bank, card_file):
    night = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)  # 00:30 in Shanghai
    placement = receive.receive(card_file, bank, "card_cn", admin, at=night).placement
    assert (placement.received_on, placement.number) == (
        dt.date(2026, 11, 24),
        "CARD-BANK-20261124-1",
    )
