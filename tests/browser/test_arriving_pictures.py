"""Several pictures of one answer are seen one by one, while the others still come."""

import asyncio
import base64
import json
from dataclasses import dataclass

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from tests.browser.conftest import wait_for_state
from tests.fakes import OmniServer, png
from tests.page_states import give_picture
from tests.running import served_by

pytestmark = pytest.mark.browser
SHOWN = "document.querySelectorAll('#image-result .omni-view img').length === {}"
COMING = "#image-result .omni-picture-coming"


@dataclass
class PieceByPiece(OmniServer):
    """Sends `ready` pictures of its answer and waits for more to be ready; `breaks` ends the answer there."""

    ready: int = 9
    breaks: bool = False
    model: str = "Qwen/Qwen-Image"

    def routes(self) -> list[Route]:
        return [
            Route("/v1/images/generations", self._images, methods=["POST"]),
            Route("/v1/images/edits", self._edits, methods=["POST"]),
        ]

    async def _images(self, request: Request) -> StreamingResponse:
        return self._piece_by_piece((await request.json())["n"])

    async def _edits(self, request: Request) -> StreamingResponse:
        async with request.form() as form:
            return self._piece_by_piece(int(form["n"]))

    def _piece_by_piece(self, number: int) -> StreamingResponse:

        async def body():
            yield b'{"created": 0, "output_format": "png", "data": ['
            for at in range(number):
                while at >= self.ready:
                    if self.breaks:
                        raise ConnectionError
                    await asyncio.sleep(0.02)
                picture = base64.b64encode(png(64 + at, 48)).decode()
                yield (", " if at else "").encode() + json.dumps({"b64_json": picture}).encode()
            yield b"]}"

        return StreamingResponse(body(), media_type="application/json")


@pytest.fixture(scope="module")
def server():
    yield from served_by(PieceByPiece())


@pytest.fixture(scope="module")
def editor():
    yield from served_by(PieceByPiece(model="Qwen/Qwen-Image-Edit"))


def run(page, server, number: int, ready: int = 9, tab: str = "image"):
    server.ready, server.breaks = ready, False
    page.fill(f"#{tab}-prompt textarea", "a boat")
    page.fill(f"#{tab}-n input", str(number))
    page.press(f"#{tab}-n input", "Tab")
    page.click(f"#{tab}-run")


def widths(page, tab: str = "image") -> list[int]:
    return page.eval_on_selector_all(f"#{tab}-result .omni-view img", "(all) => all.map((one) => one.naturalWidth)")


def test_each_is_seen_while_the_others_still_come(server, open_page):
    page = open_page(server.app.url)
    run(page, server, 4, ready=1)
    page.wait_for_function(SHOWN.format(1))
    assert page.locator(COMING).count() == 3
    assert page.eval_on_selector("#image-result .omni-viewer", "(box) => getComputedStyle(box).opacity") == "1"
    page.evaluate("window.first = document.querySelector('#image-result img')")
    server.ready = 3
    page.wait_for_function(SHOWN.format(3))
    server.ready = 4
    wait_for_state(page, "image", "done")
    assert widths(page) == [64, 65, 66, 67]
    assert page.evaluate("first === document.querySelector('#image-result img')")  # drawn once
    assert page.locator(COMING).count() == 0
    page.locator("#image-result .omni-picture-cell").nth(2).click()
    assert page.locator("#image-result .omni-strip-item").all_inner_texts() == [f"Picture {at}" for at in range(1, 5)]
    page.wait_for_timeout(5500)  # then they come from the disk
    address = page.get_attribute("#image-result .omni-view img", "src")
    assert page.request.get(address).body() == png(66, 48)


def test_what_came_of_an_answer_that_breaks_off_gives_way_to_the_result_before(server, open_page):
    page = open_page(server.app.url)
    run(page, server, 1)
    wait_for_state(page, "image", "done")
    run(page, server, 3, ready=2)
    page.wait_for_function(SHOWN.format(2))
    server.breaks = True
    wait_for_state(page, "image", "failed")
    page.wait_for_function(SHOWN.format(1))
    assert widths(page) == [64]
    assert page.locator(COMING).count() == 0


def test_after_stop_nothing_of_it_is_left(server, open_page):
    page = open_page(server.app.url)
    run(page, server, 2, ready=1)
    page.wait_for_function(SHOWN.format(1))
    page.click("#image-stop")
    wait_for_state(page, "image", "stopped")
    page.wait_for_selector("#image-result .omni-viewer-empty", state="attached")
    assert widths(page) == []
    server.ready = 9


def test_edits_are_seen_one_by_one_and_at_the_end_beside_the_picture_before(editor, open_page):
    page = open_page(editor.app.url, "Edit")
    cells = "document.querySelectorAll('#edit-result .omni-picture-cell img').length === {}"
    give_picture(page)
    run(page, editor, 3, ready=2, tab="edit")
    page.wait_for_function(cells.format(2))
    assert page.locator("#edit-result .omni-picture-coming").count() == 1
    assert page.is_hidden(".omni-input-stage"), "the stage belongs to what is coming"
    editor.ready = 3
    wait_for_state(page, "edit", "done")
    page.wait_for_selector("#edit-result input[type=range]")
    first, before = widths(page, "edit")
    assert first == 64
    assert before > 66
    assert page.locator("#edit-result .omni-strip-item").all_inner_texts() == [f"Picture {at}" for at in range(1, 4)]

    run(page, editor, 3, ready=1, tab="edit")
    page.wait_for_function(cells.format(1))
    editor.breaks = True
    wait_for_state(page, "edit", "failed")
    page.wait_for_selector("#edit-result input[type=range]")
    assert widths(page, "edit") == [first, before]
