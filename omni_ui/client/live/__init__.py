"""Live talk with a server: three ways of talking behind one interface.

    async with await omni.open_talk(TalkConfig()) as talk:
        await talk.send_audio(pcm)              # 16 kHz, mono, signed 16 bit, any length
        async for event in talk.events(): ...

The server is asked which way it offers; the model's name does not count.

And speech piece by piece over one connection, while its text is still being written: `omni.open_speech`.
And videos while they are made:

    async with await omni.open_video(VideoRequest(prompt="a red fox", watch=True)) as stream:
        async for event in stream.events(): ...
"""

from omni_ui.client.live.events import (
    CallEnded,
    Caption,
    Notice,
    SpeechStarted,
    SpeechStopped,
    TalkAudio,
    TalkConfig,
    TalkEvent,
    TalkSession,
    TurnEnded,
    TurnStarted,
)
from omni_ui.client.live.speech_events import SpokenEvent, Word, WordTimes
from omni_ui.client.live.speech_session import SpeechSession
from omni_ui.client.live.video import (
    InteractionQueued,
    InteractionRefused,
    StreamEnded,
    StreamEvent,
    StreamStarted,
    VideoChunk,
    VideoStream,
)

__all__ = [
    "CallEnded",
    "Caption",
    "InteractionQueued",
    "InteractionRefused",
    "Notice",
    "SpeechSession",
    "SpeechStarted",
    "SpeechStopped",
    "SpokenEvent",
    "StreamEnded",
    "StreamEvent",
    "StreamStarted",
    "TalkAudio",
    "TalkConfig",
    "TalkEvent",
    "TalkSession",
    "TurnEnded",
    "TurnStarted",
    "VideoChunk",
    "VideoStream",
    "Word",
    "WordTimes",
]
