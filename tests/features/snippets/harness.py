"""Requests of every kind, what the client gets for them, and a way to run a snippet."""

import io
import os
import shutil
import subprocess
import sys
import wave
from dataclasses import dataclass, field
from pathlib import Path

from omni_ui.client import (
    AudioChunk,
    ChatRequest,
    EditRequest,
    FileRef,
    ImageRequest,
    OmniClient,
    PictureMade,
    Request,
    SoundRequest,
    SpeechRequest,
    TextDelta,
    VideoRequest,
    WireCall,
)

NASTY = """It's "$HOME" `id` $(id) \\n ${x} %s !! {y} 'quoted'
@second line: <b>grüße</b> 漢字 \u2028 🦊\tend"""


SMALL = {"size": "64x48", "seed": 7}


BIG_SEED = 2**63 - 1


@dataclass
class Result:
    """What a run left: the bytes of its files by name, and what it printed."""

    files: dict[str, bytes] = field(default_factory=dict)
    text: str = ""


def cases(media: dict[str, Path]) -> dict[str, Request]:
    seen = {"type": "image_url", "image_url": {"url": FileRef(media["picture"])}}
    heard = {"type": "input_audio", "input_audio": {"data": FileRef(media["sound"], "base64"), "format": "wav"}}
    parts = [{"type": "text", "text": f"What do you see and hear? {NASTY}"}, seen, heard]
    film = {"size": "64x48", "num_frames": 5, "fps": 8, "seed": 3}
    return {
        "picture": ImageRequest(prompt=NASTY, n=2, **SMALL),
        "picture, webp, 64-bit seed": ImageRequest(
            prompt=NASTY, size="64x48", seed=BIG_SEED, output_format="webp", extra_params={"`${a}`": [1, True, None]}
        ),
        "edit": EditRequest(prompt="Make it night", image=[media["picture"]], seed=BIG_SEED, output_format="jpeg"),
        "edit, two pictures of one name, mask": EditRequest(
            prompt=f"Make it blue. {NASTY}",
            image=[media["picture"], media["same name"]],
            mask_image=media["mask"],
            lora=None,
            seed=2,
        ),
        "chat, text": ChatRequest(messages=[{"role": "user", "content": NASTY}], modalities=["text"], seed=1),
        "chat, everything": ChatRequest(
            messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}],
            modalities=["text", "audio"],
            seed=BIG_SEED,
            top_k=5,
        ),
        "chat, picture": ChatRequest(
            messages=[{"role": "user", "content": "Paint a red boat"}], modalities=["text", "image"], size="64x48",
            seed=5, stream=False,
        ),
        "speech": SpeechRequest(input=NASTY, seed=1, response_format="flac"),
        "speech, copied voice": SpeechRequest(input="One.", ref_audio=media["sound"], ref_text="It's me", seed=1),
        "speech, stream": SpeechRequest(input="One, two.", stream=True, seed=1),
        "speech, raw stream": SpeechRequest(
            input="One.", stream=True, stream_format="audio", response_format="pcm", seed=1
        ),
        "sound": SoundRequest(input="rain", audio_length=1, seed=4, response_format="wav"),
        "video": VideoRequest(prompt=NASTY, **film),
        "video, picture and sound": VideoRequest(
            prompt=NASTY, input_reference=media["picture"], audio_reference=media["sound"], **film
        ),
    }  # fmt: skip


NAMES = [
    "picture", "picture, webp, 64-bit seed", "edit", "edit, two pictures of one name, mask", "chat, text",
    "chat, everything", "chat, picture", "speech", "speech, copied voice", "speech, stream", "speech, raw stream",
    "sound", "video", "video, picture and sound",
]  # fmt: skip


STEMS = {"image": "picture", "edit": "edited", "chat": "answer", "speech": "speech", "sound": "sound"}


async def by_client(omni: OmniClient, request: Request, folder: Path) -> Result:
    """What the client makes of a request, named as the snippets name it."""
    stem, result = STEMS.get(request.tab, "video"), Result()
    if isinstance(request, (ImageRequest, EditRequest)):
        made = await (omni.images(request) if isinstance(request, ImageRequest) else omni.edits(request))
        suffix = {"jpeg": "jpg"}.get(request.output_format, request.output_format)
        result.files = {f"{stem}-{at}.{suffix}": one.data for at, one in enumerate(made.pictures, 1)}
    elif isinstance(request, ChatRequest):
        pcm = b""
        async for event in omni.chat(request):
            result.text += event.text if isinstance(event, TextDelta) else ""
            pcm += event.pcm if isinstance(event, AudioChunk) else b""
            if isinstance(event, PictureMade):
                result.files["answer-1.png"] = event.picture.data
        if pcm:
            result.files["answer.wav"] = pcm
    elif isinstance(request, SpeechRequest) and request.stream:
        pcm = b"".join([one.pcm async for one in omni.speech_stream(request) if isinstance(one, AudioChunk)])
        result.files[f"speech.{request.response_format}"] = pcm
    elif isinstance(request, (SpeechRequest, SoundRequest)):
        made = await (omni.speech(request) if isinstance(request, SpeechRequest) else omni.sound(request))
        result.files[f"{stem}.{request.response_format}"] = made.data
    elif isinstance(request, VideoRequest):
        await omni.video_sync(request, folder / "video.mp4")
        result.files["video.mp4"] = (folder / "video.mp4").read_bytes()
    return result


def run(language: str, code: str, folder: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Runs a snippet as a person would, in a folder with the visitor's files."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMNI_", "OPENAI_"))}
    if language == "curl":
        command, script = ["bash"], folder / "snippet.sh"
    elif language == "JavaScript":
        command, script = ["node"], folder / "snippet.mjs"
    else:
        command, script = [sys.executable], folder / "snippet.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run([*command, str(script)], cwd=folder, env=kept | env, capture_output=True, timeout=300)
    script.unlink()
    return done


def put_files(call: WireCall, folder: Path, code: str) -> set[str]:
    """Copies what a call sends into the folder, under the names that the code uses; these names."""
    from omni_ui.features.snippets.plan import plan_for

    for path, one in plan_for(call, None).attached.items():
        shutil.copy(path, folder / one.name)
        assert str(path.parent) not in code
    return {path.name for path in folder.iterdir()}


def plain(data: bytes) -> bytes:
    """The samples of a WAV file: its header differs between a stream and a file."""
    if data[:4] != b"RIFF":
        return data
    with wave.open(io.BytesIO(data)) as file:
        return file.readframes(file.getnframes())
