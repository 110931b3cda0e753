"""Draws what the demo server can be heard to say and play: `python -m bench.waveforms OUT_DIR`.

For each voice and each sound one PNG with the waveform above the spectrogram (0 to 12 kHz upwards, bright is loud),
for people who want to see whether a change of the crafts did good. It prints numbers that tell speech from silence
and noise, and ends with exit code 1 when a check fails.
"""

import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.audio import sound, voice

WIDTH, WAVE, SPECTRUM = 1000, 120, 300
TEXT = "Hello, and welcome to the demo. The quick brown fox jumps over the lazy dog."
SOUNDS = [
    "ocean waves", "heavy rain with thunder", "wind", "campfire", "birds", "crickets", "a stream", "bells", "piano",
    "guitar", "drums", "ambient drone", "heartbeat", "a clock", "a steam train", "an engine", "footsteps",
    "purple elephant", "thunderstorm over the sea with gentle piano",
]  # fmt: skip


def levels(x: np.ndarray, rate: int, size: int = 1024) -> np.ndarray:
    """Loudness (dB) over time and frequency: (frames, 300), from 0 to 12 kHz."""
    hop = max(1, (len(x) - size) // WIDTH)
    frames = np.lib.stride_tricks.sliding_window_view(x, size)[::hop] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    bins = np.minimum((np.arange(SPECTRUM) / SPECTRUM * 12_000 * size / rate).astype(int), size // 2)
    return 10 * np.log10(power[:, bins] + 1e-9)


def flatness(x: np.ndarray, rate: int) -> float:
    """Geometric over arithmetic mean of the spectrum in the loud frames: about 0.5 for noise, near 0 for tones."""
    power = 10 ** (levels(x, rate) / 10)
    loud = power[power.sum(axis=1) > 0.1 * np.percentile(power.sum(axis=1), 95)]
    return float(np.median(np.exp(np.log(loud).mean(axis=1)) / loud.mean(axis=1)))


def draw(x: np.ndarray, rate: int, title: str) -> Image.Image:
    """x: mono, -1..1."""
    sheet = Image.new("RGB", (WIDTH, WAVE + SPECTRUM), "#101418")
    pen = ImageDraw.Draw(sheet)
    for column, part in enumerate(np.array_split(x, WIDTH)):
        top, low = (WAVE / 2 - WAVE / 2 * v for v in (part.max(), part.min()))
        pen.line([(column, top), (column, low)], fill="#6cb6ff")
    loud = levels(x, rate)
    shade = np.clip((loud - loud.max() + 75) / 75, 0, 1).T[::-1]
    colours = np.stack([shade**0.8, shade**1.6, 0.25 * shade + 0.6 * shade * (1 - shade)], axis=-1)
    spectrum = Image.fromarray((colours * 255).astype(np.uint8)).resize((WIDTH, SPECTRUM), Image.Resampling.BILINEAR)
    sheet.paste(spectrum, (0, WAVE))
    pen.text((8, 6), f"{title}   {len(x) / rate:.1f} s", fill="white")
    return sheet


def speech_checks(x: np.ndarray, rate: int, about: str) -> list[str]:
    """What is wrong with x as speech, if anything."""
    wrong, heard = [], voice.measure(x, rate)
    if x.std() < 0.01:
        wrong.append("silent")
    if flatness(x, rate) > 0.3:
        wrong.append("as flat as noise")
    if "whisper" not in about and heard.pitch_hz is None:
        wrong.append("no voice pitch")
    if not 2 < heard.pace < 8:
        wrong.append("no rhythm of syllables")
    return wrong


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    for name, each in voice.VOICES.items():
        started = time.perf_counter()
        x = np.concatenate(list(voice.speak(TEXT, voice=name))) / 32768
        took, heard = time.perf_counter() - started, voice.measure(x, voice.RATE)
        wrong = speech_checks(x, voice.RATE, each.about)
        bad += bool(wrong)
        pitch = f"{heard.pitch_hz:.0f} Hz" if heard.pitch_hz else "unvoiced"
        numbers = f"{pitch}, {heard.pace:.1f} syllables/s, flatness {flatness(x, voice.RATE):.3f}"
        print(f"voice {name:8} {took:5.2f} s for {heard.seconds:4.1f} s  {numbers}  {', '.join(wrong) or 'ok'}")
        draw(x, voice.RATE, f"{name}: {each.about}").save(folder / f"voice-{name.lower()}.png")
    for prompt in SOUNDS:
        started = time.perf_counter()
        x = sound.synthesise(prompt, seconds=10)
        took, level = time.perf_counter() - started, 20 * np.log10(x.std() + 1e-9)
        wrong = [] if level > -32 and np.abs(x).max() < 1 and took < 2 else ["too quiet, clipped or slow"]
        bad += bool(wrong)
        width = 1 - float(np.corrcoef(x.T)[0, 1])
        numbers = f"{level:.1f} dBFS, peak {np.abs(x).max():.2f}, width {width:.2f}"
        print(f"sound {prompt[:26]:26} {took:5.2f} s for 10 s  {numbers}  {', '.join(wrong) or 'ok'}")
        draw(x.mean(axis=1), sound.RATE, prompt).save(folder / f"sound-{prompt.replace(' ', '-')}.png")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "waveforms")))
