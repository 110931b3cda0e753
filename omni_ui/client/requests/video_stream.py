"""A video that is watched while it is made, on the wire: the first message of /v1/realtime/video.

Its fields are those of POST /v1/videos, as JSON (vLLM-Omni 0.30.0, serving_video_output_stream.py:521-590); which of
them have an effect there stands in STREAMED. What is no field of that list the server drops without a word.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from omni_ui.client.answers.formats import FileRef, type_of_file
from omni_ui.client.requests.base import WireCall
from omni_ui.client.requests.timeline import TimelineEvent

STREAM_PATH = "/v1/realtime/video"
SETTINGS = ("prompt", "input_reference", "size", "seconds", "num_frames", "fps", "seed", "num_inference_steps")
GUIDANCE = ("guidance_scale", "negative_prompt", "guidance_scale_2", "boundary_ratio", "flow_shift", "true_cfg_scale")
STREAMED = frozenset((*SETTINGS, *GUIDANCE, "quality", "lora", "extra_params"))
LARGEST_PICTURE = 3_000_000
"""Bytes: the first message may have 4 MiB, and a picture in it is base64 (the same file, line 75)."""


def check_streamed(model: type[BaseModel], entered: Mapping[str, object]) -> bool:
    """True when all that was entered has an effect on a video that is watched; else ValueError with a sentence."""
    for name, info in model.model_fields.items():
        value = entered.get(name)
        if name in STREAMED or value in (None, [], "") or value == info.get_default(call_default_factory=True):
            continue
        raise ValueError(
            f"Clear “{info.title or name}”, or switch “Watch while generating” off: it has no effect then."
        )
    picture = entered.get("input_reference")
    if isinstance(picture, Path) and picture.is_file():  # not one that a recipe only names
        if not type_of_file(picture).startswith("image/"):
            raise ValueError("A video watched while generating can start with a picture, not with a video.")
        if picture.stat().st_size > LARGEST_PICTURE:
            raise ValueError(
                "The first frame is larger than 3 MB, the limit for watching while generating: save it as JPEG."
            )
    return True


def stream_call(
    body: dict[str, object], picture: Path | None, timeline: Sequence[TimelineEvent], model: str | None
) -> WireCall:
    """The messages of a watched video: the first one, and those of the timeline with their seconds."""
    fields = {name: value for name, value in body.items() if name in STREAMED}
    start = {"type": "session.start", **({"model": model} if model else {}), **fields}
    if picture:
        start["image_reference"] = {"image_url": FileRef(picture, as_="data_url")}
    start.pop("input_reference", None)
    later = [(change.at, change.interaction(f"change-{number}")) for number, change in enumerate(timeline, 1)]
    return WireCall("WEBSOCKET", STREAM_PATH, json=start | {"format": "m4s"}, later=later)
