"""Picture to picture: POST /v1/images/edits, a form (fields: vLLM-Omni 0.30.0, api_server.py:2269-2310).

The server checks hardly any range here (WIRE.md 6: 12 pictures and 100,000 steps pass), so the bounds are ours.
"""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from omni_ui.client.requests.base import INT64, MAX_PROMPT, Maybe, Words, knob
from omni_ui.client.requests.files import FormRequest, ImageFiles, MaybeImage
from omni_ui.client.requests.image import (
    SIZES,
    SYSTEM_PROMPT_KINDS,
    Lora,
    SystemPromptKind,
    check_size,
    check_system_prompt,
    sensible_compression,
)

EDIT_SIZES = [("Like the first picture", ""), *SIZES[1:]]


def _check_size(size: str | None) -> str | None:
    """`auto` and nothing are the same: the size of the first picture."""
    return None if size is not None and size.strip().lower() == "auto" else check_size(size)


def _number(value: Any) -> Any:
    """The page and forms carry numbers as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value or None


class EditRequest(FormRequest):
    """Changes pictures by words. The server finishes an edit even when nobody waits for it (WIRE.md 12)."""

    tab: ClassVar[str] = "edit"
    path: ClassVar[str] = "/v1/images/edits"

    url: list[str] = knob(
        [],
        label="Picture addresses",
        help="Pictures that the server fetches itself.",
        place="hidden",
        expert=True,
        max_length=16,
    )
    image: ImageFiles = knob(
        [],
        label="Pictures",
        help="What to change. Some models take several and can join them.",
        place="main",
        kind="image",
        max_length=16,
        validate_default=True,
    )
    prompt: Words = knob(
        ...,
        label="Prompt",
        help='What to change, in words, such as "make the sky red".',
        place="main",
        kind="text",
        min_length=1,
        max_length=MAX_PROMPT,
        cap="text",
    )
    mask_image: MaybeImage = knob(
        label="Mask", help="White is changed, black is kept; same size as the picture.", place="main", kind="image"
    )
    reference_image: MaybeImage = knob(
        label="Reference", help="A picture whose subject or style is taken over, for models that can.", kind="image"
    )
    size: Annotated[Maybe[str], AfterValidator(_check_size)] = knob(
        label="Size",
        help="Width and height of the result. Leave empty for that of the first picture.",
        place="card",
        kind="size",
        presets=EDIT_SIZES,
        cap="size",
    )
    n: int = knob(
        1, label="Results", help="How many to make at once.", place="card", kind="number", ge=1, le=10, cap="n"
    )
    seed: Maybe[int] = knob(
        label="Seed",
        help="The same seed, picture and settings give the same result. -1 is a random one.",
        place="card",
        kind="seed",
        ge=-INT64,
        le=INT64 - 1,
    )
    num_inference_steps: Maybe[int] = knob(
        label="Inference steps",
        help="More steps: finer and slower. Turbo models want 4 to 9, others 20 to 50.",
        place="card",
        kind="slider",
        ge=1,
        le=200,
        cap="steps",
    )
    guidance_scale: Maybe[float] = knob(
        label="Guidance scale",
        help="How closely the result follows the prompt.",
        place="card",
        kind="slider",
        step=0.1,
        ge=0,
        le=20,
    )
    strength: Maybe[float] = knob(
        label="Strength",
        help="How far the result may move from the picture: 0 keeps it, 1 repaints it. For models that know it.",
        kind="slider",
        step=0.05,
        ge=0,
        le=1,
    )
    negative_prompt: Maybe[str] = knob(
        label="Negative prompt", help="What the result should not show.", kind="text", max_length=MAX_PROMPT, cap="text"
    )
    true_cfg_scale: Maybe[float] = knob(
        label="True CFG scale",
        help="Guidance of models such as Qwen-Image-Edit; needs a negative prompt to act.",
        kind="slider",
        step=0.1,
        ge=0,
        le=20,
    )
    guidance_scale_2: Maybe[float] = knob(
        label="Second guidance scale",
        help="Guidance towards the picture, for models that tell it from the prompt's.",
        kind="slider",
        step=0.1,
        ge=0,
        le=20,
    )
    resolution: Annotated[Literal[640, 1024] | None, BeforeValidator(_number)] = knob(
        label="Resolution",
        help="For layered models: how fine they work. It takes the place of the size.",
        kind="choice",
        unit="px",
        cap="size",
    )
    layers: Maybe[int] = knob(
        label="Layers",
        help="For layered models: into how many layers the picture is taken apart.",
        kind="number",
        ge=2,
        le=10,
    )
    output_format: Literal["png", "jpeg", "webp"] = knob(
        "png", label="Format", help="PNG keeps every pixel; JPEG and WebP are smaller.", kind="choice"
    )
    background: Literal["auto", "transparent", "opaque"] = knob(
        "auto", label="Background", help="A transparent one needs PNG or WebP and a model that can.", kind="choice"
    )
    output_compression: Maybe[int] = knob(
        label="Compression",
        help="JPEG and WebP: quality, 100 is best. PNG: lower is smaller and slower; 100 stores it raw.",
        kind="slider",
        empty="66 for PNG, else 92",
        ge=0,
        le=100,
    )
    bot_task: Maybe[str] = knob(
        label="Task mode",
        help="What a model that thinks does before it draws: think, recaption or think_recaption (HunyuanImage-3).",
        kind="line",
        max_length=100,
    )
    system_prompt: Maybe[str] = knob(
        label="System prompt",
        help="Takes the place of the one that the model brings.",
        kind="text",
        max_length=MAX_PROMPT,
        cap="text",
    )
    lora: Lora = knob(
        label="LoRA",
        help='An adapter on the server, as JSON: {"name": "style", "path": "/adapters/style", "scale": 0.8}.',
        kind="json",
        expert=True,
        lora=True,
    )
    stream: bool = knob(
        False, label="Think aloud", help="Shows what a multi-stage model thinks while it edits.", place="hidden"
    )

    sys_type: Maybe[SystemPromptKind] = knob(
        label="Kind of system prompt",
        help="Which system prompt the model reads; its own is usual.",
        kind="choice",
        presets=SYSTEM_PROMPT_KINDS,
    )

    @field_validator("bot_task")
    @classmethod
    def _draws_after_a_picture(cls, mode: str | None) -> str | None:
        if mode == "vanilla":
            raise ValueError("The task mode “vanilla” draws from words alone: choose another one for an edit.")
        return mode

    @field_validator("sys_type")
    @classmethod
    def _fits_to_what_was_written(cls, kind: str | None, info: ValidationInfo) -> str | None:
        return check_system_prompt(kind, info.data.get("system_prompt"))

    @field_validator("image")
    @classmethod
    def _some_picture(cls, image: list[Path], info: ValidationInfo) -> list[Path]:
        if not image and not info.data.get("url"):
            raise ValueError("An edit needs a picture: add one first.")
        return image

    @field_validator("resolution")
    @classmethod
    def _one_size(cls, resolution: int | None, info: ValidationInfo) -> int | None:
        if resolution and info.data.get("size"):
            raise ValueError("Resolution and size exclude each other: clear one of them.")
        return resolution

    @field_validator("output_format")
    @classmethod
    def _layers_are_transparent(cls, output_format: str, info: ValidationInfo) -> str:
        if output_format == "jpeg" and info.data.get("layers"):
            raise ValueError("JPEG has no transparency, which layers need: choose PNG or WebP.")
        return output_format

    @field_validator("background")
    @classmethod
    def _transparent(cls, background: str, info: ValidationInfo) -> str:
        if background == "transparent" and info.data.get("output_format") == "jpeg":
            raise ValueError("JPEG has no transparency: choose PNG or WebP, or another background.")
        return background

    def payload(self) -> dict[str, Any]:
        body = super().payload()
        body.setdefault("output_compression", sensible_compression(self.output_format))
        body["size"] = self.size or "auto"
        return body
