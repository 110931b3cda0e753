"""What a video is made from, by role: the slots of the page, and the files looked at before anything is sent.

The browser's half is noise_timeline.js: ranges of seconds drawn on a bar, and the frame that a mask is painted over.
"""

from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr

from omni_ui.client import VideoRequest
from omni_ui.client.requests.noise_mask import FRAMES_PER_SECOND
from omni_ui.client.requests.video_fields import VideoFields
from omni_ui.core.heavy_work import run_heavy
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import Values
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.features.video.video_files import STRETCHED, area_of, check_video, is_video, size_like
from omni_ui.media.container import identify
from omni_ui.media.image_input import Taken, take_picture
from omni_ui.media.video import VideoFacts, look_at_video
from omni_ui.widgets.form import Form


def reference_slots(form: Form) -> None:
    """The folded slots, made in the layout that is open. Which of them are seen depends on the model."""
    with gr.Accordion(
        "From a video, with a sound", open=False, elem_id="video-references", elem_classes="omni-advanced"
    ):
        form.add("last_frame")
        form.add("image_reference")
        form.add("input_references", height=120, file_types=["video", "image", "audio"])
        form.add("video_reference", height=120)
        form.add("audio_reference")
    with gr.Accordion(
        "Change a part of a video", open=False, elem_id="video-source_video-slot", elem_classes="omni-advanced"
    ):
        form.add("source_video", height=220)
        form.add("video_noise_mask")
        with gr.Row():
            form.add("video_noise_seconds", min_width=120)
            form.add("audio_noise_mask", min_width=120)
        bars = html_file("features/video/noise_timeline.html")
        gr.HTML(None, elem_id="video-noise-timeline", padding=False, **mounted(bars, "noise_timeline"))
        form.add("source_audio")


def order_for_programs(form: Form) -> None:
    """Puts what only a job reads, and then what only a watched video reads, behind what both read: programs know the
    others by their order. Call it when all controls are there."""
    jobs_own = [name for name in VideoRequest.model_fields if name not in VideoFields.model_fields]
    for name in (*jobs_own, "watch", "timeline"):
        form.controls[name] = form.controls.pop(name)


async def facts_of(path: Path) -> VideoFacts | None:
    """Length and size of a video; None where it cannot be read."""

    def look() -> VideoFacts | None:
        return look_at_video(path, identify(path)) if path.is_file() else None

    try:
        return await run_heavy(look)
    except ImportError:  # PyAV is optional
        return None


async def fill_from_source(values: Values) -> Values:
    """The values with size and length of the video to change, where neither was entered."""
    source = values.get("source_video")
    facts = await facts_of(Path(source)) if isinstance(source, str) and source else None
    if facts is None:
        return values
    entered = dict(values)
    if not entered.get("size"):
        entered["size"] = f"{max(32, facts.width // 32 * 32)}x{max(32, facts.height // 32 * 32)}"
    if not entered.get("seconds") and not entered.get("num_frames") and facts.seconds:
        entered["num_frames"] = max(1, round(facts.seconds * FRAMES_PER_SECOND))
    if not entered.get("fps"):
        entered["fps"] = FRAMES_PER_SECOND  # the one rate of the model that changes videos
    return entered


@dataclass
class FileLook:
    """Looks at the files of a request. largest: bytes of a video that may be sent. usual: the model's usual size."""

    largest: int
    usual: str | None = None
    notes: list[str] = field(default_factory=list)

    async def take(self, request: VideoRequest) -> VideoRequest:
        """The request with its files as they will be sent, and a size that follows. Raises Invalid."""
        files: dict[str, object] = {}
        for name in ("input_references", "image_reference", "video_reference"):
            files[name] = [(await self._take(path, name))[0] for path in getattr(request, name)]
        seen: dict[str, Taken | None] = {}
        for name in ("control_reference", "input_reference", "last_frame", "source_video", "video_noise_mask"):
            if path := getattr(request, name):
                files[name], seen[name] = await self._take(path, name)
        first, last = seen.get("input_reference"), seen.get("last_frame")
        if first and last:
            _check_shapes(first, last)
        if (start := first or last) and request.size is None:
            files["size"] = size_like(start.width, start.height, area_of(self.usual))
        if (mask := seen.get("video_noise_mask")) and request.source_video:
            await _check_mask(mask, request.source_video)
        return request.model_copy(update=files)

    async def _take(self, path: Path, name: str) -> tuple[Path, Taken | None]:
        """The file as it will be sent, and what is known of it when it is a picture. Raises Invalid."""
        if await is_video(path, name):
            await check_video(path, name, self.largest)
            return path, None
        taken = await take_picture(path, name)
        self.notes += [taken.note] if taken.note else []
        return taken.path, taken


def _other_shape(width: int, height: int, of_width: int, of_height: int) -> bool:
    stretch = (width / height) / (of_width / of_height)
    return not 1 / STRETCHED < stretch < STRETCHED


def _check_shapes(first: Taken, last: Taken) -> None:
    if _other_shape(last.width, last.height, first.width, first.height):
        raise Invalid.because(
            "last_frame",
            f"The last frame has {last.width} × {last.height} pixels, but the first {first.width} "
            f"× {first.height}: a different shape. Use pictures of the same shape.",
        )


async def _check_mask(mask: Taken, video: Path) -> None:
    facts = await facts_of(video)
    if facts and _other_shape(mask.width, mask.height, facts.width, facts.height):
        raise Invalid.because(
            "video_noise_mask",
            f"The mask has {mask.width} × {mask.height} pixels, but the video {facts.width} × "
            f"{facts.height}: a different shape. Paint the mask over a frame of the video.",
        )
