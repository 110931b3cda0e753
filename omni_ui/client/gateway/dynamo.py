"""NVIDIA Dynamo's dialect: JSON in, finished media out, and some settings under `nvext`.

Source: ai-dynamo/dynamo 0a5df2f, lib/llm/src/protocols/openai/{videos,images}.rs and their nvext.rs;
docs.nvidia.com/dynamo/dev/diffusion/text-to-video. Unknown fields reach the worker only as extra arguments, so they
count as lacking.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from omni_ui.client.answers.failures import error_from_body
from omni_ui.client.answers.formats import FileRef, decode_base64, media_type_of
from omni_ui.client.errors import BadRequest, BrokenAnswer, NothingMade
from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import Request, WireCall
from omni_ui.client.requests.edit import EditRequest
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.video import VideoRequest
from omni_ui.client.server.discovery import ModelInfo
from omni_ui.client.server.find_models import find_model
from omni_ui.client.server.schema import ServerSchema

INTEGER = {"type": "integer"}
IMAGE_EXTENSIONS = ("negative_prompt", "num_inference_steps", "guidance_scale", "seed")
VIDEO_EXTENSIONS = (*IMAGE_EXTENSIONS, "fps", "num_frames", "boundary_ratio", "guidance_scale_2")

_FIELDS: dict[str, Sequence[str]] = {
    ImageRequest.path: ("prompt", "n", "size", "output_format", "output_compression", "lora", *IMAGE_EXTENSIONS),
    EditRequest.path: ("prompt", "image", "n", "size", "output_format", "output_compression", *IMAGE_EXTENSIONS),
    VideoRequest.path: ("prompt", "input_reference", "seconds", "size", "lora", *VIDEO_EXTENSIONS),
}
"""What Dynamo's own types have, by its sources: a new field of ours is not among them until Dynamo has it."""
WHOLE = frozenset(("fps", "num_frames", "num_inference_steps"))


def dynamo_schema(routes: Collection[str]) -> ServerSchema:
    """What Dynamo's typed fields are, by route. routes: of its description."""
    fields = {path: {name: INTEGER if name in WHOLE else {} for name in names} for path, names in _FIELDS.items()}
    return ServerSchema(frozenset(routes), fields)


def loras_of(models: Sequence[ModelInfo]) -> list[str]:
    """The models that are LoRAs: they name their base model, or stand beside one that is known and are not.

    Dynamo lists a loaded adapter as a model of its own (ai-dynamo/dynamo#11551); vLLM gives its `parent`.
    """
    named = [model.id for model in models if model.parent]
    if named or not any(find_model(model.id) for model in models):
        return named
    return [model.id for model in models if not find_model(model.id) and not (model.root and find_model(model.root))]


def wire(request: Request, schema: ServerSchema, model: str | None, loras: Sequence[str]) -> WireCall | None:
    """The call in Dynamo's form; None for a request whose route has no form of its own."""
    if not isinstance(request, (ImageRequest, EditRequest, VideoRequest)):
        return None
    fitted = schema.fit(request).request
    payload = {name: value for name, value in fitted.payload().items() if name in _FIELDS[request.path]}
    if lora := payload.pop("lora", None):
        model = _lora_model(lora, loras)
    extensions = VIDEO_EXTENSIONS if isinstance(request, VideoRequest) else IMAGE_EXTENSIONS
    nvext = {name: _whole(name, payload.pop(name)) for name in extensions if name in payload}
    body: Json = {"model": model, **payload, "response_format": "b64_json"}
    if nvext:
        body["nvext"] = nvext
    if isinstance(fitted, VideoRequest):
        if "seconds" in body:
            body["seconds"] = int(body["seconds"])
        if fitted.input_reference:
            body["input_reference"] = FileRef(fitted.input_reference)
    if isinstance(fitted, EditRequest):
        body["input_reference"] = _single_picture(fitted)
        body.pop("image", None)
    return WireCall("POST", request.path, json=body)


def read_video(body: dict[str, object], path: Path) -> int:
    """Writes the video of an answer to `path`; its bytes. Runs in a thread: a video is tens of MB of base64."""
    if body.get("status") == "failed" or body.get("error"):
        raise error_from_body({"error": body.get("error") or "no reason given"}, 500)
    data = body.get("data")
    video = data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else None
    if video is None:
        raise NothingMade("The server reported success but made no video.")
    if not video.get("b64_json"):
        raise BrokenAnswer("The server returned an address that only it can open instead of the video.")
    content = decode_base64(video["b64_json"])
    if not str(media_type_of(content[:16])).startswith("video/"):
        raise BrokenAnswer("The server sent something that is not a video.")
    path.write_bytes(content)
    return len(content)


def _lora_model(lora: dict[str, object], loras: Sequence[str]) -> str:
    name = str(lora.get("name") or lora.get("lora_name") or lora.get("adapter") or "")
    if name not in loras:
        listed = ", ".join(loras) or "none"
        raise BadRequest(
            f"This server has no LoRA named {name}.", f"It lists: {listed}.", field="lora",
            remedy={"field": "lora", "value": None},
        )  # fmt: skip
    return name


def _single_picture(request: EditRequest) -> FileRef:
    pictures = [Path(picture) for picture in request.image]
    if len(pictures) != 1:
        raise BadRequest(
            f"{len(pictures)} input pictures are too many: this server accepts 1.", "Remove some.", field="image",
            remedy={"field": "image", "action": "keep", "value": 1},
        )  # fmt: skip
    return FileRef(pictures[0])


def _whole(name: str, value: object) -> object:
    return int(value) if name in WHOLE and isinstance(value, float) and value.is_integer() else value
