"""The sheet of keys and gestures, by keyboard and by its button."""

from playwright.sync_api import expect


def test_the_question_mark_and_a_button_open_the_sheet_and_the_focus_comes_back(open_page, demo_app):
    page = open_page(demo_app.url)
    page.focus("#image-run")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys and gestures")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Ctrl+Enter")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator("#image-run")).to_be_focused()
    # The key can be given up.
    page.get_by_role("button", name="Keys and gestures").click()
    sheet = page.get_by_role("dialog", name="Keys and gestures")
    sheet.get_by_label("The ? key opens this sheet").uncheck()
    sheet.get_by_role("button", name="Close").click()
    expect(sheet).to_be_hidden()
    expect(page.locator("#omni-help-button")).to_be_focused()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()


def test_a_question_mark_in_a_field_is_only_typed_and_escape_in_the_sheet_stops_no_run(open_page, demo_app):
    page = open_page(demo_app.url)
    page.focus("#image-prompt textarea")
    page.keyboard.type("why?")
    assert page.input_value("#image-prompt textarea") == "why?"
    expect(page.locator("#omni-help")).to_have_count(0)
    page.fill("#image-prompt textarea", "A red fox")
    page.fill("#image-num_inference_steps input[type=number]", "50")
    page.click("#image-run")
    page.wait_for_selector("#image-status [data-state=working]")
    page.click("#omni-help-button")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.wait_for_selector("#image-status [data-state=done]", timeout=60000)
