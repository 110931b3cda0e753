"""Speech of the demo server: espeak-ng, shaped by a voice, a language, words of style and a reference recording.

It is a formant synthesiser, so it sounds like a machine. espeak-ng comes in the wheel `espeakng-loader` (GPL-3),
which is optional: without it `available()` says so and everything else works.
"""

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soxr

from omni_ui.demo.audio.listen import VoiceMatch, measure

__all__ = ["LANGUAGES", "RATE", "STYLES", "VOICES", "VoiceError", "VoiceMatch", "available", "measure", "speak"]

RATE = 24_000
"""Samples per second of what `speak` gives: what Qwen3-TTS uses (the real server's default)."""

_WORDS_PER_MINUTE = 170
_SLOWEST = 80  # words per minute: espeak-ng goes no slower, so below it the sound is stretched


@dataclass(frozen=True)
class Voice:
    """One named voice. language and variant are espeak-ng's ids; pitch and range 0..99; rate a factor."""

    about: str
    language: str
    variant: str
    pitch: int = 50
    range: int = 50
    rate: float = 1.0


VOICES: dict[str, Voice] = {
    "Ada": Voice("clear, American", "en-us", "f3", 52, 58),
    "Bruno": Voice("deep, American", "en-us", "m3", 36, 45, 0.95),
    "Clara": Voice("warm, British", "en-gb-x-rp", "f2", 46, 52, 0.96),
    "Edwin": Voice("calm, British", "en-gb-x-rp", "m1", 42, 40, 0.9),
    "Fergus": Voice("lively, Scottish", "en-gb-scotland", "m7", 52, 66, 1.06),
    "Pip": Voice("young and quick", "en-us", "f4", 76, 72, 1.12),
    "Ines": Voice("bright, Spanish", "es", "f2", 54, 60),
    "Jules": Voice("friendly, French", "fr", "m3", 50, 58),
    "Mei": Voice("light, Chinese", "cmn", "f3", 56, 50, 0.95),
    "Otto": Voice("steady, German", "de", "m1", 40, 45, 0.95),
    "Rune": Voice("robot, American", "en-us", "klatt", 40, 0),
    "Willow": Voice("whispering, American", "en-us", "whisperf", 50, 40, 0.92),
}

_IDS = {
    "English": "en-us", "Chinese": "cmn", "Japanese": "ja", "Korean": "ko", "German": "de", "French": "fr",
    "Russian": "ru", "Portuguese": "pt-br", "Spanish": "es", "Italian": "it", "Dutch": "nl", "Polish": "pl",
    "Turkish": "tr", "Greek": "el", "Arabic": "ar", "Hindi": "hi",
}  # fmt: skip

LANGUAGES: list[str] = ["Auto", *_IDS]
"""English names. espeak-ng reads kana, but not the Chinese characters in a Japanese text."""

_SCRIPTS = {"[\u3040-\u30ff]": "ja", "[\uac00-\ud7af]": "ko", "[\u4e00-\u9fff]": "cmn", "[\u0400-\u04ff]": "ru",
            "[\u0370-\u03ff]": "el", "[\u0600-\u06ff]": "ar", "[\u0900-\u097f]": "hi"}  # fmt: skip

_COMMON_WORDS = {
    "en-us": "the and is you of to this that it with for are was hello my",
    "fr": "le la les des est vous je et une que pour dans bonjour nous avec",
    "de": "der die das und ist ich nicht ein eine sie wir mit für guten auf",
    "es": "el los las es una que por para con está hola buenos del muy y",
    "it": "il gli è che una per con sono ciao buongiorno della non di questo",
    "pt-br": "o os não é uma que para com você olá bom dia obrigado da em",
    "nl": "het een van en ik niet dat is wij goede hallo voor met zijn je",
}


@dataclass(frozen=True)
class Style:
    """What a word of `instructions` does: pitch and range are added, rate and gain multiply."""

    pitch: int = 0
    range: int = 0
    rate: float = 1.0
    gain: float = 1.0
    variant: str | None = None


