"""The questions of a call that was kept, asked once more in a new call: the same sound, the same words."""

import asyncio
import json
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from omni_ui.client.live.events import RATE_IN
from omni_ui.core.files import Json
from omni_ui.features.talk.call import Call
from omni_ui.features.talk.recording import CallRecording, resample
from omni_ui.features.talk.replay.inputs import KeptInputs

MOST_QUESTIONS = 100
LONGEST_MS = 60_000
BEFORE_MS = 200
"""Kept from before a question: speech begins softly."""
PATIENCE = 120.0
"""Seconds to wait for one answer."""
PIECE = RATE_IN // 5
"""Bytes that are sent at once: 0.1 s."""


@dataclass(frozen=True)
class Question:
    """What the visitor said (signed 16 bit, mono, RATE_IN) or wrote."""

    pcm: bytes = b""
    text: str = ""
    picture: bytes | None = None
    """What the camera showed."""


def read_questions(document: Path, sound: Path, inputs: KeptInputs | None = None) -> list[Question]:
    """The questions of a call, in their order. ValueError where the files are none of a call."""
    inputs = inputs or KeptInputs()
    try:
        call = json.loads(document.read_text(encoding="utf-8"))
        with wave.open(str(sound)) as file:
            rate, channels = file.getframerate(), file.getnchannels()
            if call["format"] != "omni-call" or channels != 2 or file.getsampwidth() != 2:
                raise ValueError
            questions = []
            for begin, end, text in _stretches(call)[:MOST_QUESTIONS]:
                picture = inputs.picture_at(end)
                if text:
                    questions.append(Question(text=text, picture=picture))
                    continue
                file.setpos(min(file.getnframes(), begin * rate // 1000))
                frames = file.readframes(min(end - begin, LONGEST_MS) * rate // 1000)
                left = np.frombuffer(frames, "<i2").reshape(-1, 2)[:, 0]
                questions.append(Question(resample(left, rate, RATE_IN).tobytes(), picture=picture))
            return questions
    except (OSError, ValueError, KeyError, TypeError, wave.Error, EOFError):
        raise ValueError("no call") from None


def _stretches(call: Json) -> list[tuple[int, int, str]]:
    """Begin and end in milliseconds, and the text of what was written."""
    said = [line for line in call["captions"] if line["speaker"] == "you"]
    stretches = []
    for line in said:
        begin, end = int(line["at_ms"]), int(line["end_ms"])
        if end > begin:
            stretches.append((max(0, begin - BEFORE_MS), end, ""))
        elif line["text"].strip():
            stretches.append((begin, begin, line["text"].strip()))
    if stretches:
        return stretches
    # Held to talk, only what was held was recorded: from one question's end to the next one's.
    ends = [0, *(int(turn["asked_ms"]) for turn in call["turns"] if turn["asked_ms"])]
    return [(begin, end, "") for begin, end in pairwise(ends) if end > begin]


async def ask_again(call: Call, questions: list[Question]) -> None:
    """Asks one after the other, each once the answer before it is there. The call is one that is held to talk."""
    for question in questions:
        call.answered.clear()
        if question.picture:
            await call.look(question.picture)
        if question.text:
            await call.take({"type": "text", "text": question.text})
        else:
            began = call.recording.now_ms
            for at in range(0, len(question.pcm), PIECE):
                await call.hear(question.pcm[at : at + PIECE])
            call.recording.speech(True, began)
            call.recording.speech(False, call.recording.now_ms)
            await call.take({"type": "release"})
        async with _time_passes(call.recording):
            with suppress(TimeoutError):
                await asyncio.wait_for(call.answered.wait(), PATIENCE)
        # The answer has its place on the timeline, though nobody waits for it to be played.
        call.recording.add_microphone(bytes(2 * (call.recording.answer_end_ms * RATE_IN // 1000)))


@asynccontextmanager
async def _time_passes(recording: CallRecording) -> AsyncIterator[None]:
    """The clock of a call is its microphone, which hears nothing while an answer is waited for."""

    async def hear_nothing() -> None:
        passed = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            samples = int((time.monotonic() - passed) * RATE_IN)
            passed += samples / RATE_IN
            recording.add_microphone(bytes(2 * samples))

    clock = asyncio.create_task(hear_nothing())
    try:
        yield
    finally:
        clock.cancel()
        await asyncio.gather(clock, return_exceptions=True)
