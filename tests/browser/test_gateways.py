"""What a person reads on the page when a gateway stands in front of the server: its failures, and the examination."""

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from omni_ui.demo import DemoServer
from tests.browser.conftest import run_and_wait
from tests.gateways.fake import METHODS, FakeGateway
from tests.gateways.production_stack import ProductionStack
from tests.running import App

pytestmark = pytest.mark.browser


class ImpatientNginx(FakeGateway):
    """nginx whose proxy_read_timeout is over: its own page of 504 (ngx_http_special_response.c)."""

    def routes(self) -> list[Route]:
        late = Route("/v1/images/generations", self._give_up, methods=["POST"])
        return [late, Route("/{path:path}", self.pass_on, methods=METHODS)]

    async def _give_up(self, request: Request) -> Response:
        await self.receive(request)
        title = "504 Gateway Time-out"
        page = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center><hr><center>nginx"
        return HTMLResponse(page + "/1.22.1</center></body></html>", 504, headers={"server": "nginx/1.22.1"})


@pytest.fixture(scope="module")
def demo():
    with DemoServer(latency=0.0, stub=True) as server:
        yield server.url


def examine(page) -> str:
    """Presses the button of the Server tab; the text of the card."""
    page.get_by_role("tab", name="Server", exact=True).click()
    page.click("#server-examine")
    return page.wait_for_selector("#server-doctor .omni-server-card").inner_text()


def test_a_proxy_that_gave_up_is_told_with_its_setting_and_asked_once(demo, open_page):
    with ImpatientNginx([demo]) as gateway, App(OMNI_BASE_URL=gateway.url) as app:
        page = open_page(app.url, "Image")
        page.fill("#image-prompt textarea", "a fox")
        told = run_and_wait(page, "image", "failed")
        assert "(nginx) gave up waiting" in told
        assert "proxy_read_timeout 1800s;" in told
        assert page.input_value("#image-prompt textarea") == "a fox"
        assert gateway.asked("/v1/images/generations") == 1
        card = examine(page)
        assert "it gave up after less than 1 s the last time" in card
        assert page.inner_text("#server-doctor code").splitlines()[0] == "proxy_read_timeout 1800s;"


def test_the_examination_names_the_gateway_and_offers_only_settings_to_copy(demo, open_page):
    with ProductionStack([demo]) as gateway, App(OMNI_BASE_URL=gateway.url) as app:
        page = open_page(app.url, "Image")
        page.fill("#image-prompt textarea", "a fox")
        run_and_wait(page, "image")
        card = examine(page)
        assert "vLLM production-stack" in card
        assert "It has no route to make sounds, to make videos." in card
        assert "OMNI_VIDEO_URL" in card
        assert page.locator("#server-doctor code").count() == 0
        shown = page.wait_for_selector("#server-speech .omni-server-card").inner_text()
        assert "does not pass on the list of voices" in shown
        assert "not reported" in shown
