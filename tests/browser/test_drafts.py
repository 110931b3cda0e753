"""Reload, Back and a lost browser tab lose nothing that was typed; tabs are in the address."""

import re
import time

import pytest

from tests.browser.conftest import open_more, run_and_wait, wait_for_state
from tests.browser.test_recipes import link, wait_value
from tests.browser.video.helpers import wait_until
from tests.fakes import png

pytestmark = pytest.mark.browser
TEXT = "The old lighthouse keeper counted the waves. " * 14


def saved(page, words: str) -> None:
    """Waits until the draft of this page holds the words."""
    page.wait_for_function("words => (sessionStorage.omni_draft || '').includes(words)", arg=words)


def test_words_settings_and_files_come_back_and_nothing_runs(demo_app, open_page):
    page = open_page(demo_app.url, "Speech")
    page.fill("#speech-input textarea", TEXT)
    page.get_by_role("tab", name="Image", exact=True).click()
    page.fill("#image-prompt textarea", "a red boat")
    open_more(page, "image")
    page.fill("#image-num_inference_steps input[type=number]", "7")
    page.get_by_role("tab", name="Edit", exact=True).click()
    page.set_input_files(
        "#edit-image input[type=file]", {"name": "in.png", "mimeType": "image/png", "buffer": png(64, 48)}
    )
    page.wait_for_selector("#edit-image .omni-thumb-size:has-text('64 × 48')")
    page.fill("#edit-prompt textarea", "Make it night")
    saved(page, "Make it night")
    page.reload()
    wait_value(page, "#edit-prompt textarea", "Make it night")
    page.wait_for_selector("#edit-image .omni-thumbs li")
    page.get_by_role("tab", name="Image", exact=True).click()
    wait_value(page, "#image-prompt textarea", "a red boat")
    wait_value(page, "#image-num_inference_steps input[type=number]", "7")
    page.get_by_role("tab", name="Speech", exact=True).click()
    wait_value(page, "#speech-input textarea", TEXT)
    for tab in ("edit", "image", "speech"):
        state = page.get_attribute(f"#{tab}-status [data-state]", "data-state")
        assert state == "empty", (tab, page.inner_text(f"#{tab}-status"), page.inner_text(f"#{tab}-result"))
    # Once more, with tabs that were not opened since: and a field that is back at its default leaves the draft.
    page.fill("#speech-input textarea", "")
    page.wait_for_function("!(sessionStorage.omni_draft || '').includes('lighthouse')")
    page.reload()
    wait_value(page, "#speech-input textarea", "")
    page.get_by_role("tab", name="Image", exact=True).click()
    wait_value(page, "#image-prompt textarea", "a red boat")


def estimates(page) -> set[int]:
    """What the page asks for besides: how long a run will take, by the length of a text; a tab, and what it wants."""
    return set(
        page.evaluate(
            """async () => {
      const { components, dependencies } = await (await fetch("config")).json();
      const asking = components.filter(({ props }) => /-forecast$|^omni-mounter$/.test(props.elem_id));
      const parts = new Set(asking.map(({ id }) => id));
      const asks = ([id, name]) => parts.has(id) || name === "load";
      return dependencies.filter(({ targets }) => targets.some(asks)).map(({ id }) => id);
    }"""
        )
    )


def test_saving_sends_nothing(demo_app, open_page):
    page = open_page(demo_app.url, "Image")
    asked = estimates(page)
    assert len(asked) >= 4
    sent: list[dict] = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.post_data_json or {}))
    page.locator("#image-prompt textarea").press_sequentially("a red boat")
    saved(page, "a red boat")
    page.get_by_role("tab", name="Chat", exact=True).click()
    page.locator("#chat-text textarea").press_sequentially("ahoy there")
    saved(page, "ahoy there")
    assert not [body for body in sent if body.get("fn_index") not in asked]
    assert not [body for body in sent if "boat" in str(body) or "ahoy" in str(body)]


def test_a_lost_tab_comes_back_and_an_open_one_is_left_alone(demo_app, chromium):
    context = chromium.new_context()
    first = context.new_page()
    first.goto(f"{demo_app.url}#sound")
    first.fill("#sound-input textarea", "a lost storm")
    saved(first, "a lost storm")
    second = context.new_page()
    second.goto(f"{demo_app.url}#sound")
    second.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
    assert second.input_value("#sound-input textarea") == ""
    second.close()
    first.close()
    third = context.new_page()
    third.goto(f"{demo_app.url}#sound")
    wait_value(third, "#sound-input textarea", "a lost storm")
    context.close()


