"""The page by keyboard alone: the way to the prompt, menus, and the focus after its element is gone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_for_state
from tests.browser.test_history import history, make

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement === document.body ? 'body' : document.activeElement.closest('.tabitem')?.id || 'page'"


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.focus(selector)
    page.keyboard.press(key)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_stop_leads_to_the_prompt_or_into_the_tab(demo_app, open_page, width):
    page = open_page(demo_app.url, more=False, viewport={"width": width, "height": 844})
    page.reload()
    page.wait_for_selector("#image-run")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the prompt")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#image-prompt textarea")).to_be_focused()
    press(page, "#server-tab-button")
    page.wait_for_selector("#server-examine")
    press(page, ".omni-skip")
    assert page.evaluate(FOCUSED) == "server-tab", "a tab without a prompt is entered at its first control"


def test_a_menu_closes_with_escape_and_when_it_is_left(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    menu, summary = page.locator(".omni-tell"), page.locator(".omni-tell summary")
    press(page, ".omni-tell summary")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    press(page, ".omni-tell [name=omni-always]", "Tab")
    expect(menu).not_to_have_attribute("open", "")
    expect(page.locator("#omni-language")).to_be_focused()


def test_what_is_deleted_or_drawn_anew_leaves_the_focus_in_the_history(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 390, "height": 844})
    for words in ("a red boat", "a blue boat"):
        make(page, words, "160x96")
    cards = history(page, 2)
    page.focus(".omni-star >> nth=1")
    page.evaluate(
        "document.activeElement.dataset.old = '1'; new BroadcastChannel('omni-history').postMessage('changed')"
    )
    page.wait_for_selector(".omni-star[data-old]", state="detached")
    expect(page.locator(".omni-star").nth(1)).to_be_focused()
    press(page, ".omni-history-open >> nth=0")
    page.wait_for_selector("dialog[open]")
    press(page, "[data-act=delete-one]")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(1)
    expect(cards.first.locator(".omni-history-open")).to_be_focused()
    press(page, ".omni-history [data-act=delete]")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(0)
    expect(page.locator(".omni-history input[type=search]")).to_be_focused()


def test_a_result_sent_to_another_tab_takes_the_focus_along(demo_app, open_page):
    page = open_page(demo_app.url)
    make(page, "a boat", "160x96")
    press(page, "#image-settings .omni-send button:has-text('Edit')")
    expect(page.locator("#edit-tab-button")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#image-tab-button")).to_have_attribute("aria-selected", "true")
    assert page.evaluate(FOCUSED) != "body"


def test_a_fix_after_a_failure_keeps_the_focus_in_the_tab(demo_app, open_page):
    page = open_page(demo_app.url)
    page.fill("#image-prompt textarea", "a boat [[fail:empty]]")
    page.fill("#image-seed input", "7")
    press(page, "#image-run")
    wait_for_state(page, "image", "failed")
    press(page, "#image-status .omni-fixes button:has-text('another seed')")
    page.wait_for_function("document.querySelector('#image-seed input').value === ''")
    wait_for_state(page, "image", "failed")
    page.wait_for_timeout(500)  # the focus is moved a moment after the state
    assert page.evaluate(FOCUSED) == "image-tab"


def test_lists_of_the_browser_look_the_same_everywhere(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    history(page)
    page.wait_for_selector(".omni-history select")
    looks = page.evaluate("""[...document.querySelectorAll("#omni-language, .omni-history select")].map((one) => {
      const { appearance, backgroundImage, backgroundSize, borderRadius } = getComputedStyle(one);
      return [appearance, backgroundImage.startsWith("conic-gradient"), backgroundSize, borderRadius].join();
    })""")
    assert looks == ["none,true,10px 5px,6px"] * 2
