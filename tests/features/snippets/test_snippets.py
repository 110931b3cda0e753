"""Every snippet is run as pasted, and leaves the very bytes that the client gets for the same request."""

import asyncio
import io
import json
import os
import re
import shutil
import subprocess
import sys
import wave
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

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
    batch_call,
)
from omni_ui.demo import DemoServer
from omni_ui.features.snippets import LANGUAGES, snippet
from omni_ui.features.snippets.view import code_view
from tests.fakes import png

NASTY = """It's "$HOME" `id` $(id) \\n ${x} %s !! {y} 'quoted'
@second line: <b>grüße</b> 漢字 \u2028 🦊\tend"""
SMALL = {"size": "64x48", "seed": 7}
BIG_SEED = 2**63 - 1


@dataclass
class Result:
    """What a run left: the bytes of its files by name, and what it printed."""

    files: dict[str, bytes] = field(default_factory=dict)
    text: str = ""


@pytest.fixture(scope="module")
def server():
    with DemoServer(stub=True) as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> dict[str, Path]:
    """Files of a visitor, each in a folder of its own as uploads are, with names that need quoting."""
    folder = tmp_path_factory.mktemp("uploads")

    def put(place: str, name: str, data: bytes) -> Path:
        path = folder / place / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(picture, "png")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        tone = np.sin(np.arange(24000) / 16000 * 2 * np.pi * 220) * 9000
        file.writeframes(tone.astype("<i2").tobytes())
    return {
        "picture": put("a", 'it\'s "my" $photo; 1.png', picture.getvalue()),
        "same name": put("b", 'it\'s "my" $photo; 1.png', png(64, 48)),
        "mask": put("c", "mask.png", png(64, 48)),
        "sound": put("d", "-my voice.wav", sound.getvalue()),
    }


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


