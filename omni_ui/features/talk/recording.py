"""A call as a document: both sides' sound on one timeline, captions with times, interruptions, latencies.

The clock of a call is its microphone: sound that is heard without a break, muted or not. While the call goes on,
samples go straight into files, so that a call of an hour takes no memory and a crash loses nothing that was written.
"""

import asyncio
import json
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BufferedRandom
from pathlib import Path

import numpy as np

from omni_ui.client.live.events import RATE_IN, Speaker
from omni_ui.core.files import Json

RATE = 24_000
"""Samples per second of the recording, which is what models speak."""
WINDOW = 10
"""Seconds that are mixed at once when the recording is written."""
MOST_CAPTIONS = 20_000


@dataclass
class CaptionLine:
    """Words of one side. Times in milliseconds of the call. heard: False for words of an answer that was cut off."""

    speaker: Speaker
    text: str
    at_ms: int
    end_ms: int
    turn: str = ""
    heard: bool = True


@dataclass
class TurnFacts:
    """One answer. Times in milliseconds of the call, None where they are not known.

    asked_ms: when the visitor had finished. first_audio_ms: when its first sound arrived from the server.
    page_ms: what the page added until it could be heard. heard_ms: how much of it was played.
    """

    turn: str
    started_ms: int
    asked_ms: int | None = None
    first_audio_ms: int | None = None
    page_ms: int | None = None
    audio_ms: int = 0
    heard_ms: int | None = None
    status: str = ""
    reason: str = ""

    @property
    def server_ms(self) -> int | None:
        """From the end of speech to the first sound, as far as the server is concerned."""
        if self.asked_ms is None or self.first_audio_ms is None:
            return None
        return max(0, self.first_audio_ms - self.asked_ms)


@dataclass
class _Segment:
    """Sound of an answer: where it lies in the file, and where on the timeline (samples of RATE)."""

    offset: int
    samples: int
    at: int
    turn: str


