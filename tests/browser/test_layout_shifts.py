"""Nothing moves by itself: when the page comes, and when each tab is opened the first time and again."""

import pytest

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