@pytest.fixture(scope="module")
def expected(server, media, tmp_path_factory) -> dict[str, Result]:
    async def all_of_them() -> dict[str, Result]:
        async with OmniClient(server.url) as omni:
            folder = tmp_path_factory.mktemp("client")
            return {name: await by_client(omni, one, folder) for name, one in cases(media).items()}

    return asyncio.run(all_of_them())


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_leaves_the_bytes_that_the_client_gets(name, language, server, media, expected, tmp_path):
    assert list(cases(media)) == NAMES
    request, wanted = cases(media)[name], expected[name]
    call = request.wire()
    code = snippet(language, call, server.url)
    given = put_files(call, tmp_path, code)
    done = run(language, code, tmp_path)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name not in given}
    assert set(made) == set(wanted.files)
    for name_, data in wanted.files.items():
        streamed = isinstance(request, ChatRequest) or getattr(request, "stream", False)
        assert (plain(made[name_]) == plain(data)) if streamed else (made[name_] == data)
    if wanted.text:
        assert done.stdout.decode().strip() == wanted.text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_leaves_a_file_for_each_text(language, server, tmp_path):
    call = batch_call([SpeechRequest(input="One."), SpeechRequest(input="It's two.")])
    done = run(language, snippet(language, call, server.url), tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in tmp_path.iterdir()} == {"speech-1.wav", "speech-2.wav"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ImageRequest(prompt="[[fail:generate]]", size="64x48"), "generate"),
        (VideoRequest(prompt="[[fail:generate]]", size="64x48", num_frames=1), "generate"),
    ],
    ids=["refused", "failed job"],
)
def test_a_failure_ends_with_the_servers_words_and_no_file(request_, says, language, server, tmp_path):
    done = run(language, snippet(language, request_.wire(), server.url), tmp_path)
    assert done.returncode != 0
    assert says in (done.stderr + done.stdout).decode().lower()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_key_and_hidden_address_come_from_the_environment(language, tmp_path):
    with DemoServer(["image"], api_key="sesame's key") as server:
        code = snippet(language, ImageRequest(prompt="a boat", **SMALL).wire(), None)
        assert server.url not in code
        refused = run(language, code, tmp_path, OMNI_BASE_URL=server.url)
        assert refused.returncode != 0
        assert list(tmp_path.iterdir()) == []
        done = run(language, code, tmp_path, OMNI_BASE_URL=server.url, OMNI_API_KEY="sesame's key")
        assert done.returncode == 0, done.stderr.decode()
        assert [path.name for path in tmp_path.iterdir()] == ["picture-1.png"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_a_prompt_arrives(language, server, media, tmp_path):
    """Control characters, too: what the engine was told is what was asked."""
    prompt = "".join(map(chr, [*range(1, 0x24F), 0x2028, 0xFEFF, 0x1F98A])) + "@<`${'\"\\"
    for request in (ImageRequest(prompt=prompt, **SMALL), EditRequest(prompt=prompt, image=[media["mask"]])):
        httpx.post(f"{server.url}/_stub/config", json={"clear": True})
        code = snippet(language, request.wire(), server.url)
        put_files(request.wire(), tmp_path, code)
        run(language, code, tmp_path)
        told = httpx.get(f"{server.url}/_stub/requests").json()["requests"][-1]["prompt"]["prompt"]
        assert told == prompt


def test_a_body_that_is_too_long_for_an_argument_is_piped(server, tmp_path):
    request = ImageRequest(prompt="漢" * 32_000, negative_prompt="字" * 32_000, **SMALL)
    done = run("curl", snippet("curl", request.wire(), server.url), tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "picture-1.png").exists()


def test_an_input_is_never_overwritten_by_a_result(tmp_path):
    path = tmp_path / "edited-1.png"
    path.write_bytes(png())
    code = snippet("curl", EditRequest(prompt="a", image=[path]).wire(), None)
    assert "new-edited-{number}.png" in code


def test_a_file_that_is_gone_keeps_its_name(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(png())
    call = EditRequest(prompt="a", image=[path]).wire()
    path.unlink()
    assert 'image=@"photo.jpg";type=image/jpeg' in snippet("curl", call, None)


def test_the_page_shows_the_code_escaped():
    html = code_view(ImageRequest(prompt="<img src=x onerror=alert(1)>").wire(), None)
    assert "<img" not in html
    assert html.count('role="tab"') == html.count("<pre ") == len(LANGUAGES)


def test_a_word_stands_below_the_code_where_the_usual_package_has_a_trap():
    html = code_view(ImageRequest(prompt="x").wire(), None)
    words = re.findall(r'<p class="omni-trap" data-pane="(\d)"( hidden)?>([^<]+)</p>', html)
    assert [(LANGUAGES[int(pane)], hidden) for pane, hidden, _ in words] == [
        ("Python, openai", " hidden"),
        ("JavaScript", " hidden"),
    ]
    assert "extra_body" in words[0][2]
    chat = ChatRequest(messages=[{}], modalities=["text"])
    assert "max_completion_tokens" in code_view(chat.wire(), None)
    assert "omni-trap" not in code_view(SoundRequest(input="rain").wire(), None)


def test_a_failed_job_ends_javascript_with_one_sentence(server, tmp_path):
    call = VideoRequest(prompt="[[fail:generate]]", size="64x48", num_frames=1).wire()
    done = run("JavaScript", snippet("JavaScript", call, server.url), tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert "{" not in done.stderr.decode()


def test_curl_hands_python_no_apostrophe():
    for request in (
        ChatRequest(messages=[{}]), SpeechRequest(input="x", stream=True), ImageRequest(prompt="x"),
    ):  # fmt: skip
        program = re.search(r"python3 -c '(.*)'\n$", snippet("curl", request.wire(), None), re.DOTALL)[1]
        assert "'" not in program
        compile(program, "piped", "exec")


def test_javascript_keeps_a_key_that_would_be_a_prototype():
    code = snippet("JavaScript", ImageRequest(prompt="x", extra_params={"__proto__": {"a": 1}}).wire(), None)
    assert json.dumps("__proto__") in code
