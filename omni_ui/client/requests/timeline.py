"""What changes in a video while it is made: prompts and keys, each pinned to a second of the video.

On the wire they are interactions of /v1/realtime/video (vLLM-Omni 0.30.0, serving_video_output_stream.py:327-430).
"""

import contextlib
import json
import math
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError, model_validator

from omni_ui.client.answers.valid_text import read_json, valid_values

Message = dict[str, JsonValue]
"""A message of the wire: an object of JSON."""
KEYS = "wasdijkl"
"""W A S D move the camera, I K tilt it, J L turn it: the keys of the world models that vLLM-Omni serves
(diffusion/models/lingbot_world/actions.py:26)."""
STEP, PITCH, YAW = 0.05, 4.0, 6.0
"""How far a key moves the camera in each step of the model, and degrees that it tilts and turns it (the same file,
283-290)."""
MOST_EVENTS = 200
LONGEST_PROMPT = 32_000
LATEST = 3600.0
"""Second of the video."""


class TimelineEvent(BaseModel):
    """A change at a second of the video: another prompt, or the keys that are held from then on."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    at: float = Field(ge=0, le=LATEST)
    prompt: str | None = Field(None, min_length=1, max_length=LONGEST_PROMPT)
    keys: str | None = Field(None, max_length=len(KEYS))
    """Some of KEYS; "" when all are let go."""
    transition_chunks: int | None = Field(None, ge=0, le=1000)
    """Pieces of the video over which the prompt before fades into this one; None is the model's own."""

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        if (self.prompt is None) == (self.keys is None):
            raise ValueError("has either a prompt or keys")
        if self.keys is not None:
            if set(self.keys.lower()) - set(KEYS):
                raise ValueError("has keys other than W A S D I J K L")
            self.keys = "".join(key for key in KEYS if key in self.keys.lower())
        return self

    def interaction(self, event_id: str) -> Message:
        """The message that has this change made."""
        event: Message = {"prompt": self.prompt} if self.prompt else {"multi_modal_data": {"camera": self._camera()}}
        interaction: Message = {"event_id": event_id, "event": event}
        if self.transition_chunks is not None and self.prompt:
            interaction["transition_chunks"] = self.transition_chunks
        return {"type": "session.interaction", "interaction": interaction}

    def _camera(self) -> Message:
        """The speed of the camera (modality_handlers/camera.py:1-7: right, up, forward; a quaternion x y z w)."""
        pressed = {key: float(key in (self.keys or "")) for key in KEYS}
        move: list[JsonValue] = [STEP * (pressed["d"] - pressed["a"]), 0.0, STEP * (pressed["w"] - pressed["s"])]
        pitch = math.radians(PITCH * (pressed["k"] - pressed["i"])) / 2
        yaw = math.radians(YAW * (pressed["l"] - pressed["j"])) / 2
        turn: list[JsonValue] = [
            round(math.sin(pitch) * math.cos(yaw), 6),
            round(math.cos(pitch) * math.sin(yaw), 6),
            round(-math.sin(pitch) * math.sin(yaw), 6) + 0.0,  # no minus zero
            round(math.cos(pitch) * math.cos(yaw), 6),
        ]
        return {"mode": "velocity", "data": {"translation": move, "rotation": turn}}

    def summary(self) -> str:
        """In words, such as "2 s: snow falls"."""
        words = self.prompt or (f"keys {' '.join(self.keys.upper())}" if self.keys else "keys let go")
        return f"{self.at:g} s: {words}"


def _read_timeline(value: object) -> object:
    """Events in the order in which they happen, out of a list or JSON text. ValueError with a sentence."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        try:
            value = read_json(value)
        except (ValueError, RecursionError):
            raise ValueError('must be a list such as [{"at": 2, "prompt": "snow falls"}]') from None
    if not isinstance(value, list):
        raise ValueError('must be a list such as [{"at": 2, "prompt": "snow falls"}]')
    if len(value) > MOST_EVENTS:
        raise ValueError(f"Timeline has {len(value)} changes; the limit is {MOST_EVENTS}. Remove some.")
    return sorted((_read_event(number, item) for number, item in enumerate(value, 1)), key=lambda event: event.at)


def _read_event(number: int, item: object) -> TimelineEvent:
    if isinstance(item, TimelineEvent):
        return item
    if isinstance(item, str):
        with contextlib.suppress(ValueError, RecursionError):
            item = read_json(item)
    try:
        return TimelineEvent.model_validate(valid_values(item))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place, words = str(first["loc"][0]) if first["loc"] else "", str(first["msg"])
        if first["type"] == "value_error":
            reason = words.removeprefix("Value error, ")
        elif place == "at":
            reason = f"needs a second of the video from 0 to {LATEST:g}"
        elif place == "prompt":
            reason = "has an empty prompt, or one that is far too long"
        else:
            reason = f"cannot be read ({place or words})"
        raise ValueError(f"Timeline: change {number} {reason}.") from None


Timeline = Annotated[list[TimelineEvent], BeforeValidator(_read_timeline)]
"""Changes by the second at which they happen."""


def as_json(timeline: list[TimelineEvent]) -> str:
    """The timeline as the page's control holds it; "" for none."""
    events = [event.model_dump(exclude_none=True) for event in timeline]
    return json.dumps(events, ensure_ascii=False) if events else ""
