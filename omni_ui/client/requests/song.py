"""Songs: POST /v1/audio/speech with lyrics as the text (vLLM-Omni 0.30.0, models/minimax_music3)."""

import re
from typing import ClassVar

from omni_ui.client.requests.base import Maybe, Words, param
from omni_ui.client.requests.speech import SpeechRequest

TOKENS_PER_SECOND = 25
"""Sound tokens of a second of song (MiniMax-Music3)."""
LONGEST_SONG = 360
"""Seconds: the model's 9,000 tokens."""
TAG = re.compile(r"^[ \t]*((?:\[[^\[\]\n]{1,40}\][ \t]*)+)(?=[^\s\[])", re.MULTILINE)
"""Tags such as [verse] with words behind them on the same line."""


def as_lyrics(text: str) -> str:
    """Lyrics with each tag on a line of its own: what stands behind one is not sung (minimax_music3/prompt.py:72)."""
    return TAG.sub(lambda match: match[1].rstrip() + "\n", text)


class SongRequest(SpeechRequest):
    """Sings lyrics in a style, on a server whose model makes songs. It goes the way of speech."""

    tab: ClassVar[str] = "sound"

    input: Words = param(
        ...,
        label="Lyrics",
        help="What is sung, with tags such as [verse] and [chorus] on lines of their own.",
        place="main",
        kind="text",
        min_length=1,
        cap="text",
        time="grows",
    )
    instructions: Maybe[str] = param(
        label="Style",
        help='Genre, mood, instruments and voice, such as "warm folk, acoustic guitar, a low female voice".',
        place="main",
        kind="text",
        max_length=20_000,
        cap="text",
    )
    max_new_tokens: Maybe[int] = param(
        label="Longest result",
        help="Stops the song after this many sound tokens, 25 a second.",
        kind="number",
        unit="tokens",
        ge=1,
        le=LONGEST_SONG * TOKENS_PER_SECOND,
        cap="tokens",
    )
