"""Video of the demo server: painted scenes, moving cameras and looks, written by PyAV as H.264 and AAC in MP4.

PyAV is optional: without it `available()` says so and everything else works.
"""

import io
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from omni_ui.demo.audio.sound import RATE, synthesise
from omni_ui.demo.chinese import in_english
from omni_ui.demo.imaging import editor, painter
from omni_ui.demo.imaging.clip_parts import Mask, changed_in_part, towards

Media = bytes | str | Path
Camera = Callable[[float], tuple[float, float, float]]
"""From the part of the clip that has passed (0..1) to zoom (1 shows all), and where to look (-1..1 each way)."""


class Stopped(Exception):
    """`stop` said so; no file is left."""


def _eased(p: float) -> float:
    return p * p * (3 - 2 * p)


def _orbit(p: float) -> tuple[float, float, float]:
    x, y = np.sin(2 * np.pi * p), np.cos(2 * np.pi * p)
    return 1.22 + 0.04 * y, 0.7 * x, 0.5 * y


CAMERAS: dict[str, Camera] = {
    r"zoom(s|ing)?( \w+)? out|pull(s|ing)? (back|out)|dolly out": lambda p: (1.45 - 0.43 * _eased(p), 0, 0),
    r"zoom(s|ing)?|push(es|ing)? in|dolly|closer": lambda p: (1.02 + 0.43 * _eased(p), 0, 0),
    r"pan(s|ning)?( \w+)? left|moves? left": lambda p: (1.3, 1 - 2 * _eased(p), 0),
    r"pan(s|ning)?|tracking|moves? right": lambda p: (1.3, 2 * _eased(p) - 1, 0),
    r"(tilt|crane|pan|move)(s|ing)? up|rises?|rising": lambda p: (1.3, 0, 1 - 2 * _eased(p)),
    r"(tilt|crane|pan|move)(s|ing)? down|descends?|sinks?": lambda p: (1.3, 0, 2 * _eased(p) - 1),
    r"orbit(s|ing)?|circl(e|es|ing)|drift(s|ing)?|handheld|float(s|ing)?": _orbit,
    r"static|still|fixed|locked": lambda p: (1, 0, 0),
}
"""Words and the camera they ask for; of several the longest wording wins, so that "pan up" is no "pan"."""


def available() -> str | None:
    """None when video works, or one sentence that says which package to install."""
    try:
        import av  # noqa: F401
    except ImportError:
        return "Video in the demo needs the package av (PyAV): run `pip install av`."
    return None


