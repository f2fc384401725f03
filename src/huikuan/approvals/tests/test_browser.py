"""The list of requests by keyboard alone, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests import people

from huikuan.approvals.tests.test_inbox import asked
from huikuan.casebook import facts
from huikuan.casebook.models import Approval, Hold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_requests_are_decided_by_keyboard(browser: Any, live_server: Any) -> None:
    team = people.make_team("phone")
    lead, collector = (people.make_user(role, team=team) for role in ("team_lead", "collector"))
    cases = [
        people.make_case(items=[(people.PLACED_ON, 100_00)], collector=collector) for _ in range(2)
    ]
    facts.refresh([case.pk for case in cases])
    first, second = (
        asked(case, collector, days=days) for case, days in zip(cases, (2, 1), strict=True)
    )
    client = Client()
    client.force_login(lead)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/approvals/")
    page.keyboard.press("y")  # no row is chosen, so none is meant
    page.locator("#messages", has_text="请先选定一行").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("[data-chosen]").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    page.locator(f"#approval-{first.pk} .hk-good").wait_for()
    page.locator("#waiting-list-count", has_text="共 1 条").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.locator(f"#approval-{second.pk} .errorlist").wait_for()  # a refusal needs a reason
    page.locator(f"#approval-{second.pk} input:focus").wait_for()
    page.keyboard.type("证据不足")
    page.keyboard.press("Enter")
    page.locator(f"#approval-{second.pk} .hk-bad").wait_for()
    context.close()
    assert complaints == []
    assert list(Approval.objects.order_by("asked_at").values_list("status", flat=True)) == [
        "granted",
        "refused",
    ]
    assert Hold.objects.get().case == cases[0]
