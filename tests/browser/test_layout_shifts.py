"""Nothing moves by itself: when the page comes, and when each tab is opened the first time and again."""

import pytest

from bench import apps
from tests.running import App

pytestmark = pytest.mark.browser
LIMIT = 0.02
WATCH = """window.shifts = [];
const nameOf = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest("[id]")?.id || "";
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.shifts.push({ value: shift.value, what: shift.sources.map(nameOf) });
}).observe({ type: "layout-shift", buffered: true });"""
PRESS = "(name) => document.getElementById(`${name}-tab-button`).click()"
"""By a script: browsers count nothing that moves within half a second of a visitor's own click."""
TABS = ("image", "edit", "speech", "sound", "video", "talk", "history", "server", "chat")


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_by_itself(demo_app, chromium, width):
    page = chromium.new_page(viewport={"width": width, "height": 900 if width > 600 else 844})
    page.add_init_script(WATCH)
    page.goto(demo_app.url)
    page.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
    page.wait_for_timeout(1000)
    for name in TABS * 2:
        page.evaluate(PRESS, name)
        page.wait_for_selector(f"#{name}-tab:has(*)", state="attached")
        page.wait_for_function("!document.querySelector('#omni-tabs').hasAttribute('data-drawing')")
        page.wait_for_timeout(700)
    shifts = page.evaluate("window.shifts")
    page.close()
    assert sum(shift["value"] for shift in shifts) < LIMIT, [shift for shift in shifts if shift["value"] > 0.001]


@pytest.fixture(scope="module")
def chat_app():
    """An app whose first tab is Chat."""
    with apps.server() as server, App(OMNI_BASE_URL=server.url) as app:
        yield app


TOPS = """window.tops = new Set();
const look = () => {
  const composer = document.querySelector("#chat-tab .omni-composer-row");
  if (composer?.offsetParent) tops.add(composer.getBoundingClientRect().top);
  requestAnimationFrame(look);
};
look();"""


@pytest.mark.parametrize("width", [1440, 1280, 950, 700, 390])
def test_the_message_box_stands_at_its_place_at_once_where_chat_is_the_first_tab(chat_app, chromium, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(TOPS)
    page.goto(chat_app.url)
    page.wait_for_function("document.documentElement.style.getPropertyValue('--chat-top') && window.tops.size")
    page.wait_for_timeout(1000)
    tops = page.evaluate("[...tops]")
    page.close()
    assert max(tops) - min(tops) < 15, tops
