"""A painted video in pieces of fragmented MP4, which changes with prompts and with the keys of a camera."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from threading import Lock

import numpy as np
from PIL import Image

from omni_ui.demo.imaging import clip, painter
from omni_ui.demo.json_types import Json

PER_PIECE = 8
"""Frames of a piece: half a second at 16 a second."""
USUAL_TRANSITION = 3
"""Pieces over which one prompt fades into the next, as on the real server (modality_handlers/prompt.py:27)."""
FASTEST = 40.0
"""Pixels of a frame for each unit of speed: a held key (0.05) moves the picture by 2."""


@dataclass(frozen=True)
class Change:
    """What was asked for in the middle: another prompt, or the speed of the camera."""

    event_id: str
    prompt: str = ""
    transition: int = USUAL_TRANSITION
    camera: Json | None = None


@dataclass
class Changes:
    """Handed from the socket to the thread that paints. Of two prompts before a piece the later one counts."""

    _prompt: Change | None = None
    _camera: Change | None = None
    _lock: Lock = field(default_factory=Lock)

    def add(self, change: Change) -> None:
        with self._lock:
            if change.prompt:
                self._prompt = change
            if change.camera is not None:
                self._camera = change

    def take(self) -> tuple[Change | None, Change | None]:
        with self._lock:
            taken, self._prompt, self._camera = (self._prompt, self._camera), None, None
            return taken


@dataclass(frozen=True)
class Piece:
    """A piece and what is told of it. index: None for the last one, which only ends the file."""

    data: bytes
    frames: int
    index: int | None
    started: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Script:
    """What is painted. taste: seed, steps, guidance and negative_prompt of the painter."""

    prompt: str
    width: int
    height: int
    frames: int
    fps: float
    taste: Json
    image: Image.Image | None = None

    def scene(self, prompt: str, frames: int) -> Iterator[np.ndarray]:
        if self.image is not None:
            return clip.camera_move(self.image, prompt, (self.width, self.height), max(frames, 1))
        return painter.frames(
            prompt, width=self.width, height=self.height, num_frames=max(frames, 1), fps=round(self.fps), **self.taste
        )


class Muxer:
    """Frames become fragmented MP4, H.264 in yuv420p, as the real server's (diffusion/utils/media_utils.py:238-300)."""

    def __init__(self, width: int, height: int, fps: float) -> None:
        import av

        self._frame = av.VideoFrame.from_ndarray
        self._buffer = io.BytesIO()
        flags = {"movflags": "+frag_every_frame+empty_moov+default_base_moof"}
        self._container = av.open(self._buffer, "w", format="mp4", options=flags)
        how = {"preset": "ultrafast", "tune": "zerolatency", "crf": "18"}
        rate = Fraction(fps).limit_denominator(10_000)
        self._stream = self._container.add_stream("libx264", rate=rate, options=how)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"

    def add(self, frames: list[np.ndarray]) -> bytes:
        for pixels in frames:
            frame = self._frame(np.ascontiguousarray(pixels), format="rgb24")
            self._container.mux(self._stream.encode(frame))
        return self._take()

    def close(self) -> bytes:
        self._container.mux(self._stream.encode())
        self._container.close()
        return self._take()

    def _take(self) -> bytes:
        data = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return data


class _Painter:
    """The scene that is seen, the one before it while that fades away, and where the camera stands."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._scene = script.scene(script.prompt, script.frames)
        self._before: Iterator[np.ndarray] | None = None
        self._fading: Change | None = None
        self._faded = 0
        self._speed, self._place = np.zeros(2), np.zeros(2)

    def begin(self, prompt: Change | None, camera: Change | None, left: int) -> None:
        if prompt:
            self._before, self._scene = self._scene, self._script.scene(prompt.prompt, left)
            self._fading, self._faded = prompt, 0
        if camera:
            data = camera.camera.get("data", {}) if camera.camera else {}
            move, turn = data.get("translation", [0, 0, 0]), data.get("rotation", [0, 0, 0, 1])
            self._speed = np.array([move[0] + turn[1], move[2] - turn[0]]) * FASTEST

    def paint(self, frames: int) -> list[np.ndarray]:
        painted = []
        for number in range(frames):
            pixels = next(self._scene, None)
            if pixels is None:
                break
            if self._fading and self._before:
                share = min(1.0, (self._faded + (number + 1) / frames) / max(self._fading.transition, 1))
                before = next(self._before, pixels)
                pixels = (before * (1 - share) + pixels * share).astype(np.uint8)
            self._place += self._speed
            right, forward = np.round(self._place).astype(int)
            painted.append(np.roll(pixels, (forward, -right), axis=(0, 1)))
        return painted

    def end(self) -> tuple[list[str], list[str]]:
        """The ids of the changes that go on, and of those that are complete, at the end of a piece."""
        if not self._fading:
            return [], []
        self._faded += 1
        event_id = self._fading.event_id
        if self._faded < self._fading.transition:
            return [event_id], []
        self._fading = self._before = None
        return [event_id], [event_id]


def paint(script: Script, changes: Changes) -> Iterator[Piece]:
    """The pieces, each painted when it is asked for."""
    muxer, picture = Muxer(script.width, script.height, script.fps), _Painter(script)
    for index, first in enumerate(range(0, script.frames, PER_PIECE)):
        prompt, camera = changes.take()
        picture.begin(prompt, camera, script.frames - first)
        frames = picture.paint(min(PER_PIECE, script.frames - first))
        started = [change.event_id for change in (prompt, camera) if change]
        active, completed = picture.end()
        yield Piece(muxer.add(frames), len(frames), index, started, active, completed)
    yield Piece(muxer.close(), 0, None)
