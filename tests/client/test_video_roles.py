"""What a video is made from has a role, and what does not fit together is said before the request."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from pydantic import ValidationError

from omni_ui.client import OmniError, VideoRequest, problems
from omni_ui.client.requests.noise_mask import ClipShape, parse_ranges, sound_mask, steps_within, video_mask
from omni_ui.client.requests.video import nearest_ratio
from omni_ui.client.server.schema import ServerSchema
from omni_ui.features.snippets.plan import plan_for
from omni_ui.features.snippets.traps import trap
from tests.client.scripted import png, wav

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {"a.png": png(), "b.png": png(), "v.mp4": MP4, "v.webm": b"\x1a\x45\xdf\xa3" + bytes(12), "s.wav": wav()}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def sentence(**values: object) -> str:
    with pytest.raises(ValidationError) as wrong:
        VideoRequest(prompt="a sea", **values)  # type: ignore[arg-type]  # what a stranger sends
    return problems(wrong.value, VideoRequest)[0].sentence


# The numbers are those of vllm_omni 0.30.0 itself (minimax_h3/time_request.py), for 96 to 360 frames.
@pytest.mark.parametrize(
    ("frames", "made", "steps", "sound"),
    [(96, 107, 32, 178), (120, 124, 37, 207), (124, 124, 37, 207), (209, 209, 62, 348), (360, 362, 107, 603)],
)
def test_a_clip_has_the_shape_that_its_model_works_in(frames: int, made: int, steps: int, sound: int) -> None:
    shape = ClipShape(1344, 768, frames)
    assert (shape.made_frames, shape.steps, shape.sound_steps) == (made, steps, sound)
    assert (shape.rows, shape.columns) == (24, 42)


def test_ranges_are_seconds() -> None:
    assert parse_ranges("1-2.5, 4 to 6; 7-") == [(1, 2.5), (4, 6), (7, float("inf"))]
    for wrong in ("soon", "2-1", "-3"):
        with pytest.raises(ValueError, match=r"range"):
            parse_ranges(wrong)
    assert steps_within([(1, 2)], 4, 4.0) == [False, True, False, False]
    assert steps_within([(0.5, 1.1)], 4, 4.0) == [True, True, False, False]


def test_a_mask_is_one_where_it_is_painted_while_the_range_lasts(tmp_path: Path) -> None:
    painted = Image.new("L", (128, 64), 0)
    ImageDraw.Draw(painted).rectangle((0, 0, 63, 63), fill=255)
    painted.save(tmp_path / "mask.png")
    shape = ClipShape(128, 64, 107)
    mask = json.loads(video_mask(shape, tmp_path / "mask.png", [(0, 1)]).write())
    assert (len(mask), len(mask[0]), len(mask[0][0])) == (shape.steps, 2, 4)
    assert mask[0] == [[1, 1, 0, 0]] * 2
    assert mask[-1] == [[0] * 4] * 2
    whole = json.loads(video_mask(shape, None, []).write())
    assert all(value == 1 for step in whole for row in step for value in row)
    sound = json.loads(sound_mask(shape, [(0, 1)]).write())
    assert (len(sound), sum(sound)) == (178, 40)


def test_a_last_frame_goes_as_a_file_with_its_place(files: dict[str, Path]) -> None:
    both = VideoRequest(prompt="a", input_reference=files["a.png"], last_frame=files["b.png"]).wire()
    assert both.files == [("input_references", files["a.png"]), ("input_references", files["b.png"])]
    assert json.loads(dict(both.form or [])["extra_params"]) == {"task": "fl2va", "frame_indices": [0, -1]}
    alone = VideoRequest(prompt="a", last_frame=files["b.png"], extra_params={"long_video_mode": "full"}).wire()
    extra = json.loads(dict(alone.form or [])["extra_params"])
    assert (extra["frame_indices"], extra["long_video_mode"]) == ([-1], "full")


def test_small_reference_pictures_go_as_text_and_large_ones_as_files(files: dict[str, Path]) -> None:
    small = VideoRequest(prompt="a", image_reference=[files["a.png"], files["b.png"]]).wire()
    assert [pair[0] for pair in small.form or []] == ["prompt", "image_reference"]
    assert small.files == []
    files["b.png"].write_bytes(png() + bytes(800_000))
    large = VideoRequest(prompt="a", image_reference=[files["b.png"], files["a.png"]]).wire()
    assert large.files == [("input_references", files["b.png"]), ("input_references", files["a.png"])]


def test_what_does_not_fit_together_is_said(files: dict[str, Path]) -> None:
    video, sound, a, b = files["v.mp4"], files["s.wav"], files["a.png"], files["b.png"]
    sized = {"size": "128x64", "num_frames": 96}
    assert "Use either" in sentence(last_frame=b, input_references=[video])
    assert "Use either" in sentence(input_reference=a, image_reference=[b])
    assert "no video to change" in sentence(video_noise_mask=a, **sized)
    assert "no video to change" in sentence(audio_noise_mask="0-1", **sized)
    assert "Say what changes" in sentence(source_video=video, **sized)
    assert "size and a length" in sentence(source_video=video, video_noise_seconds="0-1")
    assert "needs the seconds" in sentence(source_audio=sound, **sized)
    assert "the video is 4 s long" in sentence(source_video=video, video_noise_seconds="3-5", **sized)
    assert "not a range of seconds" in sentence(source_video=video, audio_noise_mask="soon", **sized)
    assert "MP4 or MOV" in sentence(source_video=files["v.webm"], **sized)
    assert "Watch while generating" in sentence(last_frame=b, watch=True)


def test_a_change_names_the_shape_that_its_model_wants_beside_the_size(files: dict[str, Path]) -> None:
    asked = VideoRequest(
        prompt="a", size="1280x720", num_frames=96, source_video=files["v.mp4"], audio_noise_mask="0-1"
    )
    call = asked.wire()
    assert dict(call.form or [])["aspect_ratio"] == "16:9"
    assert [name for name, _ in call.json_files] == ["audio_noise_mask"]
    assert "audio_noise_mask" not in dict(call.form or [])
    assert nearest_ratio(0.5) == "9:16"


def test_what_goes_in_another_field_is_lost_with_that_field(files: dict[str, Path]) -> None:
    old = ServerSchema(fields={"/v1/videos": {"prompt": {}, "input_reference": {}}})
    assert {"last_frame", "video_noise_seconds", "image_reference"} <= set(old.lacking(VideoRequest))
    with pytest.raises(OmniError) as refused:
        old.fit(VideoRequest(prompt="a", last_frame=files["a.png"]))
    assert (refused.value.field, refused.value.status) == ("last_frame", None)
    new = ServerSchema(fields={"/v1/videos": {"prompt": {}, "input_references": {}}})
    assert "last_frame" not in new.lacking(VideoRequest)


def test_code_names_the_shape_of_a_mask(files: dict[str, Path]) -> None:
    asked = VideoRequest(prompt="a", size="128x64", num_frames=96, source_video=files["v.mp4"], audio_noise_mask="0-1")
    plan = plan_for(asked.wire(), None)
    assert ("audio_noise_mask", "audio_noise_mask.json") in [(name, part.name) for name, part in plan.files]
    assert "178 steps" in trap("Python, httpx", plan)


def test_a_part_of_a_video_smaller_than_a_token_is_refused_before_the_request(tmp_path):
    video = tmp_path / "in.mp4"
    video.write_bytes(MP4)
    values = {"prompt": "fog", "source_video": video, "video_noise_seconds": "0-1", "seconds": "2"}
    with pytest.raises(ValidationError, match="at least 32x32"):
        VideoRequest(**values, size="16x320")
    request = VideoRequest(**values, size="32x320")
    assert request.wire("m") == request.wire("m")
