"""Two results side by side: slider, sounds as one, what differs; and the blind test with its votes."""

import csv
import io
import json
import shutil
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from tests.browser.test_history import as_in, history, listed, make, run_anew
from tests.browser.test_history_again import serious
from tests.running import App

pytestmark = pytest.mark.browser

DIALOG = "dialog.omni-compare[open]"
COMPARE = "#history [data-act=compare]"
BLIND = "#history [data-act=blind]"
WATCHED = """() => {
  window.gains = []; window.starts = [];
  const gain = BaseAudioContext.prototype.createGain;
  BaseAudioContext.prototype.createGain = function () { const made = gain.call(this); gains.push(made); return made; };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...given) { starts.push(given); return start.apply(this, given); };
}"""


def paint(page, steps: int) -> None:
    page.get_by_role("tab", name="Image", exact=True).click()
    page.fill("#image-num_inference_steps-field", str(steps))
    page.press("#image-num_inference_steps-field", "Tab")
    make(page, "a lighthouse", "160x96", seed="7")


def choose(page, *places: int, of: int) -> None:
    """Ticks these results of the list, the newest being 0."""
    cards = history(page, of)
    for place in places:
        cards.nth(place).locator("input").check()


def compare(page) -> str:
    page.click(COMPARE)
    page.wait_for_selector(f"{DIALOG} .omni-compare-view, {DIALOG} .omni-compare-texts")
    return page.inner_text(DIALOG)


def rows(page) -> list[list[str]]:
    found = page.locator(f"{DIALOG} .omni-compare-settings tbody tr")
    return [one.locator("th, td").all_inner_texts() for one in found.all()]


def test_two_pictures_have_a_slider_and_the_one_setting_that_differs(demo_app, open_page):
    page = open_page(demo_app.url)
    for steps in (4, 20):
        paint(page, steps)
    choose(page, 1, of=2)
    assert page.is_disabled(COMPARE)
    assert "one more" in page.inner_text(".omni-history-choice")
    choose(page, 0, of=2)
    page.focus(COMPARE)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{DIALOG} .omni-pair input")
    page.wait_for_selector(f"{DIALOG} caption")
    assert rows(page) == [["Inference steps", "4", "20"]]
    assert "1 setting differs." in page.inner_text(f"{DIALOG} caption")
    page.focus(f"{DIALOG} .omni-pair input")
    page.keyboard.press("End")
    assert "100 % A, 0 % B" in page.get_attribute(f"{DIALOG} .omni-pair input", "aria-valuetext")
    for place, steps in ((".omni-before", 4), (".omni-after", 20)):
        assert bytes_of(page, f"{DIALOG} {place}") == kept(page, demo_app.url, steps)
    page.click(f"{DIALOG} [data-value=side]")
    assert page.locator(f"{DIALOG} .omni-side img").count() == 2
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")
    assert page.evaluate("document.activeElement.dataset.act") == "compare"


def bytes_of(page, image: str) -> bytes:
    """What an <img> of the page shows."""
    code = "async (one) => [...new Uint8Array(await (await fetch(one.src)).arrayBuffer())]"
    return bytes(page.eval_on_selector(image, code))


def kept(page, url: str, steps: int) -> bytes:
    """The picture of the history that was made with so many steps."""
    with as_in(page) as program:
        for one in listed(page, url):
            settings = dict(program.get(f"{url}/omni/history/{one['id']}").json()["settings"])
            if settings.get("Inference steps") == str(steps):
                return program.get(f"{url}/omni/history/{one['id']}/0").content
    raise AssertionError(f"nothing was made with {steps} steps")


def loudness(data: bytes) -> float:
    """dB of what is not silence, measured apart from the page."""
    samples, rate = soundfile.read(io.BytesIO(data), always_2d=True)
    size = round(rate * 0.05)
    power = [np.mean(np.square(samples[at : at + size])) for at in range(0, len(samples), size)]
    return 10 * np.log10(np.mean([one for one in power if one > 1e-6]))


