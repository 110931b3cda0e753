"""Explore and Grid as a visitor sees them."""

import json
import time

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.browser.conftest import open_drawer, open_more, run_and_wait
from tests.fakes import SlowServer
from tests.pace import allowed
from tests.running import served_by

pytestmark = pytest.mark.browser


class Picky(SlowServer):
    """Refuses 13 steps."""

    async def _images(self, request: Request) -> JSONResponse:
        if (await request.json()).get("num_inference_steps") == 13:
            return JSONResponse({"error": {"message": "13 is unlucky", "type": "BadRequestError", "code": 400}}, 400)
        return await super()._images(request)


@pytest.fixture(scope="module")
def quick():
    yield from served_by(Picky(latency=0), OMNI_MAX_GRID="12")


@pytest.fixture(scope="module")
def slow():
    yield from served_by(SlowServer(latency=20))


def cells(page, tab, state, count, timeout=60):
    """The cells in that state, once there are as many."""
    page.wait_for_function(
        "([tab, state, count]) => "
        "document.querySelectorAll(`#${tab}-grid-board td[data-state=${state}]`).length === count",
        arg=[tab, state, count],
        timeout=1000 * timeout,
    )
    return page.locator(f"#{tab}-grid-board td[data-state={state}]")


def said(page, tab, words):
    page.wait_for_selector(f"#{tab}-grid-board .omni-grid-notice:has-text('{words}')")


def set_grid(page, tab, x=("", ""), y=("", "")):
    open_drawer(page, tab, "compare")
    for side, (field, values) in (("x", x), ("y", y)):
        page.select_option(f"#{tab}-grid-{side}", field)
        if field:
            page.fill(f"#{tab}-grid-{side}-values", values)


def small(page, prompt="A lighthouse at dusk"):
    page.fill("#image-prompt textarea", prompt)
    page.fill("#image-size input", "96x64")
    page.press("#image-size input", "Enter")


def test_explore_steps_and_adopt_one(demo_app, open_page):
    page = open_page(demo_app.url)
    small(page)
    page.fill("#image-num_inference_steps-field", "8")
    page.get_by_role("button", name="Explore Inference steps", exact=True).click()
    done = cells(page, "image", "done", 4)
    heads = page.locator("#image-grid-board th[scope=col] b").all_inner_texts()
    assert heads == ["4", "8", "12", "16"]
    addresses = [one.get_attribute("src") for one in done.locator("img").all()]
    assert len({page.request.get(one).body() for one in addresses}) == 4
    stage, cell = (
        page.locator("#image-result").locator("xpath=ancestor::*[contains(@class, 'omni-screen')]"),
        done.first,
    )
    assert cell.bounding_box()["width"] > 0.4 * stage.bounding_box()["width"]  # two in a row, on the stage
    done.nth(2).locator("img").click()
    page.wait_for_function("document.getElementById('image-num_inference_steps-field').value === '12'")
    page.click("#image-grid-seed")
    page.wait_for_function("document.querySelector('#image-seed input').value !== ''")
    run_and_wait(page, "image")
    assert not page.locator("#image-grid-board").is_visible()  # the stage is the run's
    again = page.get_attribute("#image-result img", "src")
    assert page.request.get(again).body() == page.request.get(addresses[2]).body()  # the very picture that was chosen


def test_explore_with_the_keyboard(quick, open_page):
    page = open_page(quick.app.url)
    page.fill("#image-prompt textarea", "a kettle")
    page.focus("#image-explore-guidance_scale")
    page.keyboard.press("Enter")
    cells(page, "image", "done", 4)
    sent = [one.body for one in quick.seen[-4:]]
    assert len({one["seed"] for one in sent}) == 1
    assert len({one["guidance_scale"] for one in sent}) == 4
    page.locator("#image-grid-board .omni-grid-use").first.focus()
    page.keyboard.press("Enter")
    chosen = sent[0]["guidance_scale"]
    page.wait_for_function(f"Number(document.getElementById('image-guidance_scale-field').value) === {chosen}")
    # The stage is given back and taken again; a cell can be opened as the result.
    page.click("#image-grid-close")
    assert page.evaluate("document.activeElement.textContent") == "Show the comparison again"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open: Guidance scale").nth(3).click()
    page.wait_for_selector("#image-status:has-text('An earlier result')")
    assert page.locator("#image-result img").is_visible()


def test_a_grid_of_two_settings_is_told_filled_and_taken_home_as_one_picture(demo_app, open_page):
    page = open_page(demo_app.url)
    small(page)
    set_grid(page, "image", ("num_inference_steps", "4-12:4"), ("prompt", "a red fox|a boat"))
    page.wait_for_selector("#image-grid-plan:has-text('6 runs, one after the other')")
    page.click("#image-grid-run")
    assert cells(page, "image", "done", 6).locator("img").count() == 6
    assert page.locator("#image-grid-board th[scope=row] b").all_inner_texts() == ["a red fox", "a boat"]
    with page.expect_download() as taken:
        page.click("#image-grid-take")
    assert taken.value.suggested_filename == "image-grid.png"
    with Image.open(taken.value.path()) as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > 3 * 96
    # Each cell is a result like any other, with what it was made from.
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_function("document.querySelectorAll('.omni-history-list > *').length >= 6")


