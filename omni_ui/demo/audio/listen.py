"""What can be measured in a recording of a voice: its pitch and its pace."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class VoiceMatch:
    """pitch_hz: the median, None when nothing is voiced. pace: syllables a second, long pauses left out."""

    pitch_hz: float | None
    pace: float
    seconds: float


def measure(samples: np.ndarray, rate: float) -> VoiceMatch:
    """Pitch (60..500 Hz, by autocorrelation) and pace (peaks of loudness) of a recording's first 30 s.

    samples: (n,) or (n, channels), int16 or float; rate: samples per second. The pace was checked against sentences
    of espeak-ng with known syllables: 1 % off at a normal pace, up to 20 % too low when very fast.
    """
    x = np.asarray(samples, dtype=np.float64)
    x = x.mean(axis=1) if x.ndim == 2 else x
    seconds, x = len(x) / rate, x[: int(30 * rate)]
    fold = max(1, int(rate) // 16_000)  # a voice needs no more than 16 kHz, and memory goes with the square of the rate
    x, rate = x[: len(x) // fold * fold].reshape(-1, fold).mean(axis=1), rate / fold
    size, hop = int(rate * 0.05), int(rate * 0.01)
    if len(x) < size or not np.any(x):
        return VoiceMatch(None, 0.0, seconds)
    frames = np.lib.stride_tricks.sliding_window_view(x, size)[::hop]
    window = np.hanning(size)
    power = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, 2 * size)) ** 2
    return VoiceMatch(_pitch(power, window, rate), _pace(power, rate, hop), seconds)


def _pitch(power: np.ndarray, window: np.ndarray, rate: float) -> float | None:
    fade = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * len(window))) ** 2)  # what the window does to each lag
    lags = slice(int(rate / 500), int(rate / 60))
    likeness = np.fft.irfft(power)
    likeness = likeness[:, lags] / np.maximum(likeness[:, :1], 1e-12) / (fade[lags] / fade[0])
    likeness -= np.linspace(0, 0.1, likeness.shape[1])  # of equal peaks the shortest lag is the true period
    energy = np.sqrt(power.sum(axis=1))
    loud = energy > 0.25 * np.percentile(energy, 95)
    voiced = loud & (likeness.max(axis=1) > 0.55)
    if voiced.sum() <= 0.15 * loud.sum():
        return None
    return float(rate / np.median(lags.start + likeness[voiced].argmax(axis=1)))


def _pace(power: np.ndarray, rate: float, hop: int) -> float:
    hz = np.linspace(0, rate / 2, power.shape[1])
    energy = np.sqrt(power[:, (hz > 300) & (hz < 2500)].sum(axis=1))  # where vowels are, and hiss is not
    smooth = np.hanning(17) / np.hanning(17).sum()
    level = np.convolve(np.log(energy + 0.05 * energy.max() + 1e-9), smooth, "same")
    loud = energy > 0.12 * np.percentile(energy, 95)
    peaks = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:]) & loud[1:-1]
    spoken = np.convolve(loud, np.ones(25), "same") > 0.5  # gaps between words count as speech, pauses do not
    return float(peaks.sum() / max(spoken.sum() * hop / rate, 0.1))
