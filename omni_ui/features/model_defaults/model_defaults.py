"""What the makers of a model recommend, filled in by the browser: only where the visitor has entered nothing.

The app is asked once the page is there, and its answer may come after the first words were typed. So the app only
says what it would fill in, and model_defaults.js looks at what stands in the controls at that very moment.
"""

from collections.abc import Sequence

import gradio as gr

from omni_ui.client import recommended_fields
from omni_ui.core.run import Updates
from omni_ui.core.scripts import call
from omni_ui.features.tab_context import TabContext
from omni_ui.settings import TABS


class ModelDefaults:
    """Made inside the page, where its unseen components stand."""

    def __init__(self) -> None:
        self.recommended = {tab: gr.JSON(visible=False, label="What models want") for tab in TABS}

    async def ask(self, tabs: Sequence[TabContext], session: str | None) -> Updates:
        """What each tab would fill in, `{"fields": {wire name: value}, "note": HTML}`, for its `recommended`."""
        return {self.recommended[tab.name]: await tab.recommended(session) for tab in tabs}

    def wire(self, tabs: Sequence[TabContext], after: gr.events.Dependency, first: bool) -> None:
        """Fills in after an event that has set `recommended`. first: it is that of a tab which has just come."""
        for tab in tabs:
            fields = wanted_fields(tab)
            parts = [tab.form.controls[name] for name in fields]
            described = [
                {"name": name, "label": tab.label(name), "initial": tab.form.controls[name].value} for name in fields
            ]
            after.then(
                None,
                [self.recommended[tab.name], *parts, tab.model_note],
                [*parts, tab.model_note],
                js=call("fill_defaults", tab.name, described, first),
                queue=False,
                show_progress="hidden",
                show_progress_on=self.recommended[tab.name],
            )


def wanted_fields(tab: TabContext) -> list[str]:
    """The fields of a tab for which a model may recommend values."""
    return [
        name
        for name in dict.fromkeys([*recommended_fields(tab.name), *tab.also_recommended])
        if name in tab.form.controls
    ]
