"""Turns over /v1/realtime without duplex: one utterance in, one answer out (WIRE.md 15).

The server neither detects speech nor can be interrupted: the utterance is found here, and an answer is stopped by
closing the line. It knows nothing of what was said before.
"""

import base64
from collections.abc import Awaitable, Callable
from uuid import uuid4

from omni_ui.client.live.duplex import _audio, error_code, error_sentence
from omni_ui.client.live.events import (
    RATE_IN,
    Capabilities,
    Caption,
    Notice,
    TalkConfig,
    TalkEvent,
    TurnEnded,
    TurnStarted,
)
from omni_ui.client.live.sockets import Event, LiveSocket
from omni_ui.client.live.utterances import Utterance, UtteranceTalk

SEGMENT = 5.0
"""Seconds of sound that a server with asynchronous chunks answers at once (qwen3_omni.py:305-331)."""
PIECE = RATE_IN * 2
"""Bytes sent in one event: a second."""

OpenSocket = Callable[[], Awaitable[LiveSocket]]


class RealtimeTurns(UtteranceTalk):
    """One answer for each utterance, over one line for as long as no answer is stopped."""

    def __init__(self, open_socket: OpenSocket, socket: LiveSocket, model: str | None, config: TalkConfig) -> None:
        super().__init__(config)
        self._open, self._model = open_socket, model
        self._socket: LiveSocket | None = socket
        self._introduced = False
        self._told_of_segments = False

    @property
    def can(self) -> Capabilities:
        return Capabilities(profile="turns", history=False)

    async def _answer(self, utterance: Utterance) -> None:
        sound = utterance.pcm
        turn = uuid4().hex
        self._turn = turn
        if self._socket is None:
            self._socket, self._introduced = await self._open(), False
        if not self._introduced:
            await self._socket.send({"type": "session.update", "model": self._model})
            self._introduced = True
        if len(sound) > SEGMENT * RATE_IN * 2 and not self._told_of_segments:
            self._told_of_segments = True
            self._emit(Notice("This server answers each 5 seconds of speech separately: short questions work best."))
        await self._socket.send({"type": "input_audio_buffer.commit"})
        for begin in range(0, len(sound), PIECE):
            audio = base64.b64encode(sound[begin : begin + PIECE]).decode()
            await self._socket.send({"type": "input_audio_buffer.append", "audio": audio})
        await self._socket.send({"type": "input_audio_buffer.commit", "final": True})
        self._emit(TurnStarted(turn))
        while True:
            event = await self._socket.receive()
            if isinstance(event, bytes):
                continue
            for item in self._read(event, turn):
                self._emit(item)
                if isinstance(item, TurnEnded):
                    return

    def _read(self, event: Event, turn: str) -> list[TalkEvent]:
        kind = event.get("type")
        if kind == "transcription.delta":  # the model's answer, not what the visitor said
            text = event.get("delta")
            return [Caption("model", text, turn)] if isinstance(text, str) and text else []
        if kind == "response.output_audio.delta":
            return _audio(turn, event.get("audio"), event.get("sample_rate_hz"))
        if kind == "response.output_audio.done":
            return [TurnEnded(turn, "completed")]
        if kind == "error":
            return [Notice(error_sentence(event), "error"), TurnEnded(turn, "failed", error_code(event))]
        return []

    async def _stop_answer(self) -> None:
        """There is no cancelling: the line is closed, which ends the work, and opened again for the next turn."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.aclose()

    async def _close(self) -> None:
        await super()._close()
        await self._stop_answer()
