"""Chromium's drawing of pictures that other programs wrote, against what is sent to a server."""

import asyncio
import base64
import io
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from omni_ui.media.colour.icc import matrix_profile
from omni_ui.media.image_input import take_picture

CASES = Path(__file__).parent.parent / "cases"
MOST = 3.0
"""Mean difference out of 255."""
P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290)
ADOBE = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
WIDE = (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001, 0.3457, 0.3585)
DRAW = """async files => {
  const drawn = {};
  for (const [name, url] of Object.entries(files)) {
    const image = new Image();
    image.src = url;
    try { await image.decode(); } catch { drawn[name] = null; continue; }
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d", { colorSpace: "srgb" });
    context.fillStyle = "white"; context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0);
    drawn[name] = canvas.toDataURL("image/png");
  }
  return drawn;
}"""


def colours(mode: str = "RGB", width: int = 96, height: int = 64) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    picture = Image.fromarray(np.stack([x, y, 255 - (x + y) / 2], -1).astype(np.uint8))
    if mode == "RGBA":
        picture.putalpha(Image.fromarray(np.where(x > 128, 255, x).astype(np.uint8)))
        return picture
    return picture.convert(mode)


def exif(number: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = number
    return tags.tobytes()


def grey_profile(gamma: float) -> bytes:
    """An ICC profile for grey: a curve and nothing else."""
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(gamma * 256), 0)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(78 + 1)
    tags = [(b"desc", description), (b"wtpt", white), (b"kTRC", curve)]
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"\0" * 4, 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def png(chunks: dict[bytes, bytes], picture: Image.Image | None = None) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, content in chunks.items():
        info.add(name, content)
    file = io.BytesIO()
    (picture or colours()).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def deep_png() -> bytes:
    """16 bits per colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in np.asarray(colours()).astype(">u2") * 257)
    head = struct.pack(">IIBBBBB", 96, 64, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chromaticities(primaries: tuple[float, ...]) -> bytes:
    values = (*primaries[6:], *primaries[:6])
    return struct.pack(">8I", *(round(value * 100_000) for value in values))


def by_pillow() -> Iterator[tuple[str, bytes]]:
    profiles = {
        "p3": matrix_profile(P3, "srgb", "P3"),
        "adobe": matrix_profile(ADOBE, 2.19921875, "Adobe"),
        "prophoto": matrix_profile(WIDE, 1.8, "ProPhoto"),
    }
    ways: dict[str, tuple[Image.Image, dict[str, object]]] = {
        "plain.jpg": (colours(), {"quality": 95}),
        "plain.png": (colours(), {}),
        "srgb.jpg": (colours(), {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}),
        "grey.jpg": (colours("L"), {"quality": 95}),
        "grey-1.8.png": (colours("L"), {"icc_profile": grey_profile(1.8)}),
        "grey-1.0.jpg": (colours("L"), {"icc_profile": grey_profile(1.0), "quality": 95}),
        "grey-p3.jpg": (colours("L"), {"icc_profile": profiles["p3"], "quality": 95}),
        "grey-profile-on-rgb.png": (colours(), {"icc_profile": grey_profile(1.0)}),
        "broken-profile.png": (colours(), {"icc_profile": b"no profile" * 30}),
        "broken-profile.jpg": (colours(), {"icc_profile": profiles["p3"][:150], "quality": 95}),
        "palette-p3.png": (colours("P"), {"icc_profile": profiles["p3"]}),
        "alpha.png": (colours("RGBA"), {}),
        "alpha-p3.png": (colours("RGBA"), {"icc_profile": profiles["p3"]}),
        "alpha.webp": (colours("RGBA"), {"lossless": True}),
        "cmyk.jpg": (colours("CMYK"), {"quality": 95}),
        "progressive.jpg": (colours(), {"progressive": True, "icc_profile": profiles["adobe"], "quality": 95}),
        "first.gif": (colours("P"), {}),
        "plain.bmp": (colours(), {}),
        "turned.webp": (colours(), {"exif": exif(6), "lossless": True}),
        "turned.png": (colours(), {"exif": exif(6)}),
        "p3.avif": (colours(), {"icc_profile": profiles["p3"], "quality": 95, "subsampling": "4:4:4"}),
        "turned.avif": (colours(), {"exif": exif(6), "quality": 95, "subsampling": "4:4:4"}),
    }
    for name, profile in profiles.items():
        ways[f"{name}.jpg"] = (colours(), {"icc_profile": profile, "quality": 95})
        ways[f"{name}.png"] = (colours(), {"icc_profile": profile})
        ways[f"{name}.webp"] = (colours(), {"icc_profile": profile, "lossless": True})
    for number in range(2, 9):
        ways[f"turned-{number}.jpg"] = (colours(), {"exif": exif(number), "icc_profile": profiles["p3"], "quality": 95})
    for name, (picture, how) in ways.items():
        file = io.BytesIO()
        picture.save(file, {"jpg": "JPEG"}.get(name.rpartition(".")[2], name.rpartition(".")[2].upper()), **how)
        yield name, file.getvalue()


def by_chunks() -> Iterator[tuple[str, bytes]]:
    """PNGs that state their colours in other ways than by a profile."""
    gamma = {value: struct.pack(">I", round(100_000 / value)) for value in (1.0, 1.8, 2.2)}
    yield "cicp-p3.png", png({b"cICP": bytes([12, 13, 0, 1])})
    yield "cicp-2020.png", png({b"cICP": bytes([9, 14, 0, 1])})
    yield "cicp-srgb.png", png({b"cICP": bytes([1, 13, 0, 1])})
    yield "gama-chrm-p3.png", png({b"gAMA": gamma[2.2], b"cHRM": chromaticities(P3)})
    yield "gama-chrm-1.0.png", png({b"gAMA": gamma[1.0], b"cHRM": chromaticities(P3)})
    yield "gama-alone.png", png({b"gAMA": gamma[1.8]})
    yield "chrm-alone.png", png({b"cHRM": chromaticities(P3)})
    yield "srgb-and-gama.png", png({b"sRGB": b"\0", b"gAMA": gamma[1.0], b"cHRM": chromaticities(P3)})
    yield "deep.png", deep_png()


def by_programs(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What cwebp, avifenc, ffmpeg and exiftool write, where they are installed."""
    source, profile = folder / "source.png", folder / "p3.icc"
    colours().save(source)
    profile.write_bytes(matrix_profile(P3, "srgb", "P3"))
    with_profile, photo = folder / "with.png", folder / "photo.jpg"
    colours().save(with_profile, icc_profile=profile.read_bytes())
    colours().save(photo, quality=95)
    commands = {
        "cwebp.webp": ["cwebp", "-quiet", "-lossless", "-metadata", "icc", with_profile, "-o"],
        "cwebp-lossy.webp": ["cwebp", "-quiet", "-q", "95", "-metadata", "all", with_profile, "-o"],
        "avifenc-p3.avif": ["avifenc", "--min", "0", "--max", "5", "-y", "444", "--cicp", "12/13/6", source],
        "avifenc-709.avif": ["avifenc", "--min", "0", "--max", "5", "-y", "444", "--cicp", "1/1/6", source],
        "avifenc-turned.avif": ["avifenc", "--min", "0", "--max", "5", "-y", "444", "--irot", "1", source],
        "avifenc-mirrored.avif": ["avifenc", "--min", "0", "--max", "5", "-y", "444", "--imir", "0", source],
        "ffmpeg.jpg": ["ffmpeg", "-v", "error", "-i", source, "-q:v", "2"],
        "ffmpeg.png": ["ffmpeg", "-v", "error", "-i", source, "-pix_fmt", "rgb48be"],
        "exiftool.jpg": ["exiftool", "-q", f"-icc_profile<={profile}", "-Orientation#=6", photo, "-o"],
        "exiftool-xmp.jpg": ["exiftool", "-q", "-XMP-tiff:Orientation#=6", photo, "-o"],
    }
    for name, command in commands.items():
        if shutil.which(command[0]):
            done = subprocess.run([*map(str, command), str(folder / name)], check=False, capture_output=True)
            if done.returncode == 0:
                yield name, (folder / name).read_bytes()


