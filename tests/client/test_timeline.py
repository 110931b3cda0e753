"""What changes in a watched video: read, checked and put on the wire."""

import json

import pytest
from pydantic import ValidationError

from omni_ui.client import FileRef, VideoRequest, problems
from omni_ui.client.requests.timeline import TimelineEvent, as_json


def ask(**fields):
    return VideoRequest(**{"prompt": "a sea", "watch": True} | fields)


def sentence(**fields):
    with pytest.raises(ValidationError) as wrong:
        ask(**fields)
    return problems(wrong.value, VideoRequest)[0].sentence


def test_the_first_message_has_the_fields_of_a_video_and_the_changes_follow():
    request = ask(size="64x48", seconds=2, seed=4, timeline='[{"at": 2, "prompt": "snow", "transition_chunks": 1}]')
    call = request.wire("m")
    assert (call.method, call.path) == ("WEBSOCKET", "/v1/realtime/video")
    assert call.json == {"type": "session.start", "model": "m", "prompt": "a sea", "size": "64x48", "seconds": "2",
                         "seed": 4, "format": "m4s"}  # fmt: skip
    event = {"event_id": "change-1", "event": {"prompt": "snow"}, "transition_chunks": 1}
    assert call.later == [(2.0, {"type": "session.interaction", "interaction": event})]


def test_a_job_carries_none_of_it():
    call = VideoRequest(prompt="a sea", timeline=[{"at": 1, "prompt": "snow"}]).wire("m")
    assert call.path == "/v1/videos"
    assert {name for name, _ in call.form} == {"model", "prompt"}


def test_changes_stand_in_the_order_in_which_they_happen_and_are_kept_in_the_recipe():
    request = ask(timeline=[{"at": 3, "prompt": " b "}, {"at": 1, "keys": "Lw"}])
    assert [event.summary() for event in request.timeline] == ["1 s: keys W L", "3 s: b"]
    plain = request.model_dump(mode="json", exclude_none=True)
    assert VideoRequest(**plain) == request
    assert json.loads(as_json(request.timeline)) == plain["timeline"]
    assert as_json([]) == ""


def test_the_camera_turns_with_a_unit_quaternion():
    camera = TimelineEvent(at=1, keys="jk").interaction("e")["interaction"]["event"]["multi_modal_data"]["camera"]
    assert camera["data"]["translation"] == [0, 0, 0]
    assert abs(sum(part**2 for part in camera["data"]["rotation"]) - 1) < 1e-4


@pytest.mark.parametrize(
    ("timeline", "words"),
    [
        ("nonsense", "must be a list"),
        ("{}", "must be a list"),
        ([{"prompt": "b"}], "change 1 needs a second"),
        ([{"at": -1, "prompt": "b"}], "change 1 needs a second"),
        ([{"at": "NaN", "prompt": "b"}], "change 1 needs a second"),
        ([{"at": 1, "prompt": "b"}, {"at": 1, "prompt": " "}], "change 2 has an empty prompt"),
        ([{"at": 1}], "has either a prompt or keys"),
        ([{"at": 1, "keys": "xyz"}], "keys other than"),
        ([{"at": 1, "prompt": "b", "else": 1}], "cannot be read"),
        ([7], "cannot be read"),
        ([{"at": 1, "keys": ""}] * 201, "limit is 200"),
    ],
)
def test_a_timeline_that_cannot_be_used_is_said_in_a_sentence(timeline, words):
    text = sentence(timeline=timeline)
    assert words in text
    assert "\n" not in text


def test_what_has_no_effect_on_a_watched_video_is_said_before_it_is_asked_for(tmp_path):
    assert "Clear “With sound”, or switch" in sentence(generate_sound=True)
    video = tmp_path / "a.mp4"
    video.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    assert "start with a picture" in sentence(input_reference=str(video))
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3_000_001))
    assert "larger than 3 MB" in sentence(input_reference=str(picture))


def test_a_first_frame_travels_within_the_first_message(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    body = ask(input_reference=str(picture)).wire("m").json
    assert body["image_reference"] == {"image_url": FileRef(picture)}
    assert "input_reference" not in body
