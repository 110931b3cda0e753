"""The page: a header, a tab for each modality. Everything it needs is passed in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

import gradio as gr

from omni_ui.app.gradio_private.events import Page
from omni_ui.app.gradio_private.page_parts import mount_tab
from omni_ui.app.header import header, header_menus
from omni_ui.client import Ability
from omni_ui.client.tabs import TABS
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call, mounted
from omni_ui.core.servers.backend import Backend
from omni_ui.features.drafts.drafts import Drafts
from omni_ui.features.limits.card import limits_card
from omni_ui.features.model_defaults.model_defaults import ModelDefaults
from omni_ui.features.recipes.panel import Recipes
from omni_ui.features.send_to.send_to import SendTo
from omni_ui.features.tab_services import TabServices
from omni_ui.tabs import history, talk
from omni_ui.tabs import servers as server
from omni_ui.tabs.base import OmniTab
from omni_ui.widgets.components import ObjectCarrier
from omni_ui.widgets.events import IMMEDIATE


def build_ui(services: TabServices) -> tuple[gr.Blocks, list[OmniTab]]:
    """All tabs, and those with a form. Mount it with `theme`, `css` and `head` of omni_ui.app.theme."""
    backends = services.backends
    with Page(title="Omni UI", analytics_enabled=False, fill_width=True) as page:
        top = gr.HTML(header(), elem_classes="omni-head", padding=False)
        opening = gr.JSON(visible=False, label="The tab to open")
        _take_parts_later()
        defaults = ModelDefaults()
        recipes = Recipes()
        drafts = Drafts()
        with gr.Tabs(selected="image", elem_id="omni-tabs", overflow_behavior="wrap") as strip:
            tabs: list[OmniTab] = [import_module(f"omni_ui.tabs.{name}").build(services) for name in TABS]
            sends = SendTo(tabs, services.recorder)
            talk.build()
            history.build(sends)
            server.build(backends, tabs, defaults)
        header_menus(limits_card(backends.limits), signed_in=backends.settings.has_login)
        sends.wire(strip)
        # Before the app is asked anything: the tab of the address, and what was typed there.
        page.load(None, None, None, js=call("open_address"), queue=False, api_visibility="private")
        drafts.wire(page, tabs)

        async def arrive(request: gr.Request) -> Updates:
            """A new visitor: open a tab that works."""
            linked = "video" if request.query_params.get("job") else None  # see features/video/jobs
            opens = linked or await first_able(tabs, request.session_hash)
            return {opening: {"tab": opens}}

        async def leave(request: gr.Request) -> None:
            await backends.forget(request.session_hash or "")
            services.jobs.forget(request.session_hash or "")
            services.typed.forget(request.session_hash or "")
            for tab in tabs:
                tab.repeat.forget(request.session_hash)

        # With every later message of any run the page goes over all targets of progress: let there be a small one.
        loaded = page.load(arrive, None, [opening], show_progress_on=top, **IMMEDIATE)
        # The browser opens the tab, and only when the visitor has not opened one meanwhile.
        loaded.then(None, opening, None, js=call("open_tab"), queue=False)
        for tab in tabs:
            model_shown = page.load(
                _model_shower(tab, defaults),
                None,
                [defaults.recommended[tab.name], *tab.model_components],
                show_progress_on=top,
                **IMMEDIATE,
            )
            defaults.wire([tab], model_shown, first=True)
        recipes.wire(tabs, strip, loaded)
        page.unload(leave)
    return page, tabs


def _take_parts_later() -> None:
    """The unseen component through which the browser asks for the parts of a tab (core/js/mounted_tabs.js)."""
    mounter = ObjectCarrier(None, **mounted("", "tab_mounter"), elem_id="omni-mounter", visible="hidden")
    mounting = mounter.input(mount_tab, mounter, None, **IMMEDIATE)
    mounting.then(None, None, None, js=call("tab_mounted"), **IMMEDIATE)
    mounting.failure(None, None, None, js=call("tab_not_mounted"), **IMMEDIATE)


def _model_shower(tab: OmniTab, defaults: ModelDefaults) -> Callable[[gr.Request], Awaitable[Updates]]:
    async def show_model(request: gr.Request) -> Updates:
        """What the server and the model of a tab want, when its parts have come to the browser."""
        session = request.session_hash
        updates, recommended = await asyncio.gather(tab.show_model(session), defaults.ask([tab], session))
        return recommended | updates

    return show_model


async def first_able(tabs: list[OmniTab], session: str | None) -> str:
    """The first tab whose server can do its job, asked again where the last answer is old."""
    return _best([(tab.name, await tab.ability(session), tab.backends.for_tab(tab.name, session)) for tab in tabs])


def first_known(tabs: list[OmniTab]) -> str:
    """The same by what the servers said the last time; "" before they have said anything. For a new visitor."""
    seen = [(tab.name, tab.backends.for_tab(tab.name, None)) for tab in tabs]
    abilities = [(name, backend.known_ability(name) if backend else None, backend) for name, backend in seen]
    return _best(abilities) if any(ability for _, ability, _ in abilities) else ""


def _best(abilities: Sequence[tuple[str, Ability | None, Backend | None]]) -> str:
    """Chat comes last where it is not a language model that answers."""
    able = []
    for name, ability, backend in abilities:
        if backend and ability and ability.can:
            aside = name == "chat" and (backend.demo or "text" not in ability.detail.get("outputs", ["text"]))
            able.append((aside, name))
    return min(able, key=lambda ranked: ranked[0])[1] if able else "image"
