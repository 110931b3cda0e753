import hashlib
import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fits, open_more, refuses, run_and_wait, wait_for_state
from tests.fakes import SlowServer
from tests.pace import allowed
from tests.running import served_by

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def slow():
    yield from served_by(SlowServer(latency=20))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_picture_from_a_prompt_with_the_demo_server(demo_app, open_page):
    page = open_page(demo_app.url)
    assert "Demo server" in page.inner_text("#omni-state")
    assert "no AI model" in page.inner_text("#image-server")
    page.fill("#image-prompt textarea", "A red fox in deep snow")
    page.fill("#image-seed input", "7")
    page.fill("#image-size input", "256x192")
    page.press("#image-size input", "Enter")
    facts = run_and_wait(page, "image")
    assert "seed 7" in facts
    assert "256 × 192 PNG" in facts
    assert page.wait_for_selector("#image-result img").evaluate("(img) => img.naturalWidth") == 256


def test_ctrl_enter_runs_shows_the_very_bytes_and_the_seed_that_was_drawn_can_be_kept(pictures, open_page):
    page = open_page(pictures.app.url)
    page.fill("#image-prompt textarea", "anything")
    page.press("#image-prompt textarea", "Control+Enter")
    facts = wait_for_state(page, "image", "done")
    used = str(pictures.seen[-1].body["seed"])
    assert f"seed {used}" in facts
    address = page.get_attribute("#image-result img", "src")
    assert sha(page.request.get(address).body()) == sha(pictures.picture)
    page.click("#image-random input")
    page.wait_for_function(f"document.querySelector('#image-seed input').value === '{used}'")


@pytest.fixture(scope="module")
def lasting(slow, open_lasting_page):
    """One page for all that stays here, is stopped or cannot be sent."""
    page = open_lasting_page(slow.app.url)
    page.fill("#image-prompt textarea", "a boat")
    return page


def test_stop_aborts_the_server_within_a_second_and_keeps_what_was_typed(slow, lasting):
    page = lasting
    page.fill("#image-prompt textarea", "a slow picture")
    page.click("#image-run")
    wait_for_state(page, "image", "working")
    slow.wait_for("running", 30)
    page.wait_for_selector("#image-stop:not([disabled])")
    pressed = time.monotonic()
    page.click("#image-stop")
    assert slow.wait_for("aborted", 30).ended - pressed < allowed(1)
    assert "Stopped" in wait_for_state(page, "image", "stopped")
    assert page.input_value("#image-prompt textarea") == "a slow picture"


def test_the_facts_of_a_picture_stay_below_it_when_the_next_run_is_stopped_or_fails(pictures, open_page):
    page = open_page(pictures.app.url, more=False)
    page.fill("#image-prompt textarea", "a boat")
    run_and_wait(page, "image")
    seed, before = page.locator("#image-status [data-fact=seed]"), page.inner_text("#image-status .omni-facts")
    pictures.latency = 20
    page.click("#image-run")
    wait_for_state(page, "image", "working")
    assert seed.count() == 0, "what is being made has other facts"
    page.click("#image-stop:not([disabled])")
    wait_for_state(page, "image", "stopped")
    expect(page.locator("#image-status .omni-facts")).to_have_text(
        re.compile(r"\s*".join(map(re.escape, before.split())))
    )
    picture, facts = (page.locator(f"#image-{part}").bounding_box() for part in ("result", "status .omni-facts"))
    assert facts["y"] >= picture["y"] + picture["height"]
    page.fill("#image-prompt textarea", "")
    run_and_wait(page, "image", "failed")
    expect(seed).to_be_visible()
    page.fill("#image-prompt textarea", "x" * 200_000)
    page.click("#image-run")
    expect(page.locator("#image-status")).to_contain_text("too long")  # it has failed before, in other words
    expect(seed).to_be_visible()
    page.fill("#image-prompt textarea", "another boat")
    pictures.latency = 0
    run_and_wait(page, "image")
    expect(seed).to_have_count(1)


