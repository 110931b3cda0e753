"""Talk by utterances, for servers that do not listen by themselves: what is said is cut out here and then answered."""

import asyncio
from abc import abstractmethod
from contextlib import suppress
from dataclasses import dataclass

from omni_ui.client.errors import OmniError
from omni_ui.client.live.base import BaseTalk
from omni_ui.client.live.events import RATE_IN, Caption, Notice, SpeechStarted, SpeechStopped, TalkConfig, TurnEnded
from omni_ui.client.live.voice_activity import VoiceActivity

LONGEST = 60.0
"""Seconds of one utterance; what is longer is answered in parts."""


@dataclass(frozen=True)
class Utterance:
    """What is to be answered: sound (signed 16 bit, mono, RATE_IN), or a text."""

    pcm: bytes = b""
    text: str = ""


class UtteranceTalk(BaseTalk):
    """Finds utterances by loudness, or takes what was said until `end_turn`, and has each answered by `_answer`.

    Speaking while an answer is given stops that answer.
    """

    def __init__(self, config: TalkConfig) -> None:
        super().__init__()
        self._config = config
        self._activity = VoiceActivity(LONGEST)
        self._held = bytearray()
        self._told_of_length = False
        self._utterances: asyncio.Queue[Utterance] = asyncio.Queue(4)
        self._answering: asyncio.Task[None] | None = None

    @abstractmethod
    async def _answer(self, utterance: Utterance) -> None:
        """Sends an utterance and emits its answer, TurnStarted to TurnEnded."""

    async def _stop_answer(self) -> None:
        """What remains to be done at the server after `_answer` was cancelled."""

    async def send_text(self, text: str) -> bool:
        """A text is an utterance as well, where the server takes one."""
        if not self.can.text:
            return False
        self._emit(Caption("you", text, final=True))
        await self._ask(Utterance(text=text))
        return True

    async def send_audio(self, pcm: bytes) -> None:
        if self._config.hold:
            self._held += pcm
            if len(self._held) > int(LONGEST * RATE_IN) * 2:
                if not self._told_of_length:
                    self._told_of_length = True
                    self._emit(Notice("Only the last 60 seconds are sent: release the button sooner."))
                del self._held[: -int(LONGEST * RATE_IN) * 2]
            return
        for change in self._activity.feed(pcm):
            milliseconds = change.at * 1000 // RATE_IN
            if change.kind == "started":
                self._emit(SpeechStarted(milliseconds))
                await self.interrupt()
            else:
                self._emit(SpeechStopped(milliseconds))
                utterance = self._activity.take()
                if len(utterance) >= int(LONGEST * RATE_IN) * 2:
                    self._emit(Notice("You have spoken for a minute: pause so that the model can answer."))
                await self._ask(Utterance(utterance))

    async def end_turn(self) -> None:
        if not self._config.hold:
            return
        utterance = bytes(self._held)
        self._held.clear()
        self._told_of_length = False
        if len(utterance) < RATE_IN * 2 // 5:
            self._emit(Notice("That was too short to hear: hold the button while you speak.", "error"))
            return
        await self._ask(Utterance(utterance))

    async def interrupt(self) -> None:
        task = self._answering
        if task is not None and not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._stop_answer()
            self._emit(TurnEnded(self._turn, "interrupted", "barge_in"))

    async def _ask(self, utterance: Utterance) -> None:
        await self.interrupt()
        with suppress(asyncio.QueueFull):
            self._utterances.put_nowait(utterance)

    async def _run(self) -> None:
        while True:
            utterance = await self._utterances.get()
            self._answering = asyncio.create_task(self._answer(utterance))
            try:
                await self._answering
            except asyncio.CancelledError:
                if self._closing or not self._answering.cancelled():
                    raise
            except OmniError as error:
                await self._stop_answer()
                self._emit(Notice(error.sentence, "error"))
                self._emit(TurnEnded(self._turn, "failed"))

    async def _close(self) -> None:
        if self._answering:
            self._answering.cancel()
            with suppress(asyncio.CancelledError, OmniError):
                await self._answering
