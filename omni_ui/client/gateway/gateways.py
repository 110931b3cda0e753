"""What may stand in front of a vLLM-Omni server: by what each is recognised, what it drops, and which setting mends it.

Facts from the projects' own code and documents, with the version or commit that was read. No request is made here;
`doctor` asks, `answers.failures` uses the settings in its sentences.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gateway:
    """One kind of gateway.

    name: as its makers write it. source: what was read. timeout_setting: the line that raises its time-out;
    timeout: its default in seconds, None when it has none. timeout_advice: what to do where no line raises it.
    body_setting: the line that raises its limit for bodies. tight: that limit is too small for pictures by default.
    drops: sentences about what does not get through it. advice: sentences about what to set for it.
    own_routes: it answers only routes of its own, so a route that its description lacks is not there.
    """

    name: str
    source: str
    timeout_setting: str = ""
    timeout: float | None = None
    body_setting: str = ""
    tight: bool = False
    timeout_advice: str = ""
    drops: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    own_routes: bool = False


NGINX = Gateway(
    "nginx",
    "nginx.org: ngx_http_proxy_module, ngx_http_core_module",
    "proxy_read_timeout 1800s;",
    60.0,
    "client_max_body_size 200m;",
    True,
    "",
    ("It buffers streams unless the response has X-Accel-Buffering: no.",),
    ("Set proxy_buffering off; where streams come in bursts.",),
)
ENVOY = Gateway(
    "Envoy",
    "envoyproxy.io: FAQ on timeouts; gateway.envoyproxy.io: HTTP timeouts; source/common/router/router.cc",
    "timeout: 1800s  # of the route; in an HTTPRoute: timeouts.request",
    15.0,
    "per_connection_buffer_limit_bytes, or max_request_bytes of the buffer filter",
)
LLM_D = Gateway(
    "llm-d",
    "llm-d inference scheduler and Gateway API inference extension (pkg/epp/requestcontrol), read 2026-11",
    "timeouts.request: 1800s  # in the HTTPRoute",
    15.0,
    "the buffer limits of its Envoy",
    False,
    "",
    ("Requests without a model are refused.", "Only one replica knows a video job."),
    ("Use session affinity by the header X-Session-ID for videos.",),
)
PRODUCTION_STACK = Gateway(
    "vLLM production-stack",
    "vllm-project/production-stack a6c01db (2026-08-05), src/vllm_router/routers/main_router.py",
    "",
    300.0,
    "",
    False,
    "Its timeout of 300 s for forms is fixed in its code (request.py); other calls have none.",
    (
        "Requests without a model are refused.",
        "It has no route for videos, sounds, batches of speech or saving voices.",
        "It refuses requests for the list of voices, since they name no model.",
        "The version it reports is its own, not the server's.",
    ),
    ("Set another server for the tabs it has no route for, for example with OMNI_VIDEO_URL.",),
    own_routes=True,
)
VLLM_ROUTER = Gateway(
    "vllm-router",
    "vllm-project/router 03e9af5: README, src/main.rs, src/policies/hash_key.rs, src/server.rs",
    "--request-timeout-secs 1800",
    1800.0,
    "--max-payload-size  # in bytes; 512 MB by default",
    False,
    "",
    ("It retries failed requests itself, so one run may start several times.",),
    ("Start it with --policy consistent_hash for videos.", "Start it with --disable-retries."),
)
LITELLM = Gateway(
    "LiteLLM",
    "docs.litellm.ai/docs/proxy: health, response_headers (2026-10-15); BerriAI/litellm 000db7e: litellm/constants.py",
    "request_timeout: 1800  # under litellm_settings",
    6000.0,
    "max_request_size_mb  # under general_settings; enterprise only, there is none otherwise",
    False,
    "",
    (
        "GET /health calls every model and costs GPU time; this page does not use it.",
        "Settings of speech that OpenAI does not have are dropped.",
    ),
    ("Send what it drops through its passthrough routes.",),
    own_routes=True,
)
DYNAMO = Gateway(
    "NVIDIA Dynamo",
    "ai-dynamo/dynamo 0a5df2f (lib/llm/src/protocols/openai/videos.rs, images.rs), docs.nvidia.com/dynamo",
    "",
    None,
    "DYN_HTTP_BODY_LIMIT_MB=400  # 192 by default",
    False,
    "It has no known timeout: raise that of the proxy in front of it.",
    (
        "The video arrives in one answer: it cannot be stopped or picked up later.",
        "Settings of pictures and videos go under nvext; others reach the worker only as extra arguments.",
        "It has no route for sounds, voices or batches of speech.",
    ),
    own_routes=True,
)
UNKNOWN = Gateway("The proxy in front of the server", "")


def gateway_of_answer(headers: Mapping[str, str], text: str = "") -> Gateway | None:
    """The gateway by the headers (names in any case) or the text of an error, None when neither names one."""
    names = {name.lower(): value.lower() for name, value in headers.items()}
    words = text.lower()
    if any(name.startswith("x-litellm-") for name in names) or "litellm" in words:
        return LITELLM
    if "inference gateway:" in words or "inference error:" in words or "x-gateway-destination-endpoint" in names:
        return LLM_D
    server = names.get("server", "")
    if "envoy" in server or "x-envoy-upstream-service-time" in names or "upstream request timeout" in words:
        return ENVOY
    if "nginx" in server or re.search(r"nginx(/[\d.]+)?</center", words) or "openresty" in server:
        return NGINX
    return None


def gateway_of_description(description: Mapping[str, Any]) -> Gateway | None:
    """The gateway that wrote this /openapi.json, None when it is the server's own or unknown.

    Titles: LiteLLM's is "LiteLLM API", Dynamo's "NVIDIA Dynamo OpenAI Frontend" (openapi_docs.rs); production-stack
    has /engines beside the routes that it passes on (main_router.py).
    """
    info = description.get("info")
    title = str(info.get("title", "")) if isinstance(info, dict) else ""
    paths = description.get("paths") or ()
    if "litellm" in title.lower() or "/health/liveliness" in paths:
        return LITELLM
    if "dynamo" in title.lower():
        return DYNAMO
    return PRODUCTION_STACK if "/engines" in paths and "/v1/models" in paths else None


def cost_of(headers: Mapping[str, str]) -> float | None:
    """US dollars that LiteLLM counts for a call (docs.litellm.ai/docs/proxy/response_headers); None when not told."""
    try:
        cost = float(headers.get("x-litellm-response-cost", ""))
    except ValueError:
        return None
    return cost if 0 <= cost < 1e6 else None
