from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from omni_ui.client import ChatRequest, EditRequest, ImageRequest, SpeechRequest, VideoRequest
from omni_ui.features.estimate.estimate import asked_for, counting, estimate_text
from omni_ui.store.timings import Estimate, load_of
from omni_ui.widgets.form import Form

PICTURE = Path(__file__).parents[3] / "assets" / "screenshot.png"


@pytest.mark.parametrize(
    ("request_", "entered"),
    [
        (ImageRequest(prompt="a", size="512x512", n=2), {"size": "512x512", "n": 2, "num_inference_steps": None}),
        (ImageRequest(prompt="a", num_inference_steps=9), {"size": "", "num_inference_steps": 9, "n": 1}),
        (SpeechRequest(input="x" * 50), {"input": "x" * 50}),
        (VideoRequest(prompt="a", size="832x480", seconds=4), {"size": "832x480", "seconds": 4}),
        (EditRequest(prompt="a", image=[PICTURE]), {"image": [{"path": "a.png"}], "n": 1}),
        (ChatRequest(messages=[{"role": "user", "content": "a"}], modalities=["text"]), {"modalities": ["text"]}),
    ],
)
def test_the_controls_give_the_load_of_the_request_that_they_would_send(request_, entered):
    assert load_of(asked_for(type(request_), entered)) == load_of(request_)


def test_nothing_is_foretold_of_what_cannot_be_sent():
    assert asked_for(ImageRequest, {"size": "1024x"}) is None
    assert asked_for(ImageRequest, {"n": 99}) is None


def test_only_what_changes_the_time_is_looked_at():
    with gr.Blocks():
        form = Form(ImageRequest)
        form.add_all(ImageRequest.model_fields)
    fields = counting(SimpleNamespace(form=form))
    assert {"size", "n", "num_inference_steps"} <= set(fields)
    assert not {"prompt", "seed", "guidance_scale"} & set(fields)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (3.04, 4.91, "about 3 to 5 s, from 7 runs like this"),
        (0.02, 0.31, "under 0.4 s, from 7 runs like this"),
        (4.01, 4.01, "about 4 to 4.1 s, from 7 runs like this"),
        (12, 12, "about 12 s, from 7 runs like this"),
        (41.7, 54.2, "about 41 to 55 s, from 7 runs like this"),
        (250, 340, "about 4 to 6 min, from 7 runs like this"),
    ],
)
def test_a_range_is_said_as_people_say_it(low, high, words):
    assert estimate_text(Estimate(low, high, 7)) == words
    assert estimate_text(Estimate(low, high, 7), shared=True) == words.partition(", from")[0]
