"""The Server tab: which server each tab talks to, what it can do, and a server of the visitor's own for one session."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import gradio as gr
from markupsafe import Markup

from omni_ui.client.tabs import FACTS
from omni_ui.core import status
from omni_ui.core.backends import Backends
from omni_ui.core.files import Json
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call
from omni_ui.core.servers.pinned_transport import NotAllowed
from omni_ui.core.templates import NOTHING
from omni_ui.features.mcp.card import agents_card
from omni_ui.features.model_defaults.model_defaults import ModelDefaults
from omni_ui.features.servers.cards import ask_anew, card, look_at
from omni_ui.features.servers.doctor_card import examine_all
from omni_ui.settings import TABS, Tab
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.events import PRIVATE

HELLO = "What this page knows about its servers. A test uses no GPU time."
FOR_HOSTS = (
    "No server is set, so this page uses a demo server. To use your own vLLM-Omni server, start "
    "this page with OMNI_BASE_URL set to its address, such as http://host:8091."
)
FOR_VISITORS = (
    "The demo server stands in where no server is named. To use your own vLLM-Omni server, open “A server of your own, "
    "for this session” below and enter its address, or start this page with OMNI_BASE_URL set to it, such as "
    "http://host:8091."
)
UNUSABLE = (
    "This server cannot be used: it does not answer, is not a vLLM-Omni server, needs another API key, or this page "
    "may not connect to it. Nothing was changed."
)
"""One sentence for every failure: the page is no means to find out what stands in its network."""
REFUSED = "This page does not allow visitors' own servers."


def build(backends: Backends, tabs: Sequence[OmniTab], defaults: ModelDefaults) -> None:
    """tabs: those whose settings follow the server, when a visitor goes to another one."""
    with gr.Tab("Server", id="server", elem_id="server-tab") as page:
        note = gr.HTML(status.empty(HELLO), elem_id="server-status", elem_classes="omni-status-line")
        # There from the start: it would push down what stands below, once the servers have been asked.
        way_out = _note_for_hosts(backends) if backends.settings.uses_demo else None
        hosts = gr.HTML(way_out, elem_id="server-hosts", padding=False)
        own = OwnServer() if visitors_may(backends) else None
        if backends.settings.mcp:
            agents_card()
        doctor = gr.HTML(elem_id="server-doctor")
        examine_button = gr.Button("Check the servers", size="sm", elem_id="server-examine")
        cards: dict[Tab, gr.HTML] = {}
        with gr.Row(elem_classes="omni-server-cards"):
            for tab in TABS:
                with gr.Column(min_width=320):
                    cards[tab] = gr.HTML(elem_id=f"server-{tab}")
                    button = gr.Button(f"Test {FACTS[tab].title}", size="sm", elem_id=f"server-{tab}-test")
                    button.click(_tester(backends, tab, note, cards[tab]), None, [note, cards[tab]], **PRIVATE)

    async def show(request: gr.Request) -> Updates:
        session = request.session_hash
        return {hosts: _note_of_session(backends, session)} | await _cards(backends, cards, session)

    async def examine(request: gr.Request) -> Markup:
        return await examine_all(backends, request.session_hash)

    page.select(show, None, [hosts, *cards.values()], **PRIVATE)
    examine_button.click(examine, None, doctor, **PRIVATE)
    if own:
        own.wire(backends, note, hosts, cards, tabs, defaults)


def visitors_may(backends: Backends) -> bool:
    """Whether visitors may enter servers of their own: as the host says, and never where strangers come."""
    return backends.settings.own_servers_allowed and not backends.settings.public


def _note_of_session(backends: Backends, session: str | None) -> Markup:
    """The note for hosts, while any tab of the session uses the demo."""
    servers = [backend for tab in TABS if (backend := backends.for_tab(tab, session))]
    return _note_for_hosts(backends) if any(backend.demo for backend in servers) else NOTHING


def _note_for_hosts(backends: Backends) -> Markup:
    """How to get from the demo server to one's own."""
    how = FOR_VISITORS if visitors_may(backends) else FOR_HOSTS
    return Markup('<p class="omni-notice">{}</p>').format(how)


async def _cards(backends: Backends, cards: dict[Tab, gr.HTML], session: str | None) -> Updates:
    looks = await asyncio.gather(*(look_at(backends, tab, session) for tab in cards))
    return {cards[seen.tab]: card(seen) for seen in looks}


