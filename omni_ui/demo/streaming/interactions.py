"""Changes that a caller asks for while a video is made, checked as the real server does
(serving_video_output_stream.py:333-420 and modality_handlers/camera.py:108-140 of vLLM-Omni 0.30.0)."""

import math
from uuid import uuid4

from omni_ui.demo.json_types import Json
from omni_ui.demo.streaming.video_pieces import USUAL_TRANSITION, Change

START = "session.interaction"


def read_interaction(interaction: object) -> Change | str:
    """The change; the words of the error for one that is not taken."""
    if not isinstance(interaction, dict):
        return f"{START} requires an interaction object"
    event_id = interaction.get("event_id", uuid4().hex)
    if not isinstance(event_id, str) or not event_id:
        return f"{START} event_id must be a non-empty string"
    event = interaction.get("event")
    if not isinstance(event, dict):
        return f"{START} requires event object"
    prompt, media = event.get("prompt"), event.get("multi_modal_data")
    has_prompt = isinstance(prompt, str) and bool(prompt.strip())
    has_media = isinstance(media, dict) and bool(media)
    if not has_prompt and not has_media:
        return f"{START} requires a non-empty event.prompt and/or non-empty event.multi_modal_data"
    if prompt is not None and not has_prompt:
        return f"{START} event.prompt must be a non-empty string when provided"
    if event.get("negative_prompt") is not None:
        return f"{START} negative_prompt is not supported in this release"
    transition = interaction.get("transition_chunks", USUAL_TRANSITION)
    if isinstance(transition, bool) or not isinstance(transition, int | float) or transition != int(transition):
        return f"{START} transition_chunks must be an integer"
    if transition < 0:
        return f"{START} transition_chunks must be >= 0"
    camera = media.get("camera") if isinstance(media, dict) else None
    if has_media and not _is_camera(camera):
        return f"{START} multi_modal_data['camera'] must be an object"
    return Change(event_id, str(prompt) if has_prompt else "", int(transition), camera if has_media else None)


def _is_camera(camera: object) -> bool:
    data: Json | None = camera.get("data") if isinstance(camera, dict) else None
    if not isinstance(data, dict):
        return False
    return _are_numbers(data.get("translation", [0] * 3), 3) and _are_numbers(data.get("rotation", [0] * 4), 4)


def _are_numbers(values: object, count: int) -> bool:
    numbers = values if isinstance(values, list) and len(values) == count else []
    return len(numbers) == count and all(isinstance(value, int | float) and math.isfinite(value) for value in numbers)
