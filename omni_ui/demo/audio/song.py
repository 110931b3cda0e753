"""Songs of the demo server: the lyrics spoken word by word on the notes of a tune, over chords. No model sings here."""

import re
import zlib
from collections.abc import Iterator

import numpy as np

from omni_ui.demo.audio import noises, voice
from omni_ui.demo.audio.listen import measure
from omni_ui.demo.audio.noises import band, decay, put, struck

__all__ = ["RATE", "sing"]

RATE = 32_000
"""Samples per second of what `sing` gives, in stereo: what MiniMax-Music3 gives."""
MOST_LINES = 60
TAG = re.compile(r"^\s*\[[^\]]*\]\s*$")
_MINOR = r"sad|dark|minor|melanchol\w+|gloomy|mysterious|night|tragic|lonely"
_BEATS = {"slow|ballad|calm|gentle|lullaby|ambient": 0.62, "fast|upbeat|dance|punk|techno|energetic|rock": 0.36}
_KINDS = {"guitar|folk|country|acoustic|rock": "guitar", "bells?|chimes?|music box|christmas": "bell"}
_VOICES = {"male|man|baritone|bass|deep": "Bruno", "child|kid|boy": "Pip"}
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))  # I vi IV V, in semitones over the key
_MINOR_CHORDS = ((0, 3, 7), (8, 12, 15), (3, 7, 10), (10, 14, 17))
_TUNE = (0, 1, 2, 1, 2, 4, 3, 2, 0, 2, 4, 3, 1, 2, 0, 1)  # steps of a five-note scale


def sing(lyrics: str, *, style: str = "", seconds: float | None = None, seed: int = 0) -> Iterator[np.ndarray]:
    """A song as it is made: int16 (n, 2) at `RATE`, a piece for each line. The same call gives the same samples.

    style: words such as slow, fast, sad, guitar, bells, male act; others do nothing. seconds: where it ends at the
    latest. Lines in brackets are not sung: a bar is played in their place. VoiceError when espeak-ng is missing.
    """
    rng = np.random.default_rng([seed % 2**32, zlib.crc32(lyrics.encode())])
    minor = bool(re.search(rf"\b({_MINOR})\b", style, re.IGNORECASE))
    beat = _chosen(_BEATS, style, 0.48)
    kind = _chosen(_KINDS, style, "piano")
    singer = _chosen(_VOICES, re.sub(r"\bfemale\b", "", style, flags=re.IGNORECASE), "Clara")
    key = 110.0 * 2 ** (int(rng.integers(0, 6)) / 12)
    left = round(seconds * RATE) if seconds else None
    lines = [line.strip() for line in lyrics.splitlines() if line.strip()][:MOST_LINES]
    for number, line in enumerate(lines):
        words = [] if TAG.match(line) else re.findall(r"[\w'’-]+|[\u4e00-\u9fff]", line)
        notes = [_note(word, _step(key, minor, number, k), beat, singer) for k, word in enumerate(words)]
        piece = _bar(notes, beat, kind, key, _MINOR_CHORDS if minor else _CHORDS, number)
        if left is not None:
            piece = piece[:left]
            left -= len(piece)
        yield piece
        if left == 0:
            return


def _chosen(table: dict, style: str, usual):
    return next((value for words, value in table.items() if re.search(rf"\b({words})\b", style, re.IGNORECASE)), usual)


def _step(key: float, minor: bool, line: int, word: int) -> float:
    """Hz of the note of a word: the tune starts anew with each pair of lines."""
    scale = (0, 3, 5, 7, 10) if minor else (0, 2, 4, 7, 9)
    step = _TUNE[(8 * (line % 2) + word) % len(_TUNE)]
    return float(2 * key * 2 ** (scale[step % 5] / 12))


def _note(word: str, hz: float, beat: float, singer: str) -> np.ndarray:
    """A word as a mono note of about a beat at RATE: spoken flat, moved to the pitch, drawn out."""
    spoken = np.concatenate(list(voice.speak(word, voice=singer, instructions="monotone", speed=0.9))) / 32768
    loud = np.flatnonzero(np.abs(spoken) > 0.02)
    spoken = spoken[loud[0] : loud[-1] + 1] if len(loud) else spoken
    pitch = measure(spoken, voice.RATE).pitch_hz or hz
    ratio = hz / pitch
    while ratio > 1.5:
        ratio /= 2
    while ratio < 0.75:
        ratio *= 2
    # Read faster or slower for the pitch, after it was drawn out by as much and to the length of the note.
    wanted = beat * (2 if len(word) > 6 else 1) * voice.RATE
    long = voice.stretch(spoken, float(np.clip(wanted * ratio / max(len(spoken), 1), 0.5, 4)))
    at = np.arange(0, len(long) - 1, ratio * voice.RATE / RATE)
    return np.interp(at, np.arange(len(long)), long) * np.minimum(
        1, np.minimum(np.arange(len(at)), len(at) - np.arange(len(at))) / 400
    )


def _bar(notes: list[np.ndarray], beat: float, kind: str, key: float, chords: tuple, number: int) -> np.ndarray:
    """One line: the notes one after the other over broken chords, to the end of the bar."""
    beats = [max(1, round(len(note) / RATE / beat)) for note in notes]
    whole = -(-max(sum(beats) + 1, 4) // 4) * 4
    size = round(whole * beat * RATE)
    out = np.zeros((round(whole * beat * noises.RATE) + noises.RATE, 2), np.float32)
    for k in range(whole * 2):
        tone = chords[(number + k // 8) % 4][(0, 1, 2, 1)[k % 4]]
        put(out, k * beat / 2, struck(round(key * 2 ** (tone / 12), 3), kind), -0.3 if k % 2 else 0.3, 0.22)
    for k in range(0, whole, 2):
        put(out, k * beat, band(_thump(), 30, 400) if k % 4 == 0 else _brush(), 0.0, 0.3)
    at = np.arange(size) * noises.RATE / RATE
    played = np.stack([np.interp(at, np.arange(len(out)), out[:, side]) for side in (0, 1)], axis=1)
    start = 0
    for note, length in zip(notes, beats, strict=True):
        place = round(start * beat * RATE)
        part = note[: max(0, size - place)]
        played[place : place + len(part)] += 1.6 * part[:, None]
        start += length
    fade = np.minimum(1, np.minimum(np.arange(size), size - np.arange(size)) / (0.01 * RATE))
    return (np.tanh(played * fade[:, None]) * 30_000).astype(np.int16)


def _thump() -> np.ndarray:
    return noises.sweep(120, 45, 0.3, 0.08)


def _brush() -> np.ndarray:
    hiss = np.random.default_rng(7).standard_normal(noises.RATE // 5).astype(np.float32)
    return band(hiss, 2500, 9000)[: int(0.15 * noises.RATE)] * decay(0.15, 0.03)[: int(0.15 * noises.RATE)]
