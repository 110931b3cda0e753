"""The list of History: found, marked, deleted, taken home."""

import json
import zipfile
from pathlib import Path

import pytest

from bench.visits import SECRET, fill
from tests.browser.test_history import CARD, history, listed, make
from tests.running import App

pytestmark = pytest.mark.browser


def test_search_filter_star_and_delete(demo_app, open_page):
    page = open_page(demo_app.url)
    for prompt in ("a red boat", "a green boat", "a <b>bold</b> tree"):
        make(page, prompt)
    cards = history(page, 3)
    assert "<b>bold</b>" in cards.nth(0).inner_text()
    page.fill("#history input[type=search]", "BOAT red")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 1")
    page.fill("#history input[type=search]", "zebra")
    page.wait_for_selector(".omni-history-none")
    assert "No results match" in page.inner_text(".omni-history-list")
    page.fill("#history input[type=search]", "")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 3")
    page.select_option("#history select", "video")
    page.wait_for_selector(".omni-history-none")
    assert not page.is_visible("#history [data-act=delete]")  # all would go, and none is seen
    page.select_option("#history select", "")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 3")
    cards.nth(2).locator(".omni-star").click()
    page.wait_for_selector(f"{CARD}:nth-child(3) .omni-star[aria-pressed=true]")
    cards.nth(0).locator(".omni-history-head input").check()
    assert page.inner_text("#history [data-act=delete]") == "Delete 1"
    page.check(".omni-history-star input")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 1")
    assert "red boat" in cards.nth(0).inner_text()
    page.uncheck(".omni-history-star input")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 3")
    assert page.inner_text("#history [data-act=delete]") == "Delete all"  # what was chosen had gone out of sight

    cards.nth(1).locator(".omni-history-open").click()
    page.click("dialog[open] [data-act=delete-one]")
    assert "Really" in page.inner_text("dialog[open] [data-act=delete-one]")
    assert len(listed(page, demo_app.url)) == 3
    page.click("dialog[open] [data-act=delete-one]")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 2")
    page.click("#history [data-act=delete]")
    assert "Really delete all 2?" in page.inner_text("#history [data-act=delete]")
    page.click("#history [data-act=delete]")
    page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 0")
    page.wait_for_selector("#history [data-act=delete]", state="hidden")
    assert listed(page, demo_app.url) == []


def test_a_result_is_taken_home_by_its_words_or_as_a_link(demo_app, open_page):
    page = open_page(demo_app.url, permissions=["clipboard-read", "clipboard-write"])
    page.fill("#image-seed input", "41")
    make(page, "a red boat")
    history(page, 1).nth(0).locator(".omni-history-open").click()
    page.click("dialog[open] [data-act=link]")
    page.wait_for_selector("dialog[open] [data-act=link]:text('Copied')")
    link = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.click("dialog[open] a:has-text('Download')")
    assert download.value.suggested_filename == "a-red-boat-41.png"
    shown = page.request.get(page.get_attribute("dialog[open] img", "src")).body()
    assert Path(download.value.path()).read_bytes() == shown

    friend = open_page(link)
    friend.get_by_text("The settings are filled in.").wait_for()
    assert friend.input_value("#image-prompt textarea") == "a red boat"
    assert friend.input_value("#image-seed input") == "41"


def test_some_or_all_come_as_a_zip_with_a_page_that_needs_no_server(demo_app, open_page, chromium, tmp_path):
    page = open_page(demo_app.url)
    for prompt in ("one", "two", "three"):
        make(page, prompt)
    cards = history(page, 3)
    cards.nth(0).locator("input").check()
    cards.nth(2).locator("input").check()
    with page.expect_download() as download:
        page.click("#history [data-act=zip]")
    assert download.value.suggested_filename == "omni-ui-2-results.zip"
    zipped = zipfile.ZipFile(download.value.path())
    told = json.loads(zipped.read("results.json"))
    assert [one["prompt"] for one in told] == ["three", "one"]
    assert [one["settings"]["request"]["size"] for one in told] == ["96x64", "96x64"]
    zipped.extractall(tmp_path)
    offline = chromium.new_context(offline=True)
    shown = offline.new_page()
    shown.goto((tmp_path / "index.html").as_uri())
    shown.wait_for_function("[...document.images].every((one) => one.scrollIntoView() || one.naturalWidth === 96)")
    assert shown.locator("img").count() == 2
    assert "three" in shown.inner_text("body")
    offline.close()


