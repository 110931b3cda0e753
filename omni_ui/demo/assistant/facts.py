"""What can be measured in pictures, audio and video without a model, as short phrases for an answer."""

import base64
import binascii
import io
from fractions import Fraction

import numpy as np
import soundfile
from PIL import Image, ImageOps

from omni_ui.demo.audio.listen import measure

COLOURS = {
    "black": "#101010", "dark grey": "#484848", "grey": "#888888", "light grey": "#c4c4c4", "white": "#f6f6f6",
    "dark red": "#701818", "red": "#d02828", "orange": "#ec8a2c", "brown": "#74502c", "beige": "#dcc8a0",
    "yellow": "#f0dc3c", "olive": "#84842c", "dark green": "#1c4c28", "green": "#3c9c3c", "light green": "#a4d890",
    "teal": "#208488", "turquoise": "#58d0d0", "sky blue": "#90c4ec", "blue": "#3060c8", "dark blue": "#182858",
    "purple": "#74409c", "lilac": "#b8a0dc", "magenta": "#c83c9c", "pink": "#f0a8bc",
}  # fmt: skip
_RGB = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in COLOURS.values()], float)


def read_data(url: str) -> bytes:
    """The bytes of a data: URL or of plain base64. ValueError in plain words."""
    if url.startswith(("http://", "https://")):
        raise ValueError("it is a link, and this demo reads only what is sent along")
    try:
        return base64.b64decode(url.partition(",")[2] if url.startswith("data:") else url, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("its base64 is damaged") from None


def picture(content: bytes) -> dict[str, str]:
    """Size, colours by name, brightness and sharpness. ValueError for what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            frames, form = getattr(opened, "n_frames", 1), opened.format
            whole = ImageOps.exif_transpose(opened)
            clear = whole.has_transparency_data
            size = whole.size
            if max(size) > 4096:  # a copy of a very large picture would take gigabytes
                whole = whole.convert("RGBA" if clear else "RGB").reduce(max(size) // 2048)
            whole = whole.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValueError("it is no picture that I can open") from None
    flat = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    grey = np.asarray(flat.reduce(max(1, max(flat.size) // 512)).convert("L"), float)
    bright, contrast = grey.mean() / 255, grey.std() / 255
    light = _word(bright, (0.2, "very dark"), (0.4, "dark"), (0.6, "medium"), (0.8, "bright"), (9, "very bright"))
    shape = "square" if size[0] == size[1] else "landscape" if size[0] > size[1] else "portrait"
    extra = (f", {frames} frames" if frames > 1 else "") + (", partly transparent" if clear else "")
    return {
        "Size": f"{size[0]} x {size[1]} pixels, {shape}, {form}{extra}",
        "Colours": _colours(flat),
        "Brightness": f"{bright:.0%}, {light}",
        "Contrast": _word(contrast, (0.02, "none"), (0.12, "low"), (0.24, "medium"), (9, "high")),
        "Sharpness": _sharpness(flat),
    }


def audio(content: bytes) -> dict[str, str]:
    """Length, loudness and pitch. ValueError for what is no audio."""
    samples, rate, seconds, form = _hear(content)
    peak, level = float(np.abs(samples).max(initial=0)), float(samples.std()) if samples.size else 0.0
    channels = {1: "mono", 2: "stereo"}.get(samples.shape[1], f"{samples.shape[1]} channels")
    rows = {"Length": f"{seconds:.1f} s, {channels}, {rate:,} Hz, {form}"}
    if peak < 1e-4:
        return rows | {"Loudness": "silent"}
    heard = measure(samples, rate)
    rows["Loudness"] = f"{20 * np.log10(level + 1e-9):.0f} dBFS on average, peaks at {20 * np.log10(peak):.0f} dBFS"
    if heard.pitch_hz:
        height = _word(heard.pitch_hz, (150, "low"), (260, "middle"), (9e9, "high"))
        rows["Pitch"] = f"about {heard.pitch_hz:.0f} Hz, {height}"
        rows["Pace"] = f"about {heard.pace:.1f} beats or syllables a second"
    else:
        rows["Pitch"] = "none that stands out (noise, whispering, or many notes at once)"
    return rows


def video(content: bytes) -> dict[str, str]:
    """Length, size, frame rate, sound, and the colours in the middle. ValueError for what is no video."""
    try:
        import av
    except ImportError:
        raise ValueError("reading video needs the package av: run `pip install av`") from None
    try:
        with av.open(io.BytesIO(content), "r") as box:
            stream = box.streams.video[0]
            rate = stream.average_rate or Fraction(0)
            seconds = box.duration / av.time_base if box.duration else 0.0
            box.seek(box.duration // 2 if box.duration else 0)
            middle = next(box.decode(stream)).to_image()
            sound, codec = bool(box.streams.audio), stream.codec_context.name
    except (av.FFmpegError, OSError, IndexError, StopIteration):
        raise ValueError("it is no video that I can open") from None
    return {
        "Length": f"{seconds:.1f} s, {codec}, {'with' if sound else 'without'} sound",
        "Size": f"{middle.width} x {middle.height} pixels",
        "Frame rate": f"{float(rate):.4g} frames per second",
        "Colours in the middle": _colours(middle),
    }


def _hear(content: bytes) -> tuple[np.ndarray, int, float, str]:
    """Samples (n, channels) of the first minute, their rate, the whole length in seconds, the format."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            samples = file.read(60 * file.samplerate, dtype="float32", always_2d=True)
            return samples, file.samplerate, file.frames / file.samplerate, file.format
    except soundfile.LibsndfileError:
        pass  # not one of its formats; PyAV knows aac, webm and mp4
    try:
        import av

        with av.open(io.BytesIO(content), "r") as box:
            stream, change, parts = box.streams.audio[0], av.AudioResampler("fltp", "stereo", 48_000), []
            for frame in box.decode(stream):
                parts += [part.to_ndarray() for part in change.resample(frame)]
                if len(parts) > 60 * 48_000 // 1024:
                    break
            samples = np.concatenate(parts, axis=1).T
            seconds = box.duration / av.time_base if box.duration else len(samples) / 48_000
            return samples, 48_000, seconds, stream.codec_context.name
    except ImportError:
        raise ValueError("reading this format needs the package av: run `pip install av`") from None
    except (av.FFmpegError, OSError, IndexError, ValueError):
        raise ValueError("it is no audio that I can open") from None


def _sharpness(image: Image.Image) -> str:
    """How many pixels the steepest edge in the middle takes, judged against the darkest and lightest there."""
    left, top = max(0, image.width - 1024) // 2, max(0, image.height - 1024) // 2
    box = (left, top, min(left + 1024, image.width), min(top + 1024, image.height))
    grey = np.asarray(image.crop(box).convert("L"))
    low, high = np.percentile(grey, (0.5, 99.5))
    if high - low < 5 or min(grey.shape) < 3:
        return "no edge to judge by"
    steepest = max(np.percentile(np.abs(np.diff(grey.astype(float), axis=axis)), 99.8) for axis in (0, 1))
    return _word(steepest / (high - low), (0.08, "soft"), (0.3, "medium"), (9, "sharp"))


def _colours(image: Image.Image) -> str:
    """The three most frequent named colours with their shares."""
    pixels = np.asarray(image.convert("RGB").resize((48, 48), Image.Resampling.BOX), float).reshape(-1, 1, 3)
    red = (pixels[..., 0] + _RGB[:, 0]) / 512  # the eye's weights depend on how red a colour is
    gap = (pixels - _RGB) ** 2
    nearest = ((2 + red) * gap[..., 0] + 4 * gap[..., 1] + (3 - red) * gap[..., 2]).argmin(axis=1)
    share = np.bincount(nearest, minlength=len(COLOURS)) / len(nearest)
    best = [i for i in np.argsort(-share, kind="stable")[:3] if share[i] >= 0.04]
    return ", ".join(f"{list(COLOURS)[i]} ({share[i]:.0%})" for i in best)


def _word(value: float, *steps: tuple[float, str]) -> str:
    return next(word for limit, word in steps if value < limit)
