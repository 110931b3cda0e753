"""Links, files, presets and downloads on the page, with the demo server."""

import json
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from omni_ui.client import ImageRequest
from omni_ui.features.recipes import Recipe, pack, read_settings, with_settings
from omni_ui.features.recipes.presets import shipped
from omni_ui.features.recipes.recipe import REQUESTS
from tests.browser.conftest import fits, open_actions, open_drawer, open_more, run_and_wait, serious
from tests.fakes import png
from tests.running import PUBLIC

pytestmark = pytest.mark.browser
SEED = 2**63 - 1
PROMPT = 'It\'s a "boat" <img src=x onerror=alert(1)>\n漢字'
TITLES = {"chat": "Chat", "image": "Image", "edit": "Edit", "speech": "Speech", "sound": "Sound", "video": "Video"}


def link(**request) -> str:
    return "#r=" + pack(Recipe.from_dict({"omni": 1, "tab": "image", "request": request}))


def note(page, words: str) -> str:
    page.locator(".omni-opened", has_text=words).wait_for()  # seen: its text is there without that, too
    return page.inner_text(".omni-opened span")


def wait_value(page, field: str, value: str) -> None:
    page.wait_for_function("([field, value]) => document.querySelector(field)?.value === value", arg=[field, value])


@pytest.fixture(scope="module")
def made(demo_app, open_lasting_page):
    """A page with a finished picture."""
    page = open_lasting_page(demo_app.url + link(prompt=PROMPT, size="96x64", seed=SEED, num_inference_steps=5))
    wait_value(page, "#image-prompt textarea", PROMPT)
    run_and_wait(page, "image")
    return page


def test_a_link_fills_everything_in_and_runs_nothing(demo_app, open_page):
    extra = {} if PUBLIC else {"extra_params": {"a": 1}}
    address = demo_app.url + link(
        prompt=PROMPT, size="96x64", seed=SEED, num_inference_steps=5, output_format="webp", **extra
    )
    page = open_page(address)
    wait_value(page, "#image-prompt textarea", PROMPT)
    assert "Press Run to start" in note(page, "filled in")
    assert page.input_value("#image-seed input") == str(SEED)
    assert page.input_value("#image-size input") == "96x64"
    assert page.input_value("#image-num_inference_steps input[type=number]") == "5"
    assert not page.is_checked("#image-random input")
    if extra:
        open_more(page, "image")
        assert json.loads(page.input_value("#image-extra_params textarea")) == extra["extra_params"]
    assert page.get_attribute("#image-status [data-state]", "data-state") == "empty"


@pytest.fixture(scope="module")
def linked(demo_app, open_lasting_page):
    """A page that a link to another tab than the first opened."""
    return open_lasting_page(f"{demo_app.url}#r={pack(shipped('video')[0][1])}", "Video", press=False)


@pytest.mark.parametrize("tab", ["video", *(tab for tab in REQUESTS if tab != "video")])
def test_a_link_opens_its_tab(tab, linked):
    page, recipe = linked, shipped(tab)[0][1]
    if tab != "video":
        page.evaluate("fragment => { location.hash = fragment; }", f"#r={pack(recipe)}")
    page.wait_for_selector(f"#{tab}-run:visible")
    assert page.get_attribute("[role=tab][aria-selected=true]", "aria-selected") == "true"
    field, words = ("#chat-text textarea", recipe.request["messages"][-1]["content"]) if tab == "chat" else (
        f"#{tab}-{'input' if tab in ('speech', 'sound') else 'prompt'} textarea",
        recipe.request.get("prompt") or recipe.request.get("input"),
    )  # fmt: skip
    wait_value(page, field, words)


