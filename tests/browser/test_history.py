"""The history in a browser: what survives, what is whose, what can be done with it, and a store that fails."""

import io
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import forget_state, run_and_wait, wait_for_state
from tests.fakes import SlowServer, png
from tests.running import App

pytestmark = pytest.mark.browser

CARD = ".omni-history-list li[data-id]"


def history(page, cards: int | None = None):
    """Opens the tab; waits for so many results."""
    page.get_by_role("tab", name="History", exact=True).click()
    if cards is not None:
        page.wait_for_function(f"document.querySelectorAll('{CARD}').length === {cards}")
    return page.locator(CARD)


def killed(app: App, page) -> None:
    """The app crashes. The page goes away first: it loads itself anew when the app is there again."""
    page.goto("about:blank")
    app.kill()


def make(page, prompt: str, size: str = "96x64", seed: str = "") -> str:
    page.get_by_role("tab", name="Image", exact=True).click()
    page.fill("#image-prompt textarea", prompt)
    page.fill("#image-size input", size)
    page.press("#image-size input", "Enter")
    if seed:
        page.fill("#image-seed input", seed)
    return run_anew(page)


def run_anew(page, tab: str = "image", state: str = "done") -> str:
    """Presses Run and waits for what comes of it, whatever the last run had come to."""
    forget_state(page, tab)
    return run_and_wait(page, tab, state)


def as_in(page) -> httpx.Client:
    """A program with the cookies of this page."""
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    return httpx.Client(cookies=cookies)


def listed(page, url: str) -> list[dict]:
    with as_in(page) as program:
        return program.get(f"{url}/omni/history").json()["records"]


def test_results_and_failures_survive_a_reload_and_a_kill(chromium, tmp_path):
    with SlowServer(latency=0, picture=png(300, 200)) as server:
        settings = {"OMNI_BASE_URL": server.url, "OMNI_DATA_DIR": str(tmp_path)}
        context = chromium.new_context()
        app = App(**settings).start()
        page = context.new_page()
        page.goto(app.url)
        make(page, "the first picture", seed="41")
        page.fill("#image-size input", "1x1")
        page.press("#image-size input", "Enter")
        run_anew(page, state="failed")
        make(page, "the last picture before the crash", seed="42")
        killed(app, page)
        with app:
            page.goto(app.url)
            cards = history(page, 3)
            expect(cards.nth(0)).to_contain_text("the last picture before the crash")
            expect(cards.nth(1)).to_contain_text("too small")
            expect(cards.nth(2)).to_contain_text("the first picture")
            newest = listed(page, app.url)[0]
            with as_in(page) as program:
                kept = program.get(f"{app.url}/omni/history/{newest['id']}/0")
            assert kept.content == server.picture
            cards.nth(2).locator(".omni-history-open").click()
            page.click("dialog[open] [data-act=open]")
            assert "filled in" in wait_for_state(page, "image", "done")
            assert page.input_value("#image-prompt textarea") == "the first picture"
            assert page.input_value("#image-seed input") == "41"
            assert page.input_value("#image-size input") == "96x64"
            run_anew(page)
            assert (server.seen[-1].body["prompt"], server.seen[-1].body["seed"]) == ("the first picture", 41)
        context.close()


@pytest.fixture(scope="module")
def anne(demo_app, chromium):
    """A visitor with one picture, and where Gradio's own route serves it."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(demo_app.url)
    make(page, "Anne's lighthouse")
    page.address = page.get_attribute("#image-result img", "src")
    page.record = listed(page, demo_app.url)[0]
    yield page
    context.close()


@pytest.fixture(scope="module")
def bob(demo_app, chromium):
    """Another visitor, who makes nothing."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(demo_app.url)
    page.wait_for_selector("button[role=tab]")
    yield page
    context.close()


