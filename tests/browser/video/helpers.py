"""What the tests of Video look at and press."""

import time

import httpx

from tests.browser.conftest import open_more

SMALL = {"#video-size input": "96x64", "#video-num_frames-field": "8", "#video-fps-field": "8"}


def records(server) -> list[dict]:
    return httpx.get(f"{server.url}/_stub/requests").json()["requests"]


def wait_until(what, within: float = 30):
    until = time.monotonic() + within
    while not (seen := what()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)
    return seen


def ask(page, prompt: str, **fields: str) -> None:
    open_more(page, "video")
    for field, value in (SMALL | fields).items():
        page.fill(field, value)
        page.press(field, "Tab")
    page.fill("#video-prompt textarea", prompt)


def begin(page, prompt: str, **fields: str) -> str:
    """Runs, and waits until the list shows the new job; its ticket."""
    ask(page, prompt, **fields)
    page.click("#video-run")
    row = page.wait_for_selector(f"#video-jobs li:has-text('{prompt[:12]}')")
    return row.get_attribute("data-ticket")


def row(page, ticket: str, state: str = "", timeout: float = 30):
    wanted = f"[data-state={state}]" if state else ""
    return page.wait_for_selector(f"#video-jobs li[data-ticket='{ticket}']{wanted}", timeout=1000 * timeout)


def content(page) -> bytes:
    return page.request.get(page.wait_for_selector("#video-result video").get_attribute("src")).body()
