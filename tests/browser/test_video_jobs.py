"""The journeys of a video in a browser, against the demo server and against the real one (marked `real`).

What reached the engine is compared with what was entered: both servers tell it at /_stub/requests.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
import soundfile
from PIL import Image

from tests.browser.conftest import forget_state, run_and_wait, wait_for_state
from tests.browser.video.helpers import ask, begin, content, row, wait_until
from tests.contract.places import NEWEST, Place, Zygote, demo_place, real_place
from tests.pace import allowed
from tests.running import PUBLIC, App

av = pytest.importorskip("av")
np = pytest.importorskip("numpy")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
REAL = pytest.param("real", marks=pytest.mark.real)


class Scene:
    """A video server of one kind, and an app that uses it."""

    def __init__(self, place: Place, app: App) -> None:
        self.place, self.url = place, place.url
        self.app = app

    def records(self) -> list[dict]:
        return httpx.get(f"{self.url}/_stub/requests").json()["requests"]

    def last(self, state: str, within: float = 20) -> dict:
        """The newest call that reached the engine, once it has that state."""
        return wait_until(lambda: next((one for one in self.records()[-1:] if one["state"] == state), None), within)

    def hurry(self) -> None:
        """Ends the waits of what is under way, where the server can: the real one goes on."""
        httpx.post(f"{self.url}/_stub/config", json={"hurry": True})

    def jobs(self) -> list[dict]:
        return httpx.get(f"{self.url}/v1/videos").json()["data"]


@pytest.fixture(scope="module", params=["demo", REAL])
def scene(request, tmp_path_factory) -> Iterator[Scene]:
    with ExitStack() as stack:
        if request.param == "demo":
            place = stack.enter_context(demo_place("video"))
        else:
            zygote = Zygote(NEWEST, tmp_path_factory.mktemp("zygote"))
            stack.callback(zygote.stop)
            place = stack.enter_context(real_place("unknown-video", tmp_path_factory.mktemp("real"), zygote))
        yield Scene(place, stack.enter_context(App(OMNI_BASE_URL=place.url)))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("given")
    Image.new("RGB", (640, 360), "navy").save(folder / "photo.png")
    soundfile.write(folder / "voice.wav", 0.2 * np.sin(np.arange(24_000) / 9), 24_000)
    with av.open(folder / "walk.mp4", "w") as made:
        stream = made.add_stream("mpeg4", rate=8)
        stream.width, stream.height = 96, 64
        for shade in range(8):
            picture = np.full((64, 96, 3), 30 * shade, np.uint8)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        made.mux(stream.encode())
    return folder


def arrived(record: dict) -> dict:
    """What the engine was asked for: the prompt's own fields and the sampling parameters in one."""
    sampling = record.get("sampling_params") or record.get("sampling") or [{}]
    return {**record["prompt"], **sampling[0]}


def shape_of(page) -> str:
    page.wait_for_function("document.querySelector('#video-result video')?.videoWidth > 0")
    return page.evaluate("(({ videoWidth, videoHeight }) => `${videoWidth}x${videoHeight}`)"
                         "(document.querySelector('#video-result video'))")  # fmt: skip


def making(page) -> None:
    page.wait_for_selector("#video-status [data-state=working]:has-text('Making the video')")


@pytest.fixture(scope="module")
def lasting(scene, open_lasting_page):
    return open_lasting_page(scene.app.url, "Video")


@pytest.fixture
def page(lasting):
    """One page for what can follow each other."""
    forget_state(lasting, "video")
    return lasting


