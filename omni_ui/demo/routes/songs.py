"""Songs and sound effects on the route of speech (wire: minimax_music3.py:48-125, moss_tts.py:352-450 of 0.30.0)."""

from collections.abc import Callable, Iterator

import numpy as np

from omni_ui.demo.engine import Ask
from omni_ui.demo.routes.voices import Speech

FRAMES = 25
"""Audio tokens of a second of song."""
MOST_FRAMES = 9000
USUAL_EFFECT = 5.0
LONGEST_EFFECT = 60.0
Work = Callable[[], Iterator[np.ndarray]]


def check_song(body: Speech) -> str | None:
    """What is wrong with the request of a song, in the model's words."""
    if not body.input.strip():
        return "Input text cannot be empty"
    if not (body.instructions or "").strip():
        return "MiniMax-Music3 requires 'instructions' (music description)"
    if (body.max_new_tokens or 1) > MOST_FRAMES:
        return f"max_new_tokens must be between 1 and {MOST_FRAMES}"
    for name in ("language", "task_type", "ref_audio", "ref_text"):
        if getattr(body, name) is not None:
            return f"MiniMax-Music3 does not support '{name}'"
    return None


def prepare_song(body: Speech) -> tuple[Ask, Work, int]:
    """The call of the engine, the work, and the samples per second of what it makes."""
    from omni_ui.demo.audio import song

    seconds = body.max_new_tokens / FRAMES if body.max_new_tokens else None
    parameters = {"lyrics": body.input} | body.model_dump(exclude_none=True)
    ask = Ask(body.input, parameters, id=f"speech-{Ask('', {}).id}", modalities=["audio"])
    style = body.instructions or ""
    return ask, lambda: song.sing(body.input, style=style, seconds=seconds, seed=body.seed or 0), song.RATE


def prepare_effect(body: Speech) -> tuple[Ask, Work, int]:
    """The same of a sound effect."""
    from omni_ui.demo.audio import sound

    words = body.ambient_sound or ""
    seconds = min(body.duration_seconds or USUAL_EFFECT, LONGEST_EFFECT)
    ask = Ask(words, body.model_dump(exclude_none=True), id=f"speech-{Ask('', {}).id}", modalities=["audio"])

    def work() -> Iterator[np.ndarray]:
        samples = sound.synthesise(words, seconds=seconds, seed=body.seed or 0)
        yield (samples * 32_767).astype(np.int16)

    return ask, work, sound.RATE
