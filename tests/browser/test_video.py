"""The Video tab: jobs that outlive the page, the browser and the app."""

import re
import shutil
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from gradio_client import Client, handle_file
from PIL import Image

from omni_ui.demo import DemoServer
from tests.browser.conftest import open_more, run_and_wait, wait_for_state
from tests.running import PUBLIC, App

pytestmark = pytest.mark.browser
SMALL = {"#video-size input": "96x64", "#video-num_frames-field": "8", "#video-fps-field": "8"}


@pytest.fixture(scope="module")
def server():
    """A video server that lives on whatever happens to the app, and tells what reached it."""
    with DemoServer(["video"], stub=True) as demo:
        yield demo


@pytest.fixture(scope="module")
def app(server):
    with App(OMNI_BASE_URL=server.url) as app:
        yield app


def records(server) -> list[dict]:
    return httpx.get(f"{server.url}/_stub/requests").json()["requests"]


def wait_until(what, within: float = 10):
    until = time.monotonic() + within
    while not (seen := what()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)
    return seen


def ask(page, prompt: str, **fields: str) -> None:
    open_more(page, "video")
    for field, value in (SMALL | fields).items():
        page.fill(field, value)
        page.press(field, "Tab")
    page.fill("#video-prompt textarea", prompt)


def begin(page, prompt: str, **fields: str) -> str:
    """Runs, and waits until the list shows the new job; its ticket."""
    ask(page, prompt, **fields)
    page.click("#video-run")
    row = page.wait_for_selector(f"#video-jobs li:has-text('{prompt[:12]}')")
    return row.get_attribute("data-ticket")


def row(page, ticket: str, state: str = "", timeout: float = 30):
    wanted = f"[data-state={state}]" if state else ""
    return page.wait_for_selector(f"#video-jobs li[data-ticket='{ticket}']{wanted}", timeout=1000 * timeout)


def content(page) -> bytes:
    return page.request.get(page.wait_for_selector("#video-result video").get_attribute("src")).body()


def test_a_video_from_words_with_all_that_was_entered(app, server, open_page):
    page = open_page(app.url, "Video")
    open_more(page, "video")
    entered = {
        "#video-num_inference_steps-field": "12",
        "#video-guidance_scale-field": "3.5",
        "#video-guidance_scale_2-field": "2.5",
        "#video-boundary_ratio-field": "0.875",
        "#video-flow_shift-field": "5",
        "#video-seed input": "42",
        "#video-negative_prompt textarea": "rain, text",
    }
    if not PUBLIC:  # JSON is off on a public page
        entered["#video-extra_params textarea"] = '{"sampler": "euler"}'
    ask(page, "A red fox in deep snow", **entered)
    facts = run_and_wait(page, "video")
    for fact in ("seed 42", "96 × 64", "8 frames", "1.0 s at 8 fps", "model demo/clip"):
        assert fact in facts.replace("\n", " ")
    job = httpx.get(f"{server.url}/v1/videos").json()["data"][0]
    assert content(page) == httpx.get(f"{server.url}/v1/videos/{job['id']}/content").content
    page.wait_for_function("document.querySelector('#video-result video').videoWidth === 96")
    assert row(page, page.get_attribute("#video-jobs li", "data-ticket"), "done")
    seen = records(server)[-1]
    arrived = {**seen["prompt"], **seen["sampling"][0]} if "sampling" in seen else seen
    text = str(arrived)
    for value in ("12", "3.5", "2.5", "0.875", "42", "rain, text", *(() if PUBLIC else ("euler",)), "96", "64"):
        assert value in text, (value, text)


