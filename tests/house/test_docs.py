"""The pages for those who carry on name what is there, and their example does what they say."""

import json
import re
from types import SimpleNamespace

import gradio as gr
import pytest

from omni_ui.client import ImageRequest, TimedOut
from omni_ui.client.requests.base import Maybe, param
from omni_ui.client.tabs import TABS
from omni_ui.features.error_fixes.error_fixes import fixes_for
from omni_ui.features.estimate.estimate import counting
from omni_ui.features.recipes.makers import read_foreign_text
from omni_ui.features.recipes.makers.opened import wire_names
from omni_ui.features.recipes.recipe import REQUESTS, Recipe
from omni_ui.features.recipes.words import parameters
from omni_ui.settings_servers import ServerSettings
from omni_ui.store.timings import load_of
from omni_ui.widgets.form import Form
from tests.house.measure import PRIVATE_PACKAGE, ROOT, private_gradio, private_ways

PAGES = ["CONTRIBUTING.md", "AGENTS.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_folder_that_a_page_names_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:omni_ui|tests|docs|bench|assets)/[\w./-]*[\w/]", text))
    added = set(re.findall(r"^# (\S+\.py)$", text, re.M))  # by an example
    assert not [name for name in named - added if not (ROOT / name).exists()]


def test_the_page_on_gradio_lists_every_way_into_it_and_each_has_a_test():
    text = (ROOT / "docs/gradio.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/.]+)` \|", text, re.M)
    ways = private_ways()
    assert sorted(row for row in rows if "/" not in row) == sorted(way.rpartition("/")[2] for way in ways)
    assert {row for row in rows if "/" in row} == private_gradio().keys() - {PRIVATE_PACKAGE}
    tests = [f"tests/app/gradio_private/test_{way.rpartition('/')[2]}" for way in ways]
    assert not [name for name in tests if not (ROOT / name).exists()]


@pytest.fixture(scope="module")
def example() -> type[ImageRequest]:
    """A request with the field that the page adds, which is all that it adds."""
    text = (ROOT / "docs/adding-a-parameter.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\+( .*)$", re.search(r"```diff\n(.*?)\n```", text, re.S)[1], re.M)
    space = {"ImageRequest": ImageRequest, "Maybe": Maybe, "param": param, "__name__": __name__}
    exec("\n".join(["class Example(ImageRequest):", *lines]), space)  # our own docs
    model = space["Example"]
    assert list(model.model_fields) == [*ImageRequest.model_fields, "refiner_steps"]
    return model


def form_of(model: type[ImageRequest]) -> Form:
    form = Form(model)
    with gr.Blocks():
        form.add_all(model.model_fields)
    return form


def test_the_field_of_the_example_has_a_control_a_check_and_a_body(example):
    form = form_of(example)
    assert form.controls["refiner_steps"].elem_id == "image-refiner_steps"
    request = form.read({"prompt": "a boat", "refiner_steps": 12})
    assert request.wire(None).json["refiner_steps"] == 12
    with pytest.raises(Exception, match="Refiner steps"):
        form.read({"prompt": "a boat", "refiner_steps": 101})


def test_the_field_of_the_example_is_part_of_the_estimate(example):
    twelve, six = (load_of(example(prompt="x", refiner_steps=steps)) for steps in (12, 6))
    assert (twelve.kind, twelve.amount) == (six.kind, 2 * six.amount)
    assert twelve.kind != load_of(example(prompt="x")).kind
    assert "refiner_steps" in counting(SimpleNamespace(form=form_of(example)))


def test_the_field_of_the_example_is_read_from_and_written_for_other_programs(example, monkeypatch):
    monkeypatch.setitem(REQUESTS, "image", example)
    wire_names.cache_clear()
    try:
        text = parameters(Recipe.of(example(prompt="a boat", num_inference_steps=8, refiner_steps=12)))
        assert "Refiner steps: 12" in text
        assert read_foreign_text(text).recipe.request["refiner_steps"] == 12
        theirs = json.dumps({"sui_image_params": {"prompt": "a boat", "refinersteps": 9}})
        assert read_foreign_text(theirs).recipe.request["refiner_steps"] == 9
    finally:
        wire_names.cache_clear()


def test_the_field_of_the_example_is_lowered_after_a_run_that_took_too_long(example):
    fixes = fixes_for(TimedOut("Too slow."), form_of(example), {"num_inference_steps": 8, "refiner_steps": 12})
    assert [fix.changes for fix in fixes] == [
        {"num_inference_steps": 4}, {"size": "512x512"}, {"refiner_steps": 6},
    ]  # fmt: skip


def test_each_line_of_the_example_of_a_tab_stands_in_the_file_that_the_step_names():
    text = (ROOT / "docs/adding-a-tab.md").read_text(encoding="utf-8")
    steps = re.split(r"\n(?=\d\. )", text.split("## A tab of another form")[1])[1:]
    checked = 0
    for step in steps:
        files = [(ROOT / name).read_text(encoding="utf-8") for name in re.findall(r"`(omni_ui/[\w/]+\.\w+)`", step)]
        for line in re.findall(r"```\w+\n(.*?)\n```", step, re.S):
            assert any(f"{line}\n" in file for file in files), line
            checked += 1
    assert checked == 6


def test_a_tab_with_a_form_is_named_in_one_table():
    """All that goes through the tabs derives them from it, the settings too."""
    others = [path for path in (ROOT / "omni_ui").rglob("*.*") if path.suffix in {".py", ".js"} and path.stem != "tabs"]
    written = re.compile(r"chat\W{1,6}image\W{1,6}edit\W{1,6}speech\W{1,6}sound\W{1,6}video")
    assert not [path for path in others if written.search(path.read_text(encoding="utf-8"))]
    assert all(f"{tab}_{name}" in ServerSettings.model_fields for tab in TABS for name in ("url", "api_key", "model"))


def test_the_rooms_of_the_example_of_a_tab_hold_what_the_page_says():
    text = (ROOT / "docs/adding-a-tab.md").read_text(encoding="utf-8")
    step = text[text.index("1. **The room.**") : text.index("2. **The tab.**")]
    room = ROOT / "omni_ui/features/talk"
    names = re.findall(r"`(\w+\.\w+)`", step)
    assert len(names) == 7
    assert not [name for name in names if not (room / name).exists()]
    assert not [path for path in room.glob("*.py") if "omni_ui.tabs" in path.read_text(encoding="utf-8")]
