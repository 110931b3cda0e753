"""Two results side by side: slider, sounds and videos as one, what differs."""

import io
import shutil
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
import soundfile

from tests.browser.test_history import as_in, history, listed, make, run_anew
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
    assert "These cannot be compared" in page.inner_text(".omni-history-choice")
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

    page.wait_for_selector(f"{DIALOG} [data-act=play]:has-text('Play')")
    page.focus(f"{DIALOG} input[type=range]")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert float(page.input_value(f"{DIALOG} input[type=range]")) == pytest.approx(0.5, abs=0.01)
    page.click(f"{DIALOG} [data-act=play]")
    page.wait_for_function("starts.length === 4")
    first, second = page.evaluate("starts.slice(2)")
    assert first == second
    assert first[1] == 0.5


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
      const so = one > 0.4 && Math.abs(one - other) < 0.1;
      if (so) document.querySelector("dialog[open] [data-act=play]").click(); // at once, or they may have ended
      return so;
    }"""
    page.wait_for_function(together, polling=50)
    page.wait_for_selector(f"{DIALOG} [data-act=play]:has-text('Play')")
    at = float(page.input_value(f"{DIALOG} input[type=range]"))
    times = page.eval_on_selector_all(f"{DIALOG} video", "(all) => all.map((one) => one.currentTime)")
    assert times == pytest.approx([min(at, 3), min(at, 2)], abs=0.01)
    page.click(f"{DIALOG} [data-value=B]")
    assert [one.is_visible() for one in page.locator(f"{DIALOG} video").all()] == [False, True]


def film(path: Path, loud: float, seconds: int = 1) -> None:
    """A black video with a tone."""
    with av.open(str(path), "w") as file:
        pictures, sound = file.add_stream("libx264", rate=10), file.add_stream("aac", rate=48000, layout="mono")
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        for _ in range(10 * seconds):
            file.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        tone = (loud * np.sin(2 * np.pi * 440 * np.arange(1024 * 47 * seconds) / 48000)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone[None], "fltp", "mono")
        frame.rate = 48000
        file.mux(sound.encode(frame))
        for stream in (pictures, sound):
            file.mux(stream.encode())


def test_the_sound_of_videos_is_matched_and_follows_the_picture_that_is_seen(demo_app, open_page, tmp_path):
    page = open_page(demo_app.url)
    page.get_by_role("tab", name="Video", exact=True).click()
    page.fill("#video-prompt textarea", "waves at night")
    for _ in range(2):
        run_anew(page, "video")
    choose(page, 0, 1, of=2)
    for record, loud in zip(listed(page, demo_app.url), (0.5, 0.125), strict=True):
        path = tmp_path / f"{loud}.mp4"
        film(path, loud)
        page.route(f"**/history/{record['id']}/0", lambda route, _, path=path: route.fulfill(path=path))
    page.evaluate(WATCHED)
    number = float(compare(page).partition("A is ")[2].partition(" dB louder than B")[0])
    assert number == pytest.approx(20 * np.log10(4), abs=0.3)
    gains = "gains.map((one) => Math.round(100 * one.gain.value) / 100)"
    assert page.evaluate(gains) == [pytest.approx(0.25, abs=0.02), 0]
    page.click(f"{DIALOG} [aria-label=View] [data-value=B]")
    assert page.evaluate(gains) == [0, 1]
    assert page.get_attribute(f"{DIALOG} [aria-label='Sound of'] [data-value=B]", "aria-pressed") == "true"


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
            assert "no longer available" in page.inner_text(f"{DIALOG} [role=alert]")
            assert page.locator(f"{DIALOG} [data-vote]").count() == 0
            page.keyboard.press("Escape")
            page.wait_for_selector(DIALOG, state="detached")
