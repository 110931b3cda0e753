"""Every cell is checked before anything is sent, and only what varies differs."""

import gradio as gr
import pytest

from omni_ui.client import ImageRequest, SpeechRequest
from omni_ui.core.invalid import Invalid
from omni_ui.features.grid.plan import estimate_of_plan, make_plan
from omni_ui.features.grid.values import variable
from omni_ui.store import Store
from omni_ui.store.timings import load_of
from omni_ui.widgets.form import Form


def form_of(model):
    with gr.Blocks():
        form = Form(model)
        for place in ("main", "card", "advanced", "own"):
            form.add_all(form.names(place))
    return form


@pytest.fixture(scope="module")
def form():
    return form_of(ImageRequest)


async def plan(form, wanted, most=36, **entered):
    values = dict.fromkeys(form.controls) | {"prompt": "a fox", "n": 1, "output_format": "png"} | entered
    return await make_plan(form, form.read, {k: v for k, v in values.items() if k in form.controls}, wanted, most)


async def test_a_grid_of_two_settings_row_by_row_with_one_seed(form):
    made = await plan(form, [("num_inference_steps", "4|8|12"), ("guidance_scale", "1|2")], negative_prompt="fog")
    assert [cell.at for cell in made.cells] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
    sent = [cell.request.payload() for cell in made.cells]
    assert [(one["num_inference_steps"], one["guidance_scale"]) for one in sent] == [
        (4, 1), (8, 1), (12, 1), (4, 2), (8, 2), (12, 2),
    ]  # fmt: skip
    assert {one["seed"] for one in sent} == {made.seed}
    assert made.seed is not None
    assert all(one["prompt"] == "a fox" and one["negative_prompt"] == "fog" for one in sent)
    assert made.cells[4].entered["num_inference_steps"] == 8
    assert made.cells[4].entered["seed"] == str(made.seed)


async def test_the_seed_in_the_control_holds_and_a_varied_seed_is_not_drawn(form):
    assert (await plan(form, [("n", "1|2")], seed="7")).seed == 7
    made = await plan(form, [("seed", "1|2")], seed="7")
    assert made.seed is None
    assert [cell.request.seed for cell in made.cells] == [1, 2]


async def test_default_leaves_the_setting_to_the_model(form):
    made = await plan(form, [("num_inference_steps", "default|9")], num_inference_steps=30)
    assert "num_inference_steps" not in made.cells[0].request.payload()
    assert made.cells[1].request.payload()["num_inference_steps"] == 9


async def test_what_is_varied_may_be_empty_or_wrong_in_its_control(form):
    made = await plan(form, [("prompt", "a fox|a boat")], prompt="")
    assert [cell.request.prompt for cell in made.cells] == ["a fox", "a boat"]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ([("", "1|2"), ("", "")], "Choose a setting to vary"),
        ([("n", "1|2"), ("n", "3|4")], "is chosen twice"),
        ([("nonsense", "1")], "cannot be varied"),
        ([("lora", "1")], "cannot be varied"),
        ([("n", "1|11")], "from 1 to 10. This is about “11”."),
        ([("num_inference_steps", "1.5|3")], "a whole number from 1 to 200"),
        ([("num_inference_steps", "1-36:1"), ("n", "1|2")], "72 runs; the limit here is 36"),
        ([("size", "64x64|0x0")], "too small"),
    ],
)
async def test_bad_input_is_one_sentence(form, wanted, says):
    with pytest.raises(Invalid) as raised:
        await plan(form, wanted)
    assert says in raised.value.problems[0].sentence


async def test_an_empty_prompt_is_said_before_anything_runs(form):
    with pytest.raises(Invalid, match="Prompt is empty"):
        await plan(form, [("n", "1|2")], prompt="")


async def test_speech_is_not_streamed_so_that_every_speed_can_be_heard():
    form = form_of(SpeechRequest)
    entered = {"input": "Hello.", "stream": True, "speed": 1.0, "response_format": "wav", "word_timestamps": False}
    made = await make_plan(form, form.read, entered, [("speed", "0.5|1|2")], 36)
    assert [cell.request.stream for cell in made.cells] == [False] * 3
    assert "stream" not in variable(form)


async def test_the_time_is_that_of_runs_like_these_or_not_known(form):
    store = Store(None)
    await store.open()
    try:
        made = await plan(form, [("num_inference_steps", "8|10")])
        said = await estimate_of_plan(made, store.timings, "here", "m")
        assert said.startswith("2 runs, one after the other. No time estimate yet")
        for seconds in (10, 11, 12):
            await store.timings.note("here", "m", load_of(made.cells[0].request), seconds)
        assert "2 runs, one after the other: 20 to 27 s in total" in await estimate_of_plan(
            made, store.timings, "here", "m"
        )
        assert "No time estimate yet" in await estimate_of_plan(made, store.timings, "elsewhere", "m")
        sized = load_of(made.cells[0].request.model_copy(update={"size": "64x64"}))
        for seconds in (1, 1, 1):
            await store.timings.note("here", "sized", sized, seconds)
        assert "No time estimate yet" in await estimate_of_plan(made, store.timings, "here", "sized")
        assert "s in total" in await estimate_of_plan(made, store.timings, "here", "sized", {"size": "64x64"})
    finally:
        await store.close()