def test_another_visitor_sees_none_of_it(demo_app, anne, bob):
    history(bob)
    bob.wait_for_selector(".omni-history-none")
    assert "Everything you make" in bob.inner_text(".omni-history-list")
    own = f"{demo_app.url}/omni/history/{anne.record['id']}"
    with as_in(anne) as hers, as_in(bob) as his, httpx.Client() as nobody:
        assert hers.get(f"{own}/0").content == hers.get(anne.address).content
        for other in (his, nobody):
            assert other.get(f"{demo_app.url}/omni/history").json()["records"] == []
            for path in (own, f"{own}/0", f"{own}/0/thumb"):
                assert other.get(path).status_code == 404
            told = other.post(f"{demo_app.url}/omni/history/keepsake", data={"ids": anne.record["id"]})
            assert told.status_code == 404
            change = {"headers": {"x-omni": "1"}}
            assert other.post(f"{own}/star", json={"on": True}, **change).status_code == 404
            other.request("DELETE", f"{demo_app.url}/omni/history", json={"ids": [anne.record["id"]]}, **change)
        assert hers.get(own).json()["starred"] is False


def test_gradio_s_own_route_serves_a_picture_to_its_visitor_alone(demo_app, anne, bob):
    path = anne.address.partition("file=")[2]
    spellings = [
        f"/gradio_api/file={path}",
        f"/gradio_api/file={quote(path, safe='')}",
        f"/gradio_api/file={quote(quote(path, safe=''), safe='')}",
    ]
    with as_in(anne) as hers, as_in(bob) as his, httpx.Client() as nobody:
        assert hers.get(demo_app.url + spellings[0]).status_code == 200
        for spelling in spellings:
            for other in (his, nobody):
                assert other.get(demo_app.url + spelling).status_code == 403
        for anybody in (hers, his, nobody):  # a route that the page does not need, see app/route_table.py
            assert anybody.get(f"{demo_app.url}/gradio_api/file/{path}").status_code == 404
        stolen = {"data": [{"path": path}], "fn_index": 0, "session_hash": "x"}
        assert his.post(f"{demo_app.url}/gradio_api/queue/join", json=stolen).status_code == 403


def test_another_site_cannot_change_anything(demo_app, anne):
    own = f"{demo_app.url}/omni/history"
    with as_in(anne) as hers:
        assert hers.request("DELETE", own, json={"all": True}).status_code == 403
        assert hers.post(f"{own}/{anne.record['id']}/star", json={"on": True}).status_code == 403
        asked = hers.options(own, headers={
            "origin": "https://evil.example", "access-control-request-method": "DELETE",
            "access-control-request-headers": "x-omni",
        })  # fmt: skip
        assert "access-control-allow-origin" not in asked.headers
        for site in ("cross-site", "same-site"):
            assert hers.get(own, headers={"sec-fetch-site": site, "sec-fetch-mode": "cors"}).status_code == 403
        assert hers.get(f"{own}/{anne.record['id']}").status_code == 200


