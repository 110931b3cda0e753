import json
import time

import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.browser.conftest import forget_state, open_code, run_and_wait, wait_for_state
from tests.pace import allowed

pytestmark = pytest.mark.browser

BOX = "#chat-text textarea"
FILES = "#chat-files input[type=file]"
IMPORT = "#chat-import input[type=file]"
LAST = "#chat-result .omni-message:last-child"


@pytest.fixture(scope="module")
def lasting(served, open_lasting_page):
    return open_lasting_page(served.app.url, "Chat")


@pytest.fixture
def page(server, lasting):
    """One page for all these tests, each of which begins a conversation."""
    lasting.wait_for_selector("#chat-export:disabled, #chat-result .omni-message", state="attached")
    if lasting.locator("#chat-result .omni-message").count():
        lasting.click("#chat-clear")
        lasting.wait_for_function("!document.querySelector('#chat-result .omni-message')")
    for field in (BOX, "#chat-system textarea"):
        lasting.fill(field, "")
    forget_state(lasting, "chat")
    return lasting


def send(page, text: str, state: str = "done") -> str:
    page.fill(BOX, text)
    return run_and_wait(page, "chat", state)


def said(page) -> list[str]:
    return page.eval_on_selector_all("#chat-result .omni-body", "all => all.map((one) => one.innerText.trim())")


def wait_for_text(page, selector: str, text: str) -> None:
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector)?.innerText.includes(text)", arg=[selector, text]
    )


def test_a_conversation_of_several_turns(server, page):
    page.fill("#chat-system textarea", "Be brief.")
    page.fill(BOX, "One")
    page.press(BOX, "Enter")
    facts = wait_for_state(page, "chat", "done")
    assert said(page) == ["One", "Hello there."]
    assert page.input_value(BOX) == ""
    assert f"seed {server.asked['seed']}" in facts
    assert "tokens 7 in, 2 out" in facts
    assert "first token" in facts
    page.fill(BOX, "Two")
    page.press(BOX, "Shift+Enter")
    page.keyboard.type("lines")
    assert page.input_value(BOX) == "Two\nlines"
    page.press(BOX, "Control+Enter")
    page.wait_for_selector("#chat-result .omni-message >> nth=3")
    assert server.asked["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Hello there."},
        {"role": "user", "content": "Two\nlines"},
    ]


def test_what_a_model_writes_is_markdown_and_does_no_harm(server, page):
    server.pieces = [
        "**bold** <script>window.harmed = 1</script> <img src=x onerror='window.harmed = 1'>\n\n",
        "![pixel](http://192.0.2.1/pixel.png) [bad](javascript:window.harmed=1)\n\n```python\nx = 1\n```\n",
    ]
    outside = []
    page.on("request", lambda request: outside.append(request.url) if "192.0.2.1" in request.url else None)
    send(page, "Harm me")
    assert page.inner_text(f"{LAST} strong") == "bold"
    assert page.inner_text(f"{LAST} pre").strip() == "x = 1"
    assert page.query_selector(f"{LAST} .omni-body :is(script, img)") is None
    assert page.evaluate("window.harmed") is None
    assert not outside


def test_thinking_is_folded_away(server, page):
    server.reasoning = ["Let me ", "think."]
    send(page, "Think")
    fold = page.wait_for_selector(f"{LAST} details.omni-thought")
    assert fold.get_attribute("open") is None
    assert fold.text_content().strip().endswith("Let me think.")
    assert said(page)[-1] == "Hello there."


def test_stop_keeps_what_had_arrived_and_reaches_the_server(server, page):
    server.pieces, server.pace = ["word "] * 2000, 50
    page.fill(BOX, "Go on")
    page.click("#chat-run")
    wait_for_text(page, "#chat-live", "word word")
    page.click("#chat-stop")
    stopped = time.monotonic()
    assert server.wait_for("aborted", 30).ended - stopped < allowed(1)
    wait_for_text(page, LAST, "Stopped here.")
    assert said(page)[-1].startswith("word word")
    assert page.query_selector("#chat-live article:not([hidden])") is None
    server.pieces, server.pace = ["ok"], 0
    send(page, "And now?")
    assert [one["role"] for one in server.asked["messages"]] == ["user", "assistant", "user"]


