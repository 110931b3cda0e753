"""The tabs that ask a server for something, in the order in which they stand, and what is particular to each."""

from typing import Literal, NamedTuple, get_args

from omni_ui.client.requests.base import Request
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.edit import EditRequest
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import SpeechRequest
from omni_ui.client.requests.video import VideoRequest

Tab = Literal["chat", "image", "edit", "speech", "sound", "video"]
TABS: tuple[Tab, ...] = get_args(Tab)


class TabFacts(NamedTuple):
    """routes: any of these of a server makes the tab possible. verb: what such a server can do. usual_model: one to run
    for it. result: what an agent gets, as a sentence.
    """

    request: type[Request]
    title: str
    routes: tuple[str, ...]
    verb: str
    usual_model: str
    result: str

    @property
    def start(self) -> str:
        """The line that starts a server for the tab."""
        return f"vllm serve {self.usual_model} --omni --port 8091"


FACTS: dict[str, TabFacts] = {
    "chat": TabFacts(
        ChatRequest, "Chat", ("/v1/chat/completions",), "talk", "Qwen/Qwen3-Omni-30B-A3B-Instruct",
        "Gives the answer; pictures and speech in it as files.",
    ),
    "image": TabFacts(
        ImageRequest, "Image", ("/v1/images/generations",), "make pictures from words", "Tongyi-MAI/Z-Image-Turbo",
        "Gives the pictures, and their addresses.",
    ),
    "edit": TabFacts(
        EditRequest, "Edit", ("/v1/images/edits",), "change pictures", "Qwen/Qwen-Image-Edit-2509",
        "Gives the changed pictures, and their addresses.",
    ),
    "speech": TabFacts(
        SpeechRequest, "Speech", ("/v1/audio/speech",), "speak", "Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice",
        "Gives the recording, and its address.",
    ),
    "sound": TabFacts(
        SoundRequest, "Sound", ("/v1/audio/generate",), "make sounds", "stabilityai/stable-audio-open-1.0",
        "Gives the sound, and its address.",
    ),
    "video": TabFacts(
        VideoRequest, "Video", ("/v1/videos", "/v1/videos/generations"), "make videos",
        "Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        "Waits until the video is done, which may take minutes, and gives its address.",
    ),
}  # fmt: skip
"""By tab; settings, servers, the page and the tools for agents derive what they need from it."""
REQUESTS = {tab: facts.request for tab, facts in FACTS.items()}
