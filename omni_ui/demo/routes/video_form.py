"""The form of a video, read and checked (wire: video/generation/helpers.py of vLLM-Omni 0.30.0)."""

import json
import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import anyio
import httpx
from fastapi import Depends, Form, HTTPException, Request, UploadFile
from pydantic import BaseModel, Field, field_validator

from omni_ui.demo.engine import Ask
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.images import parse_size
from omni_ui.demo.routes.media import Real, Text, Whole, decode, fetch, given
from omni_ui.demo.video_parts import Parts, read_parts

ALONE = "Provide input_references alone, without input_reference, image_reference, or video_reference."
DEFAULTS = {"width": 848, "height": 480, "fps": 16.0, "seconds": 4}
MAX_FRAMES, MAX_SIDE = 600, 1920


class VideoGenerationRequest(BaseModel):
    """The second look at a form. Its name and pydantic's own words stand in the answer, as on the real server."""

    width: int | None = Field(None, ge=1)
    height: int | None = Field(None, ge=1)
    num_frames: int | None = Field(None, ge=1)
    num_inference_steps: int | None = Field(None, ge=1, le=200)
    guidance_scale: float | None = Field(None, ge=0, le=20)
    guidance_scale_2: float | None = Field(None, ge=0, le=20)
    boundary_ratio: float | None = Field(None, ge=0, le=1)
    true_cfg_scale: float | None = Field(None, ge=0, le=20)
    flow_shift: float | None = None
    seed: int | None = Field(None, ge=-(2**63), le=2**63 - 1)
    quality: str | None = None

    @field_validator("quality")
    @classmethod
    def _quality(cls, value: str | None) -> str | None:
        if value not in (None, "lossless", "high"):
            raise ValueError(f"quality must be one of ['lossless', 'high'], got {value!r}")
        return value


@dataclass
class Film:
    """A checked request: the call of the engine, what the job says of itself, and what the craft is told."""

    ask: Ask
    facts: Json
    how: Json


def _json(text: str | None, kind: type | tuple[type, ...] = (dict, list)) -> Any:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise HTTPException(400, "Invalid JSON in form field.") from None
    if not isinstance(value, kind):
        raise HTTPException(400, "Invalid JSON in form field: expected an object.")
    return value


@dataclass
class VideoForm:
    """The fields of the form, as the real server names them."""

    prompt: Annotated[str, Form()]
    parts: Annotated[Parts, Depends(read_parts)]
    input_reference: UploadFile | None = None
    input_references: list[UploadFile] | None = None
    image_reference: Text = None
    video_reference: Text = None
    audio_reference: Text = None
    model: Text = None
    seconds: Annotated[str | None, Form(pattern=r"^[1-9]\d*$")] = None
    size: Annotated[str | None, Form(pattern=r"^\d+x\d+$")] = None
    width: Whole = None
    height: Whole = None
    num_frames: Whole = None
    fps: Annotated[float | None, Form(ge=1, allow_inf_nan=False)] = None
    num_outputs_per_prompt: Annotated[int, Form(ge=1, le=10)] = 1
    quality: Text = None
    num_inference_steps: Whole = None
    guidance_scale: Real = None
    guidance_scale_2: Real = None
    boundary_ratio: Real = None
    flow_shift: Real = None
    true_cfg_scale: Real = None
    seed: Whole = None
    generate_sound: Annotated[bool | None, Form()] = None
    negative_prompt: Text = None
    lora: Text = None
    extra_params: Text = None

    def references(self) -> Json:
        """What stands in the fields of JSON. HTTPException 400 when it is none, or beside what it must not be."""
        urls = {"image": self.image_reference, "video": self.video_reference, "audio": self.audio_reference}
        references = {kind: _json(text) for kind, text in urls.items()}
        if self.input_references and (self.input_reference or references["image"] or references["video"]):
            raise HTTPException(400, ALONE)
        if self.input_reference and (references["image"] or references["video"]):
            raise HTTPException(400, "Provide only one of input_reference, image_reference, or video_reference.")
        return references

    def ranges(self) -> Json:
        """The numbers of the second look, those that are set. ValidationError in the words of pydantic."""
        values = {name: getattr(self, name) for name in VideoGenerationRequest.model_fields}
        return VideoGenerationRequest(**given(**values)).model_dump(exclude_none=True)

    @property
    def duration(self) -> float | None:
        """Seconds that the job says of itself; None when nothing was said of it."""
        if self.seconds:
            return float(self.seconds)
        return self.num_frames / (self.fps or 24.0) if self.num_frames else None


