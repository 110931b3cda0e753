"""How a conversation looks and sounds: its window, speech, pictures, on a phone, below a path."""

import io
import wave

import pytest
from playwright.sync_api import expect

from omni_ui.demo import DemoServer
from tests.browser.chat.test_chat import BOX, LAST, send, wait_for_text
from tests.browser.conftest import fits, looks, run_and_wait, serious, wait_for_state
from tests.chat_server import ChatServer
from tests.running import App

pytestmark = pytest.mark.browser


def test_the_window_fills_the_screen_and_follows_the_answer_unless_one_scrolls_up(server, page):
    fits = "document.querySelector('.omni-composer').getBoundingClientRect().bottom"
    page.wait_for_function(f"Math.abs({fits} - (innerHeight - 16)) < 2")
    server.pieces, server.pace, server.held_at = [f"line {n}\n\n" for n in range(2000)], 100, 61
    server.more.clear()
    page.fill(BOX, "Go on")
    page.click("#chat-run")
    talk = "document.getElementById('chat-talk')"
    end = f"{talk}.scrollHeight - {talk}.scrollTop - {talk}.clientHeight"
    wait_for_text(page, "#chat-live", "line 60")
    page.wait_for_function(f"{end} < 3")
    page.hover("#chat-talk")
    page.mouse.wheel(0, -600)
    page.wait_for_selector(".omni-newest:visible")
    before = page.evaluate(end)
    server.more.set()
    wait_for_text(page, "#chat-live", "line 110")
    assert page.evaluate(end) > before
    page.click(".omni-newest")
    page.wait_for_function(f"{end} < 3")
    page.click("#chat-stop")
    wait_for_text(page, LAST, "Stopped here.")

    page.fill("#chat-temperature-field", "0.5")
    page.press("#chat-temperature-field", "Tab")
    page.wait_for_selector("#chat-panel-switch .omni-count:text-is('1')")
    page.click("#chat-panel-switch button")
    assert not page.is_visible("#chat-system")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.wait_for_function(f"Math.abs({fits} - (innerHeight - 16)) < 2")


def test_the_window_stays_on_the_screen_when_something_comes_above_it(page):
    bottom = "document.querySelector('.omni-composer').getBoundingClientRect().bottom"
    top = "document.querySelector('#chat-tab .omni-columns').getBoundingClientRect().top"
    fits = f"Math.abs({bottom} - (innerHeight - 16)) < 2"
    page.wait_for_function(fits)
    began = page.evaluate(top)
    page.evaluate("""() => {
      window.notice = Object.assign(document.createElement("div"), { style: "height: 50px" });
      document.querySelector("#omni-tabs").before(notice);
    }""")
    page.wait_for_function(f"{top} > {began} + 40 && {fits}")
    page.evaluate("notice.style.height = '20px'")
    page.wait_for_function(f"{top} < {began} + 40 && {fits}")
    page.evaluate("notice.remove()")
    page.wait_for_function(f"{top} < {began} + 2 && {fits}")


def test_answers_are_silent_until_they_are_asked_to_be_spoken(demo_app, open_page):
    page = open_page(demo_app.url, "Chat", more=False, viewport={"width": 1024, "height": 768})
    switch = page.get_by_role("button", name="Speak answers", exact=True)
    page.fill(BOX, "What can you do?")
    run_and_wait(page, "chat")
    assert switch.get_attribute("aria-pressed") == "false"
    assert not page.locator(f"{LAST} :is(audio, img)").count()
    switch.click()
    page.wait_for_selector("#chat-speak [aria-pressed=true]")
    page.reload()
    page.wait_for_selector("#chat-speak [aria-pressed=true]")
    page.fill(BOX, "Say hello")
    page.click("#chat-run")
    page.wait_for_selector(f"{LAST} audio", state="attached")
    switch.click()
    page.wait_for_selector("#chat-speak [aria-pressed=false]")


def test_a_model_that_does_not_speak_is_read_aloud_by_the_switch(open_page):
    with (
        ChatServer(model="Qwen/Qwen2.5-VL-7B-Instruct") as server,
        DemoServer() as demo,
        App(OMNI_CHAT_URL=server.url, OMNI_SPEECH_URL=demo.url) as app,
    ):
        page = open_page(app.url, "Chat", more=False)
        page.get_by_role("button", name="Speak answers", exact=True).click()
        assert page.is_checked("#chat-read_aloud input")
        send(page, "Hello")
        page.wait_for_function("[...omni.streams.values()][0]?.stats.seconds > 0.3")
        assert "modalities" not in server.asked