def test_files_come_with_ranges_and_cannot_act_as_pages(demo_app, anne):
    own = f"{demo_app.url}/omni/history/{anne.record['id']}/0"
    with as_in(anne) as hers:
        whole = hers.get(own)
        part = hers.get(own, headers={"range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert whole.headers["x-content-type-options"] == "nosniff"
        assert whole.headers["cache-control"].startswith("private")
        assert hers.get(f"{own}?download=1").headers["content-disposition"].startswith("attachment")
        with Image.open(io.BytesIO(hers.get(f"{own}/thumb").content)) as small:
            assert max(small.size) <= 320
        for path in ("/9", "/-1", "/x", "/0/thumb/more"):
            assert hers.get(f"{demo_app.url}/omni/history/{anne.record['id']}{path}").status_code in (404, 422)


def test_two_pages_of_one_visitor_agree(demo_app, chromium):
    context = chromium.new_context()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(demo_app.url)
    make(first, "from the first")
    make(second, "from the second")
    history(first, 2)
    history(second, 2)
    first.locator(CARD).nth(0).locator(".omni-history-open").click()
    first.click("dialog[open] [data-act=delete-one]")
    first.click("dialog[open] [data-act=delete-one]")
    for page in (first, second):
        page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 1")
    # One that the other page has deleted meanwhile.
    with as_in(first) as program:
        program.request("DELETE", f"{demo_app.url}/omni/history", json={"all": True}, headers={"x-omni": "1"})
    second.locator(".omni-history-open").click()
    second.wait_for_selector(".omni-history-trouble:not([hidden])")
    assert "deleted" in second.inner_text(".omni-history-trouble")
    context.close()


def test_a_result_goes_to_another_tab_and_from_there_to_the_next(demo_app, open_page):
    page = open_page(demo_app.url)
    make(page, "a lighthouse", "256x192")
    page.click("#image-settings .omni-send button:has-text('Edit')")
    page.wait_for_selector("#edit-image .omni-thumbs img")
    page.wait_for_selector("#edit-image .omni-thumb-size:has-text('256 × 192')", timeout=20_000)
    page.fill("#edit-prompt textarea", "Make it night")
    run_and_wait(page, "edit")
    page.click("#edit-settings .omni-send button:has-text('Video')")
    page.wait_for_selector("#video-input_reference .omni-thumbs img")
    page.get_by_role("tab", name="Edit", exact=True).click()
    page.click("#edit-settings .omni-send button:has-text('Chat')")
    page.wait_for_selector("#chat-files li")
    page.fill("#chat-text textarea", "What is in this picture?")
    run_and_wait(page, "chat")
    page.click("#chat-settings .omni-more-actions")
    page.click("#chat-settings .omni-send button[data-target=image-prompt]")
    page.wait_for_selector("#image-prompt textarea")
    page.wait_for_function("document.querySelector('#image-prompt textarea').value.length > 20")
    cards = history(page, 3)
    cards.nth(1).locator(".omni-history-open").click()
    page.click("dialog[open] [data-act=open]")
    page.wait_for_selector("#edit-image .omni-thumbs img")
    assert page.input_value("#edit-prompt textarea") == "Make it night"
    cards = history(page, 3)
    cards.nth(0).locator(".omni-history-open").click()
    page.click("dialog[open] [data-act=open]")
    page.wait_for_selector("#chat-result:has-text('What is in this picture?') img")
    page.fill("#chat-text textarea", "And now?")
    page.click("#chat-run")
    page.wait_for_selector("#chat-status .omni-fact:has-text('tokens')")
    history(page)
    page.wait_for_selector(f"{CARD}:has-text('And now?')")
    assert "And now?" in history(page, 3).nth(0).inner_text()


def test_an_order_for_a_stranger_s_result_or_a_field_that_is_none_is_refused(demo_app, anne, open_page):
    page = open_page(demo_app.url)
    for order in (
        {"record": anne.record["id"], "kind": "image", "file": 0, "target": "edit-image"},
        {"record": "", "kind": "image", "file": 0, "target": "edit-image"},
        {"record": anne.record["id"], "kind": "image", "file": 0, "target": "image-prompt"},
        {"record": anne.record["id"], "kind": "image", "file": 0, "target": "nowhere"},
    ):
        page.evaluate("(order) => omni.call('send_result', order)", order)
        page.wait_for_selector(".toast-body")
        page.locator(".toast-close").first.click()
        page.wait_for_selector(".toast-body", state="detached")
    assert page.is_visible("#image-run")


def test_a_browser_that_stores_nothing_has_no_history_but_can_send_on(demo_app, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('off'); } })")
    page.add_init_script("Object.defineProperty(document, 'cookie', { get: () => '', set() {} })")
    page.goto(demo_app.url)
    make(page, "nobody's picture")
    page.click("#image-settings .omni-send button:has-text('Edit')")
    page.wait_for_selector("#edit-image .omni-thumbs img")
    page.get_by_role("tab", name="History", exact=True).click()
    page.wait_for_selector(".omni-history-none")
    assert "stores nothing" in page.inner_text(".omni-history-list")
    context.close()
