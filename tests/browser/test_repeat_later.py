"""Once more for results that were made earlier: opened from the history, and from the list of videos."""

import sqlite3

import pytest
from PIL import Image

from tests.browser.conftest import run_and_wait
from tests.browser.test_history import CARD, as_in, history, listed
from tests.browser.test_repeat import ROW, last_body, once_more, small_picture
from tests.fakes import png
from tests.running import App

pytestmark = pytest.mark.browser


def open_again(page, tab, words):
    """Opens the result of these words from the history, in a page that has shown nothing yet."""
    page.reload()
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
    history(page)
    page.locator(f"{CARD}:has-text('{words}') .omni-history-open").first.click()
    page.click("dialog[open] [data-act=open]")
    page.wait_for_selector(f"#{tab}-status [data-state=done]")


def facts_of_newest(page, url):
    newest = listed(page, url)[0]
    with as_in(page) as program:
        return program.get(f"{url}/omni/history/{newest['id']}").json()["facts"]


def test_a_picture_of_the_history_is_repeated_and_compared_with_what_was_kept(pictures, open_page):
    page = open_page(pictures.app.url)
    pictures.picture = png(64, 64)
    small_picture(page, "An old lighthouse")
    first = last_body(pictures)
    open_again(page, "image", "An old lighthouse")
    said = once_more(page, "image", "check")
    assert "Identical. Every byte is the same. Model Qwen/Qwen-Image, server version 0.30.0." in said
    assert last_body(pictures) == first
    assert ["repeated", "Identical. Every byte is the same."] in facts_of_newest(page, pictures.app.url)

    open_again(page, "image", "An old lighthouse")
    pictures.picture = png(64, 32)
    assert "Different. 64 × 32 pixels now, 64 × 64 before." in once_more(page, "image", "check")
    assert ["repeated", "Different. 64 × 32 pixels now, 64 × 64 before."] in facts_of_newest(page, pictures.app.url)
    # The verdict is there when this one is opened in its turn.
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_selector(CARD)
    open_again(page, "image", "An old lighthouse")
    assert "Different. 64 × 32 pixels now" in page.inner_text("#image-status")


def test_again_and_another_go_on_from_a_picture_of_the_history(pictures, open_page):
    page = open_page(pictures.app.url)
    small_picture(page, "A second lighthouse")
    first = last_body(pictures)
    open_again(page, "image", "A second lighthouse")
    once_more(page, "image", "again")
    assert last_body(pictures) == first
    once_more(page, "image", "another")
    assert last_body(pictures) | {"seed": 0} == first | {"seed": 0}
    assert last_body(pictures)["seed"] != first["seed"]


def test_an_answer_of_the_history_is_repeated_in_its_conversation(demo_app, open_page):
    page = open_page(demo_app.url, "Chat")
    page.fill("#chat-text textarea", "What is 12 * 12?")
    run_and_wait(page, "chat")
    open_again(page, "chat", "What is 12 * 12?")
    assert page.locator("#chat-result article").count() == 2
    assert "Identical." in once_more(page, "chat", "check")
    assert page.locator("#chat-result article").count() == 2
    assert facts_of_newest(page, demo_app.url)[-1][0] == "repeated"


def test_an_edit_is_repeated_with_its_picture_and_not_without_it(open_page, tmp_path):
    photo = tmp_path / "photo.png"
    Image.new("RGB", (96, 64), "teal").save(photo)
    with App(OMNI_DATA_DIR=str(tmp_path / "data")) as app:
        page = open_page(app.url, "Edit")
        page.set_input_files("#edit-image input[type=file]", str(photo))
        page.wait_for_selector("#edit-image .omni-thumbs li")
        page.fill("#edit-prompt textarea", "make it night")
        run_and_wait(page, "edit")
        open_again(page, "edit", "make it night")
        assert "Identical." in once_more(page, "edit", "check")
        page.goto("about:blank")  # an open page holds its connections, for which the app waits as it stops
        app.stop()
        file = sqlite3.connect(tmp_path / "data" / "omni.sqlite3")
        with file:  # written by an app that did not ask for the version yet
            file.execute("UPDATE history SET facts = json_remove(facts, '$.version')")
        names = [name for (name,) in file.execute("SELECT name FROM history_files WHERE sha != ''")]
        file.close()
        app.start()
        page.goto(app.url)
        open_again(page, "edit", "make it night")
        said = once_more(page, "edit", "check")
        assert "Identical." in said
        assert "server version unknown. Now: Model" in said
        for name in set(names):
            (tmp_path / "data" / "files" / name).unlink()
        open_again(page, "edit", "make it night")
        assert "This cannot be repeated. photo.png is no longer available." in page.inner_text("#edit-settings")
        assert page.locator(ROW.format(tab="edit")).count() == 0


def test_a_video_of_the_list_is_made_again_whatever_stands_in_the_controls(demo_app, open_page):
    page = open_page(demo_app.url, "Video")
    page.fill("#video-prompt textarea", "Waves, told twice")
    page.fill("#video-size input", "128x96")
    page.press("#video-size input", "Enter")
    page.fill("#video-num_frames-field", "5")
    run_and_wait(page, "video")
    page.reload()
    page.get_by_role("tab", name="Video", exact=True).click()
    page.locator("#video-jobs li:has-text('Waves, told twice') button[data-does=open]").first.click()
    page.wait_for_selector(ROW.format(tab="video"))
    seed = page.get_attribute(ROW.format(tab="video"), "data-seed")
    assert page.input_value("#video-prompt textarea") == "Waves, told twice"  # the draft
    page.fill("#video-prompt textarea", "Something else")
    assert "Identical." in once_more(page, "video", "check")
    page.wait_for_function("document.querySelectorAll('#video-jobs li[data-state=done]').length >= 2")
    assert facts_of_newest(page, demo_app.url)[-1] == ["repeated", "Identical. Every byte is the same."]

    page.locator("#video-jobs li:has-text('Waves, told twice') button[data-does=open]").last.click()
    page.wait_for_selector(f"{ROW.format(tab='video')}[data-apart]")
    assert f"seed {seed}" in once_more(page, "video", "again")
    page.locator("#video-jobs li:has-text('Waves, told twice') button[data-does=open]").last.click()
    page.wait_for_selector(f"{ROW.format(tab='video')}[data-apart]")
    said = once_more(page, "video", "another")
    assert "Waves, told twice" in page.inner_text("#video-jobs li >> nth=0")
    assert "seed" in said
    assert f"seed {seed}" not in said
