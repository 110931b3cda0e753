"""A page that tests take in turns is that of a new visitor each time."""

import pytest

from tests.browser.page_pool import VIEWPORT

pytestmark = pytest.mark.browser
PROMPT = "#image-prompt textarea"


def test_nothing_of_one_test_is_seen_by_the_next(demo_app, page_pool):
    pooled = page_pool.take(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = pooled.page
    page.goto(demo_app.url)
    page.fill(PROMPT, "a red boat")
    page.wait_for_function("(sessionStorage.omni_draft || '').includes('a red boat')")
    page.evaluate("localStorage.omni_language = 'zh-CN'")
    (visitor,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "omni_visitor"]
    page_pool.give_back(pooled)

    pooled = page_pool.take()
    assert pooled.page is page
    page.goto(demo_app.url)
    page.wait_for_selector(PROMPT)
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
    assert page.input_value(PROMPT) == ""
    assert page.evaluate("localStorage.omni_language") is None
    assert page.evaluate("[innerWidth, innerHeight]") == list(VIEWPORT.values())
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is False
    assert visitor not in [cookie["value"] for cookie in page.context.cookies()]

    page.route("**/nothing", lambda route: route.abort())
    page_pool.give_back(pooled)
    assert page.is_closed(), "the next test would have its route"
