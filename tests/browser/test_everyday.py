"""Everyday jobs as somebody does them who knows only the address: by what is seen, and by the names of things.

Each of these was tried by hand first, and is here because something was in the way.
"""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
LARGE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def run(page: Page, prompt: str) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).filter(visible=True).fill(prompt)
    page.get_by_role("button", name="Run", exact=True).filter(visible=True).click()


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True).filter(visible=True)


def is_free(page: Page, role: str, name: str) -> bool:
    """Whether a click on the middle of it reaches it, without any scrolling."""
    return (
        page.get_by_role(role, name=name, exact=True)
        .filter(visible=True)
        .first.evaluate(
            """one => { const box = one.getBoundingClientRect();
            const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return one === at || one.contains(at) || Boolean(at?.labels && [...at.labels].includes(one)); }"""
        )
    )


def test_what_is_asked_of_a_result_is_seen_where_it_is_asked(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=LARGE, permissions=["clipboard-read", "clipboard-write"])
    run(page, "A cup of tea on a windowsill")
    button(page, "Copy link").click()
    announced = page.locator("body > [role=status]")
    announced.filter(has_text="Done").wait_for(state="attached")
    heard = announced.inner_text()
    assert re.match(r"Done\. [\d.]+ s, seed \d+, 768 × 768 PNG, not drawn windowsill, model demo/painter$", heard), (
        heard
    )
    button(page, "Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    button(page, "More").click()
    assert is_free(page, "button", "Save as preset")
    button(page, "Code").click()
    assert is_free(page, "tab", "Python")

    friend = open_page(link, more=False, viewport=PHONE)
    friend.get_by_text("The settings are filled in. Press Run to start.").wait_for()
    assert friend.get_by_role("textbox", name="Prompt", exact=True).input_value() == "A cup of tea on a windowsill"
    assert is_free(friend, "button", "Run")
    button(friend, "Run").click()
    friend.get_by_text("The settings are filled in. Press Run to start.").wait_for(state="hidden")


def test_all_tabs_can_be_reached_while_the_server_has_much_to_say(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport={"width": 1024, "height": 800})
    page.evaluate(
        """() => { document.querySelector(".omni-light").textContent = "busy: 12 running, 34 waiting";
            document.querySelector(".omni-model").textContent = "Qwen/Qwen3-Omni-30B-A3B · http://10.20.30.40"; }"""
    )
    for width in (1024, 1200, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        for name in ("Chat", "History", "Server"):
            assert is_free(page, "tab", name), (width, name)
        assert is_free(page, "combobox", "Language of the page"), width


FOUR_CELLS = """(least) => {
  const cells = [...document.querySelectorAll("#image-result .omni-picture-cell")];
  const boxes = cells.map((cell) => cell.getBoundingClientRect());
  return boxes.length === 4 && boxes.every(({ width, height }) => Math.min(width, height) >= least);
}"""


def test_several_pictures_are_large_enough_to_choose_by(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=PHONE)
    page.locator("#image-n-field").fill("4")
    run(page, "A red fox in deep snow")
    cells = page.locator("#image-result .omni-picture-cell")
    cells.nth(3).wait_for()
    for viewport, cell, thumbnail in ((PHONE, 120, 64), (LARGE, 220, 96)):
        page.set_viewport_size(viewport)
        page.wait_for_function(FOUR_CELLS, arg=cell)
        cells.nth(2).click()
        page.locator("#image-result .omni-single").wait_for()
        thumbnails = page.locator("#image-result .omni-strip-item")
        assert [one.get_attribute("aria-pressed") for one in thumbnails.all()] == ["false", "false", "true", "false"]
        assert thumbnails.first.locator("img").bounding_box()["height"] >= thumbnail
        button(page, "All pictures").click()
        cells.nth(2).and_(page.locator(":focus")).wait_for()


def test_an_empty_prompt_is_told_calmly(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=LARGE)
    button(page, "Run").click()
    page.get_by_role("textbox", name="Prompt").and_(page.locator("[aria-invalid=true]:focus")).wait_for()
    told = page.locator("#image-status .omni-status").first
    assert told.evaluate("one => getComputedStyle(one).backgroundColor") == "rgba(0, 0, 0, 0)"  # no card of its own
    assert is_free(page, "button", "A red fox in deep snow, soft morning light")


def test_help_covers_nothing_that_is_wanted_next(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=LARGE)
    page.get_by_role("textbox", name="Prompt", exact=True).click()
    button(page, "Longer").wait_for()
    page.get_by_text("What the picture shows.").wait_for()
    assert is_free(page, "button", "Longer")
    page.get_by_role("tab", name="Speech", exact=True).click()
    page.get_by_role("button", name="Copy a voice from a recording").click()
    page.get_by_role("textbox", name="Transcript").wait_for()
    page.wait_for_timeout(600)  # help comes after a moment
    assert not page.get_by_text("What is said in the reference recording").is_visible()
    assert page.get_by_role("button", name="Drop an audio file here to upload").filter(visible=True).count() == 1
    page.get_by_role("button", name="A second speaker").click()
    page.get_by_text("Start the first speaker's lines with [S1]").wait_for()


def test_whoever_comes_back_finds_the_video_and_the_last_picture(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=LARGE)
    run(page, "A red fox in deep snow")
    button(page, "Copy link").wait_for()
    page.get_by_role("tab", name="Video", exact=True).click()
    page.get_by_role("spinbutton", name="Length (s)").fill("8")
    run(page, "The fox turns its head")
    page.get_by_text("Making the video").first.wait_for()
    page.goto("about:blank")
    page.goto(demo_app.url)
    page.get_by_text("Your video is being made.").wait_for()
    page.get_by_role("button", name="Close this note").last.click()
    assert not page.get_by_text("Your video is being made.").is_visible()
    last = page.get_by_role("group", name="Last results").get_by_role("button", name="A red fox in deep snow")
    last.wait_for()
    page.get_by_text("Your video is ready.").wait_for(timeout=60000)
    button(page, "Show").click()
    page.get_by_role("region", name="My videos").get_by_text("The fox turns its head").first.wait_for()
    assert not page.get_by_text("Your video is ready.").is_visible()
    page.locator("#video-result.omni-plays").wait_for()
    page.locator("#video-result video").evaluate("one => one.play()")
    page.locator("#video-result:not(.omni-plays)").wait_for()


def test_the_buttons_of_a_picture_cover_nothing_of_it_on_a_phone(demo_app, open_page, tmp_path):
    for name in ("one.png", "two.png"):
        Image.new("RGB", (64, 48), "teal").save(tmp_path / name)
    page = open_page(demo_app.url, "Edit", more=False, viewport=PHONE)
    page.locator("#edit-image input[type=file]").set_input_files([tmp_path / "one.png", tmp_path / "two.png"])
    page.locator("#edit-image .omni-thumb-size:has-text('64 × 48') >> nth=1").wait_for()  # they are drawn anew
    remove = button(page, "Remove two.png")
    remove.wait_for()
    box = remove.bounding_box()
    picture = page.get_by_role("img", name="two.png").bounding_box()
    assert (box["width"], box["height"]) == (44, 44)
    assert box["y"] >= picture["y"] + picture["height"]
    remove.click()
    remove.wait_for(state="hidden")


def test_what_one_window_makes_the_history_of_another_shows(demo_app, chromium):
    context = chromium.new_context(viewport=LARGE)
    page, other = context.new_page(), context.new_page()
    page.goto(demo_app.url)
    page.wait_for_selector("#image-run")
    page.wait_for_selector("#omni-early", state="detached")  # it has a button "Run" as well
    other.goto(f"{demo_app.url}/#history")
    other.get_by_text("Everything you make is kept here").wait_for()
    run(page, "A red fox in deep snow")
    other.get_by_role("button", name="Show: A red fox in deep snow").wait_for()
    context.close()


def test_on_a_phone_the_result_stays_where_it_is_when_more_is_shown_below_it(demo_app, open_page):
    page = open_page(demo_app.url, more=False, viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    run(page, "A paper boat in a puddle")
    button(page, "New seed").click()
    page.locator(".omni-recent-item").nth(1).wait_for()
    button(page, "Copy link").wait_for()
    top = page.locator("#image-result").bounding_box()["y"]
    assert -1 <= top <= 24, f"the strip of last results moved the picture to {top}"
    actions = page.locator("#image-settings .prose").bounding_box()
    button(page, "Copy link").click()
    button(page, "Copied").wait_for()
    assert page.locator("#image-settings .prose").bounding_box() == actions, "one row stays one row"
    button(page, "→ Video, as its first frame").click()
    page.locator("#video-input_reference img").wait_for()
    page.wait_for_function("scrollY === 0")
    assert is_free(page, "textbox", "Prompt")


def test_a_link_says_that_it_is_being_opened(demo_app, open_page):
    page = open_page(demo_app.url, more=False, permissions=["clipboard-read", "clipboard-write"])
    run(page, "A bench in a park")
    button(page, "Copy link").click()
    button(page, "Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    watch = """document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
        window.said = [...new Set([...(window.said || []), document.querySelector(".omni-opened")?.innerText])];
    }).observe(document, { childList: true, subtree: true }));"""
    friend = open_page(link, more=False, before=watch)
    friend.get_by_text("The settings are filled in. Press Run to start.").wait_for()
    assert any("Opening the link …" in (words or "") for words in friend.evaluate("window.said"))


def test_each_of_several_pictures_and_the_field_of_files_have_one_name(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.get_by_role("spinbutton", name="Pictures").fill("2")
    run(page, "A red apple")
    button(page, "Picture 2: A red apple").wait_for()
    page.get_by_role("tab", name="Chat", exact=True).click()
    button(page, "Attach").wait_for()
    assert page.get_by_role("button", name="Attach").count() == 1
    assert page.get_by_role("button", name="Import").count() == 1
