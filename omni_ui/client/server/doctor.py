"""What answers at an address, which gateway is in front of it, and how to fix calls that do not get through.

Only looks are sent (GET /v1/models, /version, /openapi.json, and one look that tells a gateway from another), so an
examination costs no GPU time.
"""

from dataclasses import dataclass
from typing import Literal

from omni_ui.client.errors import OmniError
from omni_ui.client.gateway.gateways import LITELLM, PRODUCTION_STACK, VLLM_ROUTER, Gateway
from omni_ui.client.gateway.openai_like import OPENAI_SCHEMA, OWN_ROUTES
from omni_ui.client.server.discovery import Capabilities
from omni_ui.client.server.server import Server
from omni_ui.client.tabs import FACTS

Kind = Literal["vllm-omni", "vllm", "openai-like", "unknown", "none"]


@dataclass(frozen=True)
class Diagnosis:
    """What an examination found.

    kind: of the server that answers; "unknown" behind a gateway that hides it, "none" when nothing answers.
    summary: one sentence. version: of the server, None when it is not told. gateway, gateway_version: what stands in
    front, None when nothing is seen there. replicas: how many servers a router names, None when none does.
    drops: sentences about what does not get through. gave_up_after: seconds after which a proxy gave up, the last
    time. fixes: what mends it, the most useful first. settings: those of them that are lines to set.
    """

    kind: Kind
    summary: str
    version: str | None = None
    gateway: Gateway | None = None
    gateway_version: str | None = None
    replicas: int | None = None
    drops: tuple[str, ...] = ()
    gave_up_after: float | None = None
    fixes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


async def examine(omni: Server) -> Diagnosis:
    """Looks at a server and the way to it. Never raises."""
    try:
        capabilities = await omni.capabilities(refresh=True)
    except OmniError as error:
        return Diagnosis("none", error.sentence, gave_up_after=omni.signs.gave_up_after)
    replicas = None
    if omni.signs.gateway is None or not omni.signs.gateway.own_routes:
        replicas = await omni.workers()
    gateway = VLLM_ROUTER if replicas is not None else omni.signs.gateway
    gateway_version = await omni.litellm_version() if gateway is LITELLM else None
    version = capabilities.version
    if gateway is PRODUCTION_STACK:
        gateway_version = await omni.version()
    settings = _settings(gateway, omni.signs.gave_up_after)
    kind = _kind(capabilities, gateway, version)
    return Diagnosis(
        kind,
        _summary(kind, version),
        version,
        gateway,
        gateway_version,
        replicas,
        _drops(capabilities, gateway, replicas),
        omni.signs.gave_up_after,
        (*settings, *_advice(gateway)),
        settings,
    )


def _kind(capabilities: Capabilities, gateway: Gateway | None, version: str | None) -> Kind:
    if capabilities.schema is OPENAI_SCHEMA:
        return "openai-like"
    if gateway and gateway.own_routes:
        return "unknown"  # it answers for itself, whatever is behind
    if OWN_ROUTES & capabilities.routes - {"/tokenize"}:
        return "vllm-omni"
    if capabilities.routes:
        return "vllm" if "/tokenize" in capabilities.routes or version else "unknown"
    return "vllm-omni" if version else "unknown"


def _summary(kind: Kind, version: str | None) -> str:
    if kind == "vllm-omni":
        return f"vLLM-Omni {version} answers." if version else "vLLM-Omni answers."
    if kind == "vllm":
        return f"vLLM {version} answers, without vLLM-Omni." if version else "vLLM answers, without vLLM-Omni."
    if kind == "openai-like":
        return "This is a plain OpenAI-style server: only OpenAI's own settings are sent."
    return "A server answers, but does not say what kind it is."


def _drops(capabilities: Capabilities, gateway: Gateway | None, replicas: int | None) -> tuple[str, ...]:
    """What the gateway is known to drop, and the tabs whose routes are not there."""
    drops = list(gateway.drops) if gateway else []
    abilities = capabilities.modalities
    missing = [FACTS[tab].verb for tab, ability in abilities.items() if "no route for it" in ability.reason]
    if missing:
        drops.append(f"It has no route to {', to '.join(missing)}.")
    if replicas and replicas > 1:
        drops.append(f"{replicas} servers share the work; only one of them knows a saved voice or a video job.")
    return tuple(drops)


def _settings(gateway: Gateway | None, gave_up_after: float | None) -> tuple[str, ...]:
    """The lines to set: where a time-out was met or is short, and where the limit of bodies is small."""
    if gateway is None:
        return ()
    short = gave_up_after is not None or (gateway.timeout is not None and gateway.timeout < 600)
    lines = [gateway.timeout_setting if short else "", gateway.body_setting if gateway.tight else ""]
    return tuple(filter(None, lines))


def _advice(gateway: Gateway | None) -> tuple[str, ...]:
    if gateway is None:
        return ()
    return (*gateway.advice, gateway.timeout_advice) if gateway.timeout_advice else gateway.advice