def with_limits(keeps: int | None, limit: int | None, all: int | None):
    """Answers for the list with other limits than the server's."""

    def answer(route) -> None:
        news = route.fetch().json()
        room = {"mine": news["room"]["mine"], "all": all}
        route.fulfill(json=news | {"keeps": keeps, "limit": limit, "room": room})

    return answer


def test_the_clock_and_the_room_are_shown(open_page):
    with App(OMNI_RETENTION="7d", OMNI_MAX_STORAGE="500MB") as app:
        page = open_page(app.url)
        make(page, "a clock")
        history(page, 1)
        told = page.inner_text(".omni-history-room")
        assert "Each result is deleted after 7 days; the oldest in 7 days." in told
        assert "of 500 MB" in told
        assert "the oldest results without a star" in told
        # Of a Space, which does not tell how much others have, and of a page that keeps everything.
        for limits, says, room in (
            ({"keeps": 86400, "limit": 10**10, "all": None}, "Each result is deleted after 24 h; the oldest", 1),
            ({"keeps": None, "limit": None, "all": 1}, "They are kept until you delete them.", 0),
        ):
            page.route("**/omni/history?*", with_limits(**limits))
            page.fill("#history input[type=search]", "clock" if room else "")
            page.wait_for_selector(f".omni-history-room:has-text('{says}')")
            assert page.inner_text(".omni-history-room").count("When the storage is full") == room


CUT_OFF = """(card) => [...document.querySelectorAll(card)].filter((shown) =>
  shown.lastElementChild.getBoundingClientRect().bottom > shown.getBoundingClientRect().bottom
  || shown.querySelector(".omni-history-open").getBoundingClientRect().height < 60).length"""


def test_all_cards_have_one_height_and_nothing_is_cut_off_or_wider_than_the_screen(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 390, "height": 844})
    for prompt in ("short", "a-very-long-word-" * 40, "a long prompt of many words " * 20):
        make(page, prompt)
    history(page, 3)
    error = """(card) => card.querySelector(".omni-history-prompt").insertAdjacentHTML(
      "afterend", `<p class="omni-history-error">${"It failed for this reason. ".repeat(9)}</p>`)"""
    for failed in (False, True):
        if failed:
            page.locator(CARD).first.evaluate(error)
        for width in (390, 700, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            heights = page.evaluate(f"[...document.querySelectorAll('{CARD}')].map((card) => card.offsetHeight)")
            assert failed or len(set(heights)) == 1, width
            assert page.evaluate(CUT_OFF, CARD) == 0, width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".omni-history-open").nth(1).click()
    page.wait_for_selector("dialog[open]")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.querySelector('dialog[open]').scrollWidth") <= width


def test_a_long_list_goes_on_at_once_and_stays_when_it_is_left_upwards(chromium, tmp_path):
    fill(tmp_path, 150)
    with App(OMNI_DATA_DIR=str(tmp_path)) as app:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "omni_visitor", "value": SECRET, "url": app.url}])
        page = context.new_page()
        asked = []
        page.on(
            "request", lambda request: asked.append(request.url) if "/omni/history?tab=&words" in request.url else None
        )
        page.goto(app.url)
        page.get_by_role("tab", name="History", exact=True).click()
        page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 60")
        page.wait_for_timeout(500)
        assert [url.endswith("after=") for url in asked] == [True, False]  # the next page is on its way already
        page.evaluate(f"[...document.querySelectorAll('{CARD}')].at(-1).scrollIntoView()")
        page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 120")
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(500)
        assert page.locator(CARD).count() == 120
        page.evaluate(f"[...document.querySelectorAll('{CARD}')].at(-1).scrollIntoView()")
        page.wait_for_function(f"document.querySelectorAll('{CARD}').length === 150")
        assert len({card.get_attribute("data-id") for card in page.locator(CARD).all()}) == 150
        context.close()