def test_closing_the_page_aborts_the_server_within_a_second(slow, open_page):
    page = open_page(slow.app.url)
    page.fill("#image-prompt textarea", "nobody waits for this")
    before = len(slow.seen)
    page.click("#image-run")
    while len(slow.seen) == before:
        time.sleep(0.02)
    closed = time.monotonic()
    page.close()
    assert slow.wait_for("aborted", 30).ended - closed < allowed(1)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("#image-prompt textarea", "", "Prompt is empty"),
        ("#image-prompt textarea", "x" * 200_000, "Prompt is too long"),
        ("#image-size input", "1024x", "Size '1024x' is not a size"),
        ("#image-size input", "0x0", "too small"),
        ("#image-size input", "99999x99999", "too large"),
        ("#image-n input", "0", "Pictures must be a whole number from 1 to 10"),
        ("#image-num_inference_steps input[type=number]", "0", "Inference steps must be a whole number"),
        ("#image-seed input", "lucky", "Seed must be a whole number"),
        ("#image-seed input", str(2**70), "Seed must be a whole number"),
    ],
)
def test_bad_input_is_one_sentence_and_no_request(lasting, slow, field, value, says):
    before = len(slow.seen)
    refuses(lasting, "image", field, value, says)
    assert len(slow.seen) == before


def test_an_example_fills_in_the_prompt_and_runs(pictures, open_page):
    page = open_page(pictures.app.url, more=False)
    page.click("#image-tab .omni-example >> nth=0")
    wait_for_state(page, "image", "done")
    assert "lighthouse" in page.input_value("#image-prompt textarea")
    assert "lighthouse" in pictures.seen[-1].body["prompt"]
    picture = page.locator("#image-result .omni-view img")
    assert "lighthouse" in picture.get_attribute("alt")
    picture.click()
    page.wait_for_selector(".pswp--open")
    page.keyboard.press("Escape")
    page.wait_for_selector(".pswp", state="detached")


def test_run_is_in_sight_on_a_phone_and_nothing_is_wider_than_the_screen(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 390, "height": 844})
    box = page.locator("#image-run").bounding_box()
    assert box["y"] + box["height"] <= 844
    assert fits(page)


def test_the_clock_of_a_second_run_begins_anew(lasting):
    page = lasting
    page.fill("#image-prompt textarea", "a boat")
    for _ in range(2):
        page.click("#image-run")
        wait_for_state(page, "image", "working")
        page.wait_for_timeout(300)
        assert float(page.inner_text("#image-status .omni-clock").removesuffix(" s")) < allowed(1.5)
        page.wait_for_timeout(1500)
        page.click("#image-stop")
        wait_for_state(page, "image", "stopped")
        page.wait_for_timeout(300)


def test_what_models_want_is_filled_in_and_never_over_what_was_typed(pictures, open_page):
    page = open_page(pictures.app.url, more=False)
    page.wait_for_function("document.querySelector('#image-num_inference_steps-field')?.value === '50'")
    assert page.input_value("#image-size input") == "1328x1328"
    page.wait_for_selector("#image-advice:has-text('inference steps 50')")
    assert "stays" not in page.inner_text("#image-advice")

    held, late = [], [True]
    calls = re.compile("/gradio_api/(run|queue)/")
    page.route(calls, lambda one: held.append(one) if late else one.continue_())  # the app's answers come late
    page.reload()
    page.get_by_role("tab", name="Image", exact=True).click()
    open_more(page, "image")
    page.fill("#image-num_inference_steps-field", "12")
    page.fill("#image-size input", "96x64")
    while not held:
        page.wait_for_timeout(50)
    late.clear()
    for one in held:
        one.continue_()
    page.wait_for_selector("#image-advice:has-text('Your own values stay: size, inference steps.')")
    page.fill("#image-prompt textarea", "a kettle")
    run_and_wait(page, "image")
    sent = pictures.seen[-1].body
    assert (sent["num_inference_steps"], sent["size"]) == (12, "96x64")
    assert sent["true_cfg_scale"] == 4.0  # recommended, and nobody had touched it
