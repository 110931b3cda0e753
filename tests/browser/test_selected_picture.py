"""Of several pictures of one run, the buttons below act on the one that is selected."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import run_and_wait

pytestmark = pytest.mark.browser


def test_downloads_same_seed_and_sending_on_take_the_selected_picture(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "A red fox")
    page.fill("#image-n-field", "3")
    page.fill("#image-size input", "160x96")
    page.press("#image-size input", "Tab")
    assert "seed of all 3 pictures" in run_and_wait(page, "image")
    cells, thumbnails = page.locator("#image-result .omni-picture-cell"), page.locator("#image-result .omni-strip-item")
    expect(cells.first).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("group", name="Send picture 1 to")).to_be_visible()
    cells.nth(1).click()
    seed = page.inner_text("#image-status [data-fact=seed]")
    record = page.get_attribute("#image-settings .omni-again", "data-record")
    page.fill("#image-n-field", "1")  # the chosen one comes again only with the others, and the button says so
    page.get_by_role("button", name="Same seed, all 3").click()
    expect(page.locator("#image-n-field")).to_have_value("3")
    expect(page.locator("#image-seed input")).to_have_value(seed)
    page.wait_for_selector(f"#image-settings .omni-again:not([data-record='{record}'])")
    expect(thumbnails.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#image-settings .omni-recipe [data-do=take]").nth(1)).to_be_visible()
    page.get_by_role("button", name="All pictures").click()
    expect(cells.nth(1)).to_have_attribute("aria-current", "true")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=False).filter(visible=True).click()
    assert waiting.value.suggested_filename == f"A-red-fox-{seed}-2.png"
    page.get_by_role("group", name="Send picture 2 to").get_by_role("button", name="→ Edit").click()
    expect(page.locator("#edit-image img[alt='picture-2.png']")).to_be_visible()


def test_a_picture_alone_is_not_numbered(demo_app, open_page):
    page = open_page(demo_app.url, more=False)
    page.fill("#image-prompt textarea", "A red fox")
    assert "seed of" not in run_and_wait(page, "image")
    expect(page.get_by_role("group", name="Send to", exact=True)).to_be_visible()
