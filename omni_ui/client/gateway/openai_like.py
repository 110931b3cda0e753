"""Plain OpenAI-style servers: recognised by their list of models, and sent nothing but OpenAI's own fields.

They are not what this client is for; but a strict one refuses a request with any field that OpenAI does not have, so
the settings of vLLM-Omni are left out, and the page marks them.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from omni_ui.client.gateway.gateways import ENVOY, NGINX, Gateway
from omni_ui.client.requests.base import WireCall
from omni_ui.client.server.discovery import ModelInfo
from omni_ui.client.server.schema import ServerSchema

OWN_ROUTES = frozenset(("/v1/audio/generate", "/v1/audio/voices", "/v1/omni/sleep", "/tokenize", "/v1/videos/sync"))
"""Routes of vLLM and vLLM-Omni that nobody else has (WIRE.md 3)."""
VOICE = "alloy"
"""OpenAI's speech has no voice by default and refuses a request without one."""

_FIELDS = {
    "/v1/chat/completions": "messages modalities audio temperature max_tokens seed top_p presence_penalty "
    "frequency_penalty stream stream_options",
    "/v1/images/generations": "prompt n size response_format output_format output_compression",
    "/v1/images/edits": "image image[] mask prompt n size response_format output_format output_compression stream",
    "/v1/audio/speech": "input voice response_format speed instructions stream_format",
    "/v1/videos": "prompt seconds size input_reference",
}
"""Of OpenAI's API reference (platform.openai.com/docs/api-reference, read 2026-11) those that we have controls for."""

OPENAI_SCHEMA = ServerSchema(
    fields={path: {name: {} for name in ["model", *names.split()]} for path, names in _FIELDS.items()}
)


def is_openai_like(models: Sequence[ModelInfo], routes: Collection[str], gateway: Gateway | None) -> bool:
    """Whether a plain OpenAI-style server answers: its models have none of vLLM's fields, and an owner of their own.

    routes: of its description. A gateway that is known by name passes on what vLLM-Omni takes, so it is none.
    """
    if not models or gateway not in (None, NGINX, ENVOY) or OWN_ROUTES & set(routes):
        return False
    return all(model.bare and model.owned_by and "vllm" not in model.owned_by.lower() for model in models)


def adapt(call: WireCall) -> WireCall:
    """The call as OpenAI wants it, after its schema took off what it lacks."""
    if call.json is None:
        files = [("mask" if name == "mask_image" else name, path) for name, path in call.files]
        return replace(call, files=[pair for pair in files if OPENAI_SCHEMA.has(call.path, pair[0])])
    body = dict(call.json)
    if call.path == "/v1/audio/speech":
        body.setdefault("voice", VOICE)
    elif call.path == "/v1/images/generations" and not str(body.get("model", "")).startswith("gpt-image"):
        body.setdefault("response_format", "b64_json")
        body.pop("output_format", None)  # of gpt-image alone, which always answers in base64
        body.pop("output_compression", None)
    elif call.path == "/v1/chat/completions" and "audio" in (body.get("modalities") or ()):
        body.setdefault("audio", {"voice": VOICE, "format": "pcm16" if body.get("stream") else "wav"})
    return replace(call, json=body)
