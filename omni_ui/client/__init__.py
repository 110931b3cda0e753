"""A client for vLLM-Omni servers. It needs no other part of this app.

    async with OmniClient("http://host:8091", api_key=…) as omni:
        made = await omni.images(ImageRequest(prompt="a red fox"))

Errors are one tree; each carries a sentence that can be shown as it is (see `_errors`):

    OmniError
    ├── NotReachable, TimedOut, NotVllmOmni, BrokenAnswer, NothingMade
    ├── Unauthorized, NotFound, BadRequest (TooLarge)
    ├── ServerBusy (RateLimited, GatewayFailed (GatewayTimedOut))
    └── ServerFailed (OutOfMemory)
"""

import os

from omni_ui.client.answers.failures import known_error
from omni_ui.client.answers.formats import FileRef, Picture, media_type_of, replace_files, type_of_file
from omni_ui.client.answers.pictures import Pictures
from omni_ui.client.answers.speech import BatchResult
from omni_ui.client.client import OmniClient
from omni_ui.client.connection.addresses import read_address, read_headers, read_key
from omni_ui.client.connection.log import Answer, set_up
from omni_ui.client.connection.retries import CallObserver, Wait
from omni_ui.client.connection.sessions import JobSession
from omni_ui.client.errors import (
    BadRequest,
    BrokenAnswer,
    GatewayFailed,
    GatewayTimedOut,
    NotFound,
    NothingMade,
    NotReachable,
    NotVllmOmni,
    OmniError,
    OutOfMemory,
    RateLimited,
    ServerBusy,
    ServerFailed,
    TimedOut,
    TooLarge,
    Unauthorized,
)
from omni_ui.client.events import (
    AudioChunk,
    ChatEvent,
    Discard,
    Failed,
    Finish,
    PictureMade,
    ReasoningDelta,
    Speech,
    SpeechEvent,
    TextDelta,
    Usage,
)
from omni_ui.client.gateway.gateways import cost_of
from omni_ui.client.jobs import VideoJob
from omni_ui.client.listening import Transcript
from omni_ui.client.requests.base import PROMPT_FIELDS, Request, WireCall, param, ui_option
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.edit import EDIT_SIZES, EditRequest
from omni_ui.client.requests.files import FILE_KINDS, FormRequest
from omni_ui.client.requests.image import SIZES, ImageRequest
from omni_ui.client.requests.song import SongRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import LANGUAGES, SpeechRequest, VoiceUpload, batch_call
from omni_ui.client.requests.timeline import TimelineEvent
from omni_ui.client.requests.transcription import TranscriptionRequest
from omni_ui.client.requests.video import VideoRequest
from omni_ui.client.requests.video_fields import VIDEO_SIZES
from omni_ui.client.server.discovery import Ability, Capabilities, ModelInfo
from omni_ui.client.server.doctor import Diagnosis, examine
from omni_ui.client.server.find_models import recommended_fields
from omni_ui.client.server.load import Load
from omni_ui.client.server.server import Health
from omni_ui.client.sync_client import SyncOmniClient
from omni_ui.client.voices import SavedVoice, Voices
from omni_ui.client.wrong_values import Problem, problems

__all__ = [
    "EDIT_SIZES",
    "FILE_KINDS",
    "LANGUAGES",
    "PROMPT_FIELDS",
    "SIZES",
    "VIDEO_SIZES",
    "Ability",
    "Answer",
    "AudioChunk",
    "BadRequest",
    "BatchResult",
    "BrokenAnswer",
    "CallObserver",
    "Capabilities",
    "ChatEvent",
    "ChatRequest",
    "Diagnosis",
    "Discard",
    "EditRequest",
    "Failed",
    "FileRef",
    "Finish",
    "FormRequest",
    "GatewayFailed",
    "GatewayTimedOut",
    "Health",
    "ImageRequest",
    "JobSession",
    "Load",
    "ModelInfo",
    "NotFound",
    "NotReachable",
    "NotVllmOmni",
    "NothingMade",
    "OmniClient",
    "OmniError",
    "OutOfMemory",
    "Picture",
    "PictureMade",
    "Pictures",
    "Problem",
    "RateLimited",
    "ReasoningDelta",
    "Request",
    "SavedVoice",
    "ServerBusy",
    "ServerFailed",
    "SongRequest",
    "SoundRequest",
    "Speech",
    "SpeechEvent",
    "SpeechRequest",
    "SyncOmniClient",
    "TextDelta",
    "TimedOut",
    "TimelineEvent",
    "TooLarge",
    "Transcript",
    "TranscriptionRequest",
    "Unauthorized",
    "Usage",
    "VideoJob",
    "VideoRequest",
    "VoiceUpload",
    "Voices",
    "Wait",
    "WireCall",
    "batch_call",
    "cost_of",
    "examine",
    "hint",
    "known_error",
    "media_type_of",
    "param",
    "problems",
    "read_address",
    "read_headers",
    "read_key",
    "recommended_fields",
    "replace_files",
    "type_of_file",
    "ui_option",
]

hint = ui_option
"""Its earlier name, for programs that import it."""
set_up(os.environ.get("OMNI_LOG"))
