import html
import json
import re

import gradio as gr
import pytest

from omni_ui.client import EditRequest, ImageRequest, NotReachable, OmniError, VideoRequest, known_error
from omni_ui.client.answers.failures import error_from_body
from omni_ui.core.invalid import Invalid
from omni_ui.features.error_fixes.error_fixes import fixes_for, fixes_row
from omni_ui.features.speech.request import SpokenText
from omni_ui.widgets.form import Form
from omni_ui.widgets.pictures.image_input import PictureForm


def form_of(model, make=Form):
    with gr.Blocks():
        form = make(model)
        form.add_all(name for name in model.model_fields)
    return form


@pytest.fixture(scope="module")
def image():
    return form_of(ImageRequest)


@pytest.fixture(scope="module")
def speech():
    return form_of(SpokenText)


def said(message, status=400):
    return error_from_body({"error": {"message": message}}, status)


def offered(error, form, **entered):
    return [(fix.words, fix.changes) for fix in fixes_for(error, form, entered)]


def test_too_little_memory_fewer_pictures_first_then_a_smaller_size(image):
    error = said("CUDA out of memory. Tried to allocate 20 GiB", 500)
    assert offered(error, image, n=4, size="1024x768") == [
        ("Pictures: 4 → 1", {"n": 1}),
        ("Size: 1024x768 → 512x384", {"size": "512x384"}),
    ]
    assert offered(error, image, n=1, size="") == [("Size: model default → 512x512", {"size": "512x512"})]
    assert offered(error, image, n=1, size="64x64") == []


def test_a_size_over_the_servers_limit_is_made_to_fit(image):
    error = said("Requested image size 4096x2048 exceeds the maximum allowed size of 1048576 pixels")
    assert offered(error, image, size="4096x2048") == [("Size: 4096x2048 → 1440x720", {"size": "1440x720"})]


def test_a_voice_that_exists_takes_the_place_of_one_that_does_not(speech):
    error = said("Invalid speaker 'nobody'. Supported: ryan, vivian")
    assert offered(error, speech, voice="nobody") == [("Voice: nobody → ryan", {"voice": "ryan"})]


def test_the_task_is_switched_to_what_the_model_was_trained_for(speech):
    error = said("Qwen3-TTS Base checkpoint does not support task_type='CustomVoice'. Use task_type='Base' or load")
    ((words, changes),) = offered(error, speech, task_type="CustomVoice")
    assert changes == {"task_type": "Base"}
    assert words.startswith("Task: ")
    assert " → " in words


def test_the_field_may_stand_in_the_servers_words(speech):
    error = said("'ref_text' is only valid for Base task")
    assert offered(error, speech, ref_text="hello") == [
        (f"{SpokenText.model_fields['ref_text'].title}: hello → none", {"ref_text": ""})
    ]


def test_only_as_many_pictures_are_kept_as_the_model_takes():
    form = form_of(EditRequest, PictureForm)
    error = said("Received 5 input images. At most 4 images are supported by this model.")
    (fix,) = fixes_for(error, form, {"image": [{}] * 5})
    assert (fix.keep, fix.words.endswith("keep the first 4 of 5")) == ({"image": 4}, True)
    assert fixes_for(error, form, {"image": [{}] * 4}) == []
    ours = Invalid.because("image", "Too many.", {"field": "image", "action": "keep", "value": 1})
    assert fixes_for(ours, form, {"image": [{}, {}]})[0].keep == {"image": 1}


def test_of_a_failed_job_only_the_words_are_left():
    form = form_of(VideoRequest, PictureForm)
    job = OmniError("It failed.", "", server_message="Video generation timed out after 600.0s")
    assert known_error("no words that anybody knows") is None
    assert offered(job, form, num_frames=81, num_inference_steps=40, size="832x480") == [
        ("Frames: 81 → 40", {"num_frames": 40}),
        ("Inference steps: 40 → 20", {"num_inference_steps": 20}),
        ("Size: 832x480 → 416x240", {"size": "416x240"}),
    ]
    clip = OmniError("It failed.", "", server_message="This model supports 5.0-second clips only")
    assert offered(clip, form, seconds="8")[0][1] == {"seconds": 5.0}
    for failure, fixes in ((said("Some failure", 500), [("Try again", {})]), (said("Unheard of", 400), [])):
        assert offered(OmniError(failure.sentence, "", server_message=failure.server_message), form) == fixes


def test_what_may_pass_can_be_tried_again_and_what_will_not_cannot(image):
    assert offered(NotReachable("Nothing answers."), image) == [("Try again", {})]
    assert offered(said("Some failure", 500), image) == [("Try again", {})]
    assert offered(said("EngineDead", 500), image) == []
    assert offered(said("Something that nobody knows", 400), image) == []
    assert offered(Invalid.because("prompt", "Prompt is empty."), image) == []


def test_nothing_is_offered_that_would_change_nothing_or_has_no_control(image):
    assert offered(said("Model mismatch: request specifies 'a' but server is running 'b'"), image) == []
    assert offered(said("Invalid size: 0x0"), image, size="") == []


def test_the_button_says_what_changes_and_carries_it(image):
    error = said("CUDA out of memory", 500)
    row = fixes_row("image", fixes_for(error, image, {"n": 2, "size": "512x512"}))
    orders = [json.loads(html.unescape(one)) for one in re.findall(r'data-fix="(.*?)"', row)]
    assert [one["set"] for one in orders] == [{"n": 1}, {"size": "256x256"}]
    assert "Pictures: 2 → 1" in row
    assert fixes_row("image", []) == ""
