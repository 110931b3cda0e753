"""Text to image: POST /v1/images/generations (fields: vLLM-Omni 0.30.0, protocol/images.py:53-195)."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ValidationInfo, field_validator

from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import JsonObject, Maybe, Request, Words, param
from omni_ui.client.requests.shared_params import (
    compression_param,
    count_param,
    extra_param,
    flow_shift_param,
    guidance_param,
    layers_param,
    lora_param,
    negative_prompt_param,
    picture_format_param,
    prompt_param,
    seed_param,
    size_param,
    steps_param,
    system_prompt_kind_param,
    system_prompt_param,
    true_cfg_param,
)

DEMO = "^demo/(painter|editor|voice|clip)$"
"""Models of the demo server, which read all that some models do."""
MAX_PIXELS = 7680 * 4320
"""The server's default for --max-generated-image-size (cli/serve.py:1030)."""

SIZES = [
    ("Model default", ""),
    ("1:1  1024x1024", "1024x1024"),
    ("1:1  512x512", "512x512"),
    ("4:3  1152x864", "1152x864"),
    ("3:4  864x1152", "864x1152"),
    ("3:2  1248x832", "1248x832"),
    ("2:3  832x1248", "832x1248"),
    ("16:9  1344x768", "1344x768"),
    ("9:16  768x1344", "768x1344"),
    ("21:9  1536x640", "1536x640"),
]


def check_size(size: str | None) -> str | None:
    """`WIDTHxHEIGHT` in pixels, as the server takes it; a sentence says what is wrong with it."""
    if size is None:
        return None
    size = size.strip().lower().replace("×", "x").replace(" ", "")
    match = re.fullmatch(r"(\d{1,6})x(\d{1,6})", size)
    if not match:
        raise ValueError(f"Size {size!r} is not a size: write it as WIDTHxHEIGHT, for example 1024x768.")
    width, height = int(match[1]), int(match[2])
    if width < 16 or height < 16:
        raise ValueError(f"Size {size} is too small: each side needs at least 16 pixels.")
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"Size {size} is too large: at most {MAX_PIXELS:,} pixels in all (7680x4320). Choose a smaller one."
        )
    return f"{width}x{height}"


def check_lora(lora: dict[str, object] | None) -> dict[str, object] | None:
    """An adapter needs a name and a path, by any of the names that the server knows for them (utils.py:62-97)."""
    if lora is None:
        return None
    named = any(lora.get(name) for name in ("name", "lora_name", "adapter"))
    placed = any(lora.get(name) for name in ("path", "local_path", "lora_path", "lora_local_path"))
    if not (named and placed):
        raise ValueError('needs a name and a path on the server: {"name": "style", "path": "/adapters/style"}')
    scale = lora.get("scale", lora.get("lora_scale", 1))
    if isinstance(scale, bool) or not isinstance(scale, (int, float)):
        raise ValueError("has a scale that is not a number: write it like 0.8")
    return lora


Lora = Annotated[JsonObject, AfterValidator(check_lora)]

SystemPromptKind = Literal["dynamic", "en_vanilla", "en_recaption", "en_think_recaption", "en_unified", "custom"]
HUNYUAN = r"hunyuanimage-?3"
"""Reads a task mode and system prompts (hunyuan_image3/request_layout.py:146-161; images/helpers.py:98-117)."""
LANCE = r"bytedance.*/lance\b"
"""Reads a system prompt (lance/pipeline_lance.py:1674 and 1768)."""
TASK_MODES = [("Think first", "think"), ("Rewrite the prompt", "recaption"), ("Think and rewrite", "think_recaption")]
"""Modes of HunyuanImage-3 (prompt_utils.py:105-111)."""
USES_OWN = ("custom", "dynamic")
"""The kinds of system prompt that read one which was written."""


