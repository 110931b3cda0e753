"""What the page costs a visitor, counted in a browser: `python -m bench.journeys [address] [--json file]`.

Clicks to the first result of each tab, the share of the screen that a square picture takes at three widths, how much
the page shifts meanwhile, Tab stops to the prompt, and the height of the page on a phone. Without an address it starts
an app with the demo server. Not in CI: figures are looked at when the page is changed.
"""

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from omni_ui.features.stage.examples import FOLDER, SAMPLE
from tests.running import App

SCREENS = {1440: 900, 1024: 768, 390: 844}
PROMPTS = {
    "image": ("#image-prompt textarea", "A red fox in deep snow"),
    "edit": ("#edit-prompt textarea", "Make it night"),
    "video": ("#video-prompt textarea", "A paper boat drifts down a stream"),
    "sound": ("#sound-input textarea", "Rain on a tin roof"),
    "speech": ("#speech-input textarea", "Hello there."),
    "chat": ("#chat-text textarea", "What can you do?"),
}
SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value;
})
  .observe({ type: "layout-shift", buffered: true });"""


def open_tab(browser: Browser, address: str, tab: str, width: int = 1440) -> Page:
    """A page of a visitor who is new, at that tab."""
    size = {"width": width, "height": SCREENS[width]}
    page = browser.new_context(viewport=size, has_touch=width < 600).new_page()
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.get_by_role("tab", name=tab.capitalize(), exact=True).click()
    page.wait_for_selector(f"#{tab}-run")
    page.wait_for_timeout(1500)
    return page


def clicks_to_result(page: Page, tab: str) -> int:
    """An example where one runs by itself, else an example, a picture where one is needed, and Run."""
    example = page.locator(f"#{tab}-tab .omni-example").first
    clicks = 1
    example.click()
    page.wait_for_timeout(1500)
    state = page.get_attribute(f"#{tab}-status .omni-status", "data-state")
    if state in ("empty", None):
        if tab == "edit":
            clicks += 1
            page.set_input_files("#edit-image input[type=file]", FOLDER / SAMPLE)
            page.wait_for_timeout(3000)
        clicks += 1
        page.click(f"#{tab}-run")
    page.wait_for_selector(f"#{tab}-status [data-state=done]", timeout=120_000)
    return clicks


def picture_share(page: Page, width: int) -> tuple[float, float]:
    """Percent of the screen that a square picture takes, whole and as far as it is in sight."""
    field, words = PROMPTS["image"]
    page.click(field)  # with a pointer, as a visitor does: what that brings up is no shift
    page.keyboard.type(words)
    page.click("#image-run")
    page.wait_for_selector("#image-status [data-state=done]", timeout=60_000)
    page.wait_for_timeout(1200)
    box = page.locator("#image-result img").first.bounding_box()
    assert box
    side = min(box["width"], box["height"])  # the picture is square, whatever room its element takes
    screen = width * SCREENS[width]
    top, bottom = max(0.0, box["y"]), min(float(SCREENS[width]), box["y"] + side)
    return 100 * side * side / screen, 100 * max(0.0, bottom - top) * side / screen


def tab_stops(page: Page, field: str) -> int:
    """Presses of Tab from the tab's button, which was clicked, to the prompt; 0 when it is not reached within 60."""
    page.evaluate("document.activeElement?.blur()")
    for stops in range(1, 61):
        page.keyboard.press("Tab")
        if page.evaluate("(field) => document.activeElement === document.querySelector(field)", field):
            return stops
    return 0


def measure(browser: Browser, address: str) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for tab in PROMPTS:
        page = open_tab(browser, address, tab)
        figures[f"clicks to the first result, {tab}"] = clicks_to_result(page, tab)
        page.context.close()
    for width in SCREENS:
        page = open_tab(browser, address, "image", width)
        page.evaluate("window.shifts = 0")
        whole, in_sight = picture_share(page, width)
        figures[f"picture, % of the screen at {width}"] = round(whole, 1)
        figures[f"of it in sight, % at {width}"] = round(in_sight, 1)
        figures[f"layout shift of a run at {width}"] = round(page.evaluate("window.shifts"), 4)
        if width == 390:
            figures["page height on a phone after a run, px"] = page.evaluate("document.documentElement.scrollHeight")
        page.context.close()
    for tab in ("image", "video"):
        page = open_tab(browser, address, tab)
        figures[f"Tab stops from a tab's button to its prompt, {tab}"] = tab_stops(page, PROMPTS[tab][0])
        page.context.close()
    for tab in PROMPTS:
        page = open_tab(browser, address, tab, 390)
        figures[f"page height on a phone, {tab}, px"] = page.evaluate("document.documentElement.scrollHeight")
        page.context.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        address = options.address or stack.enter_context(App()).url
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        figures = measure(browser, address)
    for name, value in figures.items():
        print(f"{name:48} {value}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
