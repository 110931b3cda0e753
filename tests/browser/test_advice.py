"""What stands beside the settings: in the demo what they do there, and nothing of the kind on other servers."""

from omni_ui.demo import DemoServer
from omni_ui.demo.about import ABOUT
from omni_ui.features.i18n.languages import languages
from tests.browser.conftest import open_more
from tests.running import App

TOP = "(one) => document.querySelector(one).getBoundingClientRect().top"


def test_the_demo_tells_what_its_settings_do_in_the_language_of_the_page(demo_app, open_page):
    page = open_page(demo_app.url, "Image")
    for tab in ("Image", "Edit", "Sound", "Video"):
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_selector(f"#{tab.lower()}-run")
        open_more(page, tab.lower())
        note = page.locator(f"#{tab.lower()}-advice")
        note.get_by_text(ABOUT[tab.lower()]).wait_for()
        # Right below the settings that it is about, once all stands in its place.
        page.wait_for_function(f"({TOP})('#{tab.lower()}-advice') > ({TOP})('#{tab.lower()}-guidance_scale')")
        page.wait_for_function(f"({TOP})('#{tab.lower()}-advice') < ({TOP})('#{tab.lower()}-guidance_scale') + 400")
        assert "guidance scale" in note.inner_text()
    # On a phone it stays with them, too.
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("tab", name="Sound", exact=True).click()
    page.wait_for_function(
        "() => { const bottoms = [...document.querySelectorAll('#sound-tab .omni-card')]"
        ".map((card) => card.getBoundingClientRect().bottom);"
        " const gap = document.querySelector('#sound-advice').getBoundingClientRect().top - Math.max(...bottoms);"
        " return gap >= 0 && gap < 40; }"
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("tab", name="Speech", exact=True).click()
    page.locator("#speech-advice").get_by_text("it does not clone the voice").wait_for()
    page.get_by_role("tab", name="Image", exact=True).click()
    page.select_option("#omni-language", "zh-CN")
    page.locator("#image-advice").get_by_text(languages()[0].texts[ABOUT["image"]]).wait_for()


def test_another_server_says_nothing_of_the_demo(open_page):
    """Even one that answers like the demo: the page knows it by its address only."""
    with DemoServer() as server, App(OMNI_BASE_URL=server.url) as app:
        page = open_page(app.url, "Image")
        page.wait_for_selector('#omni-state .omni-pill[data-state="ready"]')
        page.fill("#image-prompt textarea", "a kettle")
        page.click("#image-run")
        page.wait_for_selector('#image-status [data-state="done"]')
        for tab in ("Image", "Edit", "Speech", "Sound", "Video"):
            page.get_by_role("tab", name=tab, exact=True).click()
            page.wait_for_selector(f"#{tab.lower()}-run")
            assert page.get_by_text("The demo has no AI model").count() == 0


def test_what_the_makers_recommend_stands_between_the_settings_and_the_line_that_unfolds_the_rest(open_page):
    names = ("prompt", "seed", "num_inference_steps", "more-line")
    in_order = f"(ids) => {{ const tops = ids.map({TOP}); return tops.every((top, at) => !at || tops[at - 1] < top); }}"
    with DemoServer() as server, App(OMNI_BASE_URL=server.url, OMNI_IMAGE_MODEL="Qwen/Qwen-Image") as app:
        page = open_page(app.url, "Image", more=False, viewport={"width": 390, "height": 844})
        page.locator("#image-num_inference_steps").wait_for()
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_function(in_order, arg=[f"#image-{name}" for name in names])
