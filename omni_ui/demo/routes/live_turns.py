"""Live talk by turns: one utterance between two commits, one answer (wire: realtime of vLLM-Omni 0.30.0)."""

import asyncio
import json
import re
from uuid import uuid4

import numpy as np

from omni_ui.demo.routes.live_talk import FORMAT, Talk, decode, encode, what_is_said


class Turns(Talk):
    """Takes an utterance between two commits and answers it. No detection, no interruption."""

    async def run(self) -> None:
        await self.socket.send_json({"type": "session.created", "id": f"sess-{uuid4().hex}", "created": 0})
        validated = False
        heard: list[np.ndarray] = []
        while True:
            try:
                event = json.loads(await self.socket.receive_text())
            except ValueError:
                await self._error("invalid_json", "Invalid JSON")
                continue
            kind = event.get("type") if isinstance(event, dict) else None
            if kind == "session.update":
                validated = True
            elif kind == "input_audio_buffer.append":
                try:
                    heard.append(decode(event.get("audio")))
                except ValueError as wrong:
                    await self._error("invalid_audio", str(wrong))
                del heard[:-120]
            elif kind == "input_audio_buffer.commit" and not validated:
                await self._error("model_not_validated", "Send session.update with the model first")
            elif kind == "input_audio_buffer.commit" and event.get("final"):
                utterance = np.concatenate([np.zeros(0, np.int16), *heard])
                heard.clear()
                await self.stop("replaced")
                self.answering = asyncio.create_task(self._respond(utterance))
            elif kind != "input_audio_buffer.commit":
                await self._error("unknown_event", f"Unknown event type: {kind}")

    async def _error(self, code: str, message: str) -> None:
        await self.socket.send_json({"type": "error", "error": message, "code": code})

    async def _respond(self, samples: np.ndarray) -> None:
        text = await asyncio.to_thread(what_is_said, samples) if len(samples) else ""
        try:
            for word in re.findall(r"\S+\s*", text):
                await self.socket.send_json({"type": "transcription.delta", "delta": word})
            async for piece in self.speak(text):
                await self.socket.send_json({"type": "response.output_audio.delta", "audio": encode(piece), **FORMAT})
        except Exception as wrong:
            await self._error("processing_error", str(wrong))
            return
        await self.socket.send_json({"type": "transcription.done", "text": text, "usage": {}})
        await self.socket.send_json({"type": "response.output_audio.done", "has_audio": bool(text)})
