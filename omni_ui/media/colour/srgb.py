"""Colours as browsers show them: what a file says about its colour space, and the way from there to sRGB.

The order of Chromium: in a PNG cICP, then iCCP, then sRGB, then gAMA and cHRM; in AVIF and HEIC the profile, then the
numbers of ITU-T H.273 (nclx). LittleCMS does the conversion. A profile that cannot be used is left out, and that is
said.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from omni_ui.media.colour.icc import Transfer, matrix_profile

CLOSE = 3
"""Steps of 255 by which a colour may be off in a profile that counts as sRGB."""
HEAD = 1_000_000
"""Bytes in which the colour space of a file must stand."""
SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
"""Colour spaces of profiles, and Pillow's names for them."""
RED_GREEN_BLUE_WHITE: dict[int, tuple[float, ...]] = {
    1: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, 0.3127, 0.3290),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, 0.3127, 0.3290),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
}
"""Chromaticities (x, y) of the primaries and the white point by their number in ITU-T H.273, table 2."""
SRGB_CURVE = 13
VIDEO_GAMMA = 2.4
"""How browsers show the curves of BT.709 and its kin: as displays do (ITU-R BT.1886), not by the camera's inverse."""
CURVES: dict[int, Transfer] = {
    1: VIDEO_GAMMA, 4: 2.2, 5: 2.8, 6: VIDEO_GAMMA, 8: 1.0, 13: "srgb", 14: VIDEO_GAMMA, 15: VIDEO_GAMMA, 16: "pq",
    18: "hlg",
}  # fmt: skip
"""Transfer functions by their number in ITU-T H.273, table 3; a number is a plain power."""
HDR = {16: "HDR (PQ); brighter parts are clipped", 18: "HDR (HLG); brighter parts are clipped"}
"""What a visitor reads of transfer functions that reach beyond the white of a screen."""
STATED_AS_SRGB = ((1, SRGB_CURVE), (1, 1), (1, 6))
"""Numbers of AVIF and HEIC that mean sRGB in practice: encoders write those of BT.709 for any picture."""


@dataclass(frozen=True)
class Converted:
    """picture: in sRGB, RGB or RGBA (L when it was grey). note: what was done, "" when nothing was."""

    picture: Image.Image
    note: str = ""


def profile_of(picture: Image.Image, path: Path) -> bytes | None:
    """The picture's ICC profile; None for one in sRGB, or that does not say."""
    icc = picture.info.get("icc_profile")
    if picture.format == "PNG":
        return _profile_of_png(path, icc)
    if icc:
        return bytes(icc)
    if picture.format in ("AVIF", "HEIF"):
        numbers = _nclx(path)
        return None if numbers in STATED_AS_SRGB else _from_numbers(numbers)
    return None


def to_srgb(picture: Image.Image, icc: bytes | None) -> Converted:
    """The picture in sRGB. A profile that is broken, or for other colours than the picture's, changes nothing."""
    if not icc:
        return Converted(picture)
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        space = SPACES.get(profile.profile.xcolor_space)
        if space == "RGB" and picture.mode in ("L", "LA", "P", "PA", "1"):
            picture = picture.convert("RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB")
        if space is None or not _fits(space, picture.mode):
            return Converted(picture, "its colour profile is for other colours and was left out")
        if space == "RGB" and _is_srgb(icc):
            return Converted(picture)
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        colours = picture.convert("RGB") if alpha else picture
        out = "L" if space == "L" else "RGB"
        converted = _convert(colours, icc, space, out)
        if alpha:
            converted.putalpha(alpha)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return Converted(picture, "its colour profile is broken and was left out")
    if space == "L" and np.abs(np.asarray(converted, np.int16) - np.asarray(colours, np.int16)).max() < CLOSE:
        return Converted(picture)
    name = _name(profile)
    return Converted(converted, f"converted to sRGB from {name}" if name else "converted to sRGB")


def _fits(space: str, mode: str) -> bool:
    return mode in ("RGB", "RGBA") if space == "RGB" else mode == space


def _convert(picture: Image.Image, icc: bytes, space: str, out: str) -> Image.Image:
    if out == "L":
        # Grey through a table: LittleCMS has no grey target with sRGB's curve.
        ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
        shades = ImageCms.applyTransform(ramp, _transform(icc, "L"))
        assert shades is not None
        table = np.asarray(shades.convert("RGB"))[0, :, 1]
        return picture.point(table.tolist())
    converted = ImageCms.applyTransform(picture, _transform(icc, space))
    assert converted is not None
    return converted


@lru_cache(maxsize=16)
def _transform(icc: bytes, space: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"), space, "RGB",
        ImageCms.Intent.PERCEPTUAL,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _is_srgb(icc: bytes) -> bool:
    """Whether colours all over the cube stay where they are: most profiles in files are sRGB's own."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(27, 27, 3)
    moved = ImageCms.applyTransform(Image.fromarray(cube), _transform(icc, "RGB"))
    return bool(np.abs(np.asarray(moved, np.int16) - cube).max() <= CLOSE)


def _name(profile: ImageCms.ImageCmsProfile) -> str:
    name = " ".join((profile.profile.profile_description or "").split())
    return name if name.isprintable() and len(name) <= 40 else ""


def _profile_of_png(path: Path, icc: bytes | None) -> bytes | None:
    chunks = dict(_png_chunks(path))
    if (numbers := chunks.get(b"cICP", b"")) and len(numbers) == 4:
        return _from_numbers((numbers[0], numbers[1]))
    if icc:
        return bytes(icc)
    if b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    gamma = struct.unpack(">I", chunks[b"gAMA"])[0] / 100_000
    if not 0.01 < gamma < 100:
        return None
    primaries = RED_GREEN_BLUE_WHITE[1]
    if len(chunks.get(b"cHRM", b"")) == 32:
        white_x, white_y, *colours = (value / 100_000 for value in struct.unpack(">8I", chunks[b"cHRM"]))
        primaries = (*colours, white_x, white_y)
    return _made(primaries, 1 / gamma, "gAMA")


def _png_chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """The small chunks that stand before the pixels."""
    with path.open("rb") as file:
        file.seek(8)
        while len(head := file.read(8)) == 8 and head[4:] != b"IDAT" and file.tell() < HEAD:
            size = struct.unpack(">I", head[:4])[0]
            if size <= 64:
                yield head[4:], file.read(size)
            else:
                file.seek(size, io.SEEK_CUR)
            file.seek(4, io.SEEK_CUR)


def _nclx(path: Path) -> tuple[int, int]:
    """Primaries and transfer function in the `colr` box of an AVIF or HEIC; (2, 2), not stated, without one."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    at = head.find(b"colrnclx")
    return struct.unpack_from(">HH", head, at + 8) if 0 <= at <= len(head) - 12 else (2, 2)


def _from_numbers(numbers: tuple[int, int]) -> bytes | None:
    primaries, transfer = RED_GREEN_BLUE_WHITE.get(numbers[0]), CURVES.get(numbers[1])
    if primaries is None or transfer is None:
        return None
    name = HDR.get(numbers[1]) or f"H.273 {numbers[0]}/{numbers[1]}"
    return _made(primaries, transfer, name)


def _made(primaries: tuple[float, ...], transfer: Transfer, name: str) -> bytes | None:
    try:
        return matrix_profile(primaries, transfer, name)
    except (np.linalg.LinAlgError, ArithmeticError, struct.error):  # they span no colours
        return None
