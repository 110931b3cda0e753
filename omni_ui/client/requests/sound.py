"""Text to sound: POST /v1/audio/generate (fields: vLLM-Omni 0.30.0, protocol/audio.py:350-410)."""

from typing import Any, ClassVar, Literal

from omni_ui.client.requests.base import INT64, MAX_PROMPT, Maybe, Request, Words, knob


class SoundRequest(Request):
    """Makes sounds and music from words."""

    tab: ClassVar[str] = "sound"
    path: ClassVar[str] = "/v1/audio/generate"

    input: Words = knob(
        ...,
        label="Prompt",
        help='What is heard, such as "rain on a tin roof, distant thunder".',
        place="main",
        kind="text",
        min_length=1,
        max_length=MAX_PROMPT,
        cap="text",
    )
    audio_length: Maybe[float] = knob(
        label="Length",
        help="How long the sound is. Models have a limit of their own, often 47 seconds.",
        place="card",
        kind="slider",
        unit="s",
        step=0.5,
        gt=0,
        le=600,
        presets=[("5 s", 5), ("10 s", 10), ("30 s", 30), ("47 s", 47)],
        cap="seconds",
    )
    seed: Maybe[int] = knob(
        label="Seed",
        help="The same seed and settings give the same sound. -1 is a random one.",
        place="card",
        kind="seed",
        ge=-INT64,
        le=INT64 - 1,
    )
    num_inference_steps: Maybe[int] = knob(
        label="Inference steps",
        help="More steps: cleaner and slower.",
        place="card",
        kind="slider",
        ge=1,
        le=500,
        cap="steps",
    )
    guidance_scale: Maybe[float] = knob(
        label="Guidance scale",
        help="How closely the sound follows the prompt.",
        place="card",
        kind="slider",
        step=0.1,
        ge=0,
        le=50,
    )
    negative_prompt: Maybe[str] = knob(
        label="Negative prompt",
        help='What should not be heard, such as "low quality".',
        max_length=MAX_PROMPT,
        kind="text",
        cap="text",
    )
    audio_start: Maybe[float] = knob(
        label="Start",
        help="Where in a longer piece this begins; it acts only together with a length.",
        kind="number",
        unit="s",
        ge=0,
        le=600,
    )
    speed: float = knob(
        1.0,
        label="Speed",
        help="Stretches the finished sound; the pitch stays.",
        kind="slider",
        step=0.05,
        ge=0.25,
        le=4,
    )
    response_format: Literal["wav", "flac", "mp3", "opus", "pcm"] = knob(
        "wav", label="Format", help="WAV and FLAC keep everything; MP3 and Opus are smaller.", kind="choice"
    )

    def payload(self) -> dict[str, Any]:
        body = super().payload()
        if self.speed == 1:
            del body["speed"]
        return body
