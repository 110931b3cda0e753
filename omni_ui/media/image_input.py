"""Pictures that come in: looked at before they are sent, so that every server gets one that it can open.

A PNG, JPEG or WebP of eight bits in sRGB, upright, without transparency and of a sensible size is passed on as it is,
byte for byte. Anything else is written anew as browsers show it (and the visitor is told), or refused with a sentence.
"""

import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, JpegImagePlugin

from omni_ui.core.files import new_path
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.invalid import Invalid
from omni_ui.media.colour.srgb import profile_of, to_srgb
from omni_ui.media.pixels import mended_png, plain_pixels, rows_in, turn_of

LARGEST = 4096 * 4096
"""Pixels. The server refuses results above 33 million (cli/serve.py:1030), and a result is as large as its picture."""
LONGEST_SIDE = 8192
SHORTEST_SIDE = 16
MOST_READ = 33_554_432
"""Pixels that are opened at all: what the server takes at most, 134 MB of memory in a look."""

READ = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""Formats by Pillow's names. Not more: some of its others start programs (EPS) or are never pictures of a visitor."""
PASSED_ON = {"PNG", "JPEG", "MPO", "WEBP"}
LEAST_ROWS = 0.8
"""A picture that breaks off earlier is refused: models would take the grey below for a part of the picture."""
REMEMBERED = 64
"""Pictures that were looked at and are not looked at again when they are sent."""
DAMAGED = "is damaged: it is incomplete or cannot be read. Save it again."

try:  # optional: HEIC, as phones send it
    import pi_heif  # type: ignore[import-untyped]

    pi_heif.register_heif_opener()
except ImportError:
    pi_heif = None


@dataclass(frozen=True)
class Taken:
    """A picture that can be sent. Width and height in pixels; `note` says what was changed, None when nothing was."""

    path: Path
    width: int
    height: int
    note: str | None = None


_looked_at: OrderedDict[tuple[str, int, int, int, bool], Taken] = OrderedDict()


async def take_picture(
    path: str | Path, field: str = "image", *, largest: int = LARGEST, keep_transparency: bool = False
) -> Taken:
    """Looks at a picture that a visitor gave, off the event loop.

    field: the wire name that an `Invalid` names. largest: pixels above which the picture is scaled down.
    keep_transparency: for masks and layered models; anything else sees white behind it, as browsers show it.
    Raises Invalid with one sentence for what cannot be sent.
    """
    return await run_heavy(_take_once, Path(path), field, largest, keep_transparency)


def _take_once(path: Path, field: str, largest: int, keep_transparency: bool) -> Taken:
    """As `_take`, from memory for a file that was looked at before and has not changed since."""
    try:
        state = path.stat()
    except OSError:
        raise Invalid.because(field, f"{path.name} is no longer available. Choose it again.") from None
    key = (str(path), state.st_size, state.st_mtime_ns, largest, keep_transparency)
    taken = _looked_at.get(key)
    if taken is None or not taken.path.is_file():
        taken = _looked_at[key] = _take(path, field, largest, keep_transparency)
        while len(_looked_at) > REMEMBERED:
            _looked_at.popitem(last=False)
    return taken


def _take(path: Path, field: str, largest: int, keep_transparency: bool) -> Taken:
    def refuse(sentence: str) -> Invalid:
        return Invalid.because(field, f"{path.name} {sentence}")

    notes: list[str] = []
    with _open(path, refuse) as opened:
        width, height = opened.size
        if width * height > MOST_READ:
            raise refuse(
                f"has {width} × {height} pixels; the limit is {MOST_READ // 1000000} million. Make it smaller first."
            )
        try:
            frames = getattr(opened, "n_frames", 1) if opened.format != "MPO" else 1
            if frames > 1:
                notes.append(f"only the first of its {frames} frames is used")
            source, sampling = _loaded(opened, path, notes)
            picture = _as_shown(source, opened, path, keep_transparency, notes)
        except Exception:  # whatever a decoder raises, the visitor gets a sentence
            raise refuse(DAMAGED) from None
        if picture is None:
            raise refuse("holds measurements rather than colours. Save it as an 8-bit PNG.")
        picture = _fitting(picture, largest, notes)
        if min(picture.size) < SHORTEST_SIDE:
            raise refuse(f"is too small: {width} × {height} pixels, and each side needs {SHORTEST_SIDE} or more.")
        if not notes and opened.format in PASSED_ON:
            return Taken(path, width, height)
        try:
            sent = _save(picture, path, opened.format, sampling)
        except ValueError:
            raise refuse(DAMAGED) from None
        if not notes:
            form = "HEIC" if opened.format == "HEIF" else opened.format
            notes.append(f"{form} was saved as {'JPEG' if sent.suffix == '.jpg' else 'PNG'}")
        return Taken(sent, *picture.size, f"{path.name}: {', '.join(notes)}.")


