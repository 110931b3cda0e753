"""Nothing moves by itself: when the page comes, when each tab is opened the first time and again, and during a run."""

import pytest

from bench import apps
from tests.chat_server import ChatServer
from tests.page_states import WORDS, give_picture
from tests.running import App, served_by

pytestmark = pytest.mark.browser
LIMIT = 0.02
WATCH = """window.shifts = [];
const nameOf = ({ node }) => (node?.closest ? node : node?.parentElement)?.closest("[id]")?.id || "";
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    window.shifts.push({ value, mine: hadRecentInput, what: sources.map(nameOf) });
  }
}).observe({ type: "layout-shift", buffered: true });"""
PRESS = "(name) => document.getElementById(`${name}-tab-button`).click()"
"""By a script: browsers count nothing that moves within half a second of a visitor's own click."""
TABS = ("image", "edit", "speech", "sound", "video", "talk", "history", "server", "chat")


def line_of(page):
    return page.context.new_cdp_session(page)


@pytest.mark.parametrize(("width", "slow"), [(1440, False), (390, False), (390, True)])
def test_nothing_moves_by_itself(demo_app, chromium, width, slow):
    page = chromium.new_page(viewport={"width": width, "height": 900 if width > 600 else 844})
    page.add_init_script(WATCH)
    if slow:
        line_of(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})  # as of a phone that is a few years old
    page.goto(demo_app.url)
    page.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
    page.wait_for_timeout(1000)
    for name in TABS if slow else TABS * 2:
        page.evaluate(PRESS, name)
        page.wait_for_selector(f"#{name}-tab:has(*)", state="attached")
        page.wait_for_function("!document.querySelector('#omni-tabs').hasAttribute('data-drawing')")
        page.wait_for_timeout(1000 if slow else 700)
    shifts = page.evaluate("window.shifts")
    page.close()
    assert sum(shift["value"] for shift in shifts) < LIMIT, [shift for shift in shifts if shift["value"] > 0.001]


@pytest.mark.parametrize("width", [1440, 390])
def test_what_comes_last_of_the_page_pushes_nothing_down(demo_app, chromium, width):
    """Gradio's parts come with a script for each kind; here the one of the header, which stands above all."""
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(WATCH)
    held = []
    page.route("**/assets/HTML-*.js", lambda route: held.append(route))
    page.goto(demo_app.url, wait_until="commit")
    page.wait_for_selector("#image-prompt textarea", state="attached")
    page.wait_for_selector("#image-run", state="attached")
    assert page.is_visible("#omni-early textarea"), "typing goes on meanwhile"
    for route in held:
        route.continue_()
    page.wait_for_selector("#omni-early", state="detached")
    page.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
    shifts = page.evaluate("window.shifts")
    page.close()
    assert held
    assert sum(shift["value"] for shift in shifts) < 0.005, shifts


def test_the_server_tab_stands_still_while_its_servers_are_asked(demo_app, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(WATCH)
    page.goto(f"{demo_app.url}/#image")
    page.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
    far = {"latency": 2500, "downloadThroughput": -1, "uploadThroughput": -1, "offline": False}
    line_of(page).send("Network.emulateNetworkConditions", far)
    page.evaluate(PRESS, "server")
    page.wait_for_selector("#server-own")
    assert page.locator(".omni-server-card").count() == 0, "nothing was waited for"
    page.wait_for_selector("#server-video .omni-server-card")
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.shifts")
    page.close()
    assert sum(shift["value"] for shift in shifts) < 0.005, shifts


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


@pytest.fixture(scope="module")
def text_app():
    """An app whose model writes and does nothing else."""
    yield from served_by(ChatServer(model="Qwen/Qwen2.5-7B-Instruct"))


def test_settings_of_the_chat_stand_still_also_where_the_model_heeds_few(text_app, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    page.goto(text_app.app.url)
    page.wait_for_selector("#chat-tab[data-model-known] #chat-temperature")
    page.wait_for_selector("#chat-modalities", state="hidden")
    page.wait_for_timeout(700)
    shifts = page.evaluate("window.shifts")
    page.close()
    assert sum(shift["value"] for shift in shifts) < 0.002, shifts


SCREENS = [(1440, 900), (1024, 768), (390, 844)]
SHORT = {"speech": "Hello there."}
AFTERWARDS = {"speech": "#speech-drawing .omni-sound-play"}
"""What is there only when the speech was heard to its end."""


@pytest.mark.parametrize("tab", list(WORDS))
def test_nothing_moves_while_something_is_made(demo_app, chromium, tab):
    """From the press of Run on; what moves within half a second of it is the answer to it, and is not counted."""
    page = chromium.new_page()
    page.add_init_script(WATCH)
    moved = {}
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto("about:blank")
        page.goto(f"{demo_app.url}/#{tab}")
        page.wait_for_selector(f"#{tab}-run")
        page.wait_for_selector("#omni-state .omni-pill:not([data-state=asking])")
        if tab == "edit":
            give_picture(page)
        if tab == "video":
            page.fill("#video-seconds-field", "1")
        field, words = WORDS[tab]
        page.fill(field, SHORT.get(tab, words) + " [[slow:1]]")
        page.wait_for_timeout(1200)
        page.evaluate("window.shifts = []")
        page.click(f"#{tab}-run")
        page.wait_for_selector(f"#{tab}-status [data-state=done]", timeout=60_000)
        if tab in AFTERWARDS:
            page.wait_for_selector(AFTERWARDS[tab], timeout=20_000)
        page.wait_for_timeout(700)
        moved[width] = [shift for shift in page.evaluate("window.shifts") if not shift["mine"]]
    page.close()
    sums = {width: sum(shift["value"] for shift in shifts) for width, shifts in moved.items()}
    print(tab, {width: round(value, 4) for width, value in sums.items()})
    assert max(sums.values()) < LIMIT, (sums, moved)
