"""The client without `await`, for scripts and notebooks. Made by generate_sync.py; do not edit."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Literal

import httpx

from omni_ui.client.answers.pictures import OnPicture, Pictures
from omni_ui.client.answers.speech import BatchResult
from omni_ui.client.connection.retries import OnWait
from omni_ui.client.connection.sessions import JobSession
from omni_ui.client.events import ChatEvent, Failed, Speech, SpeechEvent, TextDelta
from omni_ui.client.jobs import VideoJob
from omni_ui.client.json_types import Json
from omni_ui.client.listening import Transcript
from omni_ui.client.requests.base import Request
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.edit import EditRequest
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import SpeechRequest, VoiceUpload
from omni_ui.client.requests.transcription import TranscriptionRequest
from omni_ui.client.requests.video import VideoRequest
from omni_ui.client.server.discovery import Ability, Capabilities, ModelInfo
from omni_ui.client.server.load import Load
from omni_ui.client.server.schema import Fitted, RequestT, ServerSchema
from omni_ui.client.server.server import Health
from omni_ui.client.sync_base import SyncBase
from omni_ui.client.voices import SavedVoice, Voices


class SyncOmniClient(SyncBase):
    """One vLLM-Omni server, as `OmniClient`, with calls that block: `with SyncOmniClient(url) as omni`.

    It takes the arguments of `OmniClient`. Its requests run in a thread of its own, so it may be used inside a running
    event loop too (notebooks), and by several threads at once. What streams is a generator: leaving it stops the work.
    """

    def raw(self, request: Request, *, on_wait: OnWait | None = None, deadline: float | None = None) -> httpx.Response:
        """The server's own answer to any request: status, headers and the bytes as they came.

        Errors are raised as by all other calls. A request that streams is read to its end.
        """
        return self._run(lambda: self._omni.raw(request, on_wait=on_wait, deadline=deadline))

    def images(
        self,
        request: ImageRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        on_picture: OnPicture | None = None,
    ) -> Pictures:
        """Pictures from words. Layered models give the layers of each picture one after the other.

        on_picture: called with each picture of the answer as soon as it is whole, while the others still come. The
        answer may fail after that; what it returns holds, not what came before.
        """
        return self._run(lambda: self._omni.images(request, on_wait=on_wait, deadline=deadline, on_picture=on_picture))

    def edits(
        self,
        request: EditRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        on_picture: OnPicture | None = None,
    ) -> Pictures:
        """Changed pictures. Cancelling frees the caller; the server works on to the end (WIRE.md 12).

        on_picture: as of `images`.
        """
        return self._run(lambda: self._omni.edits(request, on_wait=on_wait, deadline=deadline, on_picture=on_picture))

    def edits_stream(
        self, request: EditRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Generator[TextDelta | Pictures | Failed, None, None]:
        """What a multi-stage model thinks, then the pictures. Other models refuse it (BadRequest).

        Errors before the answer begins are raised; later ones are a `Failed` at the end.
        """
        return self._iterate(lambda: self._omni.edits_stream(request, on_wait=on_wait, deadline=deadline))

    def chat(
        self, request: ChatRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Generator[ChatEvent, None, None]:
        """The answer as events, whether the server streams or not.

        Pictures alone come by the pictures' route where a chat would lose their settings (`model_rules`). Errors
        before the answer begins are raised; later ones are a `Failed` at the end.
        """
        return self._iterate(lambda: self._omni.chat(request, on_wait=on_wait, deadline=deadline))

    def speech(self, request: SpeechRequest, *, on_wait: OnWait | None = None, deadline: float | None = None) -> Speech:
        """The whole speech as one file."""
        return self._run(lambda: self._omni.speech(request, on_wait=on_wait, deadline=deadline))

    def speech_stream(
        self, request: SpeechRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Generator[SpeechEvent, None, None]:
        """Samples while they are made, then the usage. `stream_format="audio"` asks for raw sound, without usage.

        The server is asked for wav, whose header tells the rate, unless the request says pcm: then the rate is
        `sample_rate`, or 24000 as with Qwen3-TTS. A model that cannot stream gives all at once. Errors before the
        answer begins are raised; later ones are a `Failed` at the end, after a `Discard` when the sound is spoilt.
        """
        return self._iterate(lambda: self._omni.speech_stream(request, on_wait=on_wait, deadline=deadline))

    def speech_batch(
        self, requests: Sequence[SpeechRequest], *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> list[BatchResult]:
        """Several texts, each with its speech or its error, in their order. A batch takes no seeds (WIRE.md 9)."""
        return self._run(lambda: self._omni.speech_batch(requests, on_wait=on_wait, deadline=deadline))

    def sound(self, request: SoundRequest, *, on_wait: OnWait | None = None, deadline: float | None = None) -> Speech:
        """A sound or a piece of music as one file."""
        return self._run(lambda: self._omni.sound(request, on_wait=on_wait, deadline=deadline))

    def voices(self) -> Voices:
        """The voices that the server lists; "default" stands on every server, also on one that cannot speak."""
        return self._run(lambda: self._omni.voices())

    def upload_voice(self, upload: VoiceUpload, *, deadline: float | None = None) -> SavedVoice:
        """Saves a voice. It replaces one of the same name; a failed upload deletes that one (WIRE.md 9)."""
        return self._run(lambda: self._omni.upload_voice(upload, deadline=deadline))

    def delete_voice(self, name: str) -> None:
        """Deletes a saved voice. NotFound for one that is unknown or the model's own."""
        return self._run(lambda: self._omni.delete_voice(name))

    def create_video(
        self,
        request: VideoRequest,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        session: JobSession | None = None,
    ) -> VideoJob:
        """Starts a job. A server that cannot make videos still takes it; the job fails then (WIRE.md 3).

        BadRequest with status 409 where a video comes only to whoever waits for it: use `video_sync` there.
        """
        return self._run(lambda: self._omni.create_video(request, on_wait=on_wait, deadline=deadline, session=session))

    def video(self, id: str, *, session: JobSession | None = None) -> VideoJob:
        """A job's state. NotFound after it was deleted, when the server was restarted since, or when a router
        asked a replica that does not have it.
        """
        return self._run(lambda: self._omni.video(id, session=session))

    def videos(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        order: Literal["asc", "desc"] = "desc",
        looks: int = 1,
    ) -> list[VideoJob]:
        """The jobs that the server knows, by when they were made. limit: 0 to 100, all without one.

        looks: how often it is asked. Behind a router each answer is the list of one replica; they are merged by id.
        """
        return self._run(lambda: self._omni.videos(after=after, limit=limit, order=order, looks=looks))

    def each_video(self, *, order: Literal["asc", "desc"] = "desc", page: int = 100) -> Generator[VideoJob, None, None]:
        """All jobs that the server knows, asked for page by page (1 to 100 each) as they are used."""
        return self._iterate(lambda: self._omni.each_video(order=order, page=page))

    def delete_video(self, id: str, *, session: JobSession | None = None) -> None:
        """Stops a job and removes it and its file; afterwards it is NotFound."""
        return self._run(lambda: self._omni.delete_video(id, session=session))

    def video_content(
        self,
        id: str,
        path: Path,
        *,
        on_wait: OnWait | None = None,
        deadline: float | None = None,
        session: JobSession | None = None,
    ) -> int:
        """Downloads a finished video to `path` in constant memory, taking up broken downloads; its bytes."""
        return self._run(
            lambda: self._omni.video_content(id, path, on_wait=on_wait, deadline=deadline, session=session)
        )

    def video_sync(
        self, request: VideoRequest, path: Path, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> int:
        """Makes a video in one call and writes it to `path`; its bytes. Cancelling does not stop the server."""
        return self._run(lambda: self._omni.video_sync(request, path, on_wait=on_wait, deadline=deadline))

    def streams_videos(self) -> bool:
        """Whether the server gives videos while they are made. It is asked over the line itself; nothing is made."""
        return self._run(lambda: self._omni.streams_videos())

    def transcribe(
        self, request: TranscriptionRequest, *, on_wait: OnWait | None = None, deadline: float | None = None
    ) -> Transcript:
        """What is said in a recording, as text.

        NotFound where the server has no model for it, NothingMade where it heard no words.
        """
        return self._run(lambda: self._omni.transcribe(request, on_wait=on_wait, deadline=deadline))

    def listens(self) -> bool:
        """Whether the server has the route for it: vLLM adds it only where the model can (WIRE.md 19)."""
        return self._run(lambda: self._omni.listens())

    def workers(self) -> int | None:
        """How many servers a vllm-router names (GET /list_workers, src/server.rs); None when none answers so."""
        return self._run(lambda: self._omni.workers())

    def litellm_version(self) -> str | None:
        """The version in LiteLLM's answer to /health/readiness, None when there is none."""
        return self._run(lambda: self._omni.litellm_version())

    def health(self, timeout: float = 2.0) -> Health:
        """Whether the server answers, in at most `timeout` seconds. Never raises, and costs no GPU time anywhere.

        The list of models is asked, not /health: LiteLLM's calls every model (docs.litellm.ai/docs/proxy/health).
        A server that wants another key is well. Where LiteLLM answers, its own readiness is asked too.
        """
        return self._run(lambda: self._omni.health(timeout))

    def models(self) -> list[ModelInfo]:
        """The models that the server lists."""
        return self._run(lambda: self._omni.models())

    def version(self) -> str | None:
        """The server's version of vLLM, None when it has no such route."""
        return self._run(lambda: self._omni.version())

    def openapi(self) -> Json:
        """The server's own description; empty when it gives none (--disable-fastapi-docs)."""
        return self._run(lambda: self._omni.openapi())

    def metrics(self, timeout: float = 10.0) -> str | None:
        """The Prometheus text, None when the server does not show it."""
        return self._run(lambda: self._omni.metrics(timeout))

    def load(self, timeout: float = 2.0) -> Load | None:
        """How busy the server is, None when it does not answer within `timeout` seconds. Never raises."""
        return self._run(lambda: self._omni.load(timeout))

    def capabilities(self, refresh: bool = False) -> Capabilities:
        """What this server can do, by tab; kept for a few seconds. Raises when the server cannot be asked."""
        return self._run(lambda: self._omni.capabilities(refresh))

    def schema(self, version: str | None = None, refresh: bool = False) -> ServerSchema:
        """What this server's routes take; empty when it does not tell. Never raises.

        version: the server's, when it was just asked: another one than at the last look means another server.
        """
        return self._run(lambda: self._omni.schema(version, refresh))

    def fit(self, request: RequestT) -> Fitted[RequestT]:
        """The request as this server and its model need it, and which settings were left out since it drops them.

        BadRequest for a file that it would drop.
        """
        return self._run(lambda: self._omni.fit(request))

    def known_ability(self, tab: str) -> Ability | None:
        """What the listed models can do for a tab, by a list at most a minute old; None when there is none."""
        return self._run(lambda: self._omni.known_ability(tab))
