"""The settings of a video, and what most models start from (vLLM-Omni 0.30.0, video/generation/helpers.py:852-895)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from omni_ui.client.answers.formats import FileRef
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import JsonObject, Maybe, WireCall, Words, param
from omni_ui.client.requests.files import AudioFile, FormRequest, MaybeFile, MaybeVisual, MediaFiles
from omni_ui.client.requests.image import DEMO, check_size
from omni_ui.client.requests.shared_params import (
    extra_param,
    flow_shift_param,
    guidance_param,
    lora_param,
    negative_prompt_param,
    prompt_param,
    second_guidance_param,
    seed_param,
    size_param,
    steps_param,
    true_cfg_param,
)
from omni_ui.client.requests.timeline import Timeline
from omni_ui.client.requests.video_stream import check_streamed, stream_call

VIDEO_SIZES = [
    ("Model default", ""),
    ("16:9  1280x720", "1280x720"),
    ("16:9  832x480", "832x480"),
    ("9:16  720x1280", "720x1280"),
    ("9:16  480x832", "480x832"),
    ("1:1  640x640", "640x640"),
    ("1:1  960x960", "960x960"),
]


def _whole_seconds(value: Any) -> object:
    """The wire wants a whole number as text; people give numbers (`2.5` and `0` are a 400, WIRE.md 11)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise ValueError("must be a whole number of seconds, such as 4") from None
    if not 1 <= seconds <= 600 or seconds != int(seconds):
        raise ValueError("must be a whole number of seconds from 1 to 600")
    return str(int(seconds))


WholeSeconds = Annotated[str | None, BeforeValidator(_whole_seconds)]
"""A length as the wire wants it."""

Switch = Annotated[bool | None, BeforeValidator(lambda value: value or None)]
"""On, or nothing at all: what is off does not stand in a recipe."""

MAX_TEXT_FIELD = 700_000
"""Bytes of a file that still fits as base64 into a text field of a form, 1 MiB (WIRE.md 6)."""


