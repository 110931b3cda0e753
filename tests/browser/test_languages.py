"""The page in Chinese: chosen by the browser or in the header, for labels, errors and hints alike; and back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_actions, open_drawer, open_more, wait_for_state
from tests.running import PUBLIC

ENGLISH_LEFT = """(skip) => {
  const left = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const words = node.nodeValue.trim();
    const english = /[a-z]{2,} [a-z]{2,}/i.test(words) && !/[\\u4e00-\\u9fff]/.test(words);
    if (english && !node.parentElement.closest(skip)) left.add(words);
  }
  return [...left];
}"""
NOT_OURS = "script, style, pre, code, textarea, [translate=no], dd, .omni-name"
TABS = ["chat", "image", "edit", "speech", "sound", "video", "history", "server"]


def opened(chromium, url: str, locale: str) -> Page:
    page = chromium.new_page(locale=locale, viewport={"width": 1280, "height": 900})
    page.goto(url)
    page.wait_for_selector("#image-run")
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
    open_more(page, "image")
    return page


@pytest.fixture(scope="module")
def chinese(chromium, demo_app):
    """A page that stays Chinese."""
    page = opened(chromium, demo_app.url, "zh-CN")
    yield page
    page.close()


def test_a_chinese_browser_gets_a_chinese_page(chinese):
    page = chinese
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("tab", name="图像", exact=True)).to_be_visible()  # Gradio's own translation
    expect(page.locator("#image-prompt")).to_contain_text("提示词")
    expect(page.get_by_label("步数", exact=True).first).to_be_visible()  # our own HTML
    expect(page.locator("#image-status")).to_contain_text("图片会显示在这里。")
    expect(page.locator("#omni-language")).to_have_value("zh-CN")
    for tab in TABS:
        page.click(f"#{tab}-tab-button")
        page.wait_for_selector(f"#{tab}-tab", state="visible")
    assert page.evaluate(ENGLISH_LEFT, NOT_OURS) == []


def test_errors_are_translated_and_the_choice_goes_both_ways(chromium, demo_app):
    page = opened(chromium, demo_app.url, "zh-CN")
    page.click("#image-tab-button")
    page.fill("#image-num_inference_steps input[type=number]", "9999")
    page.fill("#image-prompt textarea", "Seed")  # what a person typed is no text of the page
    page.click("#image-run")
    said = wait_for_state(page, "image", "failed")
    assert "步数必须是" in said
    assert "之间的整数" in said
    page.select_option("#omni-language", "en")
    expect(page.locator("#image-status")).to_contain_text("Inference steps must be a whole number from 1 to")
    expect(page.get_by_role("tab", name="Image", exact=True)).to_be_visible()
    expect(page.locator("#image-run")).to_have_text("Run")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.input_value("#image-prompt textarea") == "Seed"
    page.reload()
    expect(page.locator("#image-run")).to_have_text("Run")  # remembered
    page.click("#video-tab-button")  # what Gradio draws is drawn in the language that holds then
    expect(page.get_by_text("Click to Upload").first).to_be_attached()
    page.select_option("#omni-language", "zh-CN")
    expect(page.locator("#image-run")).to_have_text("运行")
    expect(page.locator("#image-num_inference_steps label")).to_have_text("步数")
    for drawn in ("Click to Upload", "Drop Video Here", "- or -"):
        expect(page.get_by_text(drawn)).to_have_count(0)
    page.close()


def test_what_gradio_has_drawn_in_chinese_is_english_after_the_choice_of_english(chromium, demo_app):
    page = opened(chromium, demo_app.url, "zh-CN")
    page.click("#speech-tab-button")
    page.wait_for_selector("#speech-ref_audio button", state="attached")
    page.evaluate("document.querySelector('#speech-ref_audio .source-selection button:last-child').click()")
    page.wait_for_selector("#speech-ref_audio :text('录制')", state="attached")
    page.select_option("#omni-language", "en")
    expect(page.locator("#speech-ref_audio .record-button")).to_have_text("Record")
    drawn = "[...document.querySelectorAll(place)].map((one) => one.outerHTML).join()"
    for place in ("#speech-ref_audio", "[role=tab][id$='-tab-button']"):  # of tabs that were never opened too
        page.wait_for_function(f"(place) => !/[\\u4e00-\\u9fff]/.test({drawn})", arg=place)
    page.close()


def test_other_browsers_get_english_and_an_english_page_loads_no_texts(chromium, demo_app):
    page = chromium.new_page(locale="fi-FI")
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(demo_app.url)
    expect(page.locator("#image-run")).to_have_text("Run")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not [one for one in asked if "/omni/languages/" in one]
    page.close()


def test_what_models_and_people_wrote_stays(chinese):
    page = chinese
    page.click("#chat-tab-button")
    page.fill("#chat-text textarea", "Run")  # also the name of a button
    page.click("#chat-run")
    wait_for_state(page, "chat", "done")
    expect(page.locator(".omni-message[data-role=user] .omni-said")).to_have_text("Run")
    expect(page.locator(".omni-message[data-role=user] .omni-who")).to_have_text("你")


def test_sentences_that_stand_together_are_each_translated(chinese):
    page = chinese
    page.click("#history-tab-button")
    kept = "每个结果保留 24 h 后删除" if PUBLIC else "它们会一直保留，直到你删除。"
    expect(page.locator(".omni-history-room")).to_contain_text(kept)
    expect(page.locator(".omni-history-room")).to_contain_text("你的结果占用")


def test_what_stands_below_results_is_chinese_too(chromium, demo_app):
    page = opened(chromium, demo_app.url, "zh-CN")
    page.click("#image-tab-button")
    page.fill("#image-prompt textarea", "a lighthouse")
    page.fill("#image-size input", "96x64")
    page.press("#image-size input", "Enter")
    page.click("#image-run")
    wait_for_state(page, "image", "done")
    open_actions(page, "image")
    page.click("#image-settings [data-do=check]")
    expect(page.locator("#image-status .omni-verdict")).to_contain_text("完全相同。")
    expect(page.locator("#image-status .omni-verdict")).to_contain_text("服务器版本 0.30.0。")
    page.click("#image-explore-num_inference_steps")
    page.wait_for_function("document.querySelectorAll('#image-grid-board td[data-state=done]').length === 4")
    expect(page.locator("#image-grid-board [role=status]").first).to_contain_text("4 个中已完成 4 个。种子")
    expect(page.locator("#image-grid-board img").first).to_have_attribute("alt", re.compile(r"^步数 \d+$"))
    open_drawer(page, "image", "compare")
    page.select_option("#image-grid-x", "num_inference_steps")
    page.fill("#image-grid-x-values", "150|151")
    expect(page.locator("#image-grid-plan")).to_contain_text("2 次运行，依次进行。")
    page.click("#video-tab-button")
    page.fill("#video-prompt textarea", "Waves")
    page.fill("#video-size input", "96x64")
    page.press("#video-size input", "Enter")
    page.fill("#video-num_frames-field", "5")
    page.click("#video-run")
    wait_for_state(page, "video", "done")
    expect(page.locator("#video-jobs .omni-job-recipe").first).to_contain_text("尺寸 96x64 · 帧数 5")
    expect(page.locator("#video-num_frames-field-info")).to_contain_text("（通常值；模型可能不同）")
    assert page.evaluate(ENGLISH_LEFT, f"{NOT_OURS}, .omni-job-prompt, #video-result") == []  # Gradio's player
    page.close()
