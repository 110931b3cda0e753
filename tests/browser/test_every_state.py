"""Every tab in every state, in one page: axe finds nothing, and what is measured is as it should be."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from tests.browser.conftest import FLAGS
from tests.page_states import TABS, microphone_flags, walk

pytestmark = pytest.mark.browser

AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
CHECKS = (Path(__file__).parents[2] / "bench" / "page_checks.js").read_text(encoding="utf-8")
FINDINGS = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`))"""
MAIN = ("empty", "done", "failed", "in a call", "full")
"""The states that are looked at on a phone in the dark too."""


@pytest.fixture(scope="module")
def hearing(chromium):
    """A browser that hears a tone now and then."""
    with TemporaryDirectory() as folder:
        flags = FLAGS + microphone_flags(Path(folder))
        browser = chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


def visit(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 844}, locale="en-US")
    page.goto(url)
    page.evaluate(AXE)
    return page


@pytest.fixture(scope="module")
def page(hearing, demo_app):
    return visit(hearing, demo_app.url)


def faults(page: Page, where: str, width: int, scheme: Literal["light", "dark"]) -> list[str]:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.mouse.move(0, 0)
    page.wait_for_timeout(150)
    seen = page.evaluate(FINDINGS) + page.evaluate(CHECKS, width < 600)["faults"]
    return [f"{where}, {width}, {scheme}: {fault}" for fault in seen]


@pytest.mark.parametrize("tab", TABS)
def test_axe_and_measuring_find_nothing_in_any_state(hearing, page, demo_app, tab):
    if tab == "history":  # of somebody who has made nothing yet
        page = visit(hearing, demo_app.url)
    wrong: list[str] = []
    for state in walk(page, tab):
        wrong += faults(page, state, 1280, "light")
        wrong += faults(page, state, 390, "dark") if state in MAIN else []
        page.set_viewport_size({"width": 1280, "height": 844})
    assert wrong == []
