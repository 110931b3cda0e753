"""Live talk with a server: three ways of talking behind one interface.

    async with await omni.open_talk(TalkConfig()) as talk:
        await talk.send_audio(pcm)              # 16 kHz, mono, signed 16 bit, any length
        async for event in talk.events(): ...

The server is asked which way it offers; the model's name does not count.
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

__all__ = [
    "CallEnded",
    "Caption",
    "Notice",
    "SpeechStarted",
    "SpeechStopped",
    "TalkAudio",
    "TalkConfig",
    "TalkEvent",
    "TalkSession",
    "TurnEnded",
    "TurnStarted",
]
