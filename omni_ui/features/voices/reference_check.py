"""A look at a reference recording before it is sent: what makes a copy of a voice fail, measured here.

Most complaints about copied voices come from the recording: too long, too noisy, or a transcript that says something
else than the recording. Servers check the length alone (1 to 30 s, serving_speech.py:109-110).
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from markupsafe import Markup

from omni_ui.core.files import keep
from omni_ui.core.templates import NOTHING
from omni_ui.media.decoding import in_words
from omni_ui.media.recording import Recording, as_wav, resample, wav_bytes

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds that servers take."""
BEST = (6.0, 15.0)
MOST_BYTES = 10 * 2**20
FRAME = 0.02
"""Seconds over which loudness is measured."""

NO_WORDS = "There is no transcript: write down what is said, word for word; most models need it."
SOUND_ALONE = (
    "Write down what is said, word for word: without a transcript only the sound of the voice is copied, not the way "
    "of speaking."
)
"""For a model that can do without (model_rules.copies_sound_alone)."""

Level = Literal["stop", "warn", "good"]
Fix = Literal["trim", "level"]


@dataclass(frozen=True)
class Check:
    """One thing about a recording. stop: it cannot be used like this. field: the wire name's kind, sound or words."""

    level: Level
    sentence: str
    fix: Fix | None = None
    about: Literal["sound", "words"] = "sound"


@dataclass(frozen=True)
class Measures:
    """What is measured of the mean of all channels. Levels in dB below full scale.

    speech: loudness of the louder parts; floor: of the quietest tenth; first, last: seconds between which there is
    speech; clipped: share of samples at full scale, in runs.
    """

    seconds: float
    peak: float
    speech: float
    floor: float
    first: float
    last: float
    clipped: float


def measure(samples: np.ndarray, rate: int) -> Measures:
    """samples: float32 (frames,), -1..1."""
    loud = loudness(samples, rate)
    speech, floor = float(np.percentile(loud, 97)), float(np.percentile(loud, 10))
    # Speech is what stands clear of the noise; without noise, what is less than 35 dB below the loud parts.
    spoken = np.flatnonzero(loud > max(speech - 35, min(floor + 8, speech - 6), -65))
    first, last = (spoken[0] * FRAME, (spoken[-1] + 1) * FRAME) if len(spoken) else (0.0, 0.0)
    at_top = np.abs(samples) >= 0.998
    runs = at_top[2:] & at_top[1:-1] & at_top[:-2]
    seconds = len(samples) / rate
    peak = decibel(float(np.abs(samples).max(initial=0)))
    return Measures(seconds, peak, speech, floor, first, min(last, seconds), float(runs.mean()) if len(runs) else 0.0)


