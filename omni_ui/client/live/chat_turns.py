"""Turns over /v1/chat/completions, for servers without a live route: each utterance is a message with a recording."""

import asyncio
import base64
import io
import wave
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import uuid4

from omni_ui.client.events import AudioChunk, ChatEvent, Failed, TextDelta
from omni_ui.client.live.events import RATE_IN, Capabilities, Caption, TalkAudio, TalkConfig, TurnEnded, TurnStarted
from omni_ui.client.live.utterances import Utterance, UtteranceTalk
from omni_ui.client.requests.chat import ChatRequest

KEPT_RECORDINGS = 4
"""Utterances that are sent again with each turn; of older ones the answers stand for what was said."""

Chat = Callable[[ChatRequest], AsyncGenerator[ChatEvent]]


class ChatTurns(UtteranceTalk):
    """One chat request for each utterance. chat: `OmniClient.chat`."""

    def __init__(self, chat: Chat, config: TalkConfig, speaks: bool) -> None:
        """speaks: whether the model can answer in sound."""
        super().__init__(config)
        self._chat, self._speaks = chat, speaks
        self._history: list[dict[str, object]] = []

    @property
    def can(self) -> Capabilities:
        return Capabilities(profile="chat", text=True)

    async def _answer(self, utterance: Utterance) -> None:
        turn = uuid4().hex
        self._turn = turn
        self._history.append({"role": "user", "content": await _content(utterance)})
        self._emit(TurnStarted(turn))
        text: list[str] = []
        try:
            async with aclosing(self._chat(self._request())) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        text.append(event.text)
                        self._emit(Caption("model", event.text, turn))
                    elif isinstance(event, AudioChunk):
                        self._emit(TalkAudio(turn, _mono(event), event.rate))
                    elif isinstance(event, Failed):
                        raise event.error
        finally:
            self._history.append({"role": "assistant", "content": "".join(text) or "…"})
            self._forget_old_recordings()
        self._emit(TurnEnded(turn, "completed"))

    def _request(self) -> ChatRequest:
        system = [{"role": "system", "content": self._config.instructions}] if self._config.instructions else []
        wanted = [name for name in self._config.modalities if name == "text" or self._speaks]
        return ChatRequest.model_validate(
            {
                "messages": system + self._history,
                "modalities": wanted,
                "voice": self._config.voice,
                "max_tokens": self._config.max_tokens,
                "stream": True,
            }
        )

    def _forget_old_recordings(self) -> None:
        for message in self._history[: -2 * KEPT_RECORDINGS]:
            if isinstance(message["content"], list):
                message["content"] = "(spoken)"
        del self._history[:-40]


async def _content(utterance: Utterance) -> str | list[dict[str, object]]:
    """The content of a message of chat completions."""
    if not utterance.pcm:
        return utterance.text
    recording = await asyncio.to_thread(_wav_base64, utterance.pcm)
    return [{"type": "input_audio", "input_audio": {"data": recording, "format": "wav"}}]


def _wav_base64(pcm: bytes) -> str:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_IN)
        file.writeframes(pcm)
    return base64.b64encode(content.getvalue()).decode()


def _mono(chunk: AudioChunk) -> bytes:
    """The first channel: the page plays one."""
    if chunk.channels == 1:
        return chunk.pcm
    size = 2 * chunk.channels
    return b"".join(chunk.pcm[at : at + 2] for at in range(0, len(chunk.pcm) // size * size, size))
