"""Before Gradio has drawn the page one can type, press Run and choose a tab; nothing of it is lost."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import wait_for_state
from tests.browser.test_recipes import wait_value

pytestmark = pytest.mark.browser
FIELD = "#omni-early textarea"
PROMPT = "#image-prompt textarea"


class HeldPage:
    """A page whose script from Gradio comes when `release` is called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self._held: list[Route] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.holds = True
        self.hold("**/assets/Blocks-*.js")

    def hold(self, scripts: str) -> None:
        self.page.route(scripts, self._take)

    def _take(self, route: Route) -> None:
        if self.holds:
            self._held.append(route)
        else:
            route.continue_()

    def open(self, url: str) -> Page:
        self.page.goto(url, wait_until="commit")
        return self.page

    def release(self) -> None:
        self.holds = False
        for route in self._held:
            route.continue_()
        self._held.clear()


@pytest.fixture
def held(chromium):
    pages = []

    def make(**context) -> HeldPage:
        pages.append(HeldPage(chromium.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()))
        return pages[-1]

    yield make
    for held in pages:
        assert not held.faults
        held.page.context.close()


def test_what_is_typed_early_stays_with_its_caret_and_beats_the_draft(demo_app, held):
    holder = held()
    page = holder.open(demo_app.url)
    page.click(FIELD)
    page.keyboard.type("a red fx")
    page.press(FIELD, "ArrowLeft")
    assert page.locator(PROMPT).count() == 0
    holder.release()
    wait_value(page, PROMPT, "a red fx")
    assert page.locator("#omni-early").count() == 0
    page.keyboard.type("o")
    wait_value(page, PROMPT, "a red fox")
    page.wait_for_function("(sessionStorage.omni_draft || '').includes('a red fox')")
    # The draft of this browser tab is there when it is loaded anew; what is typed meanwhile is newer.
    holder.holds = True
    page.reload(wait_until="commit")
    page.click(FIELD)
    page.keyboard.type("a boat")
    page.click(".omni-early-stage")
    holder.release()
    wait_value(page, PROMPT, "a boat")
    page.wait_for_timeout(800)
    assert page.input_value(PROMPT) == "a boat"
    page.wait_for_function("(sessionStorage.omni_draft || '').includes('a boat')")
    # A field that was only clicked into gets its draft.
    holder.holds = True
    page.reload(wait_until="commit")
    page.click(FIELD)
    holder.release()
    wait_value(page, PROMPT, "a boat")


def test_run_and_a_tab_that_are_pressed_early_are_pressed(demo_app, held):
    holder = held()
    page = holder.open(demo_app.url)
    page.fill(FIELD, "a red fox")
    page.click(".omni-early-run button")
    holder.release()
    wait_for_state(page, "image", "done")
    holder = held()
    holder.hold("**/main.js")  # ours, which would see the press; on a slow line it comes after it
    page = holder.open(demo_app.url)
    page.click("#omni-early [data-opens=sound]")
    holder.release()
    page.wait_for_selector("#sound-run")
    page.wait_for_timeout(800)
    assert page.get_attribute("#sound-tab-button", "aria-selected") == "true"


def test_it_speaks_the_language_of_the_page_and_is_dark_where_that_is(demo_app, held):
    holder = held(locale="zh-CN", color_scheme="dark")
    page = holder.open(demo_app.url)
    page.wait_for_selector("#omni-early button:has-text('图像')")
    assert page.evaluate("getComputedStyle(document.getElementById('omni-early')).backgroundColor") == "rgb(14, 17, 22)"
    holder.release()
    page.wait_for_selector(PROMPT)


def test_another_tab_of_the_address_has_none(demo_app, held):
    holder = held()
    page = holder.open(f"{demo_app.url}#chat")
    page.wait_for_function("window.omni?.modules")
    page.wait_for_timeout(300)
    assert page.locator("#omni-early").count() == 0
    holder.release()
    page.wait_for_selector("#chat-text textarea")
