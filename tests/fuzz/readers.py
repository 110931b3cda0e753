"""Damaged input for the readers of pictures, sound, video, settings, scripts and conversations; made here, never kept.

About half of it are media; the other half, whose readers are quicker, is in `texts`.
"""

import asyncio
import io
import random
import resource
import struct
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image, PngImagePlugin

from omni_ui.core.invalid import Invalid
from omni_ui.features.video.video_files import check_video
from omni_ui.media.colour.icc import matrix_profile
from omni_ui.media.image_input import take_picture
from omni_ui.media.message_files import take_media
from omni_ui.media.recording import read_recording
from tests.fuzz.texts import read_conversation_of, read_script_of, read_settings_in, settings_files, with_damaged_text
from tests.media.encoding import encode

KINDS = ("media", "media", "media", "settings", "script", "conversation")
MOST_MEMORY = 3 * 2**30
"""Bytes that the process may take at most, decoders and all."""
P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290)
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def valid_files(folder: Path) -> list[tuple[str, bytes]]:
    """Small files of every kind that the readers know, by name."""
    return [*_pictures(), *_sounds(), *_films(folder)]


def _pictures() -> list[tuple[str, bytes]]:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8))
    profile = matrix_profile(P3, "srgb", "P3")
    exif = Image.Exif()
    exif[0x0112] = 6
    info = PngImagePlugin.PngInfo()
    info.add(b"cICP", bytes([12, 13, 0, 1]))
    ways: list[tuple[str, Image.Image, dict[str, object]]] = [
        ("a.jpg", picture, {"icc_profile": profile, "exif": exif.tobytes()}),
        ("b.jpg", picture.convert("CMYK"), {}),
        ("c.jpg", picture, {"progressive": True}),
        ("a.png", picture, {"icc_profile": profile}),
        ("b.png", picture.convert("P"), {}),
        ("c.png", picture.convert("RGBA"), {"pnginfo": info}),
        ("a.webp", picture, {"icc_profile": profile, "exif": exif.tobytes()}),
        ("a.gif", picture, {}),
        ("a.bmp", picture, {}),
        ("a.tiff", picture, {"icc_profile": profile}),
        ("a.avif", picture, {}),
    ]
    return [(name, _saved(image, name, how)) for name, image, how in ways]


def _saved(image: Image.Image, name: str, how: dict[str, object]) -> bytes:
    file = io.BytesIO()
    form = {"jpg": "JPEG"}.get(name[2:], name[2:].upper())
    image.save(file, form, **how)
    return file.getvalue()


def _sounds() -> list[tuple[str, bytes]]:
    tone = 0.5 * np.sin(np.arange(4000) * 0.2)
    files = []
    for form, subtype in (
        ("WAV", "PCM_16"), ("WAV", "GSM610"), ("WAV", "IMA_ADPCM"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"),
        ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_24"), ("CAF", "ALAC_16"), ("W64", "PCM_16"),
        ("AU", "ULAW"),
    ):  # fmt: skip
        file = io.BytesIO()
        soundfile.write(file, tone, 8000, format=form, subtype=subtype)
        files.append((f"{subtype.lower()}.{form.lower()}", file.getvalue()))
    return files


def _films(folder: Path) -> list[tuple[str, bytes]]:
    ways = [("a.m4a", "aac", "mp4", False), ("a.aac", "aac", "adts", False), ("a.webm", "libopus", "webm", False),
            ("a.wma", "wmav2", "asf", False), ("a.mp4", "aac", "mp4", True), ("a.mkv", "aac", "matroska", True),
            ("a.avi", "aac", "avi", True), ("a.ts", "aac", "mpegts", True)]  # fmt: skip
    return [
        (name, encode(folder / name, codec, container, seconds=0.3, video=video).read_bytes())
        for name, codec, container, video in ways
    ]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to eight changes: bytes, numbers of two or four bytes, cuts, copies and gaps, more of them near the head."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        span = len(changed) if chance.random() < 0.5 else min(len(changed), 256)
        at = chance.randrange(max(1, span))
        way = chance.randrange(6)
        if way == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif way == 1:
            changed[at : at + 4] = struct.pack(chance.choice("<>") + "I", chance.choice(NUMBERS))
        elif way == 2:
            changed[at : at + 2] = struct.pack(chance.choice("<>") + "H", chance.choice(NUMBERS) & 0xFFFF)
        elif way == 3:
            del changed[max(8, at) :]
        elif way == 4:
            del changed[at : at + chance.randrange(1, 64)]
        else:
            changed[at:at] = changed[at : at + chance.randrange(1, 64)]
    return bytes(changed)


async def _read(path: Path, kind: str) -> None:
    if kind == "picture":
        await take_picture(path)
    elif kind == "sound":
        await read_recording(path, "ref_audio")
    elif kind == "video":
        await check_video(path, "input_reference", 10**9)
    else:
        await take_media(path)


def run(count: int, seed: int, *, progress: bool = False) -> Counter[str]:
    """The faults among `count` damaged inputs, by what was raised: none when all is well. Reproducible by its seed."""
    faults: Counter[str] = Counter()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        media, settings = valid_files(folder), settings_files(folder)
        for number in range(count):
            chance = random.Random(f"{seed}-{number}")
            kind = chance.choice(KINDS)
            source = ""
            try:
                if kind == "media":
                    source, data = chance.choice(media)
                    kind = chance.choice(("chat", _kind_of(source)))
                    asyncio.run(_read(_written(folder, source, damaged(data, chance)), kind))
                elif kind == "settings":
                    source, data = chance.choice(settings)
                    data = damaged(data, chance) if chance.random() < 0.5 else with_damaged_text(chance)
                    read_settings_in(_written(folder, source, data))
                elif kind == "script":
                    read_script_of(chance)
                else:
                    read_conversation_of(chance)
            except Invalid:
                pass
            except Exception as error:
                faults[f"{kind} {source} {type(error).__name__}: {str(error)[:100]} (input {number})"] += 1
            if progress and number % 10_000 == 9_999:
                print(f"{number + 1} inputs, {sum(faults.values())} faults", flush=True)
    return faults


def most_memory() -> int:
    """Bytes that the process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _written(folder: Path, source: str, data: bytes) -> Path:
    path = folder / f"input{Path(source).suffix}"
    path.write_bytes(data)
    return path


def _kind_of(name: str) -> str:
    suffix = name.rpartition(".")[2]
    if suffix in ("mp4", "mkv", "avi", "ts"):
        return "video"
    return "picture" if suffix in ("jpg", "png", "webp", "gif", "bmp", "tiff", "avif") else "sound"