@dataclass
class CallRecording:
    """Takes notes of one call. `finish` gives its files."""

    profile: str
    model: str | None
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="omni-call-")))
    captions: list[CaptionLine] = field(default_factory=list)
    turns: dict[str, TurnFacts] = field(default_factory=dict)
    began: float = field(default_factory=time.time)
    frames: int = 0
    """Pictures that the model was shown."""

    def __post_init__(self) -> None:
        self._microphone: BufferedRandom = (self.folder / "you.pcm").open("w+b")
        self._answers: BufferedRandom = (self.folder / "model.pcm").open("w+b")
        self._segments: list[_Segment] = []
        self._samples = 0
        self._asked: int | None = None
        self._spoken_since: int | None = None

    @property
    def now_ms(self) -> int:
        """Milliseconds of the call so far."""
        return self._samples * 1000 // RATE_IN

    @property
    def answer_end_ms(self) -> int:
        """Milliseconds from now until the sound of the last answer is over."""
        last = self._segments[-1] if self._segments else None
        return max(0, (last.at + last.samples) * 1000 // RATE - self.now_ms) if last else 0

    def add_microphone(self, pcm: bytes) -> None:
        self._microphone.write(pcm)
        self._samples += len(pcm) // 2

    def speech(self, started: bool, at_ms: int) -> None:
        """The visitor began or stopped speaking."""
        if started:
            self._spoken_since = at_ms
        else:
            self._asked = self.now_ms
            self._add_caption(CaptionLine("you", "", self._spoken_since or at_ms, at_ms))

    def asked(self) -> None:
        """The visitor let go of the button."""
        self._asked = self.now_ms

    def turn_started(self, turn: str) -> None:
        self.turns[turn] = TurnFacts(turn, self.now_ms, self._asked)
        self._asked = None

    def add_answer(self, turn: str, pcm: bytes, rate: int) -> None:
        """Sound of an answer, placed behind what is still to be heard of it."""
        facts = self.turns.setdefault(turn, TurnFacts(turn, self.now_ms))
        if facts.first_audio_ms is None:
            facts.first_audio_ms = self.now_ms
        samples = np.frombuffer(pcm, "<i2")
        if rate != RATE:
            samples = resample(samples, rate, RATE)
        now = self.now_ms * RATE // 1000
        last = self._segments[-1] if self._segments else None
        at = max(now, last.at + last.samples) if last and last.turn == turn else now
        if last and last.turn == turn and at == last.at + last.samples:
            last.samples += len(samples)  # an answer without a break is one segment, however many pieces it came in
        else:
            self._segments.append(_Segment(self._answers.tell(), len(samples), at, turn))
        self._answers.write(samples.astype("<i2").tobytes())
        facts.audio_ms += len(samples) * 1000 // RATE

    def add_words(self, speaker: Speaker, text: str, turn: str, final: bool) -> None:
        """Words of one side, as they come."""
        last = self.captions[-1] if self.captions else None
        if speaker == "you" and last and last.speaker == "you" and not last.text:
            last.text = text
        elif not final and last and last.turn == turn and last.speaker == speaker and len(last.text) < 80:
            last.text += text
            last.end_ms = self._end_of(turn)
        else:
            self._add_caption(CaptionLine(speaker, text, self.now_ms, self._end_of(turn), turn))

    def _add_caption(self, line: CaptionLine) -> None:
        if len(self.captions) < MOST_CAPTIONS:
            self.captions.append(line)

    def _end_of(self, turn: str) -> int:
        """When the sound of an answer that has come so far is over."""
        last = self._segments[-1] if self._segments and self._segments[-1].turn == turn else None
        return max(self.now_ms, (last.at + last.samples) * 1000 // RATE) if last else self.now_ms

    def heard(self, turn: str, milliseconds: int) -> None:
        if facts := self.turns.get(turn):
            facts.heard_ms = max(0, min(milliseconds, facts.audio_ms))

    def page_latency(self, turn: str, milliseconds: int) -> None:
        if facts := self.turns.get(turn):
            facts.page_ms = max(0, min(milliseconds, 60_000))

    def turn_ended(self, turn: str, status: str, reason: str) -> None:
        """Interrupted it stays so: servers that send faster than they speak have completed it by then."""
        if (facts := self.turns.get(turn)) and facts.status != "interrupted":
            facts.status, facts.reason = status, reason

    def document(self) -> Json:
        """The call as data: what the JSON file holds."""
        self._place_captions()
        return {
            "format": "omni-call",
            "version": 1,
            "profile": self.profile,
            "model": self.model,
            "began": self.began,
            "duration_ms": self.now_ms,
            "frames": self.frames,
            "captions": [asdict(line) for line in self.captions if line.text or line.speaker == "you"],
            "turns": [asdict(turn) | {"server_ms": turn.server_ms} for turn in self.turns.values()],
        }

    def _place_captions(self) -> None:
        """Spreads the words of each answer evenly over its sound, and marks those that were not heard.

        Servers send the text before the sound, or beside it: when it came does not say when it is spoken.
        """
        for facts in self.turns.values():
            lines = [line for line in self.captions if line.speaker == "model" and line.turn == facts.turn]
            letters = sum(len(line.text) for line in lines)
            if facts.first_audio_ms is None or not facts.audio_ms or not letters:
                continue
            cut = facts.status == "interrupted" and facts.heard_ms is not None
            end = facts.first_audio_ms + (facts.heard_ms or 0 if cut else facts.audio_ms)
            before = 0
            for line in lines:
                line.at_ms = facts.first_audio_ms + facts.audio_ms * before // letters
                before += len(line.text)
                line.end_ms = facts.first_audio_ms + facts.audio_ms * before // letters
                line.heard = line.at_ms < end

    async def finish(self) -> list[Path]:
        """The recording as WAV, captions as VTT, all of it as JSON; the temporary samples go."""
        return await asyncio.to_thread(self._finish)

    def _finish(self) -> list[Path]:
        document = self.document()
        wav, captions, data = (self.folder / name for name in ("call.wav", "call.vtt", "call.json"))
        with wave.open(str(wav), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            for block in self._mixed():
                file.writeframes(block)
        captions.write_text(webvtt(self.captions), encoding="utf-8")
        data.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        for samples in (self._microphone, self._answers):
            name = Path(samples.name)
            samples.close()
            name.unlink(missing_ok=True)
        return [wav, captions, data]

    def discard(self) -> None:
        """Throws away a call in which nothing happened."""
        for samples in (self._microphone, self._answers):
            samples.close()
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
        self.folder.rmdir()

    def _mixed(self) -> Iterator[bytes]:
        """You on the left, the model on the right, window by window."""
        total = self._samples * RATE // RATE_IN
        self._microphone.flush()
        self._answers.flush()
        for begin in range(0, total, WINDOW * RATE):
            size = min(WINDOW * RATE, total - begin)
            both = np.zeros((size, 2), "<i2")
            self._microphone.seek(begin * RATE_IN // RATE * 2)
            you = np.frombuffer(self._microphone.read(size * RATE_IN // RATE * 2), "<i2")
            you = resample(you, RATE_IN, RATE)[:size]
            both[: len(you), 0] = you
            for segment in self._segments:
                self._overlay(both[:, 1], segment, begin)
            yield both.tobytes()

    def _overlay(self, channel: np.ndarray, segment: _Segment, begin: int) -> None:
        """Puts the part of a segment that lies in the window, and was heard, into it."""
        first = max(segment.at, begin)
        last = min(segment.at + segment.samples, begin + len(channel), self._cut(segment))
        if last <= first:
            return
        self._answers.seek(segment.offset + (first - segment.at) * 2)
        channel[first - begin : last - begin] = np.frombuffer(self._answers.read((last - first) * 2), "<i2")

    def _cut(self, segment: _Segment) -> int:
        """The sample at which an answer was cut off."""
        facts = self.turns.get(segment.turn)
        if facts is None or facts.status != "interrupted" or facts.heard_ms is None or facts.first_audio_ms is None:
            return segment.at + segment.samples
        return (facts.first_audio_ms + facts.heard_ms) * RATE // 1000


def resample(samples: np.ndarray, rate: int, to: int) -> np.ndarray:
    """Samples at another rate, by straight lines: of a piece the filters of `media/recording` would change both ends,
    which are heard where pieces meet. int16, mono."""
    if not len(samples) or rate == to:
        return samples
    places = np.arange(len(samples) * to // rate) * (rate / to)
    resampled: np.ndarray = np.interp(places, np.arange(len(samples)), samples).astype("<i2")
    return resampled


def webvtt(captions: list[CaptionLine]) -> str:
    """Captions as WebVTT; the speaker stands as a voice tag (www.w3.org/TR/webvtt1, voice spans)."""
    cues = []
    for line in captions:
        text = line.text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ").strip()
        if text:
            end = max(line.end_ms, line.at_ms + 500)
            name = "You" if line.speaker == "you" else "Model"
            cues.append(f"{_clock(line.at_ms)} --> {_clock(end)}\n<v {name}>{text}")
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
