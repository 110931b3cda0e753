"""What we write into files, read by sd-parsers, piexif, exiftool and ffprobe: none of our own code in between.

SD Prompt Reader, which pins an old Pillow, is in tests/test_other_readers.py.
"""

import io
import json
import shutil
import struct
import subprocess
from pathlib import Path

import piexif
import piexif.helper
import pytest
from PIL import Image
from sd_parsers import ParserManager

from omni_ui.client import ImageRequest, VideoRequest
from omni_ui.features.recipes import Recipe, can_hold, tags, with_settings
from omni_ui.features.speech.request import SpokenText
from tests.features.recipes.conftest import MADE

PROMPT, NEGATIVE = "ein Fuchs, über\nSchnee 漢字 🦊", "text, blur"
ALL_SET = Recipe.of(
    ImageRequest(
        prompt=PROMPT, negative_prompt=NEGATIVE, size="64x40", num_inference_steps=28, guidance_scale=4.5, seed=7
    ),
    "Qwen/Qwen-Image",
)
ALL_LEFT = Recipe.of(ImageRequest(prompt=PROMPT, seed=7), "Qwen/Qwen-Image")
MEDIA = {
    "audio": Recipe.of(SpokenText(input=PROMPT, seed=7), "Qwen/Qwen3-TTS"),
    "video": Recipe.of(VideoRequest(prompt=PROMPT, num_inference_steps=9, seed=7), "Wan-AI/Wan2.2"),
}
PICTURES = [name for name in MADE if name.endswith((".png", ".jpg", ".webp"))]
OTHERS = [name for name in MADE if name not in PICTURES]
OPEN: list[Image.Image] = []
"""Kept, since sd-parsers 0.6 takes a picture for the one before it when both had the same id()."""
LINES = {"audio": f"{PROMPT}\nSeed: 7, Model: Qwen/Qwen3-TTS", "video": f"{PROMPT}\nSteps: 9, Seed: 7, Model: Wan"}
"""How the comment of sounds and videos begins."""


def with_info(wav: bytes) -> bytes:
    """The WAV with LIST/INFO, as ffmpeg writes it."""
    entry = b"ISFT" + struct.pack("<I", 6) + b"Lavf5\0"
    body = wav[12:] + b"LIST" + struct.pack("<I", 4 + len(entry)) + b"INFO" + entry
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


@pytest.fixture(scope="module")
def written(files, tmp_path_factory) -> dict[str, Path]:
    """Every kind of file with settings in it; "left-" before pictures whose settings were left to the model."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "source-info.wav").write_bytes(with_info(files["a.wav"].read_bytes()))
    sources = dict(files) | {"info.wav": folder / "source-info.wav"}
    written = {}
    for name, source in sources.items():
        kind = "video" if name.endswith(".mp4") else "audio"
        recipes = {name: ALL_SET, f"left-{name}": ALL_LEFT} if name in PICTURES else {name: MEDIA[kind]}
        for target, recipe in recipes.items():
            assert can_hold(source)
            written[target] = folder / target
            written[target].write_bytes(with_settings(source, recipe))
    return written


@pytest.fixture(scope="module")
def exiftool(written) -> dict[str, dict]:
    """What exiftool shows of each file."""
    if not shutil.which("exiftool"):
        pytest.skip("exiftool is not here")
    done = subprocess.run(
        ["exiftool", "-json", "-a", *map(str, written.values())], capture_output=True, text=True, check=True
    )
    return dict(zip(written, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", PICTURES)
def test_sd_parsers(name, written):
    for target, steps in ((name, "28"), (f"left-{name}", "model default")):
        picture = Image.open(written[target])
        OPEN.append(picture)
        (sampler,) = ParserManager().parse(picture).samplers
        assert sampler.parameters["steps"] == steps
        assert sampler.parameters["seed"] == "7"
        assert sampler.model.name == "Qwen/Qwen-Image"
        assert [prompt.value for prompt in sampler.prompts] == [PROMPT]
        assert [prompt.value for prompt in sampler.negative_prompts] == ([NEGATIVE] if target == name else [])


@pytest.mark.parametrize("name", [name for name in PICTURES if not name.endswith(".png")])
def test_piexif(name, written):
    comment = piexif.load(str(written[name]))["Exif"][piexif.ExifIFD.UserComment]
    lines = piexif.helper.UserComment.load(comment)
    assert lines.startswith(f"{PROMPT}\nNegative prompt: {NEGATIVE}\nSteps: 28, CFG scale: 4.5, Seed: 7, Size: 64x40")


def test_exiftool(exiftool, written):
    for name, facts in exiftool.items():
        assert "Warning" not in facts, name
        assert "Error" not in facts, name
        plain = name.removeprefix("left-")
        if plain in PICTURES:
            lines = facts["Parameters" if plain.endswith(".png") else "UserComment"]
            wanted = "Steps: 28, CFG scale: 4.5" if plain == name else "Steps: model default, Seed: 7, Size: 65x40"
            assert lines.startswith(PROMPT)
            assert wanted in lines, name
        else:
            assert facts["Comment"].startswith(LINES["video" if name.endswith(".mp4") else "audio"]), name


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not here")
@pytest.mark.skipif(not tags.available(), reason="mutagen is not installed")
@pytest.mark.parametrize("name", [*OTHERS, "info.wav"])
def test_ffprobe(name, written):
    command = ["ffprobe", "-v", "error", "-print_format", "json", "-show_format", "-show_streams", written[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    facts = json.loads(done.stdout)
    shown: dict[str, str] = {}
    for part in (*facts["streams"], facts["format"]):
        shown |= {key.lower(): value for key, value in part.get("tags", {}).items()}
    assert shown["comment"].startswith(LINES["video" if name.endswith(".mp4") else "audio"])


def test_a_wav_with_info_keeps_its_other_texts_and_samples(files, written):
    content = written["info.wav"].read_bytes()
    assert b"ISFT" in content
    assert struct.unpack_from("<I", content, 4)[0] == len(content) - 8
    samples = files["a.wav"].read_bytes()[44:]
    assert samples in content
    assert b"ICMT" not in written["a.wav"].read_bytes()  # ID3 alone is shown by all
    assert tags.read_tags("audio/wav", io.BytesIO(content))["omni"] == MEDIA["audio"].as_json()