def test_a_video_is_watched_while_it_is_made_changed_stopped_and_left(app, server, open_page):
    page = open_page(app.url, "Video")
    page.check("#video-watch input")
    page.click(".omni-timeline-add")
    page.fill(".omni-timeline-rows input[type=text]", "night")
    ask(page, "A red fox [[slow:2]]", **{"#video-num_frames-field": "48", "#video-fps-field": "16"})
    page.click("#video-run")
    page.wait_for_selector(".omni-watch[data-shown]")
    page.fill(".omni-watch-now input", "a storm")
    page.press(".omni-watch-now input", "Enter")
    page.wait_for_selector(".omni-timeline-rows li:nth-child(2)")
    page.click(".omni-watch-keys [data-key=d]")
    facts = wait_for_state(page, "video", "done")
    assert "48 frames" in facts
    assert "changed" in facts
    interactions = records(server)[-1]["prompt"]["interactions"]
    assert {item["event"].get("prompt") for item in interactions} >= {"night", "a storm"}
    assert any("multi_modal_data" in item["event"] for item in interactions)
    rows = page.eval_on_selector_all(".omni-timeline-rows input[type=text]", "rows => rows.map((row) => row.value)")
    assert sorted(rows) == ["a storm", "night"]
    stats = page.evaluate("omni.watching.stats")
    assert stats["firstFrame"] - stats["firstPiece"] < 500
    page.evaluate("document.querySelector('.omni-watch video').currentTime = 2.9")
    page.wait_for_selector(".omni-watch", state="hidden")  # it has played to its end
    page.wait_for_function("document.querySelector('#video-result video').duration === 3")
    assert "Timeline" in page.text_content("#video-settings")

    page.fill("#video-prompt textarea", "A red fox [[slow:60]]")
    page.fill("#video-num_frames-field", "400")
    page.click("#video-run")
    page.wait_for_selector(".omni-watch[data-shown]")
    page.click("#video-stop")
    wait_until(lambda: records(server)[-1]["state"] == "aborted", 1)
    page.wait_for_function("document.querySelector('#video-result video')?.duration > 0.3")

    page.click("#video-run")
    page.wait_for_selector(".omni-watch[data-shown]")
    wait_until(lambda: records(server)[-1]["state"] == "running")
    page.close()
    wait_until(lambda: records(server)[-1]["state"] == "aborted", 1.5)


def test_stop_takes_the_job_back_from_the_server_and_keeps_what_was_typed(app, server, open_page):
    page = open_page(app.url, "Video")
    ticket = begin(page, "Stopped [[slow:30]]")
    wait_until(lambda: records(server)[-1]["state"] == "running")
    pressed = time.monotonic()
    page.click("#video-stop")
    wait_until(lambda: records(server)[-1]["state"] == "aborted", 3)
    assert time.monotonic() - pressed < 2
    assert "taken back from the server" in wait_for_state(page, "video", "stopped")
    assert page.input_value("#video-prompt textarea") == "Stopped [[slow:30]]"
    assert row(page, ticket, "cancelled")


@pytest.mark.timeout(240)
def test_reloading_and_coming_back_shows_the_job_running_and_then_done(app, server, chromium, open_page):
    page = open_page(app.url, "Video")
    ticket = begin(page, "Reloaded [[slow:6]]")
    page.reload()
    page.get_by_role("tab", name="Video", exact=True).click()
    page.wait_for_selector("#video-status [data-state=working]:has-text('Making the video')")
    assert row(page, ticket, "in_progress")
    address = page.url
    page.goto("about:blank")
    assert wait_until(lambda: records(server)[-1]["state"] == "finished", 20)
    page.goto(address)
    page.get_by_role("tab", name="Video", exact=True).click()
    wait_for_state(page, "video", "done")
    page.wait_for_function("document.querySelector('#video-result video')?.videoWidth === 96")


