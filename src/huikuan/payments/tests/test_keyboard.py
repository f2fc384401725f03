"""A payment file by the keyboard alone, in a real Chromium: upload, preview, post, find the case of what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests import people

from huikuan.casebook import facts
from huikuan.casebook.models import Approval, Payment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_upload_preview_post_and_queue_by_the_keyboard(
    browser: Any, live_server: Any, tmp_path: Path
) -> None:
    case = people.make_case(
        people.make_person(name="王小芳"), number="C-1", items=[(people.PLACED_ON, 900_00)]
    )
    facts.refresh([case.pk])
    today = timezone.localdate()
    path = tmp_path / "还款.csv"
    path.write_text(
        f"流水号,案件编号,姓名,还款金额,还款日期\nR1,C-1,,100,{today}\nR2,,王小芳,20,{today}\n",
        "utf-8",
    )
    client = Client()
    client.force_login(people.make_user("finance"))
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    context.add_cookies([cookie])
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )

    page.goto(f"{live_server.url}/payments/")
    page.keyboard.press("u")
    page.wait_for_url("**/payments/new/")
    page.select_option("select[name=creditor]", "bank")
    page.set_input_files("input[type=file]", str(path))
    page.keyboard.press("s")
    page.wait_for_url("**/payments/file/*/")
    assert "仅姓名" in page.inner_text("main")
    assert not Payment.objects.exists()

    page.keyboard.press("p")
    page.wait_for_selector("#hk-confirm[open]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hk-message.hk-good")
    assert Payment.objects.get().reference == "R1"

    page.keyboard.press("q")
    page.wait_for_url("**/payments/queue/**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#row-cases input:checked")
    page.keyboard.press("s")
    page.wait_for_selector("#row-panel [role=status]")
    page.wait_for_selector("#list .hk-accent")
    assert Approval.objects.get().case == case
    context.close()
    assert complaints == []
