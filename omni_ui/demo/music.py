"""The music that `sound.py` mixes: struck notes, small pieces in a key, drums and a pad."""

from functools import lru_cache

import numpy as np

from omni_ui.demo.noises import RATE, TAU, Stage, band, decay, put, sweep


@lru_cache(maxsize=64)
def struck(hz: float, kind: str) -> np.ndarray:
    """One note of a piano, guitar or bell: partials that die away, the high ones first."""
    if kind == "bell":
        partials = [(0.5, 0.5, 2.2), (1, 1, 1.8), (1.2, 0.5, 1.2), (1.5, 0.3, 1), (2, 0.6, 0.9), (2.74, 0.35, 0.5),
                    (3.76, 0.2, 0.3), (5.2, 0.1, 0.15)]  # fmt: skip
    elif kind == "guitar":
        partials = [(k, abs(np.sin(k * 0.9)) / k, 0.9 / k**0.7) for k in range(1, 14)]
    else:  # a piano's strings are stiff: their partials stand a little too high
        partials = [(k * np.sqrt(1 + 0.0004 * k * k), k**-1.6, 0.8 / k**0.6) for k in range(1, 10)]
    seconds = 5.0 if kind == "bell" else 2.6
    t = np.arange(int(seconds * RATE), dtype=np.float32) / RATE
    scale = (330 / hz) ** 0.4
    tones = (a * np.sin(TAU * r * hz * t) * 0.5 ** (t / (h * scale)) for r, a, h in partials if r * hz < 14_000)
    return sum(tones) * decay(seconds, 9, 0.006 if kind == "piano" else 0.002) * 0.4


def bells(s: Stage) -> np.ndarray:
    out = s.silence()
    for at in s.times(1.1, 0.1):
        put(out, at, struck(s.scale(int(s.rng.integers(8, 18))), "bell"), s.rng.uniform(-0.7, 0.7), 0.8)
    return out


def _played(s: Stage, kind: str, beat: float) -> np.ndarray:
    """A small piece: broken chords of four bars (I vi IV V as steps of the scale) below a wandering melody."""
    out, step = s.silence(), 10
    for k, at in enumerate(np.arange(0.05, s.n / RATE, beat)):
        bass = (0, 4, 2, 3)[k // 8 % 4]
        late = s.rng.uniform(0, 0.015)
        put(out, at + late, struck(s.scale(bass + (0, 2, 5, 7, 5, 2, 4, 2)[k % 8]), kind), -0.45, 0.45)
        if k % 2 == 0 and s.rng.random() < 0.75:
            step = int(np.clip(step + s.rng.choice([-2, -1, -1, 1, 1, 2]), 9, 16))
            put(out, at + s.rng.uniform(0, 0.02), struck(s.scale(step), kind), 0.4, s.rng.uniform(0.5, 0.85))
    return out


def piano(s: Stage) -> np.ndarray:
    return _played(s, "piano", 0.4)


def guitar(s: Stage) -> np.ndarray:
    return _played(s, "guitar", 0.28)


def drums(s: Stage) -> np.ndarray:
    out, beat = s.silence(), 60 / s.rng.choice([88, 96, 104]) / 4
    hiss = s.rng.standard_normal(RATE // 2).astype(np.float32)
    kick, hat = sweep(130, 44, 0.35, 0.09) * 1.3, band(hiss[:4410], 7000, 14_000) * decay(0.1, 0.018) * 0.9
    snare = band(hiss[:11_025], 900, 8000) * decay(0.25, 0.05) * 0.6 + sweep(210, 160, 0.25, 0.04)
    kicks = ("x..x..x...x.....", "x.....x.x...x...", "x..x....x.x..x..")[s.rng.integers(3)]
    for k, at in enumerate(np.arange(0.02, s.n / RATE, beat)):
        if kicks[k % 16] == "x":
            put(out, at, kick)
        if k % 8 == 4:
            put(out, at, snare, 0.12, 0.8)
        if k % 2 == 0 or s.rng.random() < 0.25:
            put(out, at + 0.12 * beat * (k % 2), hat, -0.4 if k % 4 else 0.4, s.rng.uniform(0.25, 0.55))
    return out


def pad(s: Stage) -> np.ndarray:
    out, turn = s.silence(), (0, 4, 2, 3)
    for k, at in enumerate(np.arange(-1.5, s.n / RATE, 5.0)):
        t = np.arange(int(8.0 * RATE), dtype=np.float32) / RATE
        shape = np.sin(np.pi * np.minimum(t / 8.0, 1)) ** 1.2
        for j in (0, 2, 4, 7):
            hz = s.scale(turn[k % 4] + j)
            for pan, cents in ((-0.8, -4), (0.8, 4)):
                tone = sum(np.sin(TAU * h * hz * 2 ** (cents / 1200) * t + j) / h**1.9 for h in (1, 2, 3, 5))
                skip = max(0, int(-at * RATE))
                put(out, max(at, 0), (tone * shape)[skip:], pan, 0.17)
    return out * s.drift(1.7, 0.7, 1)