def test_text_to_video(scene, page):
    parameters = {} if PUBLIC else {"#video-extra_params textarea": '{"sampler": "euler"}'}
    ask(page, "A red fox in deep snow, it's \"cold\"\nand windy", **parameters, **{
        "#video-seed input": "7", "#video-num_inference_steps-field": "12", "#video-guidance_scale-field": "3.5",
        "#video-guidance_scale_2-field": "2.5", "#video-boundary_ratio-field": "0.875",
        "#video-flow_shift-field": "5", "#video-negative_prompt textarea": "rain, text",
    })  # fmt: skip
    said = run_and_wait(page, "video").replace("\n", " ")
    for fact in ("seed 7", "96 × 64", "8 frames", "1.0 s at 8 fps"):
        assert fact in said
    seen = arrived(scene.last("finished"))
    wanted = {"prompt": "A red fox in deep snow, it's \"cold\"\nand windy", "negative_prompt": "rain, text", "seed": 7,
              "width": 96, "height": 64, "num_frames": 8, "fps": 8, "num_inference_steps": 12, "guidance_scale": 3.5,
              "guidance_scale_2": 2.5, "boundary_ratio": 0.875}  # fmt: skip
    assert {name: seen.get(name) for name in wanted} == wanted
    assert ("euler" in json.dumps(seen)) is not PUBLIC, "JSON is off on a public page"
    assert '"flow_shift": 5' in json.dumps(seen)
    newest = max(scene.jobs(), key=lambda one: one["created_at"])
    assert content(page) == httpx.get(f"{scene.url}/v1/videos/{newest['id']}/content").content
    assert shape_of(page) == "96x64"
    assert row(page, page.get_attribute("#video-jobs li", "data-ticket"), "done")
    model = page.locator("#video-status .omni-fact:has([data-fact=model])")
    assert scene.place.kind == "real" or "demo/clip" in (model.text_content() or "")
    assert not model.is_visible(), "where the window is not wide the settings name it"


def test_a_size_of_the_list_and_seconds(scene, page):
    ask(page, "A tram", **{"#video-size input": "", "#video-num_frames-field": "", "#video-fps-field": ""})
    page.click("#video-size input")
    page.get_by_role("option", name="9:16 480x832").click()
    assert (page.input_value("#video-width-field"), page.input_value("#video-height-field")) == ("480", "832")
    page.fill("#video-seconds-field", "2")
    page.wait_for_selector("#video-seconds:has-text('2 s at 24 fps (usual; the model may differ) are 48 frames')")
    page.fill("#video-fps-field", "4")
    page.wait_for_selector("#video-seconds:has-text('2 s at 4 fps are 8 frames')")
    page.press("#video-fps-field", "Tab")
    run_and_wait(page, "video", timeout=120)
    seen = arrived(scene.last("finished"))
    assert (seen["width"], seen["height"], seen["num_frames"], seen["fps"]) == (480, 832, 8, 4)
    assert shape_of(page) == "480x832"


def test_picture_to_video_takes_the_shape_of_the_picture(scene, open_page, files):
    page = open_page(scene.app.url, "Video")
    ask(page, "The camera moves closer", **{"#video-size input": ""})
    page.set_input_files("#video-input_reference input[type=file]", files / "photo.png")
    page.wait_for_selector("#video-size-note:has-text('640 × 352')")
    said = run_and_wait(page, "video", timeout=120)
    assert "640 × 352" in said
    seen = scene.last("finished")
    assert (arrived(seen)["width"], arrived(seen)["height"]) == (640, 352)
    assert "image" in json.dumps(seen["prompt"])
    assert shape_of(page) == "640x352"
    page.fill("#video-size input", "64x96")
    page.press("#video-size input", "Enter")
    page.wait_for_selector("#video-size-note:has-text('will be stretched to 64 × 96')")


def test_video_to_video(scene, open_page, files):
    page = open_page(scene.app.url, "Video")
    ask(page, "The same at night")
    page.click("#video-tab button:has-text('From a video, with a sound')")
    page.set_input_files("#video-input_references input[type=file]", files / "walk.mp4")
    page.wait_for_selector("#video-input_references :text('walk')")
    run_and_wait(page, "video")
    assert "video" in json.dumps(scene.last("finished")["prompt"].get("multi_modal_data"))


