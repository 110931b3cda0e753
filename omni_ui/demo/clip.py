"""Video of the demo server, written with PyAV."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from omni_ui.demo import painter


class Stopped(Exception):
    """The render was stopped; its file is gone."""


def available() -> str | None:
    """None when video works, or one sentence that says which package to install."""
    try:
        import av  # noqa: F401
    except ImportError:
        return "Video in the demo needs the package av: run `pip install av`."
    return None


def render(
    path: str | Path,
    prompt: str,
    *,
    width: int,
    height: int,
    num_frames: int,
    fps: int,
    seed: int = 0,
    steps: int | None = None,
    guidance: float | None = None,
    negative_prompt: str | None = None,
    image=None,
    video=None,
    audio=None,
    sound: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Writes an H.264 file."""
    import av

    picture = image or painter.paint(prompt, width=width, height=height, seed=seed)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(num_frames):
            if stop():
                raise Stopped
            frame = av.VideoFrame.from_ndarray(np.asarray(picture.convert("RGB").resize((width, height))))
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