@pytest.fixture
def files(tmp_path, monkeypatch) -> dict[str, bytes]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    cases = ["icc_p3_plain.jpg", "icc_p3.png", "icc_adobe_plain.jpg", "xmp_orient6_only.jpg", "alpha_hidden_red.png"]
    makers: tuple[Callable[[], Iterator[tuple[str, bytes]]], ...] = (by_pillow, by_chunks)
    return {
        **{name: (CASES / name).read_bytes() for name in cases},
        **{name: data for make in makers for name, data in make()},
        **dict(by_programs(tmp_path)),
    }


def test_what_is_sent_is_what_chromium_draws(chromium, files, tmp_path):
    assert len(files) >= 30
    types = {"jpg": "jpeg"}
    urls = {
        name: f"data:image/{types.get(name.rpartition('.')[2], name.rpartition('.')[2])};base64,"
        + base64.b64encode(data).decode()
        for name, data in files.items()
    }
    page = chromium.new_page()
    drawn = page.evaluate(DRAW, urls)
    page.close()
    wrong: dict[str, object] = {}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with ThreadPoolExecutor(1) as apart:  # Playwright has a loop of its own in this thread
            taken = apart.submit(asyncio.run, take_picture(tmp_path / name)).result()
        sent = np.asarray(Image.open(taken.path).convert("RGB"), float)
        url = drawn[name]
        if url is None:
            wrong[name] = "Chromium does not draw it"
            continue
        right = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB"), float)
        off = float(np.abs(sent - right).mean()) if sent.shape == right.shape else f"{sent.shape} {right.shape}"
        print(name, off, taken.note)
        if not isinstance(off, float) or off >= MOST:
            wrong[name] = off
    assert not wrong
