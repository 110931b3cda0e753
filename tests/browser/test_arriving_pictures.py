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
        return [Route("/v1/images/generations", self._images, methods=["POST"])]

    async def _images(self, request: Request) -> StreamingResponse:
        number = (await request.json())["n"]

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


def run(page, server, number: int, ready: int = 9):
    server.ready, server.breaks = ready, False
    page.fill("#image-prompt textarea", "a boat")
    page.fill("#image-n input", str(number))
    page.press("#image-n input", "Tab")
    page.click("#image-run")


def widths(page) -> list[int]:
    return page.eval_on_selector_all("#image-result .omni-view img", "(all) => all.map((one) => one.naturalWidth)")


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