def test_settings_and_code_are_those_of_what_is_shown(server, page):
    code = "document.querySelector('#chat-code').textContent"
    send(page, "The first one")
    open_code(page, "chat")
    server.how = "context"
    send(page, "The second one", "failed")
    wait_for_text(page, LAST, "Hello there.")
    assert "The second one" not in page.evaluate(code), "the conversation is as before"
    assert page.is_visible("#chat-settings .omni-send button")
    server.how, server.pieces, server.pace = "whole", ["word "] * 2000, 50
    page.fill(BOX, "The third one")
    page.click("#chat-run")
    wait_for_text(page, "#chat-live", "word word")
    page.wait_for_function(f"{code}.includes('The third one')")
    page.click("#chat-stop")
    wait_for_text(page, LAST, "Stopped here.")
    assert "The third one" in page.evaluate(code)
    assert "The third one" in page.text_content("#chat-settings table")
    assert page.locator("#chat-settings .omni-send").count() == 0


def test_stop_before_anything_came_gives_the_message_back(server, page):
    server.how = "silent"
    page.fill(BOX, "Are you there?")
    page.click("#chat-run")
    page.wait_for_selector("#chat-result .omni-message")
    page.click("#chat-stop")
    server.wait_for("aborted", 30)
    page.wait_for_function(f"document.querySelector('{BOX}').value === 'Are you there?'")
    assert said(page) == []


def test_closing_the_page_reaches_the_server(server, open_page):
    page = open_page(server.app.url, "Chat", more=False)
    server.how = "silent"
    page.fill(BOX, "Nobody waits")
    page.click("#chat-run")
    page.wait_for_selector("#chat-result .omni-message")
    page.close()
    closed = time.monotonic()
    assert server.wait_for("aborted", 30).ended - closed < allowed(1)


@pytest.mark.parametrize(("how", "says"), [("dies", "was lost before"), ("error", "ran out of graphics memory")])
def test_an_answer_that_breaks_off_stays_as_far_as_it_came(server, page, how, says):
    server.pieces, server.how = ["half "] * 10, how
    assert says in send(page, "Tell me", "failed")
    wait_for_text(page, LAST, "was cut off here")
    assert said(page) == ["Tell me", " ".join(["half"] * 5)]


@pytest.mark.parametrize(
    ("how", "says"),
    [("context", "longer than this model can read"), ("nonsense", "is not a vLLM-Omni server"), ("busy", "busy")],
)
def test_a_message_that_was_not_answered_is_back_in_its_field(server, page, how, says):
    server.how = how
    assert says in send(page, "Please", "failed").replace("overloaded", "busy")
    page.wait_for_function(f"document.querySelector('{BOX}').value === 'Please'")
    assert said(page) == []


def test_try_again_edit_undo_and_clear(server, page):
    send(page, "One")
    server.pieces = ["Another ", "answer."]
    page.click(f"{LAST} [data-act=again]")
    wait_for_text(page, LAST, "Another answer.")
    assert said(page) == ["One", "Another answer."]
    assert server.asked["messages"] == [{"role": "user", "content": "One"}]

    send(page, "Two")
    page.click("#chat-result .omni-message:first-child [data-act=edit]")
    page.wait_for_function(f"document.querySelector('{BOX}').value === 'One'")
    assert "Editing message 1" in page.inner_text("#chat-change")
    send(page, "One, but better")
    page.wait_for_function("document.querySelectorAll('#chat-result .omni-message').length === 2")
    assert said(page)[0] == "One, but better"
    assert server.asked["messages"] == [{"role": "user", "content": "One, but better"}]
    assert not page.is_visible("#chat-change .omni-change")

    page.click("#chat-undo")
    page.wait_for_selector("#chat-result .omni-message >> nth=3")
    assert page.input_value(BOX) == "One, but better"
    page.click("#chat-clear")
    page.wait_for_function("!document.querySelector('#chat-result .omni-message')")
    for nothing in ("#chat-clear", "#chat-export"):
        assert page.is_disabled(nothing)
    page.click("#chat-undo")
    page.wait_for_selector("#chat-result .omni-message >> nth=3")
    page.click("#chat-result .omni-message:first-child [data-act=edit]")
    page.wait_for_selector("#chat-change .omni-change")
    page.click("#chat-clear")
    page.wait_for_selector("#chat-change .omni-change", state="hidden")
    page.click("#chat-undo")
    page.wait_for_selector("#chat-result .omni-message >> nth=3")
    assert page.is_enabled("#chat-clear")
    assert page.is_enabled("#chat-export")

    page.click("#chat-result .omni-message:nth-child(2) [data-act=menu]")
    assert page.evaluate("document.activeElement.role") == "menuitem"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.act") == "menu"
    page.click("#chat-result .omni-message:nth-child(2) [data-act=menu]")
    page.click("[role=menuitem]:text-is('New conversation from here')")
    page.wait_for_function("document.querySelectorAll('#chat-result .omni-message').length === 2")
    page.click("#chat-undo")
    page.wait_for_selector("#chat-result .omni-message >> nth=3")


