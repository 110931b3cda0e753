"""Picture to picture: POST /v1/images/edits, a form (fields: vLLM-Omni 0.30.0, api_server.py:2269-2310).

The server checks hardly any range here (WIRE.md 6: 12 pictures and 100,000 steps pass), so the bounds are ours.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import Maybe, Words, param
from omni_ui.client.requests.files import FormRequest, ImageFiles, MaybeImage
from omni_ui.client.requests.image import (
    DEMO,
    HUNYUAN,
    LANCE,
    SIZES,
    Lora,
    SystemPromptKind,
    check_size,
    check_system_prompt,
    sensible_compression,
)
from omni_ui.client.requests.shared_params import (
    compression_param,
    count_param,
    guidance_param,
    layers_param,
    lora_param,
    negative_prompt_param,
    picture_format_param,
    prompt_param,
    second_guidance_param,
    seed_param,
    size_param,
    steps_param,
    system_prompt_kind_param,
    system_prompt_param,
    true_cfg_param,
)

KLEIN = r"flux\.?2[-_]?klein"
"""The only pipeline that reads a mask or a reference (flux2_klein/pipeline_flux2_klein.py:777-779)."""
EDIT_SIZES = [("Like the first picture", ""), *SIZES[1:]]


def _check_size(size: str | None) -> str | None:
    """`auto` and nothing are the same: the size of the first picture."""
    return None if size is not None and size.strip().lower() == "auto" else check_size(size)


def _number(value: object) -> object:
    """The page and forms carry numbers as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value or None


class EditRequest(FormRequest):
    """Changes pictures by words. The server finishes an edit even when nobody waits for it (WIRE.md 12)."""

    tab: ClassVar[str] = "edit"
    path: ClassVar[str] = "/v1/images/edits"
    placed_until: ClassVar[str] = "sys_type"

    url: list[str] = param(
        [],
        label="Picture addresses",
        help="Addresses of pictures that the server downloads itself.",
        place="hidden",
        expert=True,
        max_length=16,
    )
    image: ImageFiles = param(
        [],
        label="Pictures",
        help="The picture to change. Some models accept several and combine them.",
        place="main",
        kind="image",
        max_length=16,
        validate_default=True,
    )
    prompt: Words = prompt_param(help='What to change, in words, such as "make the sky red".')
    mask_image: MaybeImage = param(
        label="Mask",
        help="The area to change: paint it, or choose a picture in which it is white, the rest black.",
        place="main",
        kind="image",
        models=(KLEIN, DEMO),
        always_sent=True,
    )
    reference_image: MaybeImage = param(
        label="Reference",
        help="A picture to take the subject or style from, if the model supports it.",
        kind="image",
        models=(KLEIN, DEMO),
        always_sent=True,
    )
    size: Annotated[Maybe[str], AfterValidator(_check_size)] = size_param(
        help="Width and height of the result. Leave empty for that of the first picture.", presets=EDIT_SIZES
    )
    n: int = count_param(label="Results")
    seed: Maybe[int] = seed_param(help="The same seed, picture and settings give the same result. -1 is a random one.")
    num_inference_steps: Maybe[int] = steps_param(
        help="More steps: finer and slower. Turbo models want 4 to 9, others 20 to 50."
    )
    guidance_scale: Maybe[float] = guidance_param(help="How closely the result follows the prompt.")
    strength: Maybe[float] = param(
        label="Strength",
        help="How far the result may differ from the picture: 0 keeps it, 1 repaints it. If the model supports it.",
        kind="slider",
        step=0.05,
        ge=0,
        le=1,
    )
    negative_prompt: Maybe[str] = negative_prompt_param(help="What the result should not show.")
    true_cfg_scale: Maybe[float] = true_cfg_param(
        help="Guidance for models such as Qwen-Image-Edit; has an effect only with a negative prompt."
    )
    guidance_scale_2: Maybe[float] = second_guidance_param(
        help="How closely the result follows the picture, if the model has a separate setting for it."
    )
    resolution: Annotated[Literal[640, 1024] | None, BeforeValidator(_number)] = param(
        label="Resolution",
        help="For layered models: the level of detail. Replaces the size.",
        kind="choice",
        unit="px",
        cap="size",
    )
    layers: Maybe[int] = layers_param(help="For layered models: the number of layers to split the picture into.")
    output_format: Literal["png", "jpeg", "webp"] = picture_format_param()
    background: Literal["auto", "transparent", "opaque"] = param(
        "auto", label="Background", help="Transparent needs PNG or WebP and a model that supports it.", kind="choice"
    )
    output_compression: Maybe[int] = compression_param()
    bot_task: Maybe[str] = param(
        label="Task mode",
        help="What a thinking model does before it draws: think, recaption or think_recaption (HunyuanImage-3).",
        kind="line",
        empty="Model default",
        max_length=100,
        models=(HUNYUAN, DEMO),
    )
    system_prompt: Maybe[str] = system_prompt_param(models=(HUNYUAN, LANCE, DEMO))
    lora: Lora = lora_param()
    stream: bool = param(
        False,
        label="Think aloud",
        help="Shows what a multi-stage model thinks while it edits.",
        place="hidden",
        time="differs",
    )

    sys_type: Maybe[SystemPromptKind] = system_prompt_kind_param(models=(HUNYUAN, DEMO))

    @field_validator("bot_task")
    @classmethod
    def _draws_after_a_picture(cls, mode: str | None) -> str | None:
        if mode == "vanilla":
            raise ValueError("The task mode “vanilla” draws from text alone: choose another one for an edit.")
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
            raise ValueError("Set either resolution or size, not both: clear one of them.")
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

    def payload(self) -> Json:
        body = super().payload()
        body.setdefault("output_compression", sensible_compression(self.output_format))
        body["size"] = self.size or "auto"
        return body
