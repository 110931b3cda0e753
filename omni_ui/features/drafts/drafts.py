"""Drafts of all tabs, kept by the browser alone (drafts.js): words, settings, files of the cache, the conversation.

What a draft holds are the inputs of a tab's run, so a new field is part of it by itself. The Server tab has none of
those: addresses and keys are never kept.
"""

from collections.abc import Sequence

import gradio as gr

from omni_ui.core.files import Json
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call, mounted
from omni_ui.features.tab_context import TabContext
from omni_ui.widgets.components import ObjectCarrier
from omni_ui.widgets.events import IMMEDIATE, trigger
from omni_ui.widgets.fields import Component

PASSING = {"change"}
"""Which message of the conversation is being edited: after a reload the words stand there for a new message."""


class Drafts:
    """Made inside the page, since it adds a hidden component."""

    def __init__(self) -> None:
        self.conversation = ObjectCarrier(
            None, **mounted("<span hidden></span>", "draft_conversation"), elem_id="omni-draft", padding=False
        )

    def wire(self, page: gr.Blocks, tabs: Sequence[TabContext]) -> None:
        """Saves what changes in any tab; gives it back when the tab has come."""
        for tab in tabs:
            plain: dict[Component, Json] = {}
            files: dict[Component, Json] = {}
            parts = drafted(tab)
            described = {name: {"name": name, "initial": _initial(part)} for name, part in parts.items()}
            more = {"conversation": tab.conversation} if tab.conversation else {}
            fields = [*described.values(), *({"name": name, "initial": None} for name in more)]
            held = [*parts.values(), *more.values()]
            changes = [trigger(part, "change") for part in held]
            gr.on(changes, None, held, None, js=call("save_draft", tab.name, fields), **IMMEDIATE)
            for name, part in parts.items():
                kept = files if holds_files(tab, name) else plain
                kept[part] = {"id": part.elem_id, **described[name]}
            if tab.take_back:
                self._wire_conversation(tab)
            page.load(None, None, [*plain], js=call("restore_drafts", tab.name, [*plain.values()]), **IMMEDIATE)
            page.load(None, None, [*files], js=call("restore_files", tab.name, [*files.values()]), **IMMEDIATE)

    def _wire_conversation(self, tab: TabContext) -> None:
        async def take_back(kept: dict[str, object] | None) -> Updates:
            """A conversation that this browser kept. What is not one is left out without a word."""
            assert tab.take_back
            return await tab.take_back(kept or {})

        self.conversation.input(take_back, self.conversation, [tab.status, *tab.restored_components], **IMMEDIATE)


def drafted(tab: TabContext) -> dict[str, Component]:
    """The controls whose values a draft holds, by wire name."""
    return {n: part for n, part in tab.inputs.items() if not isinstance(part, gr.State) and n not in PASSING}


def holds_files(tab: TabContext, name: str) -> bool:
    """Whether the values of an input are files of the cache."""
    part = tab.inputs[name]
    if isinstance(part, (gr.File, gr.Image, gr.Audio, gr.Video)):
        return True
    return name in getattr(tab.form, "pictures", ()) or name == "files"


def _initial(part: Component) -> object:
    value = getattr(part, "value", None)
    return value if isinstance(value, (str, int, float, bool, list)) else None