def hand_made(value: object) -> str:
    import base64

    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(json.dumps(value).encode()) + packer.flush()
    return "#r=" + base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("fragment", "says"),
    [
        (link(prompt="a fox")[:-6], "copy all of it again"),
        ("#r=" + "A" * 1_000_000, "This link is too long"),
        ("#r=%2e%2e%2fetc%2fpasswd", "damaged"),
        (hand_made({"omni": 9, "tab": "image", "request": {}}), "version 9; this page reads version 1"),
        (hand_made({"omni": 1, "tab": "hologram", "request": {}}), "tab that this page does not have: hologram"),
        (hand_made({"omni": 1, "tab": "image", "request": {"prompt": "a", "<b>x</b>": 1}}), "does not have: <b>x</b>"),
        (hand_made({"omni": 1, "tab": "edit", "request": {"prompt": "a", "image": ["/etc/passwd"]}}), "choose them"),
        (hand_made({"omni": 1, "tab": "image", "request": {"prompt": "a", "n": "5"}}), "whole number from 1 to 10"),
        (hand_made({"omni": 1, "tab": "image", "request": {"prompt": "a" * 40_000_000}}), "in this link are too long"),
    ],
    ids=["cut", "megabyte", "path", "version", "tab", "html", "file", "type", "bomb"],
)
def test_a_bad_link_is_one_sentence_and_changes_nothing(fragment, says, demo_app, made):
    """On one open page: a new fragment is a link that is opened."""
    before = made.input_value("#image-prompt textarea")
    made.evaluate("fragment => { location.hash = fragment; }", fragment)
    assert says in note(made, says)
    assert made.get_attribute(".omni-opened", "data-state") == "bad"
    assert made.query_selector(".omni-opened b") is None
    assert made.input_value("#image-prompt textarea") == before


def test_a_link_copied_below_a_result_opens_to_the_same_settings(demo_app, made, open_page):
    made.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_actions(made, "image")
    made.click("#image-settings [data-do=link]")
    made.wait_for_function("document.querySelector('#image-settings .omni-recipe-note').innerText.includes('copied.')")
    copied = made.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{demo_app.url}/#r=")
    page = open_page(copied)
    wait_value(page, "#image-prompt textarea", PROMPT)
    assert page.input_value("#image-seed input") == str(SEED)


def test_settings_are_seen_escaped(made):
    open_drawer(made, "image", "settings")
    rows = made.inner_text("#image-settings table")
    assert "onerror=alert(1)" in rows
    assert str(SEED) in rows
    assert made.query_selector("#image-settings table img") is None
    assert "/tmp" not in made.inner_html("#image-settings")


def test_a_download_holds_its_settings_or_is_untouched(made, tmp_path):
    taken = []
    for _ in range(2):
        with made.expect_download() as waiting:
            made.click("#image-settings [data-do=take]")
        path = tmp_path / f"{len(taken)}-{waiting.value.suggested_filename}"
        waiting.value.save_as(path)
        taken.append(path)
        open_actions(made, "image")
        made.click("#image-settings [data-do=with]")
    told, plain = taken
    assert told.name == f"0-Its-a-boat-img-src-x-onerror-alert-1-{SEED}.png"
    recipe, _ = read_settings(told)
    assert recipe.request["prompt"] == PROMPT
    assert recipe.request["seed"] == SEED
    shown = made.evaluate(
        "async (src) => [...new Uint8Array(await (await fetch(src)).arrayBuffer())]",
        made.get_attribute("#image-result img", "src"),
    )
    assert plain.read_bytes() == bytes(shown)
    with Image.open(told) as one, Image.open(plain) as other:
        assert one.tobytes() == other.tobytes()


def test_only_files_of_the_page_can_be_taken(demo_app, made):
    for file in ("../../etc/passwd", "/etc/passwd", "", ".", "x" * 900, "a/\0", "nothing/picture.png"):
        answer = made.evaluate(
            """async (file) => (await fetch("omni/take", {method: "POST", body: JSON.stringify({file, recipe: null}),
                headers: {"Content-Type": "application/json"}})).status""",
            file,
        )
        assert answer == 404, file


