"""What stands where on the stage: nothing is cut off, covered or far from what it belongs to."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import wait_for_state
from tests.browser.test_history import history, make
from tests.page_states import give_picture, run, show_tab

pytestmark = pytest.mark.browser

CUT = r"""(tab) => {
  const row = document.querySelector(`#${tab}-settings .prose`).getBoundingClientRect();
  const seen = [...document.querySelectorAll(`#${tab}-settings .prose button`)].filter((one) => one.checkVisibility());
  return { seen: seen.map((one) => one.innerText.trim().replace(/\s+/g, " ")),
           cut: seen.filter((one) => one.getBoundingClientRect().right > row.right + 1).map((one) => one.innerText) };
}"""


@pytest.fixture(scope="module")
def page(demo_app, open_lasting_page):
    return open_lasting_page(demo_app.url, more=False, viewport={"width": 1024, "height": 768}, locale="en-US")


def boxes(page: Page, *selectors: str) -> list[dict[str, float]]:
    return [page.locator(selector).first.bounding_box() for selector in selectors]


def holds(outer: dict[str, float], inner: dict[str, float]) -> bool:
    return all(
        outer[at] - 1 <= inner[at] and inner[at] + inner[size] <= outer[at] + outer[size] + 1
        for at, size in (("x", "width"), ("y", "height"))
    )


def test_actions_that_do_not_fit_into_their_row_come_with_more(page):
    show_tab(page, "image")
    make(page, "a boat", "160x96")
    page.wait_for_selector("#image-settings [data-do=take]")
    page.wait_for_timeout(300)
    row = page.evaluate(CUT, "image")
    assert row["cut"] == []
    assert "Video, as its first frame" not in row["seen"]
    assert "Download" in row["seen"]
    (more,) = boxes(page, "#image-settings [data-do=rest]")
    assert more["y"] + more["height"] <= 768, "in sight without scrolling"
    page.click("#image-settings [data-do=rest]")
    assert "Video, as its first frame" in page.evaluate(CUT, "image")["seen"]
    page.click("#image-settings [data-do=rest]")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(300)
    assert "Video, as its first frame" in page.evaluate(CUT, "image")["seen"]
    page.set_viewport_size({"width": 1024, "height": 768})


@pytest.mark.parametrize(("tab", "kind"), [("sound", "client"), ("image", "empty")])
def test_what_to_do_after_a_failure_stands_in_its_card_on_the_stage(page, tab, kind):
    show_tab(page, tab)
    run(page, tab, "failed", f" [[fail:{kind}]]")
    card, button, stage = boxes(
        page, f"#{tab}-status [data-state=failed]", f"#{tab}-status .omni-fixes button", f"#{tab}-tab .omni-screen"
    )
    assert holds(card, button)
    assert holds(stage, card)


def test_a_missing_prompt_is_said_at_its_field_and_nothing_moves(demo_app, open_page):
    page = open_page(f"{demo_app.url}/#sound", "Sound", more=False, viewport={"width": 1024, "height": 768})
    before = boxes(page, "#sound-tab .omni-cards", "#sound-tab .omni-drawer-line")
    page.click("#sound-run")
    wait_for_state(page, "sound", "failed")
    page.wait_for_selector("#sound-input .omni-fault")
    after = boxes(page, "#sound-tab .omni-cards", "#sound-tab .omni-drawer-line")
    assert [round(box["y"] / 8) for box in after] == [round(box["y"] / 8) for box in before]
    missing = page.locator("#sound-status .omni-missing").bounding_box()
    assert missing["height"] <= 1, "said once, at the field"


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_on_a_phone_a_missing_prompt_is_said_once_calmly_at_its_field(demo_app, open_page):
    page = open_page(f"{demo_app.url}/#video", "Video", more=False, **PHONE)
    assert not page.is_visible("#video-stop"), "there is nothing to stop"
    examples = "#video-tab .omni-cards"
    (before,) = boxes(page, examples)
    page.evaluate("scrollTo(0, 400)")
    page.tap("#video-run")
    page.wait_for_selector("#video-prompt .omni-fault")
    page.wait_for_function("document.querySelector('#video-prompt').getBoundingClientRect().top >= 0")
    (missing,) = boxes(page, "#video-status .omni-missing")
    assert missing["height"] <= 1
    assert page.evaluate("document.querySelector('#video-run').closest('.omni-buttons').dataset.note") == ""
    (after,) = boxes(page, examples)
    assert (after["x"], after["width"], after["height"]) == (before["x"], before["width"], before["height"])


def test_a_phone_has_no_empty_space_around_what_is_said_of_a_picture(demo_app, open_page):
    page = open_page(demo_app.url, more=False, **PHONE)
    run(page, "image", "done")
    page.wait_for_selector("#image-settings [data-do=take]")
    said, acts, drawers, shapes = boxes(
        page, "#image-status .omni-status", "#image-settings", "#image-tab .omni-drawer-line", "#image-shapes"
    )
    assert acts["y"] - said["y"] - said["height"] <= 16
    assert shapes["y"] - drawers["y"] - drawers["height"] <= 12


def test_buttons_stand_in_one_row_in_a_narrow_window(page):
    show_tab(page, "edit")
    page.click("#edit-more")
    heads = "(all) => all.filter((head) => head.offsetHeight > 30).map((head) => head.innerText)"
    assert page.eval_on_selector_all("#edit-tab .omni-number-head", heads) == []
    page.click("#edit-more")
    give_picture(page)
    run(page, "edit", "done")
    row = page.locator("#edit-result .omni-view-actions")
    for name in ("Slider", "Paint the area", "Copy picture", "Use as input"):
        row.get_by_role("button", name=name).wait_for()
    tops = row.evaluate("(row) => [...row.querySelectorAll('button')].map((one) => one.getBoundingClientRect().top)")
    assert len(tops) == 7
    assert len(set(tops)) == 1
    size = page.viewport_size
    for width in (901, 960, 1023, size["width"]):
        page.set_viewport_size(size | {"width": width})
        assert row.evaluate("(row) => row.scrollWidth <= row.clientWidth"), width


def test_examples_leave_a_picture_free_also_after_a_run_without_one(demo_app, open_page):
    page = open_page(f"{demo_app.url}/#edit", "Edit", more=False, viewport={"width": 1440, "height": 900})
    page.click("#edit-run")
    wait_for_state(page, "edit", "failed")
    assert page.inner_text("#edit-image .omni-fault") == "An edit needs a picture: add one first."
    assert page.inner_text("#edit-prompt .omni-fault") == "Prompt is empty: fill it in first."
    give_picture(page)
    page.wait_for_timeout(300)
    assert page.is_visible("#edit-prompt .omni-fault"), "that one is still missing"
    picture, cards = boxes(page, ".omni-input-stage", "#edit-status .omni-cards")
    assert cards["y"] >= picture["y"] + picture["height"] - 1
    page.wait_for_selector("#edit-image .omni-fault", state="detached")
    page.select_option("#omni-language", "zh-CN")
    page.wait_for_selector("html[lang=zh-CN]")
    page.wait_for_timeout(500)
    assert page.locator("#edit-image .omni-fault").count() == 0, "what was mended is not said once more"


def test_two_pictures_that_are_compared_are_seen_whole(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 1440, "height": 900})
    for words in ("a red boat", "a blue boat"):
        make(page, words, "256x256")
    history(page, 2)
    for number in (0, 1):
        page.check(f".omni-history-list li >> nth={number} >> .omni-history-head input")
    page.click("[data-act=compare]")
    page.wait_for_selector(".omni-compare .omni-pair img")
    page.wait_for_timeout(300)
    dialog, pair = boxes(page, ".omni-compare[open]", ".omni-compare .omni-pair")
    assert holds(dialog, pair)
    assert pair["height"] > 400


def test_another_language_changes_no_setting_of_the_chat(demo_app, open_page):
    page = open_page(demo_app.url, "Chat", more=False, viewport={"width": 1440, "height": 900}, locale="en-US")
    page.wait_for_timeout(1600)  # they are counted every 1.5 s
    page.select_option("#omni-language", "zh-CN")
    page.wait_for_selector("html[lang=zh-CN]")
    page.wait_for_timeout(1800)
    assert page.locator("#chat-panel-switch .omni-count").is_hidden()
    assert page.get_attribute("#chat-text textarea", "placeholder") == "写一条消息"


@pytest.mark.parametrize("size", [(1024, 500), (1440, 560), (800, 420)])
def test_an_empty_stage_stays_below_the_tabs_in_a_low_window(demo_app, chromium, size):
    page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(demo_app.url)
    page.wait_for_selector("#image-tab .omni-cards img")
    page.wait_for_function("!document.querySelector('#omni-tabs').hasAttribute('data-drawing')")
    stage = page.locator("#image-tab .omni-big").bounding_box()
    box = page.locator("#image-status .omni-status").bounding_box()
    page.close()
    assert box["y"] >= stage["y"]
    assert box["y"] + box["height"] <= stage["y"] + stage["height"] + 1