def _as_shown(
    picture: Image.Image, opened: Image.Image, path: Path, keep_transparency: bool, notes: list[str]
) -> Image.Image | None:
    """The first frame as browsers show it, in 8 bits of sRGB: L, RGB or RGBA. None for a mode without colours."""
    icc = profile_of(opened, path)
    managed = to_srgb(picture, icc) if picture.mode in ("L", "RGB", "RGBA", "CMYK", "LAB") else None
    if managed and managed.note:
        notes.append(managed.note)
    visible = plain_pixels(managed.picture if managed else picture, opened, path, notes)
    if visible is not None and managed is None and icc:
        late = to_srgb(visible, icc)  # from modes that no profile is for: palettes, one bit, sixteen bits
        notes += [late.note] if late.note else []
        visible = late.picture
    if visible is None:
        return None
    if visible.mode == "RGBA" and not keep_transparency and visible.getchannel("A").getextrema() != (255, 255):
        white = Image.new("RGBA", visible.size, "white")
        white.alpha_composite(visible)
        visible = white.convert("RGB")
        notes.append("its transparent parts became white")
    turn = turn_of(opened)
    if turn is not None:
        notes.append("rotated upright")
        visible = visible.transpose(turn)
    return visible


def _loaded(opened: Image.Image, path: Path, notes: list[str]) -> tuple[Image.Image, int]:
    """The decoded first frame, and the chroma subsampling of a JPEG (2 is 4:2:0, 0 is none).

    Browsers show a JPEG and a PNG that break off, so they are taken when nearly all of them is there.
    """
    try:
        opened.load()
        sampling = JpegImagePlugin.get_sampling(opened) if opened.format in ("JPEG", "MPO") else 0
        return opened, max(sampling, 0)
    except (OSError, SyntaxError):
        if opened.format not in ("JPEG", "MPO", "PNG"):
            raise
    data = path.read_bytes()
    return (_cut_png(data, notes), 0) if opened.format == "PNG" else (_cut_jpeg(data, notes), 0)


def _cut_jpeg(data: bytes, notes: list[str]) -> Image.Image:
    with Image.open(io.BytesIO(data + b"\xff\xd9"), formats=["JPEG"]) as mended:
        mended.load()
        _say_share(rows_in(data, mended), notes)
        return mended.copy()


def _cut_png(data: bytes, notes: list[str]) -> Image.Image:
    mended = mended_png(data)
    if mended is None:
        raise ValueError("it cannot be mended")
    with Image.open(io.BytesIO(mended[0]), formats=["PNG"]) as picture:
        picture.load()
        _say_share(mended[1] / picture.height, notes)
        whole = picture.convert("RGBA" if "transparency" in picture.info or "A" in picture.mode else "RGB")
    whole.paste((255,) * len(whole.getbands()), (0, mended[1], whole.width, whole.height))  # as browsers show nothing
    return whole


def _say_share(share: float, notes: list[str]) -> None:
    """Notes how much of a picture that breaks off is there. ValueError for too little."""
    if share < LEAST_ROWS:
        raise ValueError("too little of it is there")
    missing = round(100 * (1 - share))
    notes.append(
        f"it breaks off, so its lowest {missing} % are missing"
        if missing
        else "its end is missing, but the picture is complete"
    )


def _open(path: Path, refuse: Callable[[str], Invalid]) -> Image.Image:
    """The opened file, not decoded yet."""
    Image.init()
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        raise refuse("is not there any more. Choose it again.") from None
    if not head:
        raise refuse("is empty. Choose another picture.")
    try:
        return Image.open(path, formats=[name for name in READ if name in Image.OPEN])
    except Image.DecompressionBombError:
        raise refuse("has too many pixels to open. Make it smaller first.") from None
    except Exception:  # whatever Pillow raises
        raise refuse(_why_not(path, head)) from None


def _why_not(path: Path, head: bytes) -> str:
    """Why a file is not a picture that can be opened, and what to do."""
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
        return "is a HEIC picture, which cannot be read here. Save it as JPEG or PNG."
    if b"<svg" in head.lower() or path.suffix.lower() == ".svg":
        return "is a vector drawing (SVG). Export it as PNG."
    return "is not a picture that can be read. Choose a PNG, JPEG or WebP file."


def _fitting(picture: Image.Image, largest: int, notes: list[str]) -> Image.Image:
    width, height = picture.size
    scale = min(1.0, (largest / (width * height)) ** 0.5, LONGEST_SIDE / max(width, height))
    if scale == 1:
        return picture
    size = max(1, int(width * scale)), max(1, int(height * scale))
    notes.append(f"scaled down from {width} × {height} to {size[0]} × {size[1]} pixels")
    return picture.resize(size, Image.Resampling.LANCZOS)


def _save(picture: Image.Image, source: Path, form: str | None, sampling: int) -> Path:
    """A photograph stays a JPEG of high quality (a PNG would be ten times its size); all else keeps every pixel.

    sampling: 2 when the colours of the source have half its resolution anyway.
    """
    if form in ("JPEG", "MPO", "HEIF") and picture.mode in ("L", "RGB"):
        path = new_path(f"{source.stem}.jpg")
        picture.save(path, "JPEG", quality=95, subsampling=2 if sampling == 2 else 0, icc_profile=None, exif=b"")
    else:
        path = new_path(f"{source.stem}.png")
        picture.save(path, "PNG", compress_level=1, icc_profile=None)
    return path