def test_two_sounds_are_equally_loud_and_at_one_position(demo_app, open_page):
    page = open_page(demo_app.url)
    make(page, "no sound", "96x64")
    page.get_by_role("tab", name="Sound", exact=True).click()
    page.fill("#sound-input textarea", "rain on a tin roof")
    page.fill("#sound-audio_length-field", "3")
    run_anew(page, "sound")
    page.get_by_role("tab", name="Speech", exact=True).click()
    page.fill("#speech-input textarea", "Good morning to all of you.")
    run_anew(page, "speech")
    choose(page, 0, 2, of=3)
    assert page.is_disabled(COMPARE)
    assert "nothing in common" in page.inner_text(".omni-history-choice")
    history(page, 3).nth(2).locator("input").uncheck()
    choose(page, 1, of=3)
    page.evaluate(WATCHED)
    said = compare(page)
    with as_in(page) as program:
        files = [
            program.get(f"{demo_app.url}/omni/history/{one['id']}/0").content for one in listed(page, demo_app.url)
        ]
    speech, rain = loudness(files[0]), loudness(files[1])
    apart = abs(speech - rain)
    assert apart > 0.3, "or there would be nothing to match"
    louder, quieter = ("A", "B") if speech > rain else ("B", "A")
    number = float(said.partition(f"{louder} is ")[2].partition(" dB louder")[0])
    assert number == pytest.approx(apart, abs=0.15)
    assert said.partition(" dB louder than ")[2].startswith(quieter)

    page.click(f"{DIALOG} [data-act=play]")
    gain = "([side, to]) => Math.abs(gains[side].gain.value - to) < 0.01"
    turned = 10 ** (-apart / 20)
    levels = [turned, 1] if louder == "A" else [1, turned]
    page.click(f"{DIALOG} [data-value=B]")
    page.wait_for_function(gain, arg=[0, 0])
    page.wait_for_function(gain, arg=[1, levels[1]])
    page.click(f"{DIALOG} [data-value=A]")
    page.wait_for_function(gain, arg=[0, levels[0]])
    page.wait_for_function(gain, arg=[1, 0])
    page.uncheck(f"{DIALOG} input[type=checkbox]")
    page.wait_for_function(gain, arg=[0, 1])
    first, second = page.evaluate("starts.slice(0, 2)")
    assert first == second, "both start at the same moment of one clock, at the same place"

    page.focus(f"{DIALOG} input[type=range]")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.click(f"{DIALOG} [data-act=play]:has-text('Pause')")
    page.wait_for_selector(f"{DIALOG} [data-act=play]:has-text('Play')")
    assert 0.5 <= float(page.input_value(f"{DIALOG} input[type=range]")) <= 3
    first, second = page.evaluate("starts.slice(-2)")
    assert first == second


def test_two_videos_run_together(demo_app, open_page):
    page = open_page(demo_app.url)
    page.get_by_role("tab", name="Video", exact=True).click()
    page.fill("#video-prompt textarea", "waves at night")
    for frames in (16, 24):
        for field, value in (("size input", "96x64"), ("num_frames-field", str(frames)), ("fps-field", "8")):
            page.fill(f"#video-{field}", value)
            page.press(f"#video-{field}", "Tab")
        run_anew(page, "video")
    choose(page, 0, 1, of=2)
    assert "Neither has sound." in compare(page)
    page.click(f"{DIALOG} [data-act=play]")
    together = """() => {
      const [one, other] = [...document.querySelectorAll('dialog[open] video')].map((video) => video.currentTime);
      return one > 0.4 && Math.abs(one - other) < 0.1;
    }"""
    page.wait_for_function(together, polling=50)
    page.click(f"{DIALOG} [data-act=play]:has-text('Pause')")
    at = float(page.input_value(f"{DIALOG} input[type=range]"))
    times = page.eval_on_selector_all(f"{DIALOG} video", "(all) => all.map((one) => one.currentTime)")
    assert times == pytest.approx([min(at, 3), min(at, 2)], abs=0.01)
    page.click(f"{DIALOG} [data-value=B]")
    assert [one.is_visible() for one in page.locator(f"{DIALOG} video").all()] == [False, True]