def test_the_conversation_comes_back_and_is_gone_on_with(demo_app, open_page):
    """Also when another process answers than the one that began the page: it is loaded anew once somebody moves."""
    page = open_page(demo_app.url, "Chat")
    page.fill("#chat-text textarea", "Say hello to Odalys")
    run_and_wait(page, "chat")
    page.fill("#chat-text textarea", "half a thou")
    saved(page, "half a thou")
    saved(page, "Odalys")
    page.route("**/omni/process", lambda route: route.fulfill(json={"process": "another"}))
    loaded: list[object] = []
    page.on("load", lambda page: loaded.append(page))
    wait_until(lambda: page.mouse.move(300 + int(10 * time.monotonic()) % 9, 300) or loaded)
    page.wait_for_selector("#chat-result .omni-message >> nth=1")
    wait_value(page, "#chat-text textarea", "half a thou")
    page.fill("#chat-text textarea", "And again")
    page.click("#chat-run")
    page.wait_for_selector("#chat-result .omni-message >> nth=3", timeout=30000)
    assert "Odalys" in page.inner_text("#chat-result .omni-message >> nth=0")


def test_a_link_wins_over_a_draft_once(demo_app, open_page):
    page = open_page(demo_app.url, "Image")
    page.fill("#image-prompt textarea", "a draft")
    saved(page, "a draft")
    page.goto("about:blank")
    page.goto(demo_app.url + link(prompt="a linked boat", size="96x64"))
    wait_value(page, "#image-prompt textarea", "a linked boat")
    page.fill("#image-prompt textarea", "a linked boat, changed")
    saved(page, "a linked boat, changed")
    page.reload()
    wait_value(page, "#image-prompt textarea", "a linked boat, changed")
    wait_value(page, "#image-size input", "96x64")


def test_tabs_are_in_the_address_and_back_goes_between_them(demo_app, chromium):
    page = chromium.new_page()
    page.goto(f"{demo_app.url}#speech")
    page.wait_for_selector("#speech-tab-button[aria-selected=true]")
    page.get_by_role("tab", name="Sound", exact=True).click()
    page.wait_for_url(re.compile("#sound$"))
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_url(re.compile("#history$"))
    for tab in ("sound", "speech"):
        page.go_back()
        page.wait_for_selector(f"#{tab}-tab-button[aria-selected=true]")
        assert page.url.endswith(f"#{tab}")
    page.go_forward()
    page.wait_for_selector("#sound-tab-button[aria-selected=true]")
    page.reload()
    page.wait_for_selector("#sound-tab-button[aria-selected=true]")
    page.close()


def test_leaving_asks_while_it_runs_and_the_run_stands_in_the_history(demo_app, chromium):
    page = chromium.new_page()
    page.goto(f"{demo_app.url}#sound")
    page.fill("#sound-input textarea", "an unfinished storm [[slow:20]]")
    page.click("#sound-run")
    wait_for_state(page, "sound", "working")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    wait_value(page, "#sound-input textarea", "an unfinished storm [[slow:20]]")
    page.wait_for_selector("#sound-status .omni-cut-off:has-text('Run again')")
    page.get_by_role("tab", name="History", exact=True).click()
    card = page.locator("#history-tab li", has_text="an unfinished storm [[slow:20]]")
    card.wait_for(timeout=15000)
    assert "Stopped before it finished" in card.inner_text()
    page.reload()
    assert asked == ["beforeunload"]
    page.close()


def test_a_run_that_ended_just_before_a_reload_was_not_cut_off(demo_app, open_page):
    page = open_page(demo_app.url, "Sound")
    page.evaluate("document.querySelector('#sound-status .omni-status').dataset.state = 'working'")
    page.wait_for_function("sessionStorage.omni_running === 'sound'")
    with page.expect_navigation():
        page.evaluate(
            "setTimeout(() => {"
            " document.querySelector('#sound-status .omni-status').dataset.state = 'done'; location.reload(); })"
        )
    page.wait_for_selector("#sound-status [data-state=empty]")
    page.wait_for_timeout(600)  # it would be said within a fifth of a second
    assert page.locator(".omni-cut-off").count() == 0


def test_a_reload_amid_an_event_is_no_lost_connection(demo_app, open_page):
    """Gradio ends its streams as the page is left, and calls the connection lost when an event was under way."""
    page = open_page(demo_app.url, "Speech")
    page.route("**/gradio_api/run/predict", lambda route: None)  # whatever is asked now stays under way
    page.fill("#speech-input textarea", TEXT)
    with page.expect_request("**/gradio_api/run/predict"):
        page.fill("#speech-input textarea", TEXT * 2)
    page.reload()
    page.unroute_all(behavior="ignoreErrors")
    page.wait_for_selector("#speech-status .omni-status")
    page.wait_for_timeout(600)
    assert page.get_attribute("#speech-status [data-state]", "data-state") == "empty"