class VideoFields(FormRequest):
    """The fields that every video model may read."""

    own: ClassVar[frozenset[str]] = frozenset({"watch", "timeline"})

    prompt: Words = prompt_param(help="What happens in the video.")
    input_reference: MaybeVisual = param(
        label="First frame",
        help="The picture the video starts with. If no size is set, the video takes its shape.",
        place="main",
        kind="image",
        inputs=("image", "video"),
    )
    input_references: MediaFiles = param(
        [],
        label="Videos to work from",
        help="Models that combine references also accept pictures and recordings here.",
        kind="video",
        max_length=16,
        inputs=("video",),
        models=(DEMO,),
    )
    audio_reference: Annotated[AudioFile | None, MaybeFile] = param(
        label="Sound",
        help="What is spoken or heard in the video, for models that follow a sound. At most 700 kB.",
        kind="audio",
        inputs=("audio",),
        models=(DEMO,),
    )
    size: Annotated[Maybe[str], AfterValidator(check_size)] = size_param(
        help="Width and height in pixels. Larger videos take much longer.", presets=VIDEO_SIZES
    )
    seconds: WholeSeconds = param(
        label="Length",
        help="How long the video is, in whole seconds. Ignored if Frames is set.",
        place="card",
        kind="number",
        unit="s",
        presets=[("4 s", "4"), ("8 s", "8"), ("12 s", "12")],
        cap="seconds",
        time="seconds",
    )
    num_frames: Maybe[int] = param(
        label="Frames",
        help="How many pictures make up the video. Many models want 4 × n + 1, for example 81.",
        place="card",
        kind="number",
        ge=1,
        le=2000,
        cap="frames",
        raised=True,
        time="frames",
        elsewhere={"swarmui": "videoframes"},
        saves={"memory": 4, "time": 1},
    )
    fps: Maybe[float] = param(
        label="Frame rate",
        help="How fast the frames play. The same frames at a higher rate make a shorter video.",
        place="card",
        kind="number",
        unit="fps",
        ge=1,
        le=120,
        cap="rate",
        raised=True,
        time="rate",
        elsewhere={"swarmui": "videofps"},
    )
    seed: Maybe[int] = seed_param(help="The same seed and settings give the same video. -1 is a random one.")
    num_inference_steps: Maybe[int] = steps_param(help="More steps: finer and slower.")
    guidance_scale: Maybe[float] = guidance_param(help="How closely the video follows the prompt.")
    negative_prompt: Maybe[str] = negative_prompt_param(help="What the video should not show.")
    guidance_scale_2: Maybe[float] = second_guidance_param(help="Guidance for the second of two experts (Wan2.2).")
    boundary_ratio: Maybe[float] = param(
        label="Boundary",
        help="Where the first expert hands over to the second (Wan2.2): 0.875 is usual.",
        kind="slider",
        step=0.005,
        ge=0,
        le=1,
    )
    flow_shift: Maybe[float] = flow_shift_param(
        help="Balances motion against detail: 5 for 720p, 12 for 480p (Wan2.2)."
    )
    true_cfg_scale: Maybe[float] = true_cfg_param(help="A second kind of guidance, if the model supports it.")
    quality: Maybe[Literal["lossless", "high"]] = param(
        label="Quality",
        help="high lets the model save a little work; lossless does not. Depends on the model.",
        kind="choice",
        time="differs",
    )
    generate_sound: Maybe[bool] = param(
        label="With sound",
        help="Adds sound that matches the picture, if the model supports it.",
        kind="choice",
        presets=[("On", True), ("Off", False)],
        time="differs",
    )
    sound_duration: Maybe[float] = param(
        label="Length of the sound",
        help="Leave empty to match the length of the video.",
        kind="number",
        unit="s",
        gt=0,
        le=600,
        cap="seconds",
        time="grows",
    )
    aspect_ratio: Maybe[Literal["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]] = param(
        label="Aspect ratio",
        help="Shape of the video, for models that use it instead of a size.",
        kind="choice",
        time="differs",
    )
    short_edge: Maybe[int] = param(
        label="Short edge",
        help="Its shorter side, together with the aspect ratio.",
        kind="number",
        unit="px",
        ge=16,
        le=4320,
        cap="size",
        time="differs",
    )
    start_time_seconds: Maybe[float] = param(
        label="Start in the reference",
        help="Where in the reference video to start.",
        kind="number",
        unit="s",
        ge=0,
        le=3600,
    )
    enable_frame_interpolation: Maybe[bool] = param(
        label="Smooth motion",
        help="Adds frames in between for smoother motion, if the model supports it.",
        kind="choice",
        presets=[("On", True), ("Off", False)],
        time="differs",
    )
    frame_interpolation_exp: Maybe[int] = param(
        label="Smoothness", help="1 doubles the frames, 2 quadruples them.", kind="number", ge=1, le=4, time="differs"
    )
    frame_interpolation_scale: Maybe[float] = param(
        label="Smoothing scale", help="Smaller values handle large motions better.", kind="number", gt=0, le=4
    )
    control_reference: MaybeVisual = param(
        label="Control", help="A picture or video whose edges, depth … the result follows.", kind="video"
    )
    control_type: Maybe[Literal["edge", "blur", "depth", "seg", "wsm"]] = param(
        label="Control type", help="What the result takes from the control.", kind="choice"
    )
    lora: JsonObject = lora_param()
    extra_params: JsonObject = extra_param()

    watch: Switch = param(
        label="Watch while generating",
        help="Plays the video from its first piece on. Keep the page open until it is done.",
        place="own",
        kind="switch",
    )
    timeline: Timeline = param(
        [],
        label="Timeline",
        help='Changes during the video, by second: [{"at": 2, "prompt": "snow falls"}], or {"at": '
        '3, "keys": "w"} for models with a camera (W A S D move, I J K L turn).',
        place="own",
        kind="timeline",
    )

    @field_validator("watch")
    @classmethod
    def _can_be_watched(cls, watch: bool | None, info: ValidationInfo) -> bool | None:
        return check_streamed(cls, info.data) if watch else None

    @field_validator("timeline")
    @classmethod
    def _only_watched(cls, timeline: Timeline, info: ValidationInfo) -> Timeline:
        return timeline if info.data.get("watch") else []

    @field_validator("input_references")
    @classmethod
    def _one_kind(cls, paths: list[Path], info: ValidationInfo) -> list[Path]:
        if paths and info.data.get("input_reference"):
            raise ValueError("Use either one picture or video, or several references: clear one of them.")
        return paths

    @field_validator("audio_reference")
    @classmethod
    def _small_sound(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path and path.stat().st_size > MAX_TEXT_FIELD:
            raise ValueError("The sound is larger than 700 kB, this server's limit: save it as MP3.")
        return path

    @field_validator("control_type")
    @classmethod
    def _both(cls, kind: str | None, info: ValidationInfo) -> str | None:
        if kind and not info.data.get("control_reference"):
            raise ValueError("A control type needs a control: add one, or clear the type.")
        return kind

    def payload(self) -> Json:
        empty = {name for name in ("image_reference", "video_reference") if not getattr(self, name, None)}
        return {name: value for name, value in super().payload().items() if name not in self.own | empty}

    def wire(self, model: str | None = None) -> WireCall:
        if self.watch:
            return stream_call(self.payload(), self.input_reference, self.timeline, model)
        call = super().wire(model)
        if self.audio_reference is None:
            return call
        # The one medium that this server takes no file for; it is small (helpers.py:858, 1048-1060).
        sound = {"audio_url": FileRef(self.audio_reference)}
        files: Sequence[tuple[str, Path]] = [entry for entry in call.files if entry[0] != "audio_reference"]
        return WireCall(
            call.method, call.path, form=[*(call.form or []), ("audio_reference", sound)], files=list(files)
        )
