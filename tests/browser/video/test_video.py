"""The Video tab: jobs that outlive the page, the browser and the app."""

import shutil

import pytest

from tests.browser.conftest import fits, looks, run_and_wait, serious, wait_for_state
from tests.browser.video.helpers import ask, begin, content, records, row, wait_until
from tests.pace import allowed
from tests.running import App

pytestmark = pytest.mark.browser


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
    assert stats["firstFrame"] - stats["firstPiece"] < allowed(500)
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
    wait_until(lambda: records(server)[-1]["state"] == "aborted", 1)


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


@pytest.mark.timeout(240)
def test_a_store_that_cannot_be_used_is_said_and_videos_are_made(server, open_page, tmp_path):
    (tmp_path / "omni.sqlite3").write_bytes(b"damaged " * 1000)
    with App(OMNI_BASE_URL=server.url, OMNI_DATA_DIR=str(tmp_path)) as app:
        page = open_page(app.url, "Video")
        page.wait_for_selector("#video-jobs:has-text('are damaged and were left unchanged')")
        ask(page, "Made all the same")
        run_and_wait(page, "video")
        assert row(page, page.get_attribute("#video-jobs li", "data-ticket"), "done")
    assert (tmp_path / "omni.sqlite3").read_bytes() == b"damaged " * 1000


def test_it_fits_the_screen_and_axe_finds_nothing_serious(app, open_page):
    page = open_page(app.url, "Video", viewport={"width": 390, "height": 844})
    row(page, begin(page, "A very long prompt " * 8 + "[[fail:client]]"), "failed")
    row(page, begin(page, "Looked at"), "done")
    wait_for_state(page, "video", "done")
    assert fits(page)
    for look in looks(page):
        assert serious(page, "#video-tab") == [], look


def test_a_video_that_is_being_loaded_shows_its_first_picture_and_the_sign_of_play(app, open_page):
    page = open_page(app.url, "Video")
    ticket = begin(page, "A poster")
    assert row(page, ticket, "done")
    wait_for_state(page, "video", "done")
    held = []
    page.route(lambda address: ".mp4" in address and "/thumb" not in address, lambda route: held.append(route))
    page.reload()
    page.get_by_role("tab", name="Video", exact=True).click()
    page.wait_for_selector("#video-result.omni-plays video[poster*='/thumb']")
    for route in held:
        route.continue_()
    page.wait_for_function("document.querySelector('#video-result video')?.videoWidth === 96")
    assert page.locator("#video-result.omni-plays").count() == 1, "until it runs"
