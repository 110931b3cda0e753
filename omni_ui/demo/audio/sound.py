"""Sound of the demo server: sounds made with numpy, picked by the words of the prompt. There is no neural model."""

import re
import zlib
from collections.abc import Callable

import numpy as np

from omni_ui.demo.audio import noises
from omni_ui.demo.audio.noises import RATE, Stage, band
from omni_ui.demo.chinese import in_english

__all__ = ["RATE", "SOUNDS", "synthesise"]

Sound = Callable[[Stage], np.ndarray]

SOUNDS: dict[str, Sound] = {
    "ocean|sea|waves?|surf|beach|shore": noises.ocean,
    "rain|raining|rainy|rainfall|drizzle|downpour|rainstorm|storm|thunderstorm": noises.rain,
    "thunder|thunderstorm|storm|lightning": noises.thunder,
    "wind|windy|breeze|gusts?|blizzard|storm": noises.wind,
    "fire|campfire|fireplace|bonfire|crackling|flames?": noises.fire,
    "birds?|birdsong|chirping|songbirds?|forest|dawn|meadow|jungle": noises.birds,
    "crickets?|cicadas?|night|insects?": noises.crickets,
    "stream|river|brook|creek|waterfall|fountain|bubbles|bubbling|water": noises.stream,
    "bells?|chimes?|gong|glockenspiel|music box": noises.bells,
    "piano|keyboard|melody|music|song|lullaby": noises.piano,
    "guitar|pluck|plucked|harp|banjo|ukulele|lute": noises.guitar,
    "drums?|beat|beats|percussion|hip hop|techno|rhythm": noises.drums,
    "drone|ambient|pad|pads|synth|synthesizer|meditation|meditative|strings|choir|space": noises.pad,
    "heart|heartbeat|pulse": noises.heartbeat,
    "clock|tick|ticking|watch|tock": noises.clock,
    "train|locomotive|railway|railroad": noises.train,
    "engine|car|cars|motor|truck|traffic|motorcycle|helicopter|airplane|plane|city": noises.engine,
    "footsteps?|steps|walking|walks?": noises.footsteps,
    "white noise|static|hiss": noises.hiss,
}
"""Words (whole, any case) and the sound they ask for."""
_MUSICAL = {noises.bells, noises.piano, noises.guitar, noises.pad}
_BEDS: dict[Sound, float] = {
    noises.ocean: 0.7,
    noises.rain: 0.6,
    noises.wind: 0.7,
    noises.stream: 0.7,
    noises.thunder: 1.8,
}
"""Even sounds step back behind single ones; thunder stands out."""

_STRONG = "heavy|strong|loud|big|huge|violent|crashing|roaring|intense|pouring"
_FAINT = "gentle|soft|light|quiet|distant|faint|calm|far|slight|background"
_MINOR = "sad|dark|melanchol\\w+|minor|gloomy|eerie|scary|mysterious|night|tense|spooky"
_LOUDNESS = 0.158  # -16 dBFS


def synthesise(
    prompt: str, *, seconds: float, start=0.0, seed=0, steps: int | None = None, guidance: float | None = None,
    negative_prompt: str | None = None,
) -> np.ndarray:  # fmt: skip
    """What the words ask for, mixed: float32 (n, 2) at `RATE`, within -1..1. The same call gives the same samples.

    Words of `SOUNDS` each bring a sound, louder after "heavy", fainter after "distant" and the like; sad words put
    music into minor. Unknown words give a calm chord of a key that depends on them.
    negative_prompt: sounds to leave out. seed: picks the key, the melody, the moments.
    seconds: the length. start: seconds of the piece to skip: the piece is start + seconds long.
    steps: fewer than 30 leave it unfinished: dull (800 Hz at 1 step) and grainy. None is finished.
    guidance: how close it sounds: 0 is far away in a large hall, 10 and more is dry. None is 7.
    """
    prompt = in_english(prompt)
    n, skip = round(seconds * RATE), round(start * RATE)
    wanted, unwanted = _found(prompt), _found(in_english(negative_prompt or ""))
    chosen = {make: gain for make, gain in wanted.items() if make not in unwanted} or {noises.pad: 1.0}
    key = zlib.crc32(prompt.lower().encode())
    root = 110 * 2 ** (np.random.default_rng([key, seed % 2**32]).integers(-3, 5) / 12)
    minor = bool(re.search(rf"\b({_MINOR})\b", prompt, re.IGNORECASE))
    mix: np.ndarray = np.zeros((n + skip, 2), np.float32)
    room = 0.0
    for make, gain in chosen.items():
        rng = np.random.default_rng([key, seed % 2**32, zlib.crc32(make.__name__.encode())])
        part = make(Stage(n + skip, rng, float(root), minor))
        mix += gain * _BEDS.get(make, 1.0) * part / max(float(np.quantile(np.abs(part[::11]), 0.995)), 0.05)
        room = max(room, 1.0 if make in _MUSICAL else 0.35)
    wet = room * (0.34 if guidance is None else float(np.interp(guidance, [0, 7, 10], [1.6, 0.34, 0])))
    mix = _in_a_room(mix, wet, np.random.default_rng(seed % 2**32)) if wet else mix
    if steps is not None and steps < 30:
        done = max(steps, 1) / 30
        grain = band(np.random.default_rng(seed % 2**32).standard_normal(mix.shape), 300, 3000)
        mix = band(mix, 10, 800 * (18_000 / 800) ** done, steep=8) + grain * 0.25 * (1 - done) ** 2 * mix.std()
    return _mastered(mix[skip:])


def _found(text: str) -> dict[Sound, float]:
    """The sounds named in a text and how loud each is meant."""
    gains = {}
    for words, make in SOUNDS.items():
        if hit := re.search(rf"(\b(?:\w+[\s,-]+){{0,2}})\b(?:{words})\b", text, re.IGNORECASE):
            strong, faint = (re.search(rf"\b({some})\b", hit[1], re.IGNORECASE) for some in (_STRONG, _FAINT))
            gains[make] = 1.6 if strong else 0.5 if faint else 1.0
    return gains


def _in_a_room(dry: np.ndarray, wet: float, rng: np.random.Generator) -> np.ndarray:
    """Adds the echo of a hall of about 1.5 seconds, different left and right."""
    length = int(1.8 * RATE)
    tail = rng.standard_normal((length, 2)) * 0.5 ** (np.arange(length)[:, None] / RATE / 0.22)
    tail = band(tail.astype(np.float32), 120, 5000)
    size = len(dry) + length + -(len(dry) + length) % 2048
    echo = np.fft.irfft(np.fft.rfft(dry, size, axis=0) * np.fft.rfft(tail, size, axis=0), size, axis=0)[: len(dry)]
    return dry + wet * echo * dry.std() / max(float(echo.std()), 1e-9)


def _mastered(mix: np.ndarray) -> np.ndarray:
    """One loudness for all: -16 dBFS, less where only the peaks are loud; peaks rounded; soft ends."""
    mix = mix - mix.mean(axis=0)
    peak = float(np.quantile(np.abs(mix), 0.999)) if len(mix) else 0.0
    gain = min(_LOUDNESS / max(float(mix.std()), 1e-6), 1.1 / max(peak, 1e-6))
    t, seconds = np.arange(len(mix)) / RATE, len(mix) / RATE
    fade = np.minimum(1, np.minimum(t / 0.02, (seconds - t) / min(0.8, max(seconds, 0.01) / 6)))
    return (0.97 * np.tanh(mix * gain) * fade[:, None]).astype(np.float32)
