import base64
import hashlib
import io

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.browser.conftest import fits, open_more, refuses, run_and_wait, run_until_said, wait_for_state
from tests.browser.edit.helpers import MASK, add, bytes_of, in_order, names, opened
from tests.running import PUBLIC

pytestmark = pytest.mark.browser


def test_a_picture_is_changed_where_the_mask_is_white(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    add(page, files / "half.png", field=MASK)
    page.fill("#edit-prompt textarea", "invert")
    page.fill("#edit-seed input", "7")
    facts = run_and_wait(page, "edit")
    assert "seed 7" in facts
    assert "120 × 90 PNG" in facts
    before = np.asarray(Image.open(files / "ramp.png")).astype(int)
    after = np.asarray(Image.open(io.BytesIO(bytes_of(page, "#edit-result .omni-after")))).astype(int)
    assert np.array_equal(after[:, 62:], before[:, 62:])
    assert np.abs(after[:, :58] - before[:, :58]).mean() > 50


def test_the_slider_works_with_keys_and_the_result_can_be_the_next_input(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "invert")
    run_and_wait(page, "edit")
    slider = page.get_by_label("Before and after")
    assert "100 % result" in slider.get_attribute("aria-valuetext"), "a change may be anywhere in the result"
    slider.focus()
    page.keyboard.press("End")
    assert slider.input_value() == "100"
    assert "100 % original" in slider.get_attribute("aria-valuetext")
    assert page.inner_text("#edit-result .omni-tag-left") == "Original"
    assert hashlib.sha256(bytes_of(page, "#edit-result .omni-before")).digest() == (
        hashlib.sha256((files / "ramp.png").read_bytes()).digest()
    )
    page.click("text=Side by side")
    left, right = (image.bounding_box() for image in page.locator("#edit-result .omni-side img").all())
    assert [abs(left[part] - right[part]) < 1 for part in ("y", "width", "height")] == [True] * 3
    page.click("text=Use as input")
    page.wait_for_function("document.querySelector('#edit-image li img').alt === 'edited.png'")
    run_and_wait(page, "edit")
    page.wait_for_function("document.querySelector('#edit-result .omni-side img').src.includes('edited')")
    twice = Image.open(io.BytesIO(bytes_of(page, "#edit-result .omni-side img >> nth=1")))
    assert np.abs(np.asarray(twice).astype(int) - np.asarray(Image.open(files / "ramp.png"))).mean() < 3


def test_pictures_are_put_in_order_and_removed_with_keys(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png", files / "red.png", files / "photo.jpg")
    assert names(page) == ["ramp.png", "red.png", "photo.jpg"]
    assert "photo.jpg: rotated upright." in page.inner_text("#edit-image .omni-picture-notes")
    assert "40 × 80" in page.inner_text("#edit-image li >> nth=2")
    page.get_by_label("Move ramp.png back").focus()
    page.keyboard.press("Enter")
    in_order(page, "red.png", "ramp.png", "photo.jpg")
    page.wait_for_function("document.activeElement?.getAttribute('aria-label') === 'Move ramp.png back'")
    page.keyboard.press("Enter")  # the focus went along
    in_order(page, "red.png", "photo.jpg", "ramp.png")
    page.get_by_label("Remove photo.jpg").focus()
    page.keyboard.press("Enter")
    in_order(page, "red.png", "ramp.png")


def test_a_picture_is_pasted_and_dropped(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    give = """([kind, data]) => {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        const moved = new DataTransfer();
        moved.items.add(new File([bytes], kind + '.png', { type: 'image/png' }));
        const box = document.querySelector(kind === 'on the tab' ? '#edit-prompt' : '#edit-image .omni-pictures');
        const options = { bubbles: true, cancelable: true };
        const pasted = new ClipboardEvent('paste', { ...options, clipboardData: moved });
        if (kind === 'pasted') document.dispatchEvent(pasted);
        else box.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: moved }));
    }"""
    data = base64.b64encode((files / "red.png").read_bytes()).decode()
    for number, kind in enumerate(("pasted", "dropped", "on the tab"), 1):
        page.evaluate(give, [kind, data])
        page.wait_for_function(f"document.querySelectorAll('#edit-image li').length === {number}")
    assert names(page) == ["pasted.png", "dropped.png", "on the tab.png"]
    assert not page.locator(".omni-opened:visible").count()  # its settings are not asked for
    assert page.locator(".omni-input-stage img").get_attribute("src") == page.get_attribute("#edit-image img", "src")


def test_the_stage_shows_that_it_takes_a_picture_that_is_dragged_over_the_tab(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    drag = """(kind) => {
        const moved = new DataTransfer();
        moved.items.add(new File(['x'], 'a.png', { type: 'image/png' }));
        document.querySelector('#edit-prompt').dispatchEvent(
            new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: moved }));
        return getComputedStyle(document.querySelector('.omni-input-stage')).outlineStyle;
    }"""
    assert [page.evaluate(drag, kind) for kind in ("dragover", "dragleave")] == ["dashed", "none"]


def test_a_mask_is_painted_inverted_and_sent_in_the_size_of_the_picture(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    page.click("text=Paint the area")
    assert "Add a picture first" in page.inner_text("#edit-mask_image .omni-picture-notes")
    add(page, files / "ramp.png")
    page.click("text=Paint the area")
    page.click("[data-do=use]")
    assert "Nothing is painted yet" in page.inner_text(".omni-brush-said")
    area = page.locator(".omni-brush canvas").bounding_box()
    page.mouse.move(area["x"] + area["width"] * 0.25, area["y"] + area["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.4, area["y"] + area["height"] * 0.5, steps=4)
    page.mouse.up()
    page.click("[data-do=use]")
    page.wait_for_selector("#edit-mask_image li:has-text('120 × 90')")
    painted = Image.open(io.BytesIO(bytes_of(page, "#edit-mask_image li img"))).convert("L")
    assert painted.size == (120, 90)
    assert painted.getpixel((36, 45)) == 255
    assert painted.getpixel((100, 10)) == 0
    first = page.get_attribute("#edit-mask_image li img", "src")
    page.click("text=Paint the area")  # it starts from the mask that is there
    page.get_by_label("Mask. Arrow keys").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_role("button", name="Invert").press("Enter")
    page.get_by_role("button", name="Use mask").press("Enter")
    page.wait_for_function("(old) => document.querySelector('#edit-mask_image li img').src !== old", arg=first)
    inverted = np.asarray(Image.open(io.BytesIO(bytes_of(page, "#edit-mask_image li img"))).convert("L")).astype(int)
    assert np.abs(inverted + np.asarray(painted) - 255).max() <= 8
    page.click("text=Paint the area")
    page.wait_for_selector(".omni-brush")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('.omni-brush')")
    # On the stage; what is painted there counts when Run is pressed, though "Use mask" was not.
    page.click(".omni-input-stage :text('Remove the mask')")
    page.click(".omni-input-stage :text('Paint the area')")
    page.get_by_label("Mask. Arrow keys").press("Space")
    page.fill("#edit-prompt textarea", "invert")
    run_and_wait(page, "edit")
    assert page.locator("#edit-mask_image li").count() == 1
    page.wait_for_selector(".omni-input-stage", state="hidden")
    assert page.locator("#edit-result .omni-after").count() == 1


def test_bad_files_are_refused_at_the_field_and_the_list_stays_as_it_was(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    page.fill("#edit-prompt textarea", "make it night")
    assert "An edit needs a picture" in run_and_wait(page, "edit", "failed")
    for name, says in (
        ("letter.png", "letter.png is not a picture that can be read"),
        ("cut.jpg", "cut.jpg is damaged"),
        ("dot.png", "too small: 1 × 1"),
        ("huge.png", "has too many pixels"),
    ):
        add(page, files / name)
        assert says in page.inner_text("#edit-image .omni-picture-notes")
        assert names(page) == []
    add(page, files / "red.png")
    page.wait_for_selector("#edit-image .omni-bad", state="detached")
    add(page, files / "letter.png")
    page.wait_for_selector("#edit-image .omni-bad:text('letter.png is not a picture that can be read')")
    assert names(page) == ["red.png"]
    add(page, *[files / "red.png"] * 4)
    page.wait_for_selector("#edit-image .omni-bad")
    assert "accepts 4 pictures: remove 1" in page.inner_text("#edit-image .omni-picture-notes")
    page.click("#edit-run")
    page.wait_for_selector("#edit-status :text('This model accepts 4 pictures, but there are 5')")


def test_masks_that_are_refused_and_masks_that_are_used_with_a_note(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "invert")
    for mask, state, says in (
        ("upright.png", "failed", "a different shape"),
        ("double.png", "done", "scaled from 240 × 180 to 120 × 90"),
        ("black.png", "failed", "all black, so nothing would change"),
        ("white.png", "done", "the whole picture may change"),
    ):
        add(page, files / mask, field=MASK)
        page.click("#edit-run")
        page.wait_for_selector(f"#edit-status [data-state={state}]:has-text('{says}')")
    add(page, files / "letter.png", field=MASK)
    page.wait_for_selector("#edit-mask_image .omni-bad:text('not a picture that can be read')")
    assert page.get_attribute("#edit-mask_image li img", "alt") == "white.png"


def test_bad_settings_are_one_sentence_and_stay_as_they_were(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "make it night")
    open_more(page, "edit")
    for field, value, says in (
        ("#edit-n input", "0", "Results must be a whole number from 1 to 10"),
        ("#edit-n input", "12", "Results must be a whole number from 1 to 10"),
        ("#edit-num_inference_steps input[type=number]", "0", "Inference steps must be a whole number from 1 to 200"),
        ("#edit-num_inference_steps input[type=number]", "201", "Inference steps must be"),
        ("#edit-guidance_scale input[type=number]", "-5", "Guidance scale must be a number from 0 to 20"),
        ("#edit-guidance_scale input[type=number]", "21", "Guidance scale must be"),
        ("#edit-guidance_scale_2 input[type=number]", "99", "Second guidance scale must be"),
        ("#edit-true_cfg_scale input[type=number]", "-1", "True CFG scale must be"),
        ("#edit-strength input[type=number]", "1.5", "Strength must be a number from 0 to 1"),
        ("#edit-layers input", "1", "Layers must be a whole number from 2 to 10"),
        ("#edit-layers input", "11", "Layers must be a whole number from 2 to 10"),
        *([] if PUBLIC else [("#edit-lora textarea", '{"name": ', "LoRA is not valid JSON")]),
        ("#edit-seed input", "lucky", "Seed must be a whole number"),
    ):
        refuses(page, "edit", field, value, says)
    page.fill("#edit-size input", "256x192")
    page.press("#edit-size input", "Enter")
    page.click("#edit-resolution input")
    page.click("#edit-resolution [role=option]:has-text('640')")
    run_until_said(page, "edit", "Set either resolution or size, not both")


def test_several_results_and_layers_are_named(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "invert")
    page.fill("#edit-n input", "2")
    open_more(page, "edit")
    page.fill("#edit-layers input", "3")
    page.press("#edit-layers input", "Tab")
    run_and_wait(page, "edit")
    page.wait_for_selector("#edit-result .omni-strip-item >> nth=5")
    titles = page.eval_on_selector_all(
        "#edit-result .omni-strip-item", "(all) => all.map((one) => one.innerText.trim())"
    )
    assert titles == [f"Picture {p}, layer {layer}" for p in (1, 2) for layer in (1, 2, 3)]
    page.click("#edit-result .omni-strip-item >> nth=4")
    assert page.get_attribute("#edit-result .omni-strip-item >> nth=4", "aria-pressed") == "true"
    shown = Image.open(io.BytesIO(bytes_of(page, "#edit-result .omni-single")))
    assert shown.mode == "RGBA"


def test_stop_says_that_an_edit_cannot_be_called_off(demo_app, open_page, files):
    page = opened(open_page, demo_app.url)
    add(page, files / "ramp.png")
    page.fill("#edit-prompt textarea", "invert [[slow:20]]")
    page.click("#edit-run")
    page.click("#edit-stop:not([disabled])")
    assert "An edit cannot be cancelled" in wait_for_state(page, "edit", "stopped")
    assert names(page) == ["ramp.png"]


def test_nothing_is_wider_than_the_screen(demo_app, open_page, files):
    page = opened(open_page, demo_app.url, viewport={"width": 390, "height": 844})
    add(page, files / "ramp.png", files / "red.png")
    page.click(".omni-input-stage :text('Paint the area')")
    page.wait_for_selector(".omni-brush-bar input")
    tools = page.eval_on_selector_all(
        ".omni-brush-bar :is(button, input)",
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({ top, height }) => [Math.round(top), height])",
    )
    assert len(tools) == 8
    assert len({top for top, _ in tools}) == 1  # one row, to swipe
    assert min(height for _, height in tools) >= 44
    assert page.get_by_role("button", name="Use mask").evaluate("(one) => one.getBoundingClientRect().right") <= 390
    page.keyboard.press("Escape")
    page.fill("#edit-prompt textarea", "make it night")
    page.press("#edit-prompt textarea", "Control+Enter")
    wait_for_state(page, "edit", "done")
    assert fits(page)


def test_the_api_takes_files_by_their_wire_names(demo_app, files):
    client = Client(demo_app.url, verbose=False)
    pictures = [handle_file(files / "ramp.png"), handle_file(files / "red.png")]
    made, *_ = client.predict(image=pictures, prompt="side by side, invert", api_name="/edit")
    assert Image.open(made[0]["image"]).size == (120, 90)
    half = handle_file(files / "half.png")
    made, *_ = client.predict(image=pictures[0], prompt="invert", mask_image=half, n=2, api_name="/edit")
    assert [one["caption"] for one in made] == ["Picture 1", "Picture 2"]
    for image, says in (([], "needs a picture"), ([{"path": "/etc/hostname"}], "Upload the picture before using it")):
        with pytest.raises(AppError, match=says):
            client.predict(image=image, prompt="invert", api_name="/edit")
