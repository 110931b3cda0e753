"""What the app hands to its tabs when it builds the page."""

from typing import Protocol

from omni_ui.core.audio.audio_stream import Listening
from omni_ui.core.backends import Backends
from omni_ui.features.history.service import Recorder
from omni_ui.features.speech.typed_text import TypedTexts
from omni_ui.features.video.jobs.jobs import VideoJobs


class TabServices(Protocol):
    """listening: where tabs that speak put their sound while it arrives. typed: texts that are spoken while they are
    written. jobs: the videos that are being made. recorder: writes down what is made, for the history.
    """

    backends: Backends
    listening: Listening
    typed: TypedTexts
    jobs: VideoJobs
    recorder: Recorder
