"""Sound on its way in: samples out of WAV files, streams and base64."""

import struct
from dataclasses import replace

from omni_ui.client.answers.formats import media_type_of, read_wav_head
from omni_ui.client.errors import BrokenAnswer, NothingMade
from omni_ui.client.events import AudioChunk, Speech

USUAL_RATE = 24000
"""Frames per second of headerless speech where nothing tells (serving_chat.py:2914-2922; the rate of Qwen3-TTS)."""

TYPES = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg", "opus": "audio/ogg", "pcm": "audio/pcm"}


class PcmReader:
    """Turns the bytes of one sound, in pieces of any length, into chunks of whole frames.

    A header at the start is taken off and tells rate and channels; its sizes are not believed, since a stream's say
    0xFFFFFFFF (WIRE.md 9). rate: what headerless sound has; None makes it an error.
    """

    def __init__(self, rate: int | None, channels: int = 1) -> None:
        self._rate, self._channels = rate, channels
        self._begun = False
        self._held = b""

    def feed(self, data: bytes) -> AudioChunk | None:
        """The next chunk, None when no whole frame is there yet. BrokenAnswer for sound that is not 16-bit PCM."""
        self._held += data
        if not self._begun and not self._read_head():
            return None
        whole = len(self._held) - len(self._held) % (2 * self._channels)
        if not whole:
            return None
        pcm, self._held = self._held[:whole], self._held[whole:]
        assert self._rate is not None
        return AudioChunk(pcm, self._rate, self._channels)

    def _read_head(self) -> bool:
        """Whether the samples can begin: a header was taken off, or there is none."""
        if self._held[:4] == b"RIFF"[: len(self._held)]:
            head = read_wav_head(self._held)
            if head is None:
                if len(self._held) > 4096:
                    raise BrokenAnswer("The server sent sound whose header cannot be read.")
                return False
            if head.bits != 16 or not head.rate or not head.channels:
                raise BrokenAnswer(f"The server sent sound of {head.bits} bits; only 16 can be read.")
            self._rate, self._channels = head.rate, head.channels
            self._held = self._held[head.offset :]
        elif self._rate is None:
            raise BrokenAnswer("The server sent sound without a sample rate.")
        self._begun = True
        return True


def chunk_from(data: bytes, metadata: object) -> AudioChunk | None:
    """The samples of one piece of a chat: a whole WAV file, or bare samples with `audio_metadata` (WIRE.md 8)."""
    facts = metadata if isinstance(metadata, dict) else {}
    rate, channels = facts.get("sample_rate_hz"), facts.get("channels")
    reader = PcmReader(
        rate if isinstance(rate, int) and rate > 0 else None,
        channels if isinstance(channels, int) and channels > 0 else 1,
    )
    return reader.feed(data)


def bare_samples(sound: Speech) -> Speech:
    """A 16-bit WAV file as bare PCM, with the rate and channels of its header. BrokenAnswer for other sound."""
    head = read_wav_head(sound.data)
    if head is None:
        raise BrokenAnswer("The server sent sound whose header cannot be read.")
    chunk = PcmReader(None).feed(sound.data[: head.offset + head.size])  # what may follow are notes, not sound
    if chunk is None:
        raise NothingMade("The server reported success but made no sound.")
    return replace(sound, data=chunk.pcm, media_type="audio/pcm", rate=chunk.rate, channels=chunk.channels)


def check_sound(data: bytes, media_type: str) -> bytes:
    """The bytes themselves, when they are a sound of this type, and complete by its header."""
    if not data:
        raise NothingMade("The server reported success but made no sound.")
    kind = media_type_of(data[:16])
    if media_type != "audio/pcm" and media_type in TYPES.values() and kind != media_type:
        raise BrokenAnswer(f"The server announced {media_type} but sent something else.")
    if kind == "audio/wav" and len(data) < struct.unpack_from("<I", data, 4)[0] + 8 and data[4:8] != b"\xff" * 4:
        raise BrokenAnswer("The server sent an incomplete sound.")
    return data