def _tester(backends: Backends, tab: Tab, note: gr.HTML, place: gr.HTML) -> Callable[..., Awaitable[Updates]]:
    async def test(request: gr.Request) -> Updates:
        said = await ask_anew(backends, tab, request.session_hash)
        seen = await look_at(backends, tab, request.session_hash, fresh=0)
        note_text = status.done([("", said)]) if seen.state in ("ready", "demo") else status.failed(said)
        return {note: note_text, place: card(seen)}

    return test


class OwnServer:
    """Fields for an address and a key. They reach this side only: no storage of the browser, nothing in /config."""

    def __init__(self) -> None:
        with gr.Accordion("A server of your own, for this session", open=False, elem_id="server-own"):
            with gr.Row():
                self.address = gr.Textbox(
                    label="Address",
                    placeholder="http://host:8091",
                    elem_id="server-address",
                    max_lines=1,
                    min_width=260,
                )
                self.key = gr.Textbox(
                    label="API key",
                    info="Leave empty if the server needs none. It is not stored in the browser.",
                    type="password",
                    elem_id="server-key",
                    max_lines=1,
                    min_width=260,
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
            self.tabs = gr.CheckboxGroup(
                [(FACTS[tab].title, tab) for tab in TABS], value=list(TABS), label="Use it for", elem_id="server-tabs"
            )
            with gr.Row():
                self.use = gr.Button("Use this server", variant="primary", elem_id="server-use")
                self.back = gr.Button("Back to this page's servers", elem_id="server-reset")
            self.session = gr.Textbox(visible=False, elem_id="server-session")

    def wire(
        self,
        backends: Backends,
        note: gr.HTML,
        hosts: gr.HTML,
        cards: dict[Tab, gr.HTML],
        tabs: Sequence[OmniTab],
        defaults: ModelDefaults,
    ) -> None:
        model_shown = list(dict.fromkeys(part for tab in tabs for part in tab.model_components))
        outputs = [note, hosts, self.key, self.session, *defaults.recommended.values(), *cards.values(), *model_shown]

        async def changed(session: str) -> Updates:
            """Everything that shows which server it is."""
            *updates, recommended = await asyncio.gather(
                *(tab.show_model(session) for tab in tabs), defaults.ask(tabs, session)
            )
            all_updates = {part: value for update in updates for part, value in update.items()}
            cards_now = await _cards(backends, cards, session)
            of_session: Updates = {self.session: session, hosts: _note_of_session(backends, session)}
            return of_session | recommended | cards_now | all_updates

        async def use(address: str, key: str, chosen: list[Tab], request: gr.Request) -> Updates:
            session = request.session_hash or ""
            failure = await adopt(backends, session, address or "", key or "", [t for t in TABS if t in (chosen or [])])
            if failure:
                return {note: status.failed(failure), self.key: ""}
            said = "This session now uses your server."
            if key:
                said += " The key is kept on this side only, until you leave."
            return await changed(session) | {note: status.done([("", said)]), self.key: ""}

        async def back(request: gr.Request) -> Updates:
            session = request.session_hash or ""
            await backends.adopt(session, list(TABS), None)
            return await changed(session) | {note: status.done([("", "Back to this page's servers.")]), self.key: ""}

        # One target of progress: the page goes over all of them with every later message of any run.
        common: Json = {**PRIVATE, "show_progress_on": note}
        for done in (
            gr.on(
                [self.use.click, self.address.submit, self.key.submit],
                use,
                [self.address, self.key, self.tabs],
                outputs,
                **common,
            ),
            self.back.click(back, None, outputs, **common),
        ):
            done.then(None, self.session, None, js=call("use_server"), queue=False)
            defaults.wire(tabs, done, first=False)


async def adopt(backends: Backends, session: str, address: str, key: str, tabs: list[Tab]) -> str:
    """Sends these tabs of a session to the server at an address. A sentence when it cannot be; "" when it is done."""
    if not visitors_may(backends):
        return REFUSED
    if not address.strip():
        return "The address is empty: write it like http://host:8091."
    if not tabs:
        return "Choose at least one tab for this server."
    address = address.strip()
    if "://" not in address:  # as people write it: host:8091
        address = f"http://{address}"
    try:
        backend = await backends.connect_for_visitor(address, key.strip() or None)
    except NotAllowed:
        return UNUSABLE
    except ValueError as wrong:
        return str(wrong)
    health, _ = await backend.look()
    if not health.ok:
        await backend.leave()
        return UNUSABLE
    await backends.adopt(session, tabs, backend)
    return ""
