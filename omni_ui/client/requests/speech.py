"""Text to speech: POST /v1/audio/speech and its batch (fields: vLLM-Omni 0.30.0, protocol/audio.py:60-200, 440-490)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from omni_ui.client.answers.formats import FileRef
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import JsonObject, Maybe, Request, WireCall, Words, param
from omni_ui.client.requests.files import FormRequest, MaybeAudio
from omni_ui.client.requests.image import DEMO
from omni_ui.client.requests.shared_params import extra_param, seed_param, sound_format_param

MAX_INPUT = 20_000
"""Characters. The server has no limit; a model speaks a few minutes at most before it loses the thread."""

BATCH = 32
"""Texts in one batch, the server's default (--max-batch-size of speech, serving_speech.py)."""

LANGUAGES = [
    (name, name)
    for name in (
        "Auto", "Chinese", "English", "Japanese", "Korean", "German", "French", "Russian", "Portuguese", "Spanish",
        "Italian",
    )
]  # fmt: skip
"""Those of Qwen3-TTS; the server wants names, not codes (WIRE.md 9)."""

NOT_IN_BATCH = {
    "seed", "stream", "stream_format", "word_timestamps", "extra_params", "ref_audio_2", "speaker_embedding",
}  # fmt: skip
"""Fields that an item of a batch does not have (protocol/audio.py:440)."""

# Patterns of the ids of models. The facts are those of tts_adapters of vLLM-Omni 0.30.0.
QWEN3_TTS, GEPARD, MOSS_TTSD = r"qwen3-?tts", r"gepard", r"moss-?ttsd"
"""The first two copy the sound of a voice without a transcript, when told to (qwen3_tts.py, gepard.py:36-39); Qwen's
reads a few fields more (381-390). MOSS-TTSD speaks dialogues (moss_tts.py:101-126, 434-436)."""
CLONE_ONLY = (r"moss-?tts", r"cosyvoice", r"glm-?tts", r"index-?tts")
"""Need a recording or a saved voice (moss_tts.py:413-436, cosyvoice3.py:69, glm_tts.py:98, indextts2.py:145-152)."""
DESCRIBED = (r"voicedesign", r"moss-voice")
"""Create a voice from a description, and refuse to go without (qwen3_tts.py:247, moss_tts.py:453)."""
WITH_TRANSCRIPT = (r"cosyvoice", r"glm-?tts", r"fish-?(speech|audio|qwen)|s2-pro", r"audio8", r"breeze", r"higgs.*v2")
"""Refuse a recording without its words (cosyvoice3.py:76, glm_tts.py:104, fish_speech.py:138, audio8_tts.py:56,
breeze_tts_2.py:93, higgs_audio_v2.py:127)."""

COPYING = ("Base",)
"""The task of checkpoints that copy a voice; those of another task answer 400 (tts_adapters/qwen3_tts.py:118-143)."""


