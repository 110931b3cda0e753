"""What Video takes and what it refuses, each in one sentence."""

import re
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from tests.browser.conftest import open_more, run_and_wait
from tests.browser.video.helpers import ask, records, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bad(app, open_lasting_page):
    """One page for all that cannot be sent."""
    return open_lasting_page(app.url, "Video", more=False)


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
        ("input_reference", "vast.png", "the limit is|too many pixels"),
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
    with pytest.raises(Exception, match="Use either"):
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
