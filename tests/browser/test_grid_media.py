"""Grids of speech, videos, sounds and edits."""

import io
import zipfile

import pytest
from PIL import Image

from tests.browser.conftest import open_more, run_and_wait
from tests.browser.test_grid import cells, set_grid

pytestmark = pytest.mark.browser


def test_speech_at_four_speeds_with_players_to_take_home(demo_app, open_page):
    page = open_page(demo_app.url, "Speech")
    page.fill("#speech-input textarea", "Good morning.")
    open_more(page, "speech")
    page.click("#speech-explore-speed")
    players = cells(page, "speech", "done", 4).locator("audio")
    assert players.count() == 4
    lengths = [players.nth(number).get_attribute("src") for number in range(4)]
    assert len({len(page.request.get(one).body()) for one in lengths}) == 4
    with page.expect_download() as taken:
        page.click("#speech-grid-take")
    with zipfile.ZipFile(taken.value.path()) as packed:
        assert packed.read("index.html").decode().count("<audio") == 4
        assert len(packed.namelist()) == 5
    page.get_by_role("button", name="Use Speed 0.5").click()
    page.wait_for_function("document.getElementById('speech-speed-field').value === '0.5'")
    run_and_wait(page, "speech")  # streaming was switched off with it: only speed 1 can be heard while it is made


def test_four_videos_are_asked_for_twice(demo_app, open_page):
    page = open_page(demo_app.url, "Video")
    page.fill("#video-prompt textarea", "waves")
    page.fill("#video-size input", "128x96")
    page.press("#video-size input", "Enter")
    open_more(page, "video")
    explore = page.locator("#video-explore-num_inference_steps")
    explore.click()
    assert explore.inner_text() == "Make 4?"
    assert page.locator("#video-grid-board td").count() == 0
    explore.click()
    cells(page, "video", "done", 4)


def test_videos_beside_each_other_leave_the_stage_alone(demo_app, open_page):
    page = open_page(demo_app.url, "Video")
    page.fill("#video-prompt textarea", "waves")
    page.fill("#video-size input", "128x96")
    page.press("#video-size input", "Enter")
    set_grid(page, "video", ("num_frames", "9|17"))
    page.click("#video-grid-run")
    assert cells(page, "video", "done", 2).locator("video").count() == 2
    assert page.locator("#video-result video").count() == 0
    page.wait_for_function("document.querySelectorAll('#video-jobs li[data-state=done]').length >= 2")


def test_sounds_and_edits_can_be_varied_too(demo_app, open_page):
    page = open_page(demo_app.url, "Sound")
    page.fill("#sound-input textarea", "rain")
    set_grid(page, "sound", ("audio_length", "1|2"), ("response_format", "wav|flac"))
    page.click("#sound-grid-run")
    assert cells(page, "sound", "done", 4).locator("audio").count() == 4

    page.get_by_role("tab", name="Edit", exact=True).click()
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "PNG")
    page.set_input_files(
        "#edit-image input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.wait_for_selector("#edit-image .omni-thumbs li")
    page.fill("#edit-prompt textarea", "make it night")
    set_grid(page, "edit", ("prompt", "make it night\nblur it"))
    page.click("#edit-grid-run")
    assert cells(page, "edit", "done", 2).locator("img").count() == 2
