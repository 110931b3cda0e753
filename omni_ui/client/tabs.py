"""The tabs that ask a server for something, in the order in which they stand, and what each asks for."""

from typing import Literal, get_args

from omni_ui.client.requests.base import Request
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.edit import EditRequest
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import SpeechRequest
from omni_ui.client.requests.video import VideoRequest

Tab = Literal["chat", "image", "edit", "speech", "sound", "video"]
TABS: tuple[Tab, ...] = get_args(Tab)
REQUESTS: dict[str, type[Request]] = {
    model.tab: model for model in (ChatRequest, ImageRequest, EditRequest, SpeechRequest, SoundRequest, VideoRequest)
}
