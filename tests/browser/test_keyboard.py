"""The page by keyboard alone: the way to the prompt, menus, and the focus after its element is gone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_for_state
from tests.browser.test_history import history, make
from tests.page_states import give_picture

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement === document.body ? 'body' : document.activeElement.closest('.tabitem')?.id || 'page'"


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.focus(selector)
    page.keyboard.press(key)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_first_stop_leads_to_the_prompt_or_into_the_tab(demo_app, open_page, width):
    page = open_page(demo_app.url, more=False, press=False, viewport={"width": width, "height": 844})
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the prompt")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#image-prompt textarea")).to_be_focused()
    press(page, "#server-tab-button")
    page.wait_for_selector("#server-examine")
    press(page, ".omni-skip")
    assert page.evaluate(FOCUSED) == "server-tab", "a tab without a prompt is entered at its first control"


@pytest.mark.parametrize(
    ("tab", "prompt"), [("image", "#image-prompt"), ("speech", "#speech-input"), ("video", "#video-prompt")]
)
def test_the_prompt_is_the_third_stop_and_the_menus_come_last(demo_app, open_page, tab, prompt):
    page = open_page(f"{demo_app.url}/#{tab}", tab.capitalize(), more=False, press=False)
    page.wait_for_selector("#omni-early", state="hidden")
    for stop in (".omni-skip", f"#{tab}-tab-button", f"{prompt} textarea"):
        page.keyboard.press("Tab")
        expect(page.locator(stop)).to_be_focused()
    page.focus("#omni-help-button")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "body", "nothing follows the menus"
    press(page, f"#{tab}-tab-button", "End")
    expect(page.locator("#server-tab-button")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator("#chat-tab-button")).to_have_attribute("aria-selected", "true")
    page.wait_for_selector("#chat-text textarea")
    page.keyboard.press("Enter")
    expect(page.locator("#chat-text textarea")).to_be_focused()


def test_the_menus_stand_beside_the_name_cover_nothing_and_close_with_escape_and_when_left(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport={"width": 390, "height": 844})
    for width in (390, 800, 1100, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        menus, state = page.locator(".omni-menus").bounding_box(), page.locator("#omni-state").bounding_box()
        name, tab = page.locator(".omni-name").bounding_box(), page.locator("#server-tab-button").bounding_box()
        assert name["x"] + name["width"] <= state["x"]
        assert state["x"] + state["width"] <= menus["x"]
        assert abs(menus["y"] + menus["height"] / 2 - name["y"] - name["height"] / 2) < 6
        assert menus["x"] + menus["width"] <= width
        assert tab["x"] + tab["width"] <= state["x"] or tab["y"] >= menus["y"] + menus["height"]
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


def test_the_result_is_a_few_stops_from_the_prompt_and_a_download_keeps_the_focus(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    press(page, "#image-run", "Tab")
    expect(page.locator(".omni-buttons .omni-skip")).to_have_count(0)  # there is no result yet
    make(page, "a boat", "160x96")
    expect(page.locator("#image-run")).to_be_focused()
    page.wait_for_selector("#image-settings [data-do=take]")
    page.wait_for_selector("#image-stop[disabled]", state="attached")  # until then it is the next stop
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the result")).to_be_focused()
    page.keyboard.press("Enter")
    download = page.locator("#image-settings [data-do=take]")
    expect(download).to_be_focused()
    for _ in range(2):  # it can be pressed again
        with page.expect_download():
            page.keyboard.press("Enter")
        expect(page.locator("#image-settings [aria-busy]")).to_have_count(0)
    expect(download).to_be_focused()


def test_the_focus_is_back_at_run_when_stop_goes_on_a_phone(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport={"width": 390, "height": 844})
    page.fill("#image-prompt textarea", "a boat [[slow:1]]")
    press(page, "#image-run")
    expect(page.locator("#image-stop")).to_be_focused()
    wait_for_state(page, "image", "done")
    expect(page.locator("#image-run")).to_be_focused()


def test_a_list_of_choices_keeps_the_focus_and_escape_closes_nothing_else(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "a boat [[slow:4]]")
    press(page, "#image-run")
    wait_for_state(page, "image", "working")
    field = page.locator("#image-size input[role=combobox]")
    field.focus()
    expect(field).to_have_attribute("aria-expanded", "true")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value(re.compile("512x512"))
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    wait_for_state(page, "image", "done")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_long_list_of_choices_is_one_stop(demo_app, open_page):
    page = open_page(demo_app.url, "Speech", more=False)
    voice, language = (page.get_by_role("combobox", name=name, exact=True) for name in ("Voice", "Language"))
    page.get_by_role("button", name="Run", exact=True).focus()
    for field in (voice, language):
        page.keyboard.press("Tab")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Shift+Tab")
    expect(voice).to_be_focused()


def test_what_is_typed_into_a_list_of_choices_takes_the_place_of_the_choice(demo_app, open_page):
    page = open_page(demo_app.url, "Speech", more=False)
    voice = page.get_by_role("combobox", name="Voice")
    page.get_by_role("combobox", name="Read").focus()
    while not voice.evaluate("one => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("bru")
    expect(voice).to_have_value("bru")
    page.keyboard.press("Enter")
    expect(voice).to_have_value("Bruno")


def test_another_seed_by_keyboard_leaves_the_focus_at_the_button(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "A kite over a beach")
    page.keyboard.press("Control+Enter")
    seed = page.locator("#image-settings [data-do=another]")
    seed.wait_for()
    before = page.inner_text("#image-status")
    press(page, "#image-settings [data-do=another]")
    page.wait_for_function("before => document.querySelector('#image-status').innerText !== before", arg=before)
    wait_for_state(page, "image", "done")
    expect(seed).to_be_focused()


def test_arrows_go_between_the_languages_of_the_code(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "A kite over a beach")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Code", exact=True).press("Enter")
    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Python", exact=True)).to_be_focused()
    expect(page.locator("#image-tab .omni-code pre:visible")).to_contain_text("import httpx")
    page.keyboard.press("Tab")
    expect(page.locator("#image-tab .omni-copy")).to_be_focused()


def test_the_focus_stays_in_the_list_of_videos_and_follows_the_word_of_one(demo_app, open_page):
    page = open_page(demo_app.url, "Video", more=False)
    for words in ("a boat", "a hat"):
        page.fill("#video-prompt textarea", f"{words} [[slow:1]]")
        page.fill("#video-seconds-field", "1")
        press(page, "#video-run")
        page.get_by_role("button", name=f"Open: {words}").wait_for(timeout=60_000)
    for left in (1, 0):
        page.get_by_role("button", name="Delete: a").first.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator(".omni-job-list li")).to_have_count(left)
        assert page.evaluate(FOCUSED) == "video-tab"
    expect(page.locator("#video-run")).to_be_focused()
    page.fill("#video-prompt textarea", "a cup [[slow:30]]")
    press(page, "#video-run")
    page.get_by_role("button", name="Cancel: a cup").wait_for()
    press(page, "#image-tab-button")
    press(page, ".omni-running-video button")
    expect(page.locator("#video-tab-button")).to_be_focused()
    press(page, "[data-does=cancel]")


def test_a_mask_is_painted_by_the_keyboard_one_stop_from_the_tools(demo_app, open_page):
    page = open_page(f"{demo_app.url}/#edit", "Edit", more=False)
    give_picture(page)
    press(page, ".omni-input-stage button:has-text('Paint the area')")
    tools = page.get_by_role("toolbar", name="Brush")
    expect(tools.get_by_role("button", name="Paint")).to_be_focused()
    size = tools.get_by_role("slider")
    for key, tool in {"ArrowLeft": "Use mask", "Home": "Paint", "ArrowRight": "Erase"}.items():
        page.keyboard.press(key)
        expect(tools.get_by_role("button", name=tool)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(size).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(size).to_have_value("9")
    asked = "(one) => one.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true, cancelable: true}))"
    assert size.evaluate(asked) is False  # or the page would scroll
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("application", name="Mask")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(tools.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("#edit-mask_image li")
    expect(tools).to_have_count(0)
    assert page.evaluate(FOCUSED) == "edit-tab"
    page.fill("#edit-prompt textarea", "invert")
    press(page, ".omni-input-stage button:has-text('Change the mask')", "Control+Enter")
    wait_for_state(page, "edit", "done")
    expect(page.locator("#edit-run")).to_be_focused()  # the result stands in the place of the button