def test_speech_to_video(scene, open_page, files):
    page = open_page(scene.app.url, "Video")
    ask(page, "She speaks", **{"#video-size input": ""})
    page.set_input_files("#video-input_reference input[type=file]", files / "photo.png")
    page.wait_for_selector("#video-size-note:has-text('640 × 352')")
    page.click("#video-tab button:has-text('From a video, with a sound')")
    page.set_input_files("#video-audio_reference input[type=file]", files / "voice.wav")
    page.wait_for_selector("#video-audio_reference [aria-label*=Play]")
    page.click("#video-run")
    wait_for_state(page, "video", "done", 120)
    sent = json.dumps(scene.last("finished")["prompt"])
    assert "image" in sent
    assert "audio" in sent


def test_stop_aborts_the_job_on_the_server(scene, page):
    ticket = begin(page, "Stopped [[slow:30]]")
    scene.last("running")
    pressed = time.monotonic()
    page.click("#video-stop")
    scene.last("aborted", 30)
    assert scene.place.kind == "real" or time.monotonic() - pressed < allowed(2)
    assert "cancelled on the server" in wait_for_state(page, "video", "stopped")
    assert page.input_value("#video-prompt textarea") == "Stopped [[slow:30]]"
    assert row(page, ticket, "cancelled")


def test_a_job_that_is_cancelled_in_the_list_is_no_failure(scene, page):
    """The page that began it still shows it: the same calm sentence there."""
    ticket = begin(page, "Cancelled below [[slow:30]]")
    scene.last("running")
    page.click(f"li[data-ticket='{ticket}'] [data-does=cancel]")
    assert row(page, ticket, "cancelled")
    assert "This video was cancelled." in wait_for_state(page, "video", "stopped")
    assert page.query_selector("#video-status .omni-error") is None
    scene.last("aborted", 30)


def test_a_failed_job_gives_the_server_s_reason(scene, page):
    ticket = begin(page, "Failing [[fail:client]]")
    said = wait_for_state(page, "video", "failed")
    assert re.search("fail:client|rejected by the guardrail", page.inner_html("#video-status"))
    assert row(page, ticket, "failed").query_selector(".omni-error").inner_text() in said


def test_reload_and_another_browser_while_it_runs(scene, chromium, open_page):
    page = open_page(scene.app.url, "Video")
    # Long enough for two pages to be loaded on a busy machine; the real server cannot be told to hurry.
    wait = 24 if scene.place.kind == "real" else 16
    ticket = begin(page, f"Reloaded [[slow:{wait}]]", **{"#video-seed input": "5"})
    scene.last("running")
    made = len(scene.records())
    page.reload()
    page.get_by_role("tab", name="Video", exact=True).click()
    making(page)
    assert row(page, ticket, "in_progress")
    other = open_page(f"{scene.app.url}/?job={ticket}", "Video")
    making(other)
    scene.hurry()
    for one in (page, other):
        assert "seed 5" in wait_for_state(one, "video", "done").replace("\n", " ")
        assert shape_of(one) == "96x64"
    assert other.query_selector_all("#video-jobs li") == []
    assert len(scene.records()) == made, "looking at a job makes no other"


def test_two_pages_of_one_visitor_see_the_same_jobs(scene, chromium):
    context = chromium.new_context()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(scene.app.url)
        page.get_by_role("tab", name="Video", exact=True).click()
        page.wait_for_selector("#video-run")
    ticket = begin(first, "Seen twice [[slow:20]]")
    scene.last("running")
    second.reload()
    second.get_by_role("tab", name="Video", exact=True).click()
    making(second)
    second.click(f"li[data-ticket='{ticket}'] [data-does=cancel]")
    for page in (first, second):
        assert "This video was cancelled." in wait_for_state(page, "video", "stopped")
        assert row(page, ticket, "cancelled")
    context.close()