def render(
    path: str | Path, prompt: str, *, width: int, height: int, num_frames: int, fps: int, seed=0,
    steps: int | None = None, guidance: float | None = None, negative_prompt: str | None = None,
    image: Image.Image | None = None, video: Media | None = None, audio: Media | None = None, sound=False,
    last: Image.Image | None = None, source: Media | None = None, mask: Mask | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Writes an MP4 that browsers play: H.264 in yuv420p, its index in front; odd sizes lose a row or column.

    From the prompt alone a painted scene that moves; with `image` a camera move over it, picked by `CAMERAS`, that
    breathes with the loudness when `audio` is given; with `video` the edits that the prompt names, on each frame.
    audio: becomes the sound track. sound: make one from the prompt. Media are paths or the bytes of a file.
    steps, guidance and negative_prompt act on the painted scene and on the sound.
    last: what it turns into. source: a video of which the part that `mask` names is painted anew.
    stop: asked before every frame; then Stopped. ValueError for media that cannot be read, `editor.NotUnderstood`
    for a video edit without a known word, RuntimeError without PyAV. The file is removed in all these cases.
    """
    if missing := available():
        raise RuntimeError(missing)
    size, seconds = (max(width // 2, 1) * 2, max(height // 2, 1) * 2), num_frames / fps
    taste = {"seed": seed, "steps": steps, "guidance": guidance, "negative_prompt": negative_prompt}
    track = _track(prompt, audio, sound, seconds, taste)
    if video is not None:
        frames = _with_look(_read_video(video, size, num_frames, fps), prompt, seed)
    elif image is not None:
        frames = camera_move(image, prompt, size, num_frames, track if audio is not None else None)
    else:
        frames = painter.frames(prompt, width=size[0], height=size[1], num_frames=num_frames, fps=fps, **taste)
    if source is not None and mask is not None:
        frames = changed_in_part(_read_video(source, size, num_frames, fps), frames, mask, size, num_frames)
    if last is not None:
        frames = towards(frames, last, size, num_frames)
    try:
        _write(path, frames, size, fps, track, stop)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise


def _write(path, frames: Iterator[np.ndarray], size, fps: int, track: np.ndarray | None, stop) -> None:
    import av

    with av.open(str(path), "w", format="mp4", container_options={"movflags": "faststart"}) as out:
        # With mbtree x264's choices differ from run to run; the same request is to give the same bytes.
        how = {"preset": "veryfast", "crf": "20", "x264-params": "mbtree=0"}
        picture = out.add_stream("libx264", rate=fps, options=how)
        picture.width, picture.height = size
        picture.pix_fmt = "yuv420p"
        picture.time_base = Fraction(1, fps)
        heard = out.add_stream("aac", rate=RATE, layout="stereo") if track is not None else None
        if heard and track is not None:
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(track.T), format="fltp", layout="stereo")
            block.sample_rate, block.pts = RATE, 0
            out.mux(heard.encode(block) + heard.encode())
        for number, pixels in enumerate(frames):
            if stop():
                raise Stopped
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts = number
            out.mux(picture.encode(frame))
        out.mux(picture.encode())


def _track(prompt: str, audio: Media | None, wanted: bool, seconds: float, taste: dict) -> np.ndarray | None:
    if audio is not None:
        return _read_audio(audio, seconds)
    return synthesise(prompt, seconds=seconds, **taste) if wanted else None


def camera_move(
    image: Image.Image, prompt: str, size, num_frames: int, track: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """A camera moves over a picture as the prompt says; with a sound it breathes with its loudness."""
    said = in_english(prompt).lower()
    hits = [(hit[0], move) for words, move in CAMERAS.items() if (hit := re.search(rf"\b({words})\b", said))]
    move = max(hits, key=lambda hit: len(hit[0]))[1] if hits else lambda p: (1.02 + 0.12 * _eased(p), 0.1 * p, 0)
    whole = ImageOps.fit(image.convert("RGB"), (size[0] * 3 // 2, size[1] * 3 // 2), Image.Resampling.LANCZOS)
    beat = np.zeros(num_frames) if track is None else _loudness(track, num_frames)
    for k in range(num_frames):
        zoom, x, y = move(k / max(num_frames - 1, 1))
        zoom *= 1 + 0.06 * beat[k]
        w, h = whole.width / zoom, whole.height / zoom
        left, top = (whole.width - w) / 2 * (1 + x), (whole.height - h) / 2 * (1 + y)
        yield np.asarray(whole.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + w, top + h)))


def _loudness(track: np.ndarray, num_frames: int) -> np.ndarray:
    """0..1 for each frame, smoothed over about a third of a second."""
    level = np.array([part.std() if len(part) else 0.0 for part in np.array_split(track, num_frames)])
    smooth = np.convolve(np.pad(level, 2, "edge"), np.hanning(7)[1:-1] / np.hanning(7).sum(), "valid")
    return smooth / max(float(smooth.max()), 1e-6)


def _with_look(frames: Iterator[np.ndarray], prompt: str, seed: int) -> Iterator[np.ndarray]:
    for pixels in frames:
        before = Image.fromarray(pixels)
        after = editor.edit([before], prompt, seed=seed).convert("RGB")
        yield np.asarray(after if after.size == before.size else ImageOps.fit(after, before.size))


def _open(source: Media, kind: str):
    """The container and its first stream of a kind."""
    import av

    try:
        box = av.open(io.BytesIO(source) if isinstance(source, bytes) else str(source))
    except (av.FFmpegError, OSError) as wrong:
        raise ValueError(f"The {kind} could not be read: {wrong.strerror or wrong}.") from wrong
    streams = box.streams.get(**{kind: 0}) if getattr(box.streams, kind) else []
    if not streams:
        box.close()
        raise ValueError(f"There is no {kind} in the file.")
    return box, streams[0]


def _decoded(box, stream, kind: str) -> Iterator:
    import av

    try:
        yield from box.decode(stream)
    except av.FFmpegError as wrong:
        raise ValueError(f"The {kind} is damaged: {wrong.strerror}.") from wrong


def _read_video(source: Media, size, num_frames: int, fps: int) -> Iterator[np.ndarray]:
    """num_frames at fps, cut to size; a source that is too short stops on its last picture."""
    box, stream = _open(source, "video")
    with box:
        sent, last = 0, None
        for frame in _decoded(box, stream, "video"):
            if frame.time is not None and frame.time * fps + 1e-6 < sent and last is not None:
                continue
            last = np.asarray(ImageOps.fit(frame.to_image(), size, Image.Resampling.BICUBIC))
            while sent < num_frames and sent <= (frame.time or 0) * fps + 1e-6:
                yield last
                sent += 1
            if sent == num_frames:
                return
        if last is None:
            raise ValueError("There is no picture in the video.")
        for _ in range(num_frames - sent):
            yield last


def _read_audio(source: Media, seconds: float) -> np.ndarray:
    """Stereo float32 (n, 2) at `sound.RATE`, cut or filled with silence to the length of the clip."""
    import av

    box, stream = _open(source, "audio")
    n, parts, change = round(seconds * RATE), [], av.AudioResampler("fltp", "stereo", RATE)
    with box:
        for frame in _decoded(box, stream, "audio"):
            parts += [part.to_ndarray() for part in change.resample(frame)]
            if sum(part.shape[1] for part in parts) >= n:
                break
    heard = np.concatenate([*parts, np.zeros((2, n), np.float32)], axis=1)[:, :n]
    return np.ascontiguousarray(heard.T)
