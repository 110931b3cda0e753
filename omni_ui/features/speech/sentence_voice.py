"""Speaks sentence after sentence with a server's voice: over one connection where it has that, else by requests."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Self

from omni_ui.client import AudioChunk, Failed, NotFound, NotVllmOmni, OmniClient, SpeechRequest, TimedOut
from omni_ui.client.closing import AsyncClosing
from omni_ui.client.live import SpeechSession


class SentenceVoice(AsyncClosing):
    """A voice with the settings of a request, whose text is not spoken."""

    def __init__(self, omni: OmniClient, request: SpeechRequest, session: SpeechSession | None) -> None:
        self._omni, self._request = omni, request
        self.session = session
        """The connection; None where the server has no such route."""

    @classmethod
    async def open(cls, omni: OmniClient, request: SpeechRequest) -> Self:
        try:
            session = await omni.open_speech(request, words=False)
        except (NotFound, NotVllmOmni, TimedOut):
            session = None
        return cls(omni, request, session)

    async def speak(self, text: str) -> AsyncGenerator[AudioChunk]:
        """The sound of one sentence while it is made. Raises OmniError."""
        request = self._request.model_copy(update={"input": text, "stream": True})
        source = self.session.speak(text) if self.session else self._omni.speech_stream(request)
        async with aclosing(source) as events:
            async for event in events:
                if isinstance(event, AudioChunk):
                    yield event
                elif isinstance(event, Failed):
                    raise event.error

    async def aclose(self) -> None:
        if self.session:
            await self.session.aclose()
