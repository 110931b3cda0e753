import httpx
import pytest

from tests.browser.conftest import fits, looks, run_and_wait, serious
from tests.chat_server import ChatServer
from tests.running import PUBLIC, App, private_only

pytestmark = pytest.mark.browser

ADDRESS, KEY = "#server-address :is(input, textarea)", "#server-key input"


@pytest.fixture(scope="module")
def own():
    with ChatServer(key="sesame-7531") as server:
        yield server


def open_own(page) -> None:
    page.click("#server-own button")
    page.wait_for_selector(ADDRESS)


def use(page, address: str, key: str, state: str) -> str:
    page.fill(ADDRESS, address)
    page.fill(KEY, key)
    page.click("#server-use")
    page.wait_for_function(f"document.querySelector('{KEY}').value === ''")
    return page.wait_for_selector(f"#server-status [data-state={state}]").inner_text()


def test_every_tab_has_a_card_and_a_test(demo_app, open_page):
    page = open_page(demo_app.url, "Server")
    for tab in ("chat", "image", "edit", "speech", "sound", "video"):
        card = page.wait_for_selector(f"#server-{tab} .omni-server-card").inner_text()
        assert "Demo server" in card
        assert "demo/" in card
        assert "vllm serve" in card
        assert "--omni --port 8091" in card
    assert "Voices" in page.inner_text("#server-speech")
    page.click("#server-image-test")
    said = page.wait_for_selector("#server-status [data-state=done]").inner_text()
    assert said.startswith("Image: answered in")
    assert "demo/painter" in said


@private_only
def test_enter_in_the_address_uses_the_server(demo_app, open_page):
    page = open_page(demo_app.url, "Server")
    open_own(page)
    page.fill(ADDRESS, "127.0.0.1:9")
    page.press(ADDRESS, "Enter")
    assert "it does not answer" in page.wait_for_selector("#server-status [data-state=failed]").inner_text()


@private_only
def test_a_server_of_ones_own_for_this_session_only(demo_app, open_page, own):
    page = open_page(demo_app.url, "Server")
    open_own(page)
    assert "not the address of a server" in use(page, "gopher://x", "", "failed")
    assert "API key" in use(page, own.url, "wrong", "failed")
    assert "Demo server" in page.inner_text("#omni-state")
    assert page.get_by_text("The demo server stands in").is_visible()
    assert "uses your server" in use(page, own.url, own.key, "done")
    assert page.get_by_text("The demo server stands in").count() == 0, "it stands in for nothing any longer"
    page.wait_for_function(f"document.querySelector('#omni-state').innerText.includes('{own.model}')")
    assert own.url in page.inner_text("#server-chat")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") + page.content()
    assert own.key not in kept
    assert own.key not in httpx.get(demo_app.url + "/config").text

    page.get_by_role("tab", name="Chat", exact=True).click()
    page.fill("#chat-text textarea", "Hello")
    run_and_wait(page, "chat")
    assert "Hello there." in page.inner_text("#chat-result")
    assert own.asked["messages"] == [{"role": "user", "content": "Hello"}]

    other = open_page(demo_app.url, "Server")
    assert "demo/talk" in other.wait_for_selector("#server-chat .omni-server-card").inner_text()
    other.close()

    page.get_by_role("tab", name="Server", exact=True).click()
    page.click("#server-reset")
    page.wait_for_function("document.querySelector('#omni-state').innerText.includes('Demo server')")


def test_a_public_page_offers_no_such_thing_and_tells_no_address(open_page, own):
    with App(
        OMNI_BASE_URL=own.url, OMNI_API_KEY=own.key, OMNI_VISITOR_SERVERS="true", SPACE_ID="a/b", OMNI_HOST="127.0.0.1"
    ) as app:
        page = open_page(app.url, "Chat")
        # The page opens on a tab that works; from then on it stays where one goes.
        page.wait_for_function("document.querySelectorAll('#chat-modalities label').length === 2")
        page.get_by_role("tab", name="Server", exact=True).click()
        card = page.wait_for_selector("#server-chat .omni-server-card").inner_text()
        assert own.model in card
        assert own.url not in page.content()
        assert own.key not in page.content()
        assert page.query_selector("#server-address") is None
        config = httpx.get(app.url + "/config").text
        assert "server-address" not in config
        assert own.key not in config


def test_the_tab_fits_the_screen_and_is_accessible(demo_app, open_page):
    page = open_page(demo_app.url, "Server", viewport={"width": 390, "height": 844})
    page.wait_for_selector("#server-video .omni-server-card")
    if not PUBLIC:
        open_own(page)
    assert fits(page)
    for look in looks(page):
        assert serious(page, "#server-tab") == [], look
