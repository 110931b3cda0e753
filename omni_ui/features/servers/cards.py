"""What is known about a tab's server, as a card of the Server tab."""

import time
from dataclasses import dataclass, field

from markupsafe import Markup

from omni_ui.client import Ability, BadRequest, NotFound, OmniError
from omni_ui.client.gateway.openai_like import OPENAI_SCHEMA
from omni_ui.client.tabs import FACTS
from omni_ui.core.backends import Backends
from omni_ui.core.own_voices import is_foreign
from omni_ui.core.servers.backend import Backend
from omni_ui.core.templates import render
from omni_ui.settings import Tab

STATES = {
    "ready": "Ready",
    "demo": "Demo server",
    "down": "Not reachable",
    "none": "No server",
    "cannot": "Cannot do it",
}
MOST_VOICES = 40
"""Names that are shown; a server may have hundreds."""


@dataclass(frozen=True)
class ServerFacts:
    """A look at one tab's server. state: a key of STATES. rows: (name, value) in the order shown."""

    tab: Tab
    state: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    start: str = ""
    """The line that starts a server for this tab."""


async def look_at(backends: Backends, tab: Tab, session: str | None, fresh: float = 5.0) -> ServerFacts:
    """What the server says about itself, at most `fresh` seconds old (0: asked now)."""
    start = FACTS[tab].start
    backend = backends.for_tab(tab, session)
    if backend is None:
        why = f"No server is set for this tab: set OMNI_BASE_URL or OMNI_{tab.upper()}_URL."
        return ServerFacts(tab, "none", [("Why", why)], start)
    health, abilities = await backend.look(fresh)
    where = "hidden by this page's host"
    if backends.settings.addresses_shown:
        where = "inside this page (the demo)" if backend.demo else backend.client.address
    rows = [("Address", where)]
    if not health.ok or abilities is None:
        return ServerFacts(tab, "down", [*rows, ("Why", backends.redact_address(health.detail, backend))], start)
    ability = abilities.modalities[tab]
    rows.append(("Answers in", f"{1000 * health.seconds:.0f} ms"))
    rows.append(("Model", ability.model or "not named"))
    if len(abilities.models) > 1:
        rows.append(("All its models", ", ".join(model.id for model in abilities.models)))
    rows.append(("Can do it" if ability.can else "Cannot do it", ability.reason))
    if ability.can and (voices := await _voices(backend, tab, ability)):
        rows.append(("Voices", voices))
    rows.append(("Version of vLLM", abilities.version or "not reported"))
    plain = abilities.schema is OPENAI_SCHEMA
    if ability.can and ability.model and not (backend.demo or plain):
        start = f"vllm serve {ability.model} --omni --port 8091"
    state = "cannot" if not ability.can else "demo" if backend.demo else "ready"
    return ServerFacts(tab, state, rows, ability.start or start)


async def _voices(backend: Backend, tab: str, ability: Ability) -> str:
    if tab != "speech" and "audio" not in ability.detail.get("outputs", []):
        return ""
    try:
        names = [name for name in (await backend.client.voices()).names if not is_foreign(name, None)]
    except NotFound:
        return "This server lists no voices."
    except BadRequest:
        return "The proxy in front of the server does not pass on the list of voices."
    except OmniError as error:
        return error.sentence
    more = f" and {len(names) - MOST_VOICES} more" if len(names) > MOST_VOICES else ""
    return ", ".join(names[:MOST_VOICES]) + more


async def ask_anew(backends: Backends, tab: Tab, session: str | None) -> str:
    """Asks the server again for all that a run relies on; one sentence. Makes nothing, so it costs no GPU time."""
    backend = backends.for_tab(tab, session)
    if backend is None:
        return f"{FACTS[tab].title}: no server is set."
    began = time.monotonic()
    try:
        capabilities = await backend.client.capabilities(refresh=True)
    except OmniError as error:
        return f"{FACTS[tab].title}: {backends.redact_address(error.sentence, backend)}"
    took = 1000 * (time.monotonic() - began)
    ability = capabilities.modalities[tab]
    names = ", ".join(model.id for model in capabilities.models) or "no model"
    able = "It supports this tab." if ability.can else ability.reason
    return f"{FACTS[tab].title}: answered in {took:.0f} ms and lists {names}. {able}"


def card(seen: ServerFacts) -> Markup:
    """HTML of a look."""
    return render(
        "features/servers/card.html.jinja",
        title=FACTS[seen.tab].title, state=seen.state, state_text=STATES[seen.state], rows=seen.rows, start=seen.start,
    )  # fmt: skip
