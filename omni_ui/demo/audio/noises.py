"""What `sound.py` mixes: sounds of nature and machines, small pieces of music in a key, and what they are made with.

Each takes a `Stage` and gives stereo samples, about 1 at their loudest.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

RATE = 44_100
TAU = 2 * np.pi


@dataclass
class Stage:
    """What a sound may know: how long, its own random numbers, the key of the piece (Hz) and whether it is minor."""

    n: int
    rng: np.random.Generator
    root: float
    minor: bool

    @property
    def t(self) -> np.ndarray:
        return np.arange(self.n, dtype=np.float32) / RATE

    def silence(self) -> np.ndarray:
        return np.zeros((self.n, 2), np.float32)

    def noise(self, low: float, high: float) -> np.ndarray:
        """Stereo noise of one band, both channels their own, RMS 0.3."""
        x = band(self.rng.standard_normal((self.n, 2), dtype=np.float32), low, high)
        return 0.3 * x / (x.std() + 1e-9)

    def drift(self, seconds: float, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        """A slow random curve (n, 2) with a new aim every `seconds`; the right channel follows the left a bit later."""
        points = self.rng.uniform(low, high, int(self.n / RATE / seconds) + 4)
        at = np.stack([self.t, np.maximum(self.t - 0.3 * seconds, 0)], 1) / seconds
        i, part = at.astype(int), at % 1
        part = part * part * (3 - 2 * part)
        return (points[i] * (1 - part) + points[i + 1] * part).astype(np.float32)

    def specks(self, per_second: float) -> np.ndarray:
        """Single clicks of random strength, for crackle and drops."""
        out, count = self.silence(), self.rng.poisson(per_second * self.n / RATE)
        out[self.rng.integers(0, self.n, count), self.rng.integers(0, 2, count)] = self.rng.uniform(-1, 1, count) ** 3
        return out

    def times(self, gap: float, first: float = 0.3) -> np.ndarray:
        """Moments in seconds, `gap` apart on average but never at once."""
        gaps = gap * (0.4 + self.rng.exponential(0.6, int(self.n / RATE / gap * 2) + 4))
        at = first + np.cumsum(gaps) - gaps[0]
        return at[at < self.n / RATE]

    def scale(self, step: int) -> float:
        """Hz of a step of the pentatonic scale of the key, where every two notes agree."""
        semitones = (0, 3, 5, 7, 10) if self.minor else (0, 2, 4, 7, 9)
        return self.root * 2 ** (step // 5 + semitones[step % 5] / 12)


def band(x: np.ndarray, low: float, high: float, steep: int = 4) -> np.ndarray:
    """Keeps low..high Hz of (n,) or (n, channels), with soft edges."""
    size = len(x) + -len(x) % 2048  # a length with large prime factors would make the transform slow
    hz = np.fft.rfftfreq(size, 1 / RATE) + 1e-3
    keep = (1 / np.sqrt((1 + (low / hz) ** steep) * (1 + (hz / high) ** steep))).astype(np.float32)
    return np.fft.irfft(np.fft.rfft(x, size, axis=0) * keep.reshape(-1, *[1] * (x.ndim - 1)), size, axis=0)[: len(x)]


def put(out: np.ndarray, at: float, sound: np.ndarray, pan: float = 0.0, gain: float = 1.0) -> None:
    """Adds a mono sound at `at` seconds; pan -1..1 by loudness and by up to half a millisecond of delay."""
    for side, sign in ((0, -1), (1, 1)):
        start = int((at + max(0.0, -sign * pan) * 0.0005) * RATE)
        part = sound[: max(0, len(out) - start)]
        out[start : start + len(part), side] += gain * np.sqrt((1 + sign * pan) / 2) * part


def decay(seconds: float, half: float, attack: float = 0.002) -> np.ndarray:
    t = np.arange(int(seconds * RATE), dtype=np.float32) / RATE
    return np.minimum(t / attack, 1) * 0.5 ** (t / half) * np.minimum((seconds - t) / 0.01, 1)


def sweep(start: float, end: float, seconds: float, half: float | None = None) -> np.ndarray:
    """A tone gliding from start to end Hz, with a soft beginning and end, or dying away by `half` seconds."""
    line = np.linspace(0, 1, int(seconds * RATE), dtype=np.float32)
    shape = decay(seconds, half) if half else np.sin(3.14 * line) ** 0.7
    turns = np.cumsum(start * (end / start) ** line, dtype=np.float64) / RATE
    return (np.sin(TAU * turns) * shape[: len(line)]).astype(np.float32)


def ocean(s: Stage) -> np.ndarray:
    phase = np.stack([s.t, s.t - 0.5], 1) / 8.5 + s.drift(8, 0, 0.35) + s.rng.uniform(0.25, 0.5)
    swell = (0.5 - 0.5 * np.cos(TAU * phase)) ** 2.2
    foam = (0.5 - 0.5 * np.cos(TAU * (phase - 0.1))) ** 4
    return s.noise(40, 420) * (0.35 + 1.3 * swell) + s.noise(600, 5500) * (0.05 + 0.9 * foam)


def rain(s: Stage) -> np.ndarray:
    drops = band(s.specks(180), 1500, 7000) * 9
    return s.noise(700, 9000) * s.drift(3, 0.35, 0.6) + drops + s.noise(150, 700) * 0.12


def thunder(s: Stage) -> np.ndarray:
    rumble, crack, loud = s.noise(25, 260) * 2.4, s.noise(120, 3000), s.silence()
    sharp = s.silence()
    for at in s.times(8, s.rng.uniform(0.6, 1.4)):
        pan, power = s.rng.uniform(-0.6, 0.6), s.rng.uniform(0.7, 1)
        for echo in (0, *s.rng.uniform(0.4, 3.2, 4)):
            put(loud, at + echo, decay(4.5, 0.9, 0.12), pan, power * 0.6 ** (echo + 0.3))
        put(sharp, at, decay(1.2, 0.13, 0.01), pan, power)
    return rumble * loud + crack * sharp


def wind(s: Stage) -> np.ndarray:
    aim, out = s.drift(1.8, 5.0, 7.6), s.noise(60, 300) * 0.25
    for octave in np.arange(5.0, 7.6, 0.4):  # natural logarithms of 150..1600 Hz
        near = np.exp(-((aim - octave) ** 2) / 0.12)
        out += s.noise(np.exp(octave) * 0.9, np.exp(octave) * 1.12) * near
    return out * s.drift(3.5, 0.25, 1.1)


def fire(s: Stage) -> np.ndarray:
    crackle = band(s.specks(28), 900, 8000) * 12 + band(s.specks(5), 300, 2500) * 22
    return crackle + s.noise(35, 260) * s.drift(0.6, 0.2, 0.7) + s.noise(1500, 6000) * s.drift(0.8, 0.02, 0.1)


def birds(s: Stage) -> np.ndarray:
    out = s.noise(2000, 7000) * 0.015
    for _ in range(4):
        pan, hz, glide = s.rng.uniform(-0.9, 0.9), s.rng.uniform(2200, 4800), s.rng.uniform(0.75, 1.35)
        beat, notes, far = s.rng.uniform(0.08, 0.19), s.rng.integers(2, 7), s.rng.uniform(0.3, 0.9)
        for at in s.times(3.2, s.rng.uniform(0, 2)):
            for k in range(notes):
                lift = hz * (1 + 0.12 * np.sin(k * 1.7))
                put(out, at + k * beat, sweep(lift, lift * glide, beat * 0.75), pan, far * 0.7)
    return out


def crickets(s: Stage) -> np.ndarray:
    out = s.noise(150, 900) * 0.04
    for _ in range(4):
        hz, pan, beat = s.rng.uniform(3800, 4900), s.rng.uniform(-0.95, 0.95), s.rng.uniform(0.5, 0.8)
        chirp = np.concatenate([np.pad(sweep(hz, hz * 1.01, 0.035), (0, 700)) for _ in range(4)])
        strength, first = s.rng.uniform(0.3, 0.8), s.rng.uniform(0, beat)
        for at in np.arange(first, s.n / RATE, beat):
            put(out, at, chirp, pan, strength * s.rng.uniform(0.8, 1))
    return out


def stream(s: Stage) -> np.ndarray:
    out = s.noise(300, 3500) * s.drift(0.4, 0.2, 0.4)
    for at in s.times(1 / 70, 0):
        hz, seconds = s.rng.uniform(350, 2400), s.rng.uniform(0.02, 0.07)
        put(out, at, sweep(hz, hz * s.rng.uniform(1.05, 1.5), seconds, seconds / 3), s.rng.uniform(-0.9, 0.9), 0.3)
    return out


def heartbeat(s: Stage) -> np.ndarray:
    out, beat = s.silence(), 60 / s.rng.uniform(62, 74)
    for at in np.arange(0.1, s.n / RATE, beat):
        put(out, at, sweep(85, 42, 0.22, 0.06), -0.1, 1)
        put(out, at + 0.3 * beat, sweep(100, 55, 0.16, 0.045), 0.15, 0.65)
    return np.tanh(2.5 * out) + s.noise(20, 90) * 0.04  # the overtones of tanh are heard on small speakers too


def clock(s: Stage) -> np.ndarray:
    out = s.noise(100, 2000) * 0.008
    for k, at in enumerate(np.arange(0.2, s.n / RATE, 0.5)):
        hz = (2350, 1900)[k % 2]
        tick = sweep(hz, hz * 0.97, 0.06, 0.006) + 0.5 * sweep(hz * 2.6, hz * 2.5, 0.06, 0.003)
        put(out, at, tick + 0.4 * sweep(420, 400, 0.06, 0.012), (-0.35, 0.35)[k % 2], 1)
    return out


def train(s: Stage) -> np.ndarray:
    puff, out = s.silence(), s.silence()
    clack = band(s.rng.standard_normal(3000), 300, 2600) * decay(3000 / RATE, 0.012)
    for k, at in enumerate(np.arange(0.1, s.n / RATE, 0.24)):
        put(puff, at, decay(0.22, 0.06, 0.02), 0.3 * np.sin(at), 1 if k % 4 == 0 else 0.6)
        if k % 5 in (0, 1):
            put(out, at, clack.astype(np.float32), 0.5 * np.sin(at * 0.7), 0.8)
    for at in s.times(9, 1.5):
        for hz in (311, 370, 466):
            put(out, at, sweep(hz, hz * 0.985, 1.4), -0.3, 0.16)
    return out + s.noise(250, 2600) * puff * 1.1 + s.noise(30, 160) * 0.5


def engine(s: Stage) -> np.ndarray:
    hz = s.drift(2.5, 42, 66)
    phase = TAU * np.cumsum(hz, axis=0, dtype=np.float64) / RATE
    tone = np.sum([np.sin(k * phase + k * k) / k**0.8 for k in (1, 2, 3, 4, 6, 8, 11)], axis=0).astype(np.float32)
    return 0.35 * tone * (1 + s.noise(15, 80)) + s.noise(60, 900) * 0.15


def footsteps(s: Stage) -> np.ndarray:
    out = s.silence()
    for k, at in enumerate(np.arange(0.25, s.n / RATE, 0.56)):
        grit = s.rng.standard_normal(8820).astype(np.float32)
        step = band(grit, 70, 420) * decay(0.2, 0.03) * 3 + band(grit, 1200, 6000) * decay(0.2, 0.035, 0.02) * 0.5
        put(out, at + s.rng.uniform(0, 0.03), step, (-0.3, 0.3)[k % 2], s.rng.uniform(0.7, 1))
    return out


def hiss(s: Stage) -> np.ndarray:
    return s.noise(20, 18_000)


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
