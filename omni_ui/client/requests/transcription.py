"""Speech to text: POST /v1/audio/transcriptions, a form (WIRE.md 19; vllm's own route, on servers of such models)."""

from typing import ClassVar

from omni_ui.client.requests.base import Maybe, param
from omni_ui.client.requests.files import AudioFile, FormRequest


class TranscriptionRequest(FormRequest):
    """Writes down what is said in a recording."""

    tab: ClassVar[str] = "listen"
    path: ClassVar[str] = "/v1/audio/transcriptions"

    file: AudioFile = param(
        ..., label="Recording", help="The recording to transcribe: at most 25 MB and 10 minutes.", kind="audio"
    )
    language: Maybe[str] = param(
        label="Language", help="The language spoken, such as en or zh. Detected if empty.", max_length=20
    )
    prompt: Maybe[str] = param(
        label="Prompt", help="Names and terms in the recording, spelled as they should appear.", max_length=2000
    )
