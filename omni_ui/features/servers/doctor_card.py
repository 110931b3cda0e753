"""What an examination of a server found, as a card of the Server tab: what answers, what is in front, what mends it."""

import asyncio

from markupsafe import Markup

from omni_ui.client.server.doctor import Diagnosis, examine
from omni_ui.core.backends import Backends
from omni_ui.core.servers.backend import Backend
from omni_ui.core.templates import NOTHING, render
from omni_ui.settings import TABS


async def examine_all(backends: Backends, session: str | None) -> Markup:
    """HTML: a card for each server of this session. Asks them again; makes nothing."""
    used: dict[Backend, list[str]] = {}
    for tab in TABS:
        if backend := backends.for_tab(tab, session):
            used.setdefault(backend, []).append(tab)
    diagnoses = await asyncio.gather(*(examine(backend.client) for backend in used))
    cards = (
        doctor_card(diagnosis, _title(backends, backend), backends, backend)
        for backend, diagnosis in zip(used, diagnoses, strict=True)
    )
    return Markup('<div class="omni-server-cards">{}</div>').format(NOTHING.join(cards))


def _title(backends: Backends, backend: Backend) -> str:
    if backend.demo:
        return "The demo server"
    return backend.client.address if backends.settings.addresses_shown else "The server"


def doctor_card(diagnosis: Diagnosis, title: str, backends: Backends, backend: Backend) -> Markup:
    """HTML of one examination."""
    gateway = diagnosis.gateway
    rows = [("Answers", backends.redact_address(diagnosis.summary, backend))]
    if gateway:
        version = f" {diagnosis.gateway_version}" if diagnosis.gateway_version else ""
        rows.append(("In front of it", f"{gateway.name}{version}"))
    elif diagnosis.kind != "none":
        rows.append(("In front of it", "nothing detected"))
    if diagnosis.drops:
        rows.append(("What to know", "\n".join(diagnosis.drops)))
    if diagnosis.gave_up_after is not None:
        seconds = f"{diagnosis.gave_up_after:.0f}" if diagnosis.gave_up_after >= 1 else "less than 1"
        rows.append(("Its timeout", f"it gave up after {seconds} s the last time"))
    elif gateway and gateway.timeout:
        rows.append(("Its timeout", f"{gateway.timeout:.0f} s by default; not reached so far"))
    if advice := [fix for fix in diagnosis.fixes if fix not in diagnosis.settings]:
        rows.append(("What helps", "\n".join(advice)))
    if diagnosis.settings:
        rows.append(("Settings for it", "below, to copy"))
    return render(
        "features/servers/doctor_card.html.jinja",
        kind=diagnosis.kind,
        title=title,
        rows=[(name, text.splitlines()) for name, text in rows],
        fixes="\n".join(diagnosis.settings),
    )
