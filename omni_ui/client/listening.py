"""The part of OmniClient that listens: recordings written down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from omni_ui.client.connection.retries import OnWait
from omni_ui.client.errors import BadRequest, BrokenAnswer, NotFound, NothingMade
from omni_ui.client.requests.transcription import TranscriptionRequest
from omni_ui.client.server.server import Server

LONGEST = 200_000
"""Characters of a transcript that are taken."""


@dataclass(frozen=True)
class Transcript:
    """What was said. seconds: of the recording, as the server counts them; None where it does not say."""

    text: str
    seconds: float | None = None


class ListenCalls(Server):
    """See OmniClient."""

    async def transcribe(
        self, request: TranscriptionRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Transcript:
        """What is said in a recording, as text.

        NotFound where the server has no model for it, NothingMade where it heard no words.
        """
        model = await self._listening_model()
        call = (await self.schema()).trim(request.wire(model))
        try:
            body = await self._wire.fetch_json(replace(call, files=request.wire().files), on_wait, deadline)
        except NotFound as gone:
            if gone.server_message not in ("Not Found", ""):
                raise
            gone.rephrase("This server does not transcribe speech.", "Set one that does with OMNI_LISTEN_URL.")
            raise
        return read_transcript(body)

    async def listens(self) -> bool:
        """Whether the server has the route for it: vLLM adds it only where the model can (WIRE.md 19)."""
        return TranscriptionRequest.path in (await self.schema()).routes

    async def _listening_model(self) -> str | None:
        if self.model:
            return self.model
        models = (await self._listed()).models
        if not models:
            raise BadRequest("This server lists no model.", "Start one that transcribes speech.")
        return models[0].id


def read_transcript(body: Mapping[str, object]) -> Transcript:
    """The text of an answer. `text` and `json` come alike, as JSON (WIRE.md 19)."""
    text = body.get("text")
    if not isinstance(text, str):
        raise BrokenAnswer("The server's answer contains no text.")
    if not text.strip():
        raise NothingMade("The server recognised no words.", "Speak nearer to the microphone, or louder.")
    usage = body.get("usage")
    seconds = usage.get("seconds") if isinstance(usage, dict) else None
    counted = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return Transcript(text.strip()[:LONGEST], float(seconds) if counted and seconds is not None else None)
