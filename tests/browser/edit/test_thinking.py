import asyncio
import base64
import json
import threading
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.browser.conftest import run_and_wait, wait_for_state
from tests.browser.edit.helpers import add, names, opened
from tests.fakes import OmniServer, png
from tests.running import served_by

pytestmark = pytest.mark.browser


@dataclass
class ThinkingServer(OmniServer):
    """Looks like GLM-Image: thinks in words, then sends a picture. The prompt tells it to misbehave."""

    model: str = "zai-org/GLM-Image"
    asked: list[dict[str, str]] = field(default_factory=list)
    aborted: threading.Event = field(default_factory=threading.Event)
    may_draw: threading.Event = field(default_factory=threading.Event)
    """Until it is set, thoughts are all that comes."""

    def routes(self) -> list[Route]:
        return [Route("/v1/images/edits", self._edit, methods=["POST"])]

    async def _edit(self, request: Request) -> Response:
        form = await request.form()
        self.asked.append({name: value for name, value in form.items() if isinstance(value, str)})
        if "nonsense" in self.asked[-1]["prompt"]:
            return HTMLResponse("<h1>It works</h1>")
        return StreamingResponse(self._events(self.asked[-1]["prompt"]), media_type="text/event-stream")

    async def _events(self, prompt: str):
        def event(**data) -> str:
            return f"data: {json.dumps({'object': 'image.edit.chunk', **data})}\n\n"

        try:
            for word in ("First ", "<b>the sky</b>, ", "then the sea."):
                yield event(type="ar_delta", delta=word, index=0)
                await asyncio.sleep(0.2)
            await asyncio.to_thread(self.may_draw.wait, 60)
            if "slow" in prompt:
                await asyncio.sleep(30)
            if "break" in prompt:
                raise ConnectionError("the server dies here")
            picture = base64.b64encode(png(64, 48)).decode()
            yield event(type="image", data=[{"b64_json": picture}], output_format="png", size="64x48")
            yield "data: [DONE]\n\n"
        except asyncio.CancelledError:
            self.aborted.set()
            raise


@pytest.fixture(scope="module")
def served():
    yield from served_by(ThinkingServer())


@pytest.fixture
def thinking(served):
    served.may_draw.set()
    return served


def test_what_the_model_thinks_is_shown_before_the_picture_and_escaped(thinking, open_page, files):
    page = opened(open_page, thinking.app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "make it night")
    thinking.may_draw.clear()
    page.click("#edit-run")
    page.wait_for_selector("#edit-thoughts :text('First')")
    assert page.get_attribute("#edit-status .omni-status", "data-state") == "working"
    thinking.may_draw.set()
    wait_for_state(page, "edit", "done")
    assert "First <b>the sky</b>, then the sea." in page.inner_text("#edit-thoughts")
    assert thinking.asked[-1]["stream"] == "true"
    assert page.wait_for_selector("#edit-result .omni-after")


@pytest.mark.parametrize("prompt", ["break", "nonsense"])
def test_a_server_that_dies_or_answers_nonsense(thinking, open_page, files, prompt):
    page = opened(open_page, thinking.app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", f"{prompt} it")
    said = run_and_wait(page, "edit", "failed")
    assert said.count(".") >= 2, "what happened, and what to do"
    assert page.input_value("#edit-prompt textarea") == f"{prompt} it"
    assert names(page) == ["ramp.png"]
    if prompt == "break":
        assert "then the sea." in page.inner_text("#edit-thoughts")


def test_thoughts_do_not_stand_beside_an_earlier_picture(thinking, open_page, files):
    page = opened(open_page, thinking.app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "make it night")
    run_and_wait(page, "edit")
    page.fill("#edit-prompt textarea", "break it")
    run_and_wait(page, "edit", "failed")
    assert page.locator("#edit-result img").count() == 0
    assert page.locator("#edit-settings [data-do=take], #edit-settings .omni-send").count() == 0
    assert "break it" in page.text_content("#edit-settings table")


def test_stop_and_a_closed_page_reach_a_server_that_thinks_aloud(thinking, open_page, files):
    page = opened(open_page, thinking.app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "slow")
    for leave in (lambda: page.click("#edit-stop"), page.close):
        thinking.aborted.clear()
        page.click("#edit-run")
        page.wait_for_selector("#edit-thoughts :text('then the sea')")
        page.wait_for_selector("#edit-stop:not([disabled])")
        leave()
        assert thinking.aborted.wait(2)