def check_system_prompt(kind: str | None, text: str | None) -> str | None:
    """A kind of system prompt that fits to what was written. Raises ValueError."""
    if kind == "custom" and not text:
        raise ValueError("The system prompt is empty: write it, or choose another kind of system prompt.")
    if text and kind not in (None, *USES_OWN):
        raise ValueError("This kind of system prompt has its own text: choose “My own”, or clear the system prompt.")
    return kind


class ImageRequest(Request):
    """Makes pictures from words."""

    tab: ClassVar[str] = "image"
    path: ClassVar[str] = "/v1/images/generations"
    placed_until: ClassVar[str] = "vae_use_slicing"

    prompt: Words = prompt_param(help="What the picture shows.")
    size: Annotated[Maybe[str], AfterValidator(check_size)] = size_param(
        help="Width and height in pixels. Larger pictures take longer.", presets=SIZES
    )
    n: int = count_param(label="Pictures")
    seed: Maybe[int] = seed_param(help="The same seed and settings give the same picture. -1 is a random one.")
    num_inference_steps: Maybe[int] = steps_param(
        help="More steps: finer and slower. Turbo models want 4 to 9, others 20 to 50."
    )
    guidance_scale: Maybe[float] = guidance_param(help="How closely the picture follows the prompt.")
    negative_prompt: Maybe[str] = negative_prompt_param(help="What the picture should not show.")
    true_cfg_scale: Maybe[float] = true_cfg_param(
        help="Guidance for models such as Qwen-Image; has an effect only with a negative prompt."
    )
    flow_shift: Maybe[float] = flow_shift_param(help="Balances layout against detail, for flow-matching models.")
    output_format: Literal["png", "jpeg", "webp"] = picture_format_param()
    output_compression: Maybe[int] = compression_param()
    layers: Maybe[int] = layers_param(help="For layered models: the number of transparent layers in the picture.")
    lora: Lora = lora_param()
    extra_params: JsonObject = extra_param()

    bot_task: Maybe[str] = param(
        label="Task mode",
        help="What a thinking model does before it draws (HunyuanImage-3).",
        kind="choice",
        presets=[*TASK_MODES, ("As it is written", "vanilla")],
        free=True,
        max_length=100,
        models=(HUNYUAN, DEMO),
    )
    system_prompt: Maybe[str] = system_prompt_param(models=(HUNYUAN, LANCE, DEMO))
    use_system_prompt: Maybe[SystemPromptKind] = system_prompt_kind_param(models=(HUNYUAN, DEMO))
    vae_use_tiling: Maybe[bool] = param(
        label="Less memory",
        help="Decodes the picture in tiles and slices. vLLM-Omni 0.30.0 reads this only at "
        "startup, as --vae-use-tiling and --vae-use-slicing, and ignores it here.",
        kind="choice",
        presets=[("On", True), ("Off", False)],
    )
    vae_use_slicing: Maybe[bool] = param(label="Slices", help="Follows “Less memory” if not set.", place="hidden")

    @field_validator("use_system_prompt")
    @classmethod
    def _fits_to_what_was_written(cls, kind: str | None, info: ValidationInfo) -> str | None:
        return check_system_prompt(kind, info.data.get("system_prompt"))

    @field_validator("layers")
    @classmethod
    def _layers_are_transparent(cls, layers: int | None, info: ValidationInfo) -> int | None:
        if layers and info.data.get("output_format") == "jpeg":
            raise ValueError("JPEG has no transparency, which layers need: choose PNG or WebP.")
        return layers

    def payload(self) -> Json:
        body = super().payload()
        body.setdefault("output_compression", sensible_compression(self.output_format))
        if self.vae_use_tiling is not None:
            body.setdefault("vae_use_slicing", self.vae_use_tiling)
        return body


def sensible_compression(output_format: str) -> int:
    """The server's default of 100 stores a PNG raw, 4.2 MB of base64 for 1024x1024 (image_api_utils.py:118).

    66 is zlib level 3: most of the saving for little time; 92 is a good quality of JPEG and WebP.
    """
    return 66 if output_format == "png" else 92