def loudness(samples: np.ndarray, rate: int) -> np.ndarray:
    """dB of each frame of 20 ms, the mean (a shift of the zero line) taken off. At least one frame."""
    size = max(1, round(rate * FRAME))
    frames = np.pad(samples, (0, max(0, size - len(samples))))
    frames = frames[: len(frames) // size * size].reshape(-1, size)
    power = np.mean((frames - samples.mean()) ** 2, axis=1)
    levels: np.ndarray = 10 * np.log10(power + 1e-10)
    return levels


def decibel(value: float) -> float:
    return 20 * float(np.log10(value + 1e-5))


def checks(
    recording: Recording, transcript: str | None = None, *, timbre_only: bool = False, without: str = NO_WORDS
) -> list[Check]:
    """What to know about a reference recording and its transcript, gravest first. Takes CPU: call it in a thread.

    timbre_only: no transcript is needed then. without: what is said where there is none.
    """
    results = _of_sound(recording)
    if not any(check.level == "stop" for check in results) and not timbre_only:
        said = " ".join((transcript or "").split())
        results.append(_of_words(said, recording) if said else Check("warn", without, about="words"))
    order = {"stop": 0, "warn": 1, "good": 2}
    return sorted(results, key=lambda check: order[check.level])


def _of_sound(recording: Recording) -> list[Check]:
    seen = measure(recording.mono, recording.rate)
    if seen.speech < -60:
        lost = recording.channels > 1 and float(np.abs(recording.samples).max(initial=0)) > 0.01
        return [
            Check("stop", "The channels cancel each other out: record it again in mono.")
            if lost
            else Check("stop", "The recording is silent: check the microphone and record again.")
        ]
    results = [_of_length(seen.seconds)]
    if seen.clipped > 0.0005:
        results.append(Check("warn", "It is clipped, so it sounds harsh: record again at a lower level."))
    if seen.speech < -36:
        results.append(Check("warn", f"It is quiet ({seen.speech:.0f} dB): make it louder.", "level"))
    if seen.speech - seen.floor < 18:
        results.append(
            Check(
                "warn",
                f"It has background noise or music ({seen.speech - seen.floor:.0f} dB below the "
                "voice): record in a quiet room.",
            )
        )
    start, end = seen.first, seen.seconds - seen.last
    if max(start, end) > 0.7:
        ends = " and ".join(
            f"{length:.1f} s of silence at the {side}"
            for length, side in ((start, "start"), (end, "end"))
            if length > 0.7
        )
        results.append(
            Check("warn", f"There are {ends}: trim it." if " and " in ends else f"There is {ends}: trim it.", "trim")
        )
    elif end < 0.04 and seen.speech - seen.floor >= 18:
        results.append(Check("warn", "It ends in the middle of a word: the copy may begin with the rest of it."))
    if recording.rate < 16000:
        results.append(
            Check("warn", f"{recording.rate / 1000:g} kHz sounds dull, like a telephone: 16 kHz or more is better.")
        )
    if recording.channels > 1:
        results.append(Check("good", f"Its {recording.channels} channels are mixed into one."))
    if recording.note:
        results.append(Check("good", recording.note))
    if recording.path.stat().st_size > MOST_BYTES and recording.plain:
        results.append(Check("good", "It is larger than 10 MB, so it is sent as a smaller file."))
    return results


def _of_length(seconds: float) -> Check:
    if seconds < SHORTEST:
        return Check(
            "stop", f"The recording is too short: {in_words(seconds)}. It needs at least 1 second; 6 to 15 are best."
        )
    if seconds > LONGEST:
        return Check(
            "stop", f"The recording is too long: {in_words(seconds)}; the limit is 30 seconds. Trim it.", "trim"
        )
    if seconds < BEST[0] / 2:
        return Check("warn", f"It is short ({in_words(seconds)}): 6 to 15 seconds copy a voice better.")
    if seconds > BEST[1] + 5:
        return Check("warn", f"It is long ({in_words(seconds)}): 6 to 15 seconds are best.")
    return Check("good", f"Good length ({in_words(seconds)}).")


PACES = (
    ("\u4e00-\u9fff\u3400-\u4dbf", 4.3),  # Chinese characters: one syllable each; in Japanese often two
    ("\u3040-\u30ff", 7.5),  # kana: one mora each
    ("\uac00-\ud7af", 5.0),  # Korean syllables
    ("\u0600-\u06ff\u0590-\u05ff", 11.0),  # Arabic and Hebrew write few vowels
    ("\u0900-\u0dff", 12.0),  # scripts of India
    ("\u0e00-\u0eff", 12.0),  # Thai, Lao
    ("0-9", 2.5),  # a digit is a word
)
"""Signs that people speak in a second, by script; letters of any other script as below."""
LETTERS = 13.0


def spoken_seconds(text: str) -> float:
    """How long a text takes at an ordinary pace. Spaces and marks take no time of their own."""
    seconds, rest = 0.0, text
    for signs, pace in PACES:
        seconds += len(re.findall(f"[{signs}]", rest)) / pace
        rest = re.sub(f"[{signs}]", "", rest)
    return seconds + sum(sign.isalpha() for sign in rest) / LETTERS


def _of_words(said: str, recording: Recording) -> Check:
    seen = measure(recording.mono, recording.rate)
    voice, wanted = max(seen.last - seen.first, 0.1), spoken_seconds(said)
    if not wanted:
        return Check("warn", "The transcript has no words.", about="words")
    share = wanted / voice
    heard = f"about {in_words(wanted)} to say, and the recording has {in_words(voice)} of speech"
    if share > 2.5:
        return Check(
            "stop", f"The transcript is too long: it takes {heard}. Write down only what is said in it.", about="words"
        )
    if share > 1.7:
        return Check("warn", f"The transcript seems to say more than the recording: it takes {heard}.", about="words")
    if share < 0.4:
        return Check(
            "warn",
            f"The transcript seems to leave something out: it takes {heard}. The copy may babble the rest.",
            about="words",
        )
    return Check("good", "The transcript's length fits.", about="words")


async def sendable(recording: Recording) -> Path:
    """The file to send as a reference: the visitor's own, else a WAV when servers would refuse that one."""
    if recording.path.stat().st_size <= MOST_BYTES:
        return await as_wav(recording)
    # Servers mix the channels and go down to 24 kHz or less by themselves.
    rate = min(recording.rate, 48000)
    mono = recording.mono[:, None]
    data = await asyncio.to_thread(lambda: wav_bytes(resample(mono, recording.rate, rate), rate))
    return await keep(data, f"{recording.path.stem}.wav")


WORDS = {"stop": "Cannot be used", "warn": "Better", "good": "Good"}


def as_html(results: list[Check]) -> Markup:
    """The checks as a list, below the recording."""
    row = Markup('<li data-level="{}"><b>{}</b> {}</li>')
    rows = NOTHING.join(row.format(check.level, WORDS[check.level], check.sentence) for check in results)
    return Markup('<div role="status"><ul class="omni-coach">{}</ul></div>').format(rows) if rows else NOTHING