def drop(page, name: str, data: bytes) -> None:
    """Drops a file on the page itself, as from a folder."""
    page.evaluate(
        """([name, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name));
            const target = document.querySelector(".omni-header");
            for (const kind of ["dragover", "drop"]) target.dispatchEvent(
                new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        [name, list(data)],
    )


def test_a_dropped_picture_restores_its_settings(demo_app, open_page, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    data = with_settings(path, Recipe.of(ImageRequest(prompt="From a file", seed=11, guidance_scale=3.5)))
    page = open_page(demo_app.url)
    page.fill("#image-negative_prompt textarea", "old") if page.is_visible("#image-negative_prompt textarea") else None
    drop(page, "a.png", data)
    wait_value(page, "#image-prompt textarea", "From a file")
    assert page.input_value("#image-seed input") == "11"
    assert page.input_value("#image-guidance_scale input[type=number]") == "3.5"
    assert page.get_attribute("#image-status [data-state]", "data-state") == "empty"


def test_a_chosen_picture_by_a1111_restores_what_matches(demo_app, open_page, tmp_path):
    path = tmp_path / "a1111.png"
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a castle\nNegative prompt: fog\nSteps: 12, Sampler: Euler a, Seed: 5, Size: 512x512")
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    page = open_page(demo_app.url)
    page.set_input_files("#image-presets input[type=file]", path)
    wait_value(page, "#image-prompt textarea", "a castle")
    assert "Sampler" in note(page, "Not applied")
    assert page.input_value("#image-num_inference_steps input[type=number]") == "12"


def lying(text: bytes) -> bytes:
    body = b"tEXtomni\0" + text
    data = png()
    return data[:33] + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("plain.png", png(), "contains no settings"),
        ("words.txt", b"hello", "contains no settings"),
        ("lies.png", lying(b'{"omni": 1, "tab": "image", "request": {"prompt": 5}}'), "Prompt must be text"),
        ("path.png", lying(b'{"omni":1,"tab":"edit","request":{"prompt":"a","image":["/etc/passwd"]}}'), "choose them"),
        ("deep.png", lying(b"[" * 400_000), "cannot be read"),
    ],
    ids=["none", "text", "lies", "path", "deep"],
)
def test_a_file_that_lies_is_one_sentence(name, data, says, made):
    drop(made, name, data)
    assert says in note(made, says)
    assert made.get_attribute(".omni-opened", "data-state") == "bad"


def test_presets_are_filled_in_saved_and_deleted(demo_app, open_page):
    page = open_page(demo_app.url)
    page.get_by_role("button", name="Wide landscape").click()
    wait_value(page, "#image-prompt textarea", shipped("image")[1][1].request["prompt"])
    assert page.input_value("#image-size input").endswith("1344x768")
    wait_value(page, "#image-width input", "1344")
    wait_value(page, "#image-height input", "768")
    page.get_by_role("button", name="Quick draft").click()
    wait_value(page, "#image-guidance_scale input[type=number]", "")
    page.fill("#image-size input", "64x48")
    page.press("#image-size input", "Enter")
    page.fill("#image-seed input", str(SEED))
    page.press("#image-seed input", "Tab")
    run_and_wait(page, "image")
    open_actions(page, "image")
    page.click("#image-settings [data-do=preset]")
    page.fill(".omni-recipe-name input", "<b>Mine</b>")
    page.press(".omni-recipe-name input", "Enter")
    mine = page.get_by_role("button", name="<b>Mine</b>", exact=True)
    mine.wait_for()
    page.fill("#image-seed input", "1")
    page.reload()
    mine.click()
    wait_value(page, "#image-seed input", str(SEED))
    page.get_by_role("button", name="Delete the preset <b>Mine</b>").click()
    mine.wait_for(state="detached")
    assert json.loads(page.evaluate("localStorage.omni_presets")) == []


def test_presets_that_cannot_be_read_are_left_as_they_are(demo_app, open_page):
    page = open_page(demo_app.url)
    page.evaluate("localStorage.omni_presets = '{broken'")
    page.reload()
    page.wait_for_selector("text=Your own presets cannot be read in this browser")
    page.fill("#image-prompt textarea", "a boat")
    page.fill("#image-size input", "64x48")
    page.press("#image-size input", "Enter")
    run_and_wait(page, "image")
    open_actions(page, "image")
    page.click("#image-settings [data-do=preset]")
    page.fill(".omni-recipe-name input", "Mine")
    page.press(".omni-recipe-name input", "Enter")
    page.wait_for_selector("text=they were left unchanged")
    assert page.evaluate("localStorage.omni_presets") == "{broken"


def test_a_preset_of_a_tab_that_is_gone_says_so(demo_app, open_page):
    page = open_page(demo_app.url)
    old = json.dumps({"omni": 1, "tab": "hologram", "request": {"prompt": "a"}})
    page.evaluate("(recipe) => localStorage.omni_presets = JSON.stringify([{tab: 'image', name: 'Old', recipe}])", old)
    page.reload()
    page.get_by_role("button", name="Old", exact=True).click()
    assert "hologram" in note(page, "tab that this page does not have")


def test_it_is_accessible_and_fits(demo_app, open_page):
    page = open_page(demo_app.url + link(prompt="a boat", size="64x48"), viewport={"width": 390, "height": 844})
    wait_value(page, "#image-prompt textarea", "a boat")
    run_and_wait(page, "image")
    open_drawer(page, "image", "settings")
    assert fits(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for place in (".omni-recipe", ".omni-presets", ".omni-opened"):
            assert serious(page, place) == [], width