def test_stop_ends_the_servers_work_within_a_second_and_the_rest_is_not_made(slow, open_page):
    page = open_page(slow.app.url)
    page.fill("#image-prompt textarea", "a slow picture")
    set_grid(page, "image", ("num_inference_steps", "4|8|12"))
    before = len(slow.seen)
    page.click("#image-grid-run")
    cells(page, "image", "working", 1)
    while len(slow.seen) == before:
        page.wait_for_timeout(20)
    assert page.evaluate("document.activeElement.id") == "image-grid-stop"
    pressed = time.monotonic()
    page.keyboard.press("Escape")
    assert slow.wait_for("aborted", 30).ended - pressed < allowed(1)
    cells(page, "image", "stopped", 3)
    page.wait_for_timeout(1000)
    assert len(slow.seen) == before + 1
    page.click("#image-grid-run")  # and it can be begun again
    cells(page, "image", "working", 1)
    page.click("#image-grid-stop")
    slow.wait_for("aborted", 30)


def test_closing_the_page_ends_the_servers_work(slow, open_page):
    page = open_page(slow.app.url)
    page.fill("#image-prompt textarea", "nobody waits")
    before = len(slow.seen)
    page.click("#image-explore-n")
    while len(slow.seen) == before:
        page.wait_for_timeout(20)
    closed = time.monotonic()
    page.close()
    assert slow.wait_for("aborted", 30).ended - closed < allowed(1.5)
    assert len(slow.seen) == before + 1


def test_a_failed_cell_says_why_and_the_others_go_on(quick, open_page):
    page = open_page(quick.app.url)
    page.fill("#image-prompt textarea", "a fox")
    set_grid(page, "image", ("num_inference_steps", "12|13|14"))
    page.click("#image-grid-run")
    cells(page, "image", "done", 2)
    assert "13 is unlucky" in cells(page, "image", "failed", 1).inner_text()
    with page.expect_download() as taken:
        page.click("#image-grid-take")
    assert Image.open(taken.value.path()).format == "PNG"


def test_a_setting_that_changes_nothing_is_said_and_remembered(quick, open_page):
    page = open_page(quick.app.url)
    page.fill("#image-prompt textarea", "a fox")
    open_more(page, "image")
    page.click("#image-explore-true_cfg_scale")
    cells(page, "image", "done", 4)
    said(page, "image", f"{quick.model} ignores true CFG scale")
    page.wait_for_selector("#image-true_cfg_scale .omni-ignored")
    page.reload()
    page.get_by_role("tab", name="Image", exact=True).click()
    open_more(page, "image")
    page.wait_for_selector("#image-true_cfg_scale .omni-ignored:has-text('ignore')")
    assert page.locator("#image-flow_shift .omni-ignored").count() == 0


@pytest.fixture(scope="module")
def bad(quick, open_lasting_page):
    """One page for all grids that cannot run."""
    page = open_lasting_page(quick.app.url)
    page.fill("#image-prompt textarea", "a boat")
    return page


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (("", ""), ("", ""), "Choose a setting to vary"),
        (("num_inference_steps", ""), ("", ""), "Inference steps has no values yet"),
        (("num_inference_steps", "lots"), ("", ""), "is not a number"),
        (("num_inference_steps", "4-40:0"), ("", ""), "has a step of 0"),
        (("num_inference_steps", "40-4:4"), ("", ""), "runs backwards"),
        (("num_inference_steps", "199-202:1"), ("", ""), "from 1 to 200"),
        (("num_inference_steps", "1-100:1"), ("guidance_scale", "0-9.9:0.1"), "limit here is 12"),
        (("output_format", "tiff"), ("", ""), "not among the choices"),
        (("n", "1"), ("n", "2"), "choose two different settings"),
    ],
)
def test_bad_input_is_one_sentence_and_no_request(bad, quick, x, y, says):
    before = len(quick.seen)
    set_grid(bad, "image", x, y)
    bad.click("#image-grid-run")
    said(bad, "image", says)
    assert len(quick.seen) == before


def test_an_empty_prompt_is_said_when_something_is_explored(bad):
    bad.fill("#image-prompt textarea", "")
    bad.click("#image-explore-num_inference_steps")
    said(bad, "image", "Prompt is empty")
    bad.fill("#image-prompt textarea", "a boat")


def test_on_a_phone_the_grid_scrolls_inside(quick, open_page):
    page = open_page(quick.app.url, viewport={"width": 390, "height": 844})
    page.fill("#image-prompt textarea", "a fox")
    set_grid(page, "image", ("num_inference_steps", "4-9:1"), ("guidance_scale", "2|3"))
    page.click("#image-grid-run")
    cells(page, "image", "done", 12)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    frame = page.locator("#image-grid-board .omni-grid-frame[aria-label=Results]")
    assert frame.evaluate("(one) => one.scrollWidth > one.clientWidth")
    for button in page.locator("#image-grid-board button:visible").all():
        assert button.bounding_box()["height"] >= 44


def test_no_other_file_and_no_other_visitors_result_is_put_into_a_sheet(quick, open_page):
    page = open_page(quick.app.url)
    page.fill("#image-prompt textarea", "mine")
    run_and_wait(page, "image")
    record = json.loads(page.evaluate("JSON.stringify(document.querySelector('#image-result img').src)"))
    path = "/" + record.split("file=/")[1]

    def asked(browser, file):
        body = {"title": "", "axes": [{"label": "a", "values": ["1"]}], "cells": [{"at": [0, 0], "file": file}]}
        return browser.request.post(f"{quick.app.url}/omni/grid/sheet", data=body).status

    assert asked(page, path) == 200
    assert asked(page, "/etc/passwd") == 404
    other = open_page(quick.app.url)
    if other.context.cookies()[0]["value"] == page.context.cookies()[0]["value"]:
        other.context.add_cookies([{"name": "omni_visitor", "value": "a" * 48, "url": quick.app.url}])
    assert asked(other, path) == 403