def test_a_conversation_goes_out_and_comes_back_in(server, page, tmp_path):
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "boat.png")
    page.set_input_files(FILES, tmp_path / "boat.png")
    page.wait_for_selector("#chat-files li img")
    send(page, "What is it?")
    (image, text) = server.asked["messages"][0]["content"]
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert text == {"type": "text", "text": "What is it?"}
    with page.expect_download() as download:
        page.click("#chat-export")
        page.click("text=JSON, to import again")
    exported = json.loads(download.value.path().read_text())
    assert exported["messages"][0]["content"] == [image, text]
    assert exported["messages"][1] == {"role": "assistant", "content": "Hello there."}
    page.click("#chat-clear")
    page.wait_for_function("!document.querySelector('#chat-result .omni-message')")
    page.set_input_files(IMPORT, download.value.path())
    page.wait_for_selector("#chat-result .omni-message >> nth=1")
    picture = page.wait_for_selector("#chat-result img")
    assert picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 40
    send(page, "And now?")
    assert server.asked["messages"][0]["content"] == [image, text]


def test_a_file_that_is_no_conversation_changes_nothing(server, page, tmp_path):
    send(page, "One")
    named = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "/etc/passwd"}}]}]
    for content, says in ((json.dumps(named), "names '/etc/passwd'"), ("hello", "not JSON")):
        (tmp_path / "bad.json").write_text(content)
        page.set_input_files(IMPORT, tmp_path / "bad.json")
        wait_for_text(page, "#chat-status", says)
    assert said(page) == ["One", "Hello there."]


def test_bad_input_is_one_sentence_and_no_request(server, page, tmp_path):
    (tmp_path / "words.png").write_text("These are words.")
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
    (tmp_path / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom" + b"\x00" * 400)
    for text, file, says in (
        ("", None, "message is empty"),
        ("   ", None, "message is empty"),
        ("x" * 200_000, None, "200,000 characters"),
        ("Look", "words.png", "not a picture"),
        ("Look", "dot.png", "too small"),
        ("Listen", "silent.wav", "silent"),
        ("Watch", "broken.mp4", "damaged"),
    ):
        if file:
            page.set_input_files(FILES, tmp_path / file)
            page.wait_for_selector("#chat-files li")
        page.fill(BOX, text)
        page.click("#chat-run")
        wait_for_text(page, "#chat-status [data-state=failed]", says)
        assert page.input_value(BOX) == text
        if file:
            assert page.inner_text("#chat-files li span") == file
            page.click("#chat-files li button")
    assert not server.seen


def test_a_long_answer_arrives_whole(server, page):
    server.pieces, server.pace = [f"w{n} " + ("\n\n" if n % 50 == 49 else "") for n in range(1000)], 1000
    send(page, "A lot")
    assert page.eval_on_selector(f"{LAST} .omni-source", "(one) => one.value").split() == [f"w{n}" for n in range(1000)]