@pytest.mark.timeout(400)  # the app is started three times
def test_the_browser_and_the_app_are_killed_and_the_video_is_there(server, chromium, tmp_path):
    """The browser dies, our process gets SIGKILL, the server lives on: nothing is lost."""
    app = App(OMNI_BASE_URL=server.url, OMNI_DATA_DIR=str(tmp_path))
    with app:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(app.url)
        page.get_by_role("tab", name="Video", exact=True).click()
        page.wait_for_selector("#video-run")
        ticket = begin(page, "Survives all [[slow:6]]", **{"#video-seed input": "11"})
        wait_until(lambda: records(server)[-1]["state"] == "running")
        held = context.storage_state()
        context.close()
        app.kill()
        running = len(records(server))
        app.start()
        context = chromium.new_context(storage_state=held)
        page = context.new_page()
        page.goto(app.url)
        page.get_by_role("tab", name="Video", exact=True).click()
        assert row(page, ticket)
        facts = wait_for_state(page, "video", "done")
        assert "seed 11" in facts.replace("\n", " ")
        assert content(page)[4:8] == b"ftyp"
        assert len(records(server)) == running  # it was not made twice
        context.close()
        # Even the file can be lost: the server still has it.
        app.kill()
        shutil.rmtree(tmp_path / "files")
        app.start()
        context = chromium.new_context(storage_state=held)
        page = context.new_page()
        page.goto(app.url)
        page.get_by_role("tab", name="Video", exact=True).click()
        page.click(f"li[data-ticket='{ticket}'] button:has-text('Fetch')")
        page.wait_for_selector(f"li[data-ticket='{ticket}'] a:has-text('Download')")
        context.close()


def test_the_link_shares_the_one_result(app, open_page):
    # Quick runs stand in the list although the page looks around seldom, as it does on a busy machine.
    seldom = (
        "const set = setInterval; setInterval = (act, pause, ...more) => set(act, pause > 400 ? 1e8 : pause, ...more)"
    )
    page = open_page(app.url, "Video", before=seldom)
    ticket = begin(page, "Shared with you")
    row(page, ticket, "done")
    wait_for_state(page, "video", "done")
    begin(page, "Not shared")
    other = open_page(f"{app.url}/?job={ticket}", "Video")
    wait_for_state(other, "video", "done")
    other.wait_for_function("document.querySelector('#video-result video')?.videoWidth === 96")
    assert other.query_selector_all("#video-jobs li") == []
    assert other.evaluate("fetch('/omni/jobs').then((a) => a.json())")["jobs"] == []
    refused = f"fetch('/omni/jobs/{ticket}', {{method: 'DELETE'}}).then((a) => a.status)"
    assert other.evaluate(refused) == 404
    wrong = open_page(f"{app.url}/?job=nothing", "Video")
    assert "no such video" in wait_for_state(wrong, "video", "failed")


def test_several_jobs_at_once_and_the_list_from_the_keyboard(app, server, open_page):
    page = open_page(app.url, "Video")
    first = begin(page, "First of two [[slow:25]]")
    second = begin(page, "Second of two")
    assert row(page, second, "done")
    wait_for_state(page, "video", "done")
    assert row(page, first, "in_progress")
    page.focus(f"li[data-ticket='{first}'] [data-does=show]")
    page.keyboard.press("Enter")
    assert "Making the video" in wait_for_state(page, "video", "working")
    page.focus(f"li[data-ticket='{first}'] [data-does=cancel]")
    page.keyboard.press("Enter")
    assert row(page, first, "cancelled")
    assert "was cancelled" in wait_for_state(page, "video", "stopped")
    page.focus(f"li[data-ticket='{first}'] [data-does=delete]")
    page.keyboard.press("Enter")
    assert row(page, first).inner_text().count("Really?") == 1
    page.keyboard.press("Enter")
    page.wait_for_selector(f"li[data-ticket='{first}']", state="detached")
    assert row(page, second, "done")


def test_a_failed_job_says_why_on_the_stage_and_in_the_list(app, open_page):
    page = open_page(app.url, "Video")
    ticket = begin(page, "Failing [[fail:client]]")
    said = wait_for_state(page, "video", "failed")
    assert "fail:client" in said
    assert row(page, ticket, "failed").query_selector(".omni-error").inner_text() in said


