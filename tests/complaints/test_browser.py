"""A complaint in a real Chromium: from the telephone to the dossier, by keyboard and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from huikuan.casebook.models import Complaint
from tests import people
from tests.complaints.conftest import HOUR, make_office, summary
from tests.site import DESK, tab
from tests.test_pages_browser import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send(page: Any) -> None:
    """The form is sent by keyboard."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def act(page: Any, complaint: Complaint, name: str, **fields: str) -> None:
    """One act on its page; the page of the complaint comes back."""
    page.goto(reverse("complaints:act", args=[complaint.number, name]))
    for field, value in fields.items():
        control = page.locator(f"[name={field}]")
        if value == "off":
            control.uncheck()
        elif control.first.get_attribute("type") == "checkbox":
            page.locator(f"[name={field}][value={value}]").check()
        elif control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)

    page.locator("form[data-main] [name]:not([type=hidden])").first.focus()
    send(page)
    said = page.locator(".errorlist").all_inner_texts()
    assert page.url.endswith(reverse("complaints:complaint", args=[complaint.number])), (name, said)


def test_a_complaint_is_worked_from_the_call_to_the_dossier(browser, live_server):
    office = make_office()
    with tab(browser, live_server.url, office.clerk, "zh", DESK) as opened:
        page = opened.page
        page.goto(reverse("complaints:list"))
        page.keyboard.press("n")
        page.wait_for_url("**/receive/")
        page.locator("[name=name]").fill("王某")
        page.locator("[name=reach]").fill("13800001234")
        page.locator("[name=case]").fill(office.case.number)
        page.locator("[name=about]").select_option(office.collector.username)
        page.locator("[name=said]").fill("你们的人骂人")
        send(page)
        complaint = Complaint.objects.get()

        act(
            page,
            complaint,
            "accept",
            cause_1="conduct",
            detail_1="语气粗暴",
            aim_1="道歉",
            disputes_1=f"item:{office.items[0].pk}",
        )
        act(page, complaint, "own", owner=office.clerk.username)
        # The law wants the answer of a bank's complaint within days.
        soon = timezone.localtime(timezone.now() + HOUR)
        act(page, complaint, "promise", until=f"{soon:%Y-%m-%dT%H:%M}")
        act(page, complaint, "departments", departments="quality_supervision", question="请核对")
        act(page, complaint, "report", by_mail="off", note="电话告知")
        act(page, complaint, "propose", sort="explanation", text="说明经过")
        act(page, complaint, "answer", agrees="no", text="不接受")
        act(page, complaint, "propose", sort="apology", text="书面道歉")
        act(page, complaint, "answer", agrees="yes", text="可以")
        act(page, complaint, "decide", point="1", result="upheld", text="属实")
        act(page, complaint, "reply", text="已道歉")
        act(page, complaint, "close", result="upheld", text="已道歉", lesson="加强培训")
        assert summary(complaint).complaint_closed_on is not None

        page.locator("text=生成卷宗").last.click()
        page.wait_for_selector("#dossier-reason")
        page.locator("#dossier-reason").fill("交监管部门")
        with page.expect_download() as waiting:
            page.locator("#dossier button").first.click()
        assert waiting.value.suggested_filename.endswith(".pdf")
        assert opened.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_pages_can_be_read_and_worked_by_everybody(language, browser, live_server):
    office = make_office()
    complaint = office.accepted()
    fresh = office.open()
    people.nothing_waits()

    addresses = [
        reverse("complaints:list"),
        reverse("complaints:receive"),
        reverse("complaints:figures"),
        reverse("complaints:complaint", args=[complaint.number]),
        reverse("complaints:act", args=[fresh.number, "accept"]),
        reverse("complaints:act", args=[complaint.number, "departments"]),
        reverse("complaints:act", args=[complaint.number, "propose"]),
    ]

    wrong = []
    with tab(browser, live_server.url, office.clerk, language, DESK) as opened:
        for address in addresses:
            lines = look(opened, address, language, axe_on_phone=language == "zh")
            wrong += [f"{address}: {line}" for line in dict.fromkeys(lines)]
    assert not wrong, "\n".join(wrong)