def test_speech_is_heard_while_it_arrives_and_ends_as_one_file(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.click("#chat-speak button")
    page.fill(BOX, "Say good morning to everyone in the harbour")
    page.click("#chat-run")
    page.wait_for_function("omni.streams.size === 1")
    wait_for_state(page, "chat", "done")
    address = page.get_attribute(f"{LAST} audio", "src")
    page.wait_for_function("[...omni.streams.values()][0].stats.done")
    heard = page.evaluate("[...omni.streams.values()][0].stats.seconds")
    answer = page.request.get(address)
    assert answer.headers["content-type"] in ("audio/wav", "audio/x-wav")
    with wave.open(io.BytesIO(answer.body())) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert abs(seconds - heard) < 0.1


def test_a_picture_of_an_answer_can_be_used_in_the_next_message(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.fill(BOX, "Draw a lighthouse at sunset")
    page.wait_for_selector("#chat-modalities label:has-text('Pictures') input:checked")
    run_and_wait(page, "chat")
    assert page.wait_for_selector(f"{LAST} .omni-picture img").evaluate("(img) => img.decode().then(() => true)")
    page.click(f"{LAST} [data-act=attach]")
    page.wait_for_selector("#chat-files li img")
    page.click(f"{LAST} [data-act=menu]")
    page.click("[role=menuitem]:text-is('Speak')")
    page.wait_for_selector(f"{LAST} audio", state="attached")  # seen when it has been heard to its end
    page.wait_for_selector("#chat-status:has-text('spoken in')")


CUT_FACTS = """() => {
  const row = document.querySelector("#chat-status .omni-facts").getBoundingClientRect();
  const shown = [...document.querySelectorAll("#chat-status .omni-fact")];
  const facts = shown.map((fact) => [fact.innerText, fact.getBoundingClientRect()]);
  if (facts.length < 2) return ["no facts"];
  return facts.filter(([, { top, right }]) => top < row.bottom && right > row.right + 1).map(([words]) => words);
}"""


def test_nothing_is_wider_than_the_screen_and_everything_is_accessible(server, open_page):
    server.pieces = ["A | b\n--|--\n1 | 2\n\n```\n" + "x" * 300 + "\n```\n" + "y" * 300]
    page = open_page(server.app.url, "Chat", viewport={"width": 390, "height": 844})
    send(page, "z" * 300)
    assert fits(page)
    assert page.evaluate(CUT_FACTS) == []
    for look in looks(page):
        assert serious(page, "#chat-tab") == [], look


def test_below_a_path_answers_stream_and_are_heard(open_page):
    with App(OMNI_ROOT_PATH="/omni") as app:
        page = open_page(f"{app.url}/omni/", "Chat")
        outside = []
        page.on("request", lambda one: outside.append(one.url) if not one.url.startswith(f"{app.url}/omni/") else None)
        page.evaluate("""() => new MutationObserver(() => {
          window.seenLive ||= document.querySelector("#chat-live .omni-body").childElementCount > 0;
        }).observe(document.querySelector("#chat-live"), { subtree: true, childList: true })""")
        page.click("#chat-speak button")
        page.fill(BOX, "Say good morning to everyone in the harbour")
        page.click("#chat-run")
        page.wait_for_function("window.seenLive")  # the demo may be done before one can look
        wait_for_state(page, "chat", "done")
        page.wait_for_function("[...omni.streams.values()][0].stats.seconds > 0.5")
        page.wait_for_function(f"document.querySelector('{LAST} audio').duration > 0.5")
        assert not [address for address in outside if not address.startswith(("blob:", "data:"))]


def test_a_retry_that_failed_is_tried_again_and_the_keyboard_stays_with_it(server, page):
    page.fill("#chat-text textarea", "Hello")
    run_and_wait(page, "chat")
    server.how = "busy"
    retry = page.locator("#chat-result [data-act=again]")
    retry.focus()
    page.keyboard.press("Enter")
    wait_for_state(page, "chat", "failed")
    expect(page.locator("#chat-status .omni-fixes button")).to_be_focused()
    server.how = "whole"
    page.keyboard.press("Enter")
    wait_for_state(page, "chat", "done")
    assert [message["content"] for message in server.seen[-1].body["messages"]] == ["Hello"]
    expect(page.locator("#chat-run")).to_be_focused()
    retry.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.dataset.act === 'again'")
    assert page.locator("#chat-result .omni-message").count() == 2


def test_a_conversation_is_exported_to_be_read_by_one_choice_of_a_menu(server, page):
    page.fill(BOX, "Hello")
    run_and_wait(page, "chat")
    page.focus("#chat-export")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem")).to_have_text(["Markdown, to read", "JSON, to import again"])
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "conversation.md"
    text = download.value.path().read_text()
    assert "## You" in text
    assert f"## Assistant\n\n*{server.model} · 20" in text
    assert "\n\nHello there.\n" in text
    expect(page.locator("#chat-export")).to_be_focused()
