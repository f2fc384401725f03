"""The test plugin itself."""

import pytest


@pytest.mark.browser
def test_chromium_draws_chinese(browser):
    page = browser.new_page()
    page.set_content("<p id=a style='display:inline-block;font-size:20px'>回款</p>")
    assert page.locator("#a").bounding_box()["width"] == pytest.approx(40, abs=1)