STYLES: dict[str, Style] = {
    "whisper|whispering|whispered": Style(gain=0.6, rate=0.95, variant="whisper"),
    "excited|energetic|enthusiastic|thrilled": Style(10, 30, 1.18, 1.2),
    "cheerful|happy|joyful|bright|friendly|warm": Style(6, 20, 1.06, 1.05),
    "sad|melancholy|gloomy|tired|crying": Style(-9, -28, 0.82, 0.7),
    "calm|gentle|soft|soothing|relaxed": Style(-3, -15, 0.88, 0.7),
    "angry|furious|stern": Style(-4, 25, 1.12, 1.4),
    "serious|formal|newsreader": Style(-6, -15, 0.96),
    "slow|slowly": Style(rate=0.72),
    "fast|quick|quickly|hurried": Style(rate=1.35),
    "deep|low": Style(-24),
    "high|squeaky|childlike|child": Style(26, 10),
    "loud|loudly|shout|shouting": Style(4, 10, gain=1.6),
    "quiet|quietly": Style(gain=0.45),
    "monotone|flat": Style(range=-99),
    "robot|robotic": Style(range=-99, variant="klatt"),
    "old|elderly": Style(-5, 5, 0.86, 0.9),
}


class VoiceError(RuntimeError):
    """Speech could not be made; the message is a sentence for people."""


def available() -> str | None:
    """None when speech works, or one sentence that says which package to install."""
    try:
        import espeakng_loader  # noqa: F401
    except ImportError:
        return "Speech in the demo needs the package espeakng-loader: run `pip install espeakng-loader`."
    return None


