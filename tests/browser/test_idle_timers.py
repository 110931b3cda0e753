"""What the page does now and then asks for no layout: it would be laid out once more in the middle of an answer."""

import pytest

pytestmark = pytest.mark.browser
TABS = ("image", "edit", "speech", "sound", "video", "talk", "history", "server", "chat")
REMEMBER = """window.timers = [];
const begin = window.setInterval;
window.setInterval = (call, every, ...rest) => {
  timers.push({ call, name: `every ${every} ms: ${String(call).slice(0, 120)}` });
  return begin(call, every, ...rest);
};"""
LAYOUT = {
    "HTMLElement": ["offsetParent", "offsetTop", "offsetLeft", "offsetWidth", "offsetHeight", "innerText"],
    "Element": [
        "getBoundingClientRect", "getClientRects", "scrollTop", "scrollHeight", "scrollWidth", "clientWidth",
        "clientHeight", "checkVisibility",
    ],
}  # fmt: skip
RUN_ALL = """(layout) => {
  const asked = [];
  const undo = [];
  let running = null;
  for (const [kind, names] of Object.entries(layout)) for (const name of names) {
    const owner = window[kind].prototype;
    const before = Object.getOwnPropertyDescriptor(owner, name);
    const part = before.get ? "get" : "value";
    const told = function (...given) {
      asked.push(`${name}, ${running.name}`);
      return before[part].apply(this, given);
    };
    Object.defineProperty(owner, name, { ...before, [part]: told });
    undo.push(() => Object.defineProperty(owner, name, before));
  }
  for (running of timers) running.call();
  for (const back of undo) back();
  return asked;
}"""


def test_no_timer_asks_for_a_layout_whichever_tab_is_open(demo_app, chromium):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(REMEMBER)
    page.goto(demo_app.url)
    asked = {}
    for name in TABS:
        page.click(f"#{name}-tab-button")
        page.wait_for_selector(f"#{name}-tab:has(*)")
        page.wait_for_function("!document.querySelector('#omni-tabs').hasAttribute('data-drawing')")
        asked[name] = page.evaluate(RUN_ALL, LAYOUT)
    assert page.evaluate("timers.length") > 15
    page.close()
    assert asked == {name: [] for name in TABS}
