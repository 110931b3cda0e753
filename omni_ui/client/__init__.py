"""A client for vLLM-Omni servers. It needs no other part of this app.

    async with OmniClient("http://host:8091", api_key=…) as omni:
        made = await omni.images(ImageRequest(prompt="a red fox"))

Errors are one tree; each carries a sentence that can be shown as it is (see `_errors`):

    OmniError
    ├── NotReachable, TimedOut, NotVllmOmni, BrokenAnswer, NothingMade
    ├── Unauthorized, NotFound, BadRequest (TooLarge), ServerBusy
    └── ServerFailed (OutOfMemory)
"""

from omni_ui.client._client import Health, OmniClient
from omni_ui.client._discover import Ability, Capabilities, ModelInfo
from omni_ui.client._errors import (
    BadRequest,
    BrokenAnswer,
    NotFound,
    NothingMade,
    NotReachable,
    NotVllmOmni,
    OmniError,
    OutOfMemory,
    ServerBusy,
    ServerFailed,
    TimedOut,
    TooLarge,
    Unauthorized,
)
from omni_ui.client._image import SIZES, ImageRequest
from omni_ui.client._media import FileRef, Picture
from omni_ui.client._pictures import Pictures
from omni_ui.client._request import Problem, Request, WireCall, hint, knob, problems
from omni_ui.client._transport import Wait

__all__ = [
    "SIZES",
    "Ability",
    "BadRequest",
    "BrokenAnswer",
    "Capabilities",
    "FileRef",
    "Health",
    "ImageRequest",
    "ModelInfo",
    "NotFound",
    "NotReachable",
    "NotVllmOmni",
    "NothingMade",
    "OmniClient",
    "OmniError",
    "OutOfMemory",
    "Picture",
    "Pictures",
    "Problem",
    "Request",
    "ServerBusy",
    "ServerFailed",
    "TimedOut",
    "TooLarge",
    "Unauthorized",
    "Wait",
    "WireCall",
    "hint",
    "knob",
    "problems",
]