def speak(
    text: str, *, voice="Ada", language: str | None = None, instructions: str | None = None, speed=1.0, seed=0,
    match: VoiceMatch | None = None,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Speech as it is made: int16 mono at `RATE`, a chunk for each sentence. The same call gives the same samples.

    voice: a name of `VOICES`, any case. language: a name of `LANGUAGES`, any case; None and "Auto" go by the text,
        then by the voice.
    instructions: free words; those of `STYLES` act on pitch, melody, pace, loudness and timbre, others do nothing.
    speed: 0.25..4, a factor on the pace. seed: varies pitch and pace a little from sentence to sentence.
    match: take pitch and pace from a recording (`measure`). This is a voice match, not a clone.
    A text without a letter or digit gives 0.3 s of silence. ValueError for an unknown voice or language; VoiceError
    when espeak-ng is missing or fails.
    """
    if missing := available():
        raise VoiceError(missing)
    chosen = {name.lower(): each for name, each in VOICES.items()}.get(voice.lower())
    if chosen is None:
        raise ValueError(f"There is no voice {voice!r}. The voices are {', '.join(VOICES)}.")
    chosen = replace(chosen, language=_language(language, text, chosen.language))
    rate, gain = speed * chosen.rate, 1.0
    if match:
        chosen, rate = _matched(chosen, match), speed * float(np.clip((match.pace or _OWN_PACE) / _OWN_PACE, 0.6, 1.6))
    for words, style in STYLES.items():
        if re.search(rf"\b({words})\b", instructions or "", re.IGNORECASE):
            rate, gain = rate * style.rate, gain * style.gain
            pitch, melody = chosen.pitch + style.pitch, chosen.range + style.range
            chosen = replace(chosen, pitch=pitch, range=melody, variant=_variant(style.variant, chosen.variant))
    return _spoken(_split(text), chosen, rate, gain, np.random.default_rng(seed % 2**32))


_OWN_PACE = 4.3
"""What `measure` says of espeak-ng at `_WORDS_PER_MINUTE`: syllables a second, the mean of four voices."""

_HIGH, _LOW = ("f3", 208.0), ("m3", 103.0)
"""Two variants and their pitch in Hz at espeak-ng's middle setting, by `measure`."""


def _matched(voice: Voice, match: VoiceMatch) -> Voice:
    if match.pitch_hz is None:
        return voice
    variant, middle = _HIGH if match.pitch_hz > 150 else _LOW
    return replace(voice, variant=variant, pitch=round(50 + 74 * float(np.log2(match.pitch_hz / middle))))


def _variant(wanted: str | None, now: str) -> str:
    if wanted == "whisper" and now.startswith("f"):
        return "whisperf"
    return wanted or now


def _language(name: str | None, text: str, fallback: str) -> str:
    if name and name.lower() != "auto":
        ids = {each.lower(): code for each, code in _IDS.items()}
        if name.lower() not in ids:
            raise ValueError(f"The demo does not speak {name!r}. It speaks {', '.join(_IDS)}.")
        code = ids[name.lower()]
        return fallback if fallback.split("-")[0] == code.split("-")[0] else code  # British stays British
    for script, code in _SCRIPTS.items():
        if re.search(script, text):
            return code
    words = re.findall(r"\w+", text.lower())
    score = {code: sum(w in common.split() for w in words) for code, common in _COMMON_WORDS.items()}
    best = max(score, key=lambda code: score[code])
    return best if score[best] > score.get(fallback, score["en-us"]) else fallback


def _split(text: str) -> list[str]:
    """Sentences, and parts of long ones: speech starts at once and no piece is too much for espeak-ng."""
    text = re.sub(r"([.!?…])[.!?…]+", r"\1", text)  # repeated dots are known to send espeak-ng astray
    sentences = re.split(r"\n+|(?<=[.!?…])(?<!\b[DM]r\.)(?<!\bMrs\.)\s+|(?<=[。！？])", text)
    pieces = [p for s in sentences for p in re.findall(r".{1,180}(?:[,;，、\s]|$)|.{1,180}", s)]
    pieces = [re.sub(r"[\x00-\x1f]+", " ", p).strip() for p in pieces]
    return [p for p in pieces if re.search(r"[^\W_]|[^\x00-\u2fff]", p)]  # a letter, a digit or an emoji


def _spoken(sentences: list[str], voice: Voice, rate: float, gain: float, rng) -> Iterator[np.ndarray]:
    import espeakng_loader

    if not sentences:
        yield np.zeros(RATE * 3 // 10, np.int16)
        return
    child = [sys.executable, "-I", "-S", str(Path(__file__).with_name("espeak.py"))]
    child += [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
    pipe = subprocess.PIPE
    with subprocess.Popen(child, stdin=pipe, stdout=pipe, stderr=pipe) as espeak:
        try:
            for sentence in sentences:
                words = _WORDS_PER_MINUTE * rate * rng.uniform(0.96, 1.04)
                wanted = {
                    "text": sentence,
                    "voice": f"{voice.language}+{voice.variant}",
                    "rate": round(max(words, _SLOWEST)),
                    "pitch": int(np.clip(voice.pitch + rng.integers(-3, 4), 0, 99)),
                    "range": int(np.clip(voice.range, 0, 99)),
                }
                samples = _resample(_ask(espeak, wanted))
                if words < _SLOWEST:
                    samples = stretch(samples, _SLOWEST / words)
                yield _levelled(samples, gain)
        finally:
            espeak.kill()  # also when the listener leaves in the middle


def _ask(espeak: subprocess.Popen[bytes], wanted: dict[str, str | int]) -> np.ndarray:
    """The samples of one sentence at 22,050 Hz, -1..1."""
    assert espeak.stdin
    assert espeak.stdout
    assert espeak.stderr
    with contextlib.suppress(BrokenPipeError):  # it has ended; the reading below tells why
        espeak.stdin.write(json.dumps(wanted).encode() + b"\n")
        espeak.stdin.flush()
    head = espeak.stdout.read(4)
    samples = espeak.stdout.read(int.from_bytes(head, "little"))
    if len(head) < 4 or len(samples) != int.from_bytes(head, "little"):
        reason = espeak.stderr.read().decode(errors="replace").strip() or "no reason was given"
        raise VoiceError(f"espeak-ng stopped: {reason}.")
    samples = samples or bytes(2 * 2205)  # a sign that it passes over: a short pause
    return np.frombuffer(samples, "<i2").astype(np.float64) / 32768


def _resample(x: np.ndarray) -> np.ndarray:
    """22,050 to 24,000 Hz: nothing is added above the old band, nothing folds back."""
    return soxr.resample(x, 22_050, 24_000, quality="VHQ")


def stretch(x: np.ndarray, factor: float) -> np.ndarray:
    """Slower at the same pitch: overlapping pieces of 40 ms, each taken from where it continues the last one best."""
    size, hop, slack, at = 960, 480, 240, 0
    window, out = np.hanning(size + 1)[:size], np.zeros(int(len(x) * factor) + size)
    x = np.pad(x, (slack, 2 * size))
    for start in range(0, len(out) - size, hop):
        near = int(start / factor)
        fits = np.correlate(x[near : near + 2 * slack + hop], x[at + hop : at + 2 * hop], "valid")
        at = near + int(fits.argmax())
        out[start : start + size] += x[at : at + size] * window
    return out[:-size]


def _levelled(x: np.ndarray, gain: float) -> np.ndarray:
    """Every voice equally loud: -20 dBFS in its louder parts, times the gain; peaks are rounded, never cut."""
    loud = np.sqrt(np.mean(x[np.abs(x) > 0.02] ** 2)) if np.any(np.abs(x) > 0.02) else 1.0
    return (np.tanh(x * 0.14 / loud * gain) * 32_000).astype(np.int16)