def test_a_blind_test_hides_tells_counts_and_can_be_taken_home(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 390, "height": 844})
    for steps in (4, 12, 20):
        paint(page, steps)
    choose(page, 0, 1, 2, of=3)
    assert page.is_disabled(COMPARE)
    page.click(BLIND)
    told = []
    for number, vote in ((1, "first"), (2, "second"), (3, "no difference")):
        page.wait_for_selector(f"{DIALOG} [data-vote]")
        assert page.inner_text(f"{DIALOG} h2") == f"Blind test: pair {number} of 3"
        hidden = page.inner_text(DIALOG).split("Your votes")[0]
        for name in ("demo/painter", "Inference", "steps", time.strftime("%Y")):
            assert name not in hidden
        assert "history" not in page.get_attribute(f"{DIALOG} .omni-before", "src")
        page.focus(f"{DIALOG} [data-vote='{vote}']")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{DIALOG} .omni-compare-answer table")
        (label, *steps), *others = rows(page)
        assert (label, others) == ("Inference steps", [])
        for place, one in zip((".omni-before", ".omni-after"), steps, strict=True):
            assert bytes_of(page, f"{DIALOG} {place}") == kept(page, demo_app.url, int(one))
        told.append((vote, steps))
        if number < 3:
            page.keyboard.press("Enter")  # the focus is on "Next pair"
            page.wait_for_selector(f"{DIALOG} .omni-compare-answer table", state="detached")
    assert {frozenset(steps) for _, steps in told} == {
        frozenset(one) for one in (("4", "12"), ("4", "20"), ("12", "20"))
    }
    tally = page.locator(f"{DIALOG} .omni-compare-tally li").all_inner_texts()
    assert len(tally) == 3
    vote, (one, other) = told[0]
    assert any(f"Inference steps {one}: better 1 ×" in line and f"steps {other}: better 0 ×" in line for line in tally)
    with page.expect_download() as download:
        page.click(f"{DIALOG} [data-act=csv]")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(one["better"], [one["first"], one["second"]]) for one in lines] == [
        (vote, [f"Inference steps: {one}" for one in steps]) for vote, steps in told
    ]
    assert {(one["kind"], one["what differed"]) for one in lines} == {("image", "Inference steps")}
    assert serious(page, DIALOG) == []
    assert page.evaluate("document.querySelector('dialog[open]').scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")


def test_votes_of_a_strange_origin_do_no_harm(demo_app, open_page):
    page = open_page(f"{demo_app.url}/?__theme=dark", viewport={"width": 390, "height": 844})
    for steps in (4, 20):
        paint(page, steps)
    choose(page, 0, 1, of=2)
    for stored, many in (("{not json", 0), ('{"a": 1}', 0), ('[1, null, {"at": 3}]', 0)):
        page.evaluate("(stored) => localStorage.setItem('omni-blind', stored)", stored)
        page.click(BLIND)
        page.wait_for_selector(f"{DIALOG} [data-vote]")
        assert page.locator(f"{DIALOG} .omni-compare-tally li").count() == many
        page.keyboard.press("Escape")
        page.wait_for_selector(DIALOG, state="detached")
    vote = {"at": "2026-01-01T00:00:00Z", "kind": "image", "what": "Prompt", "better": "first", "pair": ["a", "b"]}
    vote |= {"first": '=HYPERLINK("http://evil.example")', "second": " -1+1, <b>bold</b>"}
    page.evaluate("(stored) => localStorage.setItem('omni-blind', stored)", json.dumps([vote]))
    page.click(BLIND)
    page.wait_for_selector(f"{DIALOG} [data-vote]")
    assert serious(page, DIALOG) == []
    page.click(f"{DIALOG} .omni-compare-tally summary")
    with page.expect_download() as download:
        page.click(f"{DIALOG} [data-act=csv]")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert rows[1][2:4] == ["'" + vote["first"], "'" + vote["second"]]
    page.click(f"{DIALOG} [data-act=clear-votes]")
    page.click(f"{DIALOG} [data-act=clear-votes]")
    assert page.evaluate("localStorage.getItem('omni-blind')") == "[]"


def test_nobody_s_and_lost_results_are_not_compared(open_page, chromium, tmp_path):
    with App(OMNI_DATA_DIR=str(tmp_path)) as app:
        page, stranger = open_page(app.url), open_page(app.url)
        for steps in (4, 20):
            paint(page, steps)
        paint(stranger, 4)
        (newest, oldest), (theirs,) = listed(page, app.url), listed(stranger, app.url)
        path = f"{app.url}/omni/history/{newest['id']}/against"
        with as_in(page) as mine, as_in(stranger) as other, httpx.Client() as nobody:
            assert mine.get(f"{path}/{oldest['id']}").json()["difference"]["rows"]
            assert mine.get(f"{path}/{theirs['id']}").status_code == 404
            assert other.get(f"{path}/{theirs['id']}").status_code == 404
            assert nobody.get(f"{path}/{oldest['id']}").status_code == 404
        choose(page, 0, 1, of=2)
        for one in (tmp_path / "files").iterdir():
            shutil.rmtree(one)
        for press in (COMPARE, BLIND):
            page.click(press)
            page.wait_for_selector(f"{DIALOG} [role=alert]")
            assert "not here any more" in page.inner_text(f"{DIALOG} [role=alert]")
            assert page.locator(f"{DIALOG} [data-vote]").count() == 0
            page.keyboard.press("Escape")
            page.wait_for_selector(DIALOG, state="detached")
