"""The history, second part: results shown again in their tabs, the keyboard, axe, limits of the host, a bad disk."""

import subprocess

import httpx
import pytest

from tests.browser.conftest import open_code, open_more, serious
from tests.browser.test_history import CARD, as_in, history, listed, make, run_anew
from tests.browser.test_recipes import link
from tests.running import App

pytestmark = pytest.mark.browser


def open_newest(page, tab: str, cards: int) -> str:
    """Opens the newest result of the history in its tab; what is said there."""
    history(page, cards).nth(0).locator(".omni-history-open").click()
    page.click("dialog[open] [data-act=open]")
    page.wait_for_selector(f"#{tab}-status:has-text('filled in')")
    return page.inner_text(f"#{tab}-status").replace("\n", " ")


def shown(page, url: str, selector: str) -> bool:
    """Whether what this element shows is byte for byte the newest result of the history."""
    source = page.wait_for_selector(selector, state="attached").get_attribute("src")
    newest = listed(page, url)[0]
    with as_in(page) as program:
        kept = program.get(f"{url}/omni/history/{newest['id']}/0").content
    return page.request.get(source).body() == kept


def fresh(open_page, app, page):
    """The same visitor in a page that has shown nothing yet."""
    return open_page(app.url, more=False, cookies=page.context.cookies())


@pytest.fixture
def visitor(demo_app, open_page):
    """A page of somebody new."""
    return open_page(demo_app.url, more=False)


def test_a_picture_is_shown_again_with_its_facts_size_settings_and_code(demo_app, open_page, visitor):
    make(visitor, "a lighthouse", "160x96", seed="41")
    page = fresh(open_page, demo_app, visitor)
    said = open_newest(page, "image", 1)
    for fact in ("seed 41", "160 × 96 PNG"):
        assert fact in said
    assert shown(page, demo_app.url, "#image-result .omni-view img")
    assert (page.input_value("#image-width-field"), page.input_value("#image-height-field")) == ("160", "96")
    assert "picture.png" in page.text_content("#image-settings")
    open_code(page, "image")
    page.wait_for_selector("#image-code .omni-code")
    assert '"seed": 41' in page.text_content("#image-code")
    page.click("#image-settings .omni-send button:has-text('Edit')")
    page.wait_for_selector("#edit-image .omni-thumb-size:has-text('160 × 96')")


def test_a_sound_and_speech_are_heard_again(demo_app, open_page, visitor):
    visitor.get_by_role("tab", name="Sound", exact=True).click()
    visitor.fill("#sound-input textarea", "rain on a tin roof")
    visitor.fill("#sound-audio_length-field", "1")
    run_anew(visitor, "sound")
    page = fresh(open_page, demo_app, visitor)
    assert "1.0 s" in open_newest(page, "sound", 1)
    assert shown(page, demo_app.url, "#sound-result audio")
    page.wait_for_selector("#sound-drawing .omni-wave")
    visitor.get_by_role("tab", name="Speech", exact=True).click()
    visitor.fill("#speech-input textarea", "Good morning.")
    run_anew(visitor, "speech")
    page.reload()
    open_newest(page, "speech", 2)
    assert shown(page, demo_app.url, "#speech-result audio")
    page.wait_for_selector("#speech-drawing .omni-wave")
    assert page.input_value("#speech-input textarea") == "Good morning."


def test_a_video_and_an_edit_are_shown_again(demo_app, open_page, visitor):
    visitor.get_by_role("tab", name="Video", exact=True).click()
    visitor.fill("#video-prompt textarea", "waves at night")
    open_more(visitor, "video")
    for field, value in {"#video-size input": "96x64", "#video-num_frames-field": "8", "#video-fps-field": "8"}.items():
        visitor.fill(field, value)
        visitor.press(field, "Tab")
    run_anew(visitor, "video")
    page = fresh(open_page, demo_app, visitor)
    said = open_newest(page, "video", 1)
    for fact in ("96 × 64", "8 frames", "1.0 s at 8 fps", "seed"):
        assert fact in said
    assert shown(page, demo_app.url, "#video-result video")
    assert (page.input_value("#video-width-field"), page.input_value("#video-height-field")) == ("96", "64")
    make(visitor, "a boat", "160x96")
    visitor.click("#image-settings .omni-send button:has-text('Edit')")
    visitor.wait_for_selector("#edit-image .omni-thumb-size:has-text('160 × 96')")
    visitor.fill("#edit-prompt textarea", "Make it night")
    run_anew(visitor, "edit")
    page.reload()
    open_newest(page, "edit", 3)
    assert shown(page, demo_app.url, "#edit-result .omni-after")
    page.wait_for_selector("#edit-result .omni-before", state="attached")
    assert page.input_value("#edit-prompt textarea") == "Make it night"


