"""The first words of the page: what the demo is, how the keyboard gets to the prompt, what folds down above."""

import pytest

pytestmark = pytest.mark.browser


def test_the_demo_says_once_what_it_is_and_the_keyboard_skips_to_the_prompt(demo_app, open_page):
    page = open_page(demo_app.url, "Image")
    assert "no AI model" in page.inner_text("#image-server")
    page.click("#image-server button")
    assert page.evaluate("document.activeElement !== document.body")
    page.reload()
    page.wait_for_selector("#omni-state .omni-pill[data-state=demo]")
    assert page.locator(".omni-notice[data-state=demo]").count() == 0
    assert page.locator("h1").count() == 1

    page.keyboard.press("Tab")
    assert "omni-skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[id^=image-]').id") == "image-prompt"

    page.click(".omni-tell summary")
    page.press(".omni-tell input[type=radio]:checked", "Escape")
    assert page.evaluate("document.activeElement.localName") == "summary"
    assert not page.evaluate("document.querySelector('.omni-tell').open")
    page.click(".omni-tell summary")
    page.focus("#omni-language")
    assert not page.evaluate("document.querySelector('.omni-tell').open")

    page.get_by_role("tab", name="Server", exact=True).click()
    page.wait_for_selector("#server-hosts:has-text('OMNI_BASE_URL')")
