"""Takes a result to another tab, and a record of the history back to its own (`restore`).

The browser's half is omni_ui/features/send_to/send_to.js.

Only two things are ever put into a file field: a file of a result that is this visitor's own, and a picture that this
page has uploaded (the frame of a video).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from omni_ui.client import type_of_file
from omni_ui.core.files import Json
from omni_ui.core.run import RunResult, Updates, Values
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import NOTHING, render
from omni_ui.core.visitor import visitor_of
from omni_ui.features.history.restore import fitting, restore, restored_components
from omni_ui.features.history.service import Recorder
from omni_ui.features.tab_context import TabContext
from omni_ui.features.video.video_files import publish_file
from omni_ui.store import StoreFailed
from omni_ui.widgets.components import ObjectCarrier
from omni_ui.widgets.file_input import uploaded
from omni_ui.widgets.form import folds_around

GONE = "This result is not available: it was deleted, or belongs to another visitor."


@dataclass(frozen=True)
class Target:
    """Where a result can go: a field of a tab, and the words on the button. adds: it joins the files that are there."""

    tab: str
    field: str
    words: str
    adds: bool = False


TARGETS: dict[str, tuple[Target, ...]] = {
    "image": (
        Target("edit", "image", "Edit"),
        Target("video", "input_reference", "Video, as its first frame"),
        Target("chat", "files", "Chat", adds=True),
    ),
    "audio": (
        Target("speech", "ref_audio", "Speech, as the voice"),
        Target("chat", "files", "Chat", adds=True),
        Target("video", "audio_reference", "Video, as its sound"),
    ),
    "video": (Target("edit", "image", "Edit, this frame"), Target("chat", "files", "Chat", adds=True)),
    "text": (
        Target("speech", "input", "Speech"),
        Target("image", "prompt", "Image"),
        Target("video", "prompt", "Video"),
    ),
}
"""By kind of result. A video goes to Edit as the frame that is shown."""
BEST = 2
"""Targets of a kind whose buttons are seen at once; the others stand behind "More"."""
NAMES = {"image": "picture", "audio": "sound", "video": "video", "text": "text"}

TAB = "tab"
"""The key in the updates of an order for the tab that it opens."""


class Refused(Exception):
    """An order that cannot be followed; the text is a sentence for the visitor."""


class SendTo:
    """Knows all tabs. Made by the page when they are there."""

    def __init__(self, tabs: Sequence[TabContext], recorder: Recorder) -> None:
        self.tabs: dict[str, TabContext] = {tab.name: tab for tab in tabs}
        self.recorder = recorder
        for tab in tabs:
            tab.sends, tab.recorder = self, recorder

    def targets(self, kind: str, besides: str = "") -> list[Target]:
        """Where a result of this kind can go, as far as these tabs are there. besides: the tab that made it."""
        return [
            target
            for target in TARGETS.get(kind, ())
            if target.tab in self.tabs and target.tab != besides and target.field in self.tabs[target.tab].inputs
        ]

    def row(self, made_by: str, record: str, outcome: RunResult) -> Markup:
        """HTML of the buttons below a result."""
        kinds = [type_of_file(path).partition("/")[0] for path in outcome.files]
        kinds = [kind for kind in kinds if kind != "text"]  # subtitles: not what a prompt is made of
        kinds += ["text"] if outcome.text else []
        several = len(set(kinds)) > 1
        rows = [
            (kind, f"Send the {NAMES[kind]} to" if several else "Send to", targets)
            for kind in dict.fromkeys(kinds)
            if (targets := self.targets(kind, made_by))
        ]
        if not rows or not record:
            return NOTHING
        return render("features/send_to/send_to.html.jinja", rows=rows, record=record, made_by=made_by, best=BEST)

    def wire(self, strip: gr.Tabs) -> None:
        """Makes the component that carries an order of the page here. Call it inside the page, below the tabs."""
        order = ObjectCarrier(None, elem_id="omni-carry", visible="hidden", **mounted("", "result_carrier"))
        lists = {
            f"{target.tab}-{target.field}": self.tabs[target.tab].inputs[target.field]
            for kind in TARGETS
            for target in self.targets(kind)
            if target.adds
        }

        async def carry(request: gr.Request, what: Json | None, *held: object) -> Updates:
            """Does what was ordered; says in a notice why it could not."""
            try:
                done = await self._carry(what or {}, dict(zip(lists, held, strict=True)), request)
            except (StoreFailed, Refused) as problem:
                gr.Warning(escape(str(problem)))
                return {strip: gr.skip()}
            return {strip: gr.Tabs(selected=done.pop(TAB)), **done}

        parts = [part for tab in self.tabs.values() for part in (*tab.inputs.values(), *restored_components(tab))]
        for kind in TARGETS:
            for goal in self.targets(kind):
                parts += folds_around(self.tabs[goal.tab].inputs[goal.field])
        order.input(
            carry,
            [order, *lists.values()],
            [strip, *dict.fromkeys(parts)],
            api_visibility="private",
            show_progress="hidden",
            show_progress_on=strip,  # type: ignore[arg-type]  # any block will do: its id is all that is used
            concurrency_limit=None,
            trigger_mode="multiple",
        )

    async def _carry(self, what: Json, held: Values, request: gr.Request) -> Updates:
        visitor, record = visitor_of(request), str(what.get("record", ""))
        if what.get("do") == "open":
            stored = await self.recorder.find(record, visitor)
            if stored is None or stored.tab not in self.tabs:
                raise Refused(GONE)
            tab, fetch = self.tabs[stored.tab], self.recorder.store.history.fetch
            return {TAB: stored.tab} | await restore(tab, stored, fetch, request.session_hash or "")
        target = self._target(what)
        if what.get("do") == "frame":
            with suppress(gr.Error):
                return self._put(target, Path(uploaded(what.get("file"))), held)
            raise Refused("The frame did not arrive. Try again.")
        result = await self.recorder.sendable(record, visitor, request.session_hash)
        if result is None:
            raise Refused(GONE)
        if what.get("kind") == "text":
            return {TAB: target.tab, self.tabs[target.tab].inputs[target.field]: result.text}
        files = [path for path, kind in result.files if kind.startswith(str(what.get("kind")))]
        number = what.get("file")
        if not isinstance(number, int) or not 0 <= number < len(files):
            raise Refused(GONE)
        return self._put(target, await publish_file(files[number], files[number].name), held)

    def _target(self, what: Json) -> Target:
        """None but the targets of this page, whatever an order says."""
        for kind in TARGETS:
            for target in self.targets(kind):
                if f"{target.tab}-{target.field}" == what.get("target"):
                    return target
        raise Refused("This cannot be sent there.")

    def _put(self, target: Target, path: Path, held: Values) -> Updates:
        tab = self.tabs[target.tab]
        paths = [*(held.get(f"{target.tab}-{target.field}") or []), str(path)] if target.adds else str(path)
        part = tab.inputs[target.field]
        unfolded = {fold: gr.Accordion(open=True) for fold in folds_around(part)}
        return {TAB: target.tab, part: fitting(tab, target.field, paths), **unfolded}
