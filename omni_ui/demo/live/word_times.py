"""When each word is heard: the demo server has no aligner, so it spreads the words by their letters."""

import re

from omni_ui.demo.json_types import Json


def word_times(text: str, seconds: float) -> list[Json]:
    """{"word", "start_ms", "end_ms"} for each word; punctuation is dropped, as an aligner does."""
    words = re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['’-][^\W_]+)*", text)
    total = sum(len(word) + 1 for word in words)
    times: list[Json] = []
    passed = 0
    for word in words:
        start, passed = passed, passed + len(word) + 1
        begin, end = (round(1000 * seconds * share / total) for share in (start, passed))
        times.append({"word": word, "start_ms": begin, "end_ms": end})
    return times
