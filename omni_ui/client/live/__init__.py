"""Live talk with a server: three ways of talking behind one interface.

    async with await omni.open_talk(TalkConfig()) as talk:
        await talk.send_audio(pcm)              # 16 kHz, mono, signed 16 bit, any length
        async for event in talk.events(): ...

The server is asked which way it offers; the model's name does not count.

And speech piece by piece over one connection, while its text is still being written: `omni.open_speech`.
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

__all__ = [
    "CallEnded",
    "Caption",
    "Notice",
    "SpeechSession",
    "SpeechStarted",
    "SpeechStopped",
    "SpokenEvent",
    "TalkAudio",
    "TalkConfig",
    "TalkEvent",
    "TalkSession",
    "TurnEnded",
    "TurnStarted",
    "Word",
    "WordTimes",
]