class SpeechRequest(Request):
    """Speaks a text."""

    tab: ClassVar[str] = "speech"
    path: ClassVar[str] = "/v1/audio/speech"
    placed_until: ClassVar[str] = "speaker_embedding"

    input: Words = param(
        ..., label="Text", help="The text to speak.", place="main", kind="text", min_length=1, cap="text", time="grows"
    )
    voice: Maybe[str] = param(
        label="Voice",
        help="Who speaks: one of the model's voices, or one that was saved on the server.",
        place="card",
        kind="choice",
        free=True,
        max_length=200,
    )
    language: Maybe[str] = param(
        label="Language",
        help="The language of the text. Auto lets the model detect it.",
        place="card",
        kind="choice",
        presets=LANGUAGES,
        max_length=50,
    )
    instructions: Maybe[str] = param(
        label="Instructions",
        help='How to speak, such as "slowly, whispering", or a description of the voice to create.',
        place="card",
        kind="text",
        max_length=500,
        needed_by=DESCRIBED,
    )
    task_type: Maybe[Literal["CustomVoice", "VoiceDesign", "Base"]] = param(
        label="Task",
        help="CustomVoice: built-in voices. VoiceDesign: a voice from a description. Base: a "
        "copied voice. Each model supports one of them.",
        kind="choice",
    )
    ref_audio: MaybeAudio = param(
        label="Reference recording",
        help="A voice to copy: 1 to 30 seconds of clear speech by one person.",
        place="own",
        kind="audio",
        needed_by=CLONE_ONLY,
        tasks=COPYING,
    )
    ref_text: Maybe[str] = param(
        label="Transcript",
        help="What is said in the reference recording, word for word. It makes the copy better.",
        place="own",
        kind="text",
        max_length=5000,
        needed_by=(QWEN3_TTS, DEMO, *WITH_TRANSCRIPT),
        tasks=COPYING,
    )
    x_vector_only_mode: Maybe[bool] = param(
        label="Copy without transcript",
        help="Copies only the sound of the voice, not the way of speaking.",
        place="own",
        kind="switch",
        models=(QWEN3_TTS, GEPARD, DEMO),
        tasks=COPYING,
    )
    response_format: Literal["wav", "flac", "mp3", "opus", "pcm"] = sound_format_param()
    speed: float = param(
        1.0, label="Speed", help="1 is normal speed; the pitch stays the same.", kind="slider", step=0.05, ge=0.25, le=4
    )
    seed: Maybe[int] = seed_param(help="The same seed and text sound the same. -1 is a random one.")
    sample_rate: Maybe[int] = param(
        label="Sample rate",
        help="Samples per second of the result; not every model supports it.",
        kind="choice",
        unit="Hz",
        presets=[("Model default", ""), ("8 kHz", 8000), ("16 kHz", 16000), ("24 kHz", 24000), ("48 kHz", 48000)],
        ge=8000,
        le=48000,
    )
    max_new_tokens: Maybe[int] = param(
        label="Longest result",
        help="Stops the model after this many sound tokens, about 12 a second.",
        kind="number",
        unit="tokens",
        ge=1,
        le=4096,
        cap="tokens",
    )
    stream: bool = param(
        False,
        label="Listen while generating",
        help="Starts playing before the speech is complete.",
        place="card",
        kind="switch",
        time="differs",
    )
    stream_format: Maybe[Literal["sse", "audio"]] = param(
        label="Stream format", help="How a stream is sent: as events, or as raw sound.", place="hidden"
    )
    word_timestamps: bool = param(
        False, label="Word timestamps", help="When each word is spoken; needs --forced-aligner.", place="hidden"
    )
    extra_params: JsonObject = extra_param()

    ref_audio_2: MaybeAudio = param(
        label="Second speaker",
        help="The voice of the lines that start with [S2]; the first speaker's start with [S1].",
        place="own",
        kind="audio",
        models=(MOSS_TTSD, DEMO),
    )
    initial_codec_chunk_frames: Maybe[int] = param(
        label="Start sooner",
        help="Sound frames in the first piece: fewer start sooner (0.2 s with 2, 1.9 s with 25), "
        "more play more smoothly. Only for “Listen while generating”.",
        kind="number",
        unit="frames",
        ge=0,
        le=1000,
        models=(QWEN3_TTS, DEMO),
    )
    non_streaming_mode: Maybe[bool] = param(
        label="Read the whole text first",
        help="On: the model reads the whole text before it speaks, for a steadier voice. Off: it starts sooner.",
        kind="choice",
        presets=[("On", True), ("Off", False)],
        models=(QWEN3_TTS, DEMO),
    )
    speaker_embedding: list[float] | None = param(
        label="Speaker embedding",
        help="A voice as numbers from the model's own encoder, instead of a recording.",
        place="hidden",
        max_length=8192,
    )

    @field_validator("ref_audio_2")
    @classmethod
    def _has_a_first_speaker(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path and not info.data.get("ref_audio"):
            raise ValueError("A second speaker needs a first: add the reference recording of the one who says [S1].")
        if path and "[S2]" not in (info.data.get("input") or ""):
            raise ValueError("No line of the text is the second speaker's: start those lines with [S2].")
        return path

    @field_validator("speaker_embedding")
    @classmethod
    def _one_voice(cls, numbers: list[float] | None, info: ValidationInfo) -> list[float] | None:
        if numbers and info.data.get("ref_audio"):
            raise ValueError("Use either a speaker embedding or a reference recording: remove one of them.")
        return numbers or None

    @field_validator("input")
    @classmethod
    def _not_too_long(cls, text: str) -> str:
        if len(text) > MAX_INPUT:
            raise ValueError(
                f"Text is too long for one piece: {len(text):,} characters; the limit is "
                f"{MAX_INPUT:,}. Use the long-text mode, which speaks it sentence by sentence."
            )
        return text

    @field_validator("stream")
    @classmethod
    def _can_stream(cls, stream: bool, info: ValidationInfo) -> bool:
        if stream and info.data.get("response_format") not in ("wav", "pcm", None):
            raise ValueError("Only WAV and PCM can be played while generating: choose WAV, or switch this off.")
        if stream and info.data.get("speed", 1) != 1:
            raise ValueError("Only speed 1 can be played while generating: set the speed to 1, or switch this off.")
        return stream

    def payload(self) -> Json:
        body = super().payload()
        usual = {"speed": 1, "stream": False, "word_timestamps": False, "x_vector_only_mode": False}
        for name, value in usual.items():
            if body.get(name) == value:  # only some models take x_vector_only_mode, even when it is off
                del body[name]
        return body

    def wire(self, model: str | None = None) -> WireCall:
        call = super().wire(model)
        recordings = {"ref_audio": self.ref_audio, "ref_audio_2": self.ref_audio_2}
        files = {name: FileRef(path) for name, path in recordings.items() if path}
        return replace(call, json={**call.json, **files}) if files and call.json else call


def batch_call(items: Sequence[SpeechRequest], model: str | None = None) -> WireCall:
    """Several texts in one call, at most BATCH. What an item cannot carry (its seed) is left out."""
    bodies = [item.wire().json or {} for item in items]
    listed = [{name: value for name, value in body.items() if name not in NOT_IN_BATCH} for body in bodies]
    body: Json = {"items": listed}
    return WireCall("POST", "/v1/audio/speech/batch", json={"model": model, **body} if model else body)


class VoiceUpload(FormRequest):
    """Saves a voice on the server (serving_speech.py:865-960).

    An upload with the name of a saved voice replaces it, and a failed one deletes it (WIRE.md 9): ask first.
    """

    tab: ClassVar[str] = "speech"
    path: ClassVar[str] = "/v1/audio/voices"

    name: Words = param(..., label="Name", help="The name of the new voice.", place="main", kind="line", max_length=100)
    audio_sample: MaybeAudio = param(
        label="Recording",
        help="1 to 30 seconds of clear speech by one person, at most 10 MB.",
        place="main",
        kind="audio",
        validate_default=True,
    )
    ref_text: Maybe[str] = param(
        label="Transcript",
        help="What is said in the recording, word for word. It makes the copy better.",
        place="main",
        kind="text",
        max_length=5000,
    )
    speaker_description: Maybe[str] = param(
        label="Description", help="A note about this voice, shown when choosing one.", kind="line", max_length=500
    )
    consent: Words = param(
        ...,
        label="Consent",
        help="The speaker's consent to this use of the voice: a statement, or its id.",
        place="main",
        kind="line",
        max_length=500,
    )

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        name = name.strip()
        if name in (".", "..") or set(name) & set("/\\\0"):
            raise ValueError("cannot be used: leave out slashes, and write a name such as Nora")
        return name

    @field_validator("audio_sample")
    @classmethod
    def _fits(cls, path: Any) -> object:
        if path is None:
            raise ValueError("Recording is empty: add one first.")
        if path.stat().st_size > 10 * 2**20:
            raise ValueError("The recording is larger than 10 MB: use a shorter one, or save it as FLAC or MP3.")
        return path
