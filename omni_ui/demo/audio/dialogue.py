"""The turns of a dialogue of two voices (wire: MOSS-TTSD, tts_adapters/moss_tts.py:101-126 of 0.30.0)."""

import re
from collections.abc import Iterator

TAG = re.compile(r"\[S([12])\]")


def turns(text: str) -> Iterator[tuple[int, str]]:
    """The turns of a dialogue as (speaker, words). What stands before the first tag is the first speaker's."""
    parts = TAG.split(text)
    for speaker, words in zip(["1", *parts[1::2]], parts[0::2], strict=True):
        if words.strip():
            yield int(speaker), words.strip()
