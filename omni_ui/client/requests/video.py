"""Videos: POST /v1/videos, /v1/videos/sync: forms (vLLM-Omni 0.30.0, video/generation/helpers.py:852-895).

What a video is made from has a slot for each role. On the wire a last frame and reference videos are files of
`input_references`; reference pictures are data addresses, or files as well where they are large (helpers.py:1049-1060).
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, TypeVar

from pydantic import ValidationInfo, field_validator

from omni_ui.client.answers.formats import FileRef
from omni_ui.client.requests.base import Maybe, WireCall, param
from omni_ui.client.requests.files import ImageFiles, MaybeAudio, MaybeImage, MaybeVideo, VideoFiles, as_text
from omni_ui.client.requests.image import DEMO
from omni_ui.client.requests.noise_mask import FRAMES_PER_SECOND, ClipShape, parse_ranges, sound_mask, video_mask
from omni_ui.client.requests.shared_params import outputs_param
from omni_ui.client.requests.video_fields import MAX_TEXT_FIELD, VideoFields

REFERENCES = ("input_reference", "input_references", "image_reference", "video_reference")
SlotT = TypeVar("SlotT")
MINIMAX = r"minimax-?h3"
"""Reads all roles (diffusion/model_metadata.py:55-75; minimax_h3/encoder_processing.py:110-124 and 465-500)."""
VACE = r"wan.*vace"
"""Reads pictures and videos (wan2_2/pipeline_wan2_2_vace.py:130-163)."""
RATIOS = {"21:9": 21 / 9, "16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 9 / 16}


class VideoRequest(VideoFields):
    """Makes a video from words, a picture, a video or a sound. The server makes it as a job."""

    tab: ClassVar[str] = "video"
    path: ClassVar[str] = "/v1/videos"
    placed_until: ClassVar[str] = "num_outputs_per_prompt"
    own: ClassVar[frozenset[str]] = VideoFields.own | {"last_frame", "video_noise_seconds"}
    carried_by: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"last_frame": "input_references", "video_noise_seconds": "video_noise_mask"}
    )

    last_frame: MaybeImage = param(
        label="Last frame",
        help="The picture that the video ends with, of the same shape as the first frame.",
        place="own",
        kind="image",
        models=(MINIMAX, DEMO),
    )
    image_reference: ImageFiles = param(
        [],
        label="Reference pictures",
        help="Who or what is in the video, or its style. In the prompt, call them image 1, image 2.",
        place="own",
        kind="image",
        max_length=9,
        models=(MINIMAX, VACE),
    )
    video_reference: VideoFiles = param(
        [],
        label="Reference videos",
        help="Motion or camera movement to follow, in this order.",
        place="own",
        kind="video",
        max_length=3,
        models=(MINIMAX, VACE),
    )
    source_video: MaybeVideo = param(
        label="Video to change",
        help="An MP4 or MOV file, part of which is regenerated.",
        place="own",
        kind="video",
        models=(MINIMAX, DEMO),
    )
    source_audio: MaybeAudio = param(
        label="Sound to change",
        help="A WAV or MP3 file to use instead of the video's own sound.",
        place="own",
        kind="audio",
        models=(MINIMAX, DEMO),
    )
    video_noise_mask: MaybeImage = param(
        label="Where the picture changes",
        help="White is regenerated, black is kept. Nothing painted: the whole picture.",
        place="own",
        kind="image",
        models=(MINIMAX, DEMO),
    )
    video_noise_seconds: Maybe[str] = param(
        label="When the picture changes",
        help="Seconds, such as 1-2.5, 4-6. Empty: the whole video.",
        place="own",
        kind="line",
        max_length=200,
        models=(MINIMAX, DEMO),
    )
    audio_noise_mask: Maybe[str] = param(
        label="When the sound changes",
        help="Seconds in which the sound is regenerated, such as 1-2.5.",
        place="own",
        kind="line",
        max_length=200,
        validate_default=True,
        models=(MINIMAX, DEMO),
    )
    num_outputs_per_prompt: Maybe[int] = outputs_param(
        label="Videos at once",
        help="vLLM-Omni 0.30.0 makes this many, but returns only the first.",
        models=(MINIMAX, DEMO),
    )

    @field_validator(
        "last_frame", "image_reference", "video_reference", "source_video", "source_audio", "num_outputs_per_prompt"
    )
    @classmethod
    def _not_watched(cls, value: SlotT, info: ValidationInfo) -> SlotT:
        if value and info.data.get("watch"):
            title = cls.model_fields[info.field_name or ""].title
            raise ValueError(f"Clear “{title}”, or switch “Watch while generating” off: it has no effect then.")
        return value

    @field_validator("last_frame")
    @classmethod
    def _no_other_references(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path and (info.data.get("input_references") or info.data.get("audio_reference")):
            raise ValueError("Use either a last frame or references: clear one of them.")
        return path

    @field_validator("image_reference", "video_reference")
    @classmethod
    def _no_frames(cls, paths: list[Path], info: ValidationInfo) -> list[Path]:
        if paths and (info.data.get("input_reference") or info.data.get("last_frame")):
            raise ValueError("Use either a first or last frame, or references: clear one of them.")
        return paths

    @field_validator("source_audio")
    @classmethod
    def _wav_or_mp3(cls, path: Path | None) -> Path | None:
        if path and path.suffix.lower() not in (".wav", ".mp3"):  # the server goes by the name (helpers.py:584-593)
            raise ValueError(f"The file {path.name} is not a WAV or MP3 file: save it as one.")
        return path

    @field_validator("video_noise_mask")
    @classmethod
    def _has_a_video(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path and not info.data.get("source_video"):
            raise ValueError("Part of the picture is painted, but there is no video to change: add one.")
        return path

    @field_validator("video_noise_seconds", "audio_noise_mask")
    @classmethod
    def _within_the_clip(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text:
            return None
        video, sound = info.data.get("source_video"), info.data.get("source_audio")
        if not video and not (sound and info.field_name == "audio_noise_mask"):
            raise ValueError("There is no video to change: add one.")
        shape = _shape_of(info.data)
        for start, end in parse_ranges(text):
            last = start if end == math.inf else end
            if shape and last > shape.seconds:
                raise ValueError(
                    f"The range ends at {last:g} s, and the video is {shape.seconds:g} s long: shorten it."
                )
        return text

    @field_validator("audio_noise_mask")
    @classmethod
    def _something_changes(cls, text: str | None, info: ValidationInfo) -> str | None:
        """Looks at all that belongs to a change; this is the last of its fields."""
        video, sound = info.data.get("source_video"), info.data.get("source_audio")
        changes = text or info.data.get("video_noise_mask") or info.data.get("video_noise_seconds")
        if sound and not text:
            raise ValueError("A sound to change needs the seconds in which it changes, such as 1-2.5.")
        if video and not changes:
            raise ValueError("Say what changes in the video: paint where, or write in which seconds.")
        shape = _shape_of(info.data)
        if changes and shape is None:
            raise ValueError("Changing a video needs a size and a length: set both to those of the video.")
        if changes and shape and not (shape.rows and shape.columns):
            raise ValueError("Only videos of at least 32x32 can be changed in part: set a larger size.")
        return text

    @property
    def clip_shape(self) -> ClipShape | None:
        """The shape that masks are made for; None without a size and a length."""
        return _shape_of({"size": self.size, "seconds": self.seconds, "num_frames": self.num_frames})

    def wire(self, model: str | None = None) -> WireCall:
        call = super().wire(model)
        if self.watch:
            return call
        by_role = (*REFERENCES, "video_noise_mask")
        form = [pair for pair in call.form or [] if pair[0] not in ("audio_noise_mask", "extra_params")]
        files = [part for part in call.files if part[0] not in by_role]
        extra = dict(self.extra_params or {})
        if self.last_frame:
            frames = [self.input_reference, self.last_frame] if self.input_reference else [self.last_frame]
            files += [("input_references", path) for path in frames]
            extra = {"task": "fl2va", "frame_indices": [0, -1] if self.input_reference else [-1], **extra}
        else:
            files += [part for part in call.files if part[0] in ("input_reference", "input_references")]
            files += [("input_references", path) for path in self.reference_files]
            if self.image_reference and not self.reference_files:
                form.append(("image_reference", [{"image_url": FileRef(path)} for path in self.image_reference]))
        form += [("extra_params", as_text(extra))] if extra else []
        call = replace(call, form=form, files=files)
        return self._with_masks(call) if self.changes_a_part else call

    @property
    def reference_files(self) -> list[Path]:
        """The references that are sent as files: all of them where there are videos, or pictures too large for text."""
        large = sum(path.stat().st_size for path in self.image_reference if path.is_file()) > MAX_TEXT_FIELD
        return [*self.image_reference, *self.video_reference] if large or self.video_reference else []

    @property
    def changes_a_part(self) -> bool:
        """Whether a source video or sound is given, of which a part is to be replaced."""
        return bool(self.source_video or self.source_audio)

    def _with_masks(self, call: WireCall) -> WireCall:
        shape = self.clip_shape
        if shape is None:
            return call
        masks = []
        if self.video_noise_mask or self.video_noise_seconds:
            ranges = parse_ranges(self.video_noise_seconds or "")
            masks.append(("video_noise_mask", video_mask(shape, self.video_noise_mask, ranges)))
        if self.audio_noise_mask:
            masks.append(("audio_noise_mask", sound_mask(shape, parse_ranges(self.audio_noise_mask))))
        form = list(call.form or [])
        if not self.aspect_ratio and not self.input_reference:  # the model wants one beside the size
            form.append(("aspect_ratio", nearest_ratio(shape.width / shape.height)))
        return replace(call, form=form, json_files=masks)


def _shape_of(values: Mapping[str, object]) -> ClipShape | None:
    """The clip that a size and a length ask for; seconds win, as they do in the model."""
    size, seconds, frames = values.get("size"), values.get("seconds"), values.get("num_frames")
    if not isinstance(size, str) or not (seconds or frames):
        return None
    width, height = (int(side) for side in size.split("x"))
    count = int(str(seconds)) * FRAMES_PER_SECOND if seconds else int(str(frames))
    return ClipShape(width // 32 * 32, height // 32 * 32, count)


def nearest_ratio(ratio: float) -> str:
    """The named shape that is nearest to width divided by height."""
    return min(RATIOS, key=lambda name: abs(math.log(RATIOS[name] / ratio)))