@pytest.fixture(scope="module")
def bad(app, chromium):
    """One page for all that cannot be sent."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(app.url)
    page.get_by_role("tab", name="Video", exact=True).click()
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
    page.wait_for_selector("#video-run")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("#video-prompt textarea", "", "Prompt is empty"),
        ("#video-prompt textarea", "   ", "Prompt is empty"),
        ("#video-prompt textarea", "x" * 100_000, "Prompt is too long"),
        ("#video-seconds-field", "0", "whole number of seconds from 1 to 600"),
        ("#video-seconds-field", "2.5", "whole number of seconds from 1 to 600"),
        ("#video-seconds-field", "-1", "whole number of seconds from 1 to 600"),
        ("#video-num_frames-field", "0", "Frames must be a whole number from 1 to 2000"),
        ("#video-num_frames-field", "-8", "Frames must be a whole number from 1 to 2000"),
        ("#video-fps-field", "0", "Frame rate must be a number from 1 to 120"),
        ("#video-size input", "large", "is not a size"),
        ("#video-size input", "0x0", "too small"),
        ("#video-size input", "5000x5000", "too large|at most|side"),
        ("#video-seed input", "lucky", "Seed must be a whole number"),
    ],
)
def test_bad_values_are_one_sentence(bad, server, field, value, says):
    before = len(records(server))
    ask(bad, "a boat", **{"#video-seconds-field": "", "#video-seed input": ""})
    bad.fill(field, value)
    bad.press(field, "Tab")
    bad.click("#video-run")
    place = "#video-status :is(.omni-error, .omni-missing)"
    seen = f"(says) => new RegExp(says).test(document.querySelector('{place}')?.innerText || '')"
    bad.wait_for_function(seen, arg=says)
    said = bad.inner_text(place)
    assert re.search(says, said)
    assert "\n" not in said
    assert bad.input_value(field) == value
    assert len(records(server)) == before
    bad.fill("#video-prompt textarea", "a boat")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "text.png").write_text("no picture")
    (folder / "empty.png").write_bytes(b"")
    Image.new("RGB", (20_000, 40), "teal").save(folder / "wide.png")
    Image.new("RGB", (20_000, 20_000), "teal").save(folder / "vast.png")
    Image.new("RGB", (640, 360), "navy").save(folder / "photo.png")
    moving = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    moving[0].save(folder / "moving.gif", save_all=True, append_images=moving[1:])
    (folder / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"\xff" * 5000)
    av = pytest.importorskip("av")
    for name, seconds in (("hour.mp4", 3600), ("short.mp4", 2)):
        with av.open(folder / name, "w") as made:
            stream = made.add_stream("mpeg4", rate=1)
            stream.width = stream.height = 32
            for _ in range(seconds):
                made.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
            made.mux(stream.encode())
    with (folder / "huge.mp4").open("wb") as file:
        file.write((folder / "short.mp4").read_bytes())
        file.truncate(600_000_000)
    (folder / "noise.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    return folder


@pytest.mark.parametrize(
    ("field", "name", "says"),
    [
        ("input_reference", "text.png", "is not a picture that can be read"),
        ("input_reference", "empty.png", "is empty"),
        ("input_reference", "vast.png", "more than this page opens|far too many pixels"),
        ("input_references", "broken.mp4", "is damaged"),
        ("input_references", "hour.mp4", "is 1 hour long"),
        ("input_references", "text.png", "is not a picture that can be read"),
        ("audio_reference", "noise.wav", "broken|not a sound file|cannot be read|damaged"),
    ],
)
def test_bad_files_are_one_sentence(app, server, files, field, name, says):
    """Over the API, where no field of the page stands before the check."""
    before = len(records(server))
    given = handle_file(files / name)
    with pytest.raises(Exception, match=says) as raised:
        call(app, prompt="x", **{field: [given] if field == "input_references" else given})
    assert "\n" not in str(raised.value).strip()
    assert len(records(server)) == before


def call(app, **fields):
    client = Client(app.url, verbose=False)
    return client.predict(**{"size": "64x48", "num_frames": 8, "fps": 8} | fields, api_name="/video")


def test_a_picture_and_a_video_together_are_one_sentence(app, files):
    with pytest.raises(Exception, match="exclude each other"):
        call(
            app,
            prompt="x",
            input_reference=handle_file(files / "photo.png"),
            input_references=[handle_file(files / "short.mp4")],
        )


def test_600_mb_are_refused_before_they_are_sent(app, files):
    with (files / "huge.mp4").open("rb") as file:
        answer = httpx.post(f"{app.url}/gradio_api/upload", files={"files": file}, timeout=60)
    assert answer.status_code == 413


def test_the_size_follows_the_first_frame(app, server, open_page, files):
    page = open_page(app.url, "Video")
    ask(page, "The camera moves closer", **{"#video-size input": ""})
    page.set_input_files("#video-input_reference input[type=file]", files / "photo.png")
    page.wait_for_selector("#video-size-note:has-text('640 × 352')")
    facts = run_and_wait(page, "video")
    assert "640 × 352" in facts
    assert "640x352" in str(records(server)[-1]) or "'width': 640" in str(records(server)[-1])
    page.fill("#video-size input", "64x96")
    page.press("#video-size input", "Enter")
    page.wait_for_selector("#video-size-note:has-text('will be stretched to 64 × 96')")


def test_a_gif_gives_its_first_frame_and_says_so(app, open_page, files):
    page = open_page(app.url, "Video")
    ask(page, "It moves", **{"#video-size input": ""})
    page.set_input_files("#video-input_reference input[type=file]", files / "moving.gif")
    page.wait_for_selector("#video-size-note:has-text('64 × 48')")
    assert "first of its 2 frames" in run_and_wait(page, "video")


def test_the_length_is_shown_in_other_terms(bad):
    open_more(bad, "video")
    for field, value in {"#video-seconds-field": "", "#video-num_frames-field": "81", "#video-fps-field": "16"}.items():
        bad.fill(field, value)
    bad.wait_for_selector("#video-num_frames:has-text('81 frames at 16 fps are 5.06 s')")
    bad.fill("#video-num_frames-field", "")
    bad.fill("#video-seconds-field", "4")
    bad.wait_for_selector("#video-seconds:has-text('4 s at 16 fps are 64 frames')")
    bad.fill("#video-fps-field", "")
    bad.wait_for_selector("#video-seconds:has-text('4 s at 24 fps (usual; the model may differ) are 96 frames')")


def test_the_api_gives_the_file_and_leaving_it_stops_the_job(app, server):
    path, *_ = call(app, prompt="A lighthouse", seed="3")
    video = path["video"] if isinstance(path, dict) else path
    job = httpx.get(f"{server.url}/v1/videos").json()["data"]
    made = {
        httpx.get(f"{server.url}/v1/videos/{one['id']}/content").content for one in job if one["status"] == "completed"
    }
    assert Path(video).read_bytes() in made
    with pytest.raises(Exception, match="fail:generate"):
        call(app, prompt="x [[fail:generate]]")
    running = Client(app.url, verbose=False).submit(prompt="Nobody waits [[slow:30]]", api_name="/video")
    wait_until(lambda: records(server)[-1]["state"] == "running")
    running.cancel()
    wait_until(lambda: records(server)[-1]["state"] == "aborted", 5)


@pytest.mark.timeout(240)
def test_a_store_that_cannot_be_used_is_said_and_videos_are_made(server, open_page, tmp_path):
    (tmp_path / "omni.sqlite3").write_bytes(b"damaged " * 1000)
    with App(OMNI_BASE_URL=server.url, OMNI_DATA_DIR=str(tmp_path)) as app:
        page = open_page(app.url, "Video")
        page.wait_for_selector("#video-jobs:has-text('are damaged and stay untouched')")
        ask(page, "Made all the same")
        run_and_wait(page, "video")
        assert row(page, page.get_attribute("#video-jobs li", "data-ticket"), "done")
    assert (tmp_path / "omni.sqlite3").read_bytes() == b"damaged " * 1000


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_the_screen_and_axe_finds_nothing_serious(app, open_page, width, theme):
    page = open_page(f"{app.url}/?__theme={theme}", "Video", viewport={"width": width, "height": 844})
    row(page, begin(page, "A very long prompt " * 8 + "[[fail:client]]"), "failed")
    row(page, begin(page, "Looked at"), "done")
    wait_for_state(page, "video", "done")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.mouse.move(0, 0)
    found = Axe().run(page, context="#video-tab").response["violations"]
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