async def read_form(request: Request, form: Annotated[VideoForm, Depends()]) -> Film:
    """The form of both routes: JSON is refused by its absence, unknown fields are dropped."""
    demo, parts = request.app.state.demo, form.parts
    references = form.references()
    ranges = form.ranges()
    extra = {**(_json(form.extra_params, dict) or {}), **given(generate_sound=form.generate_sound)}
    adapter = _json(form.lora, dict)
    if form.model is not None and form.model != demo.model("video"):
        said = f"Model mismatch: request specifies '{form.model}' but server is running '{demo.model('video')}'."
        raise HTTPException(400, said)
    if form.size:
        ranges["width"], ranges["height"] = parse_size(form.size)
    if form.num_frames is None and form.seconds:
        ranges["num_frames"] = int(int(form.seconds) * (form.fps or 24.0))
    wide, high = ranges.get("width", DEFAULTS["width"]), ranges.get("height", DEFAULTS["height"])
    rate = form.fps or (24.0 if form.seconds else DEFAULTS["fps"])
    frames = ranges.get("num_frames", int(DEFAULTS["seconds"] * rate))
    _check_length(wide, high, frames)
    files = [form.input_reference, *(form.input_references or [])]
    media = await _media(references, files, demo.folder, extra.get("frame_indices"))
    sown = random.getrandbits(31) if form.seed is None else form.seed
    parameters = {"prompt": form.prompt, **ranges}
    parameters |= given(negative_prompt=form.negative_prompt, fps=form.fps, lora_request=form.lora)
    parameters |= {"extra_args": extra, "num_outputs_per_prompt": form.num_outputs_per_prompt}
    parameters |= {"multi_modal_data": _told(media) | parts.media} if media or parts.media else {}
    facts = {"model": demo.model("video"), "prompt": form.prompt, "size": form.size, "seconds": form.seconds or "4"}
    facts |= {"quality": form.quality or "default", "fps": form.fps or 24.0, "num_frames": ranges.get("num_frames")}
    how = {"width": wide, "height": high, "num_frames": frames, "fps": round(rate), "seed": sown, **media}
    how |= {"steps": form.num_inference_steps, "guidance": form.guidance_scale}
    how |= {"negative_prompt": form.negative_prompt}
    how |= {"sound": bool(form.generate_sound), "lora": adapter, "source": parts.source, "mask": parts.mask}
    return Film(Ask(form.prompt, parameters), facts | {"duration_s": form.duration}, how)


def _told(media: Json) -> Json:
    return {kind: str(medium) for kind, medium in media.items()}


def _check_length(wide: int, high: int, frames: int) -> None:
    if max(wide, high) > MAX_SIDE or frames > MAX_FRAMES:
        raise HTTPException(400, f"The demo films at most {MAX_FRAMES} frames with sides of {MAX_SIDE} pixels.")


async def _media(references: Json, files: list[UploadFile | None], folder: Path, places: object = None) -> Json:
    """At most one picture (PIL), video (path) and audio (path). HTTPException 400 for what cannot be read.

    places: frame indices of pictures; the one at -1 is the "last".
    """
    ends = [{0: "image", -1: "last"}.get(place, "image") for place in places] if isinstance(places, list) else []
    contents: list[tuple[str, bytes]] = []
    for kind, given_ones in references.items():
        for item in given_ones if isinstance(given_ones, list) else [given_ones] if given_ones else []:
            url = item.get(f"{kind}_url") if isinstance(item, dict) else None
            if not isinstance(url, str):
                raise HTTPException(400, f"Invalid {kind}_reference: {kind}_url is required, file_id is not supported.")
            try:
                contents.append((kind, await fetch(url)))
            except (ValueError, httpx.HTTPError, httpx.InvalidURL) as wrong:
                raise HTTPException(400, f"Invalid {kind}_reference.{kind}_url: failed to download.") from wrong
    for file in filter(None, files):
        kind = (file.content_type or "").partition("/")[0]
        contents.append((kind if kind in ("image", "video", "audio") else "image", await file.read()))
    media: Json = {}
    for kind, content in contents:
        slot = ends.pop(0) if kind == "image" and ends else kind
        if slot in media:
            raise HTTPException(400, f"The demo films with one {kind} reference, not several.")
        if kind == "image":
            try:
                media[slot] = await anyio.to_thread.run_sync(decode, content)
            except OSError as wrong:
                said = "Invalid input_reference: provided content is not a valid image or video."
                raise HTTPException(400, said) from wrong
        else:
            media[kind] = folder / f"reference_{uuid.uuid4().hex}"
            media[kind].write_bytes(content)
    return media
