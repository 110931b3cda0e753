"""Text to sound: POST /v1/audio/generate (fields: vLLM-Omni 0.30.0, protocol/audio.py:350-410).

Songs and sound effects come from models that are served on the route of speech (tts_adapters/minimax_music3.py:48-103,
tts_adapters/moss_tts.py:352-450); `make` says which of the three is asked for.
"""

from typing import ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import MAX_PROMPT, Maybe, Request, WireCall, Words, param
from omni_ui.client.requests.shared_params import (
    guidance_param,
    negative_prompt_param,
    seed_param,
    sound_format_param,
    steps_param,
)
from omni_ui.client.requests.song import LONGEST_SONG, TOKENS_PER_SECOND, SongRequest, as_lyrics

Make = Literal["sound", "song", "effect"]
SPEECH_ROUTE = "/v1/audio/speech"
LONGEST_EFFECT = 60
"""Seconds: the server has no limit of its own."""
LONGEST_STYLE = 20_000


class SoundRequest(Request):
    """Makes sounds and music from words."""

    tab: ClassVar[str] = "sound"
    path: ClassVar[str] = "/v1/audio/generate"
    placed_until: ClassVar[str] = "response_format"
    own: ClassVar[frozenset[str]] = frozenset({"make", "instructions"})

    make: Maybe[Make] = param(
        label="Make",
        help="Sound: from a description. Song: lyrics sung in a style. Effect: a short noise.",
        place="main",
        kind="choice",
        presets=[("Sound", "sound"), ("Song", "song"), ("Effect", "effect")],
        empty="What the model makes",
    )
    input: Words = param(
        ...,
        label="Prompt",
        help="What is heard; for a song, its lyrics.",
        place="main",
        kind="text",
        min_length=1,
        max_length=MAX_PROMPT,
        cap="text",
        time="grows",
    )
    instructions: Maybe[str] = param(
        label="Style",
        help='Of a song: genre, mood, instruments and voice, such as "warm folk, acoustic guitar, a low female voice".',
        place="main",
        kind="text",
        max_length=LONGEST_STYLE,
        cap="text",
    )
    audio_length: Maybe[float] = param(
        label="Length",
        help="Length of the sound, or the most for a song. Models have their own limit, often 47 seconds.",
        place="card",
        kind="slider",
        unit="s",
        step=0.5,
        gt=0,
        le=600,
        presets=[("5 s", 5), ("10 s", 10), ("30 s", 30), ("47 s", 47)],
        cap="seconds",
        time="grows",
    )
    seed: Maybe[int] = seed_param(help="The same seed and settings give the same sound. -1 is a random one.")
    num_inference_steps: Maybe[int] = steps_param(help="More steps: cleaner and slower.", le=500)
    guidance_scale: Maybe[float] = guidance_param(help="How closely the sound follows the prompt.", le=50)
    negative_prompt: Maybe[str] = negative_prompt_param(help='What should not be heard, such as "low quality".')
    audio_start: Maybe[float] = param(
        label="Start",
        help="Where in a longer piece this starts. Has an effect only with a length.",
        kind="number",
        unit="s",
        ge=0,
        le=600,
    )
    speed: float = param(
        1.0,
        label="Speed",
        help="Stretches the finished sound; the pitch stays the same.",
        kind="slider",
        step=0.05,
        ge=0.25,
        le=4,
    )
    response_format: Literal["wav", "flac", "mp3", "opus", "pcm"] = sound_format_param()

    @field_validator("audio_length")
    @classmethod
    def _within_the_song(cls, seconds: float | None, info: ValidationInfo) -> float | None:
        longest = {"song": LONGEST_SONG, "effect": LONGEST_EFFECT}.get(info.data.get("make") or "")
        if seconds and longest and seconds > longest:
            raise ValueError(f"is {seconds:g} s, and this lasts at most {longest} s. Shorten it")
        return seconds

    def payload(self) -> Json:
        """The fields of the route that makes what is asked for. The length is sent as that model counts it."""
        if self.make == "song":
            return self.as_song().payload()
        if self.make == "effect":
            body = {"input": "", "ambient_sound": self.input, "duration_seconds": self.audio_length, "seed": self.seed}
            body |= {"response_format": self.response_format}
            return {name: value for name, value in body.items() if value is not None}
        body = {name: value for name, value in super().payload().items() if name not in self.own}
        if self.speed == 1:
            del body["speed"]
        return body

    def wire(self, model: str | None = None) -> WireCall:
        if self.make not in ("song", "effect"):
            return super().wire(model)
        body = self.payload()
        return WireCall("POST", SPEECH_ROUTE, json={"model": model, **body} if model else body)

    def as_song(self) -> SongRequest:
        """The same song as a request that can be streamed."""
        tokens = round(self.audio_length * TOKENS_PER_SECOND) if self.audio_length else None
        return SongRequest.model_construct(
            input=as_lyrics(self.input),
            instructions=self.instructions,
            max_new_tokens=tokens,
            seed=self.seed,
            response_format=self.response_format,
        )
