"""Videos with servers of their own: one that is gone, one that recommends, one that is timed."""

import threading

import httpx
import pytest
from PIL import Image

from omni_ui.demo import MODELS, DemoServer
from tests.browser.conftest import open_drawer, wait_for_state
from tests.browser.test_history import run_anew
from tests.browser.video.helpers import begin, records, row, wait_until
from tests.running import PUBLIC, App

pytestmark = pytest.mark.browser
POLLER = "omni_ui.features.video.jobs.job_poller"


def test_a_recommended_size_makes_way_for_a_first_frame(chromium, monkeypatch, tmp_path):
    monkeypatch.setitem(MODELS, "video", "Wan-AI/Wan2.2-TI2V-5B-Diffusers")  # its makers recommend 1280x704
    Image.new("RGB", (360, 640), "navy").save(tmp_path / "tall.png")
    with DemoServer(["video"]) as server, App(OMNI_BASE_URL=server.url) as app:
        page = chromium.new_page()
        page.goto(app.url)
        page.get_by_role("tab", name="Video", exact=True).click()

        def wait_for_size(size: str) -> None:
            page.wait_for_function("size => document.querySelector('#video-size input').value === size", arg=size)

        def add() -> None:
            page.set_input_files("#video-input_reference input[type=file]", tmp_path / "tall.png")
            page.wait_for_selector("#video-input_reference li img")

        wait_for_size(recommended := "1280x704")
        add()
        page.wait_for_selector("#video-size-note:has-text('The size follows the picture')")
        wait_for_size(free := page.input_value("#video-size input"))
        assert free != recommended
        page.get_by_label("Remove tall.png").click()
        wait_for_size(recommended)
        # What somebody entered makes way for nothing, nor does what an opened result has put there.
        page.evaluate("omni.call('claim_tab', 'video')")
        add()
        page.wait_for_selector("#video-size-note:has-text('will be stretched to 1280 × 704')")
        wait_for_size(recommended)
        page.close()


@pytest.mark.timeout(240)
def test_a_server_that_is_gone_for_a_while_and_one_that_forgets(open_page):
    """The server restarts on its port: the job waits for it, learns that it is gone, and is sent once more."""
    first = DemoServer(["video"], stub=True).start()
    port = int(first.url.rpartition(":")[2])
    with App(constants=[f"{POLLER}:AWAY=1", f"{POLLER}:MISSING_PAUSE=0.1"], OMNI_BASE_URL=first.url) as app:
        page = open_page(app.url, "Video")
        ticket = begin(page, "Forgotten [[slow:60]]")
        assert row(page, ticket, "in_progress")
        stopping = threading.Thread(target=first.stop)
        stopping.start()
        page.wait_for_selector("#video-status:has-text('may still be running there')", timeout=30_000)
        stopping.join()
        with DemoServer(["video"], port=port, stub=True) as second:
            wait_until(lambda: records(second), 60)
            httpx.post(f"{second.url}/_stub/config", json={"hurry": True})
            wait_for_state(page, "video", "done", 90)
            assert row(page, ticket, "done")


def test_the_time_is_foretold_where_the_size_follows_a_first_frame(open_page, tmp_path):
    Image.new("RGB", (160, 96), "teal").save(tmp_path / "photo.png")
    with DemoServer(["video"], stub=True) as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url, "Video")
        page.set_input_files("#video-input_reference input[type=file]", str(tmp_path / "photo.png"))
        page.wait_for_selector("#video-size-note:has-text('160 × 96')")
        page.fill("#video-num_frames-field", "5")
        page.fill("#video-prompt textarea", "Waves")
        for number in range(1, 4):
            assert page.inner_text("#video-forecast").strip() == ""
            run_anew(page, "video")
            wait_until(lambda count=number: page.locator("#video-jobs li[data-state=done]").count() == count, 30)
        # On a public page the number is left out, which is one of others' runs.
        page.wait_for_selector(f"#video-forecast:has-text('{' s' if PUBLIC else ' s, from 3 runs like this'}')")
        open_drawer(page, "video", "compare")
        page.select_option("#video-grid-x", "num_frames")
        page.fill("#video-grid-x-values", "5|6")
        page.wait_for_selector("#video-grid-plan:has-text('in total, from similar runs here')")