def test_a_link_with_a_size_fills_width_and_height(demo_app, open_page):
    page = open_page(demo_app.url + link(prompt="a boat", size="208x112"))
    page.wait_for_function("document.querySelector('#image-width-field')?.value === '208'")
    assert page.input_value("#image-height-field") == "112"


def test_the_dialog_by_keyboard_alone(demo_app, visitor):
    make(visitor, "keys only")
    history(visitor, 1)
    visitor.focus(f"{CARD} .omni-history-open")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector("dialog[open]")
    inside = "document.querySelector('dialog[open]')?.contains(document.activeElement)"
    assert visitor.evaluate(inside), "the focus is in it when it opens"
    stops = visitor.locator("dialog[open] :is(button, a, summary, input)").count()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(stops + 3):
            visitor.keyboard.press(key)
            # The browser's own bar may be a stop on the way round; the page behind never is.
            assert visitor.evaluate(f"{inside} || document.activeElement === document.body")
    visitor.keyboard.press("Escape")
    visitor.wait_for_selector("dialog[open]", state="detached")
    assert visitor.evaluate("document.activeElement.matches('.omni-history-open')"), "and back where it was"
    visitor.keyboard.press("Enter")
    visitor.focus("dialog[open] [data-act=close]")
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector("dialog[open]", state="detached")
    assert visitor.evaluate("document.activeElement.matches('.omni-history-open')")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_list_and_in_the_dialog(demo_app, open_page, width, theme):
    page = open_page(f"{demo_app.url}/?__theme={theme}", viewport={"width": width, "height": 844})
    make(page, "looked at by axe")
    page.fill("#image-size input", "1x1")
    page.press("#image-size input", "Enter")
    run_anew(page, state="failed")
    history(page, 2)
    page.mouse.move(0, 0)
    assert serious(page, "#history-tab") == []
    page.locator(CARD).nth(1).locator(".omni-history-open").click()
    page.wait_for_selector("dialog[open]")
    assert serious(page, "dialog[open]") == []


def test_the_oldest_goes_when_the_room_is_full_and_a_star_keeps(open_page):
    with App(OMNI_MAX_STORAGE="1MB") as app:
        page = open_page(app.url)
        make(page, "starred", "512x512")
        size = int(httpx.head(page.get_attribute("#image-result .omni-view img", "src"), cookies={
            one["name"]: one["value"] for one in page.context.cookies()}).headers["content-length"])  # fmt: skip
        history(page, 1).nth(0).locator(".omni-star").click()
        page.wait_for_selector(f"{CARD} .omni-star[aria-pressed=true]")
        many = 1_000_000 // size + 2
        for number in range(many):
            make(page, f"number {number}", "512x512")
        kept = [one["prompt"] for one in listed(page, app.url)]
        assert "starred" in kept
        assert "number 0" not in kept
        assert kept[0] == f"number {many - 1}"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MB, where the system lets a test have one."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(tmp_path)], capture_output=True)
    if made.returncode:
        pytest.skip("needs the right to mount a disk")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_disk_that_is_read_only_is_said_and_left_as_it_is(open_page, small_disk):
    (small_disk / "mine.txt").write_text("somebody's")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with App(OMNI_DATA_DIR=str(small_disk)) as app:
        page = open_page(app.url)
        make(page, "made all the same")
        history(page, 1)
        said = page.inner_text(".omni-history-trouble")
        assert "cannot be written" in said
        assert "temporary folder" in said
    assert [one.name for one in small_disk.iterdir()] == ["mine.txt"]


def test_a_disk_that_is_full_is_said_and_what_was_kept_stays(open_page, small_disk):
    with App(OMNI_DATA_DIR=str(small_disk)) as app:
        page = open_page(app.url)
        make(page, "kept before")
        filler = small_disk / "filler"
        subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4096"], capture_output=True)  # until it is full
        page.get_by_role("tab", name="Image", exact=True).click()
        page.fill("#image-prompt textarea", "no room for this")
        page.fill("#image-size input", "512x512")
        page.press("#image-size input", "Enter")
        assert "is full" in run_anew(page, state="failed")
        history(page, 1)
        assert "kept before" in page.locator(CARD).inner_text()
        filler.unlink()
        make(page, "there is room again")
        history(page, 2)
        page.wait_for_selector(".omni-history-trouble", state="hidden")
