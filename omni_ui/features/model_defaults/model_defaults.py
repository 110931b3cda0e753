"""What the makers of a model recommend, filled in by the browser: only where the visitor has entered nothing.

The app is asked once the page is there, and its answer may come after the first words were typed. So the app only
says what it would fill in, and model_defaults.js looks at what stands in the controls at that very moment.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from omni_ui.client import recommended_fields
from omni_ui.core.scripts import call

if TYPE_CHECKING:
    from omni_ui.features.tab_context import TabContext


class Advice:
    """Made inside the page, where its unseen component stands."""

    def __init__(self) -> None:
        self.wishes = gr.JSON(visible=False, label="What models want")

    async def ask(self, tabs: "Sequence[TabContext]", session: str | None) -> dict[str, Any]:
        """What each tab would fill in, by tab: `{"fields": {wire name: value}, "note": HTML}`. For `wishes`."""
        asked = {tab.name: await tab.wishes(session) for tab in tabs}
        return {name: one for name, one in asked.items() if one}

    def wire(self, tabs: "Sequence[TabContext]", after: gr.events.Dependency, first: bool) -> None:
        """Fills in after an event that has set `wishes`. first: it is that of a page which was just opened."""
        fields = [(tab, name) for tab in tabs for name in wanted_fields(tab)]
        parts = [tab.form.controls[name] for tab, name in fields]
        known = [
            {"tab": tab.name, "name": name, "label": tab.label(name), "initial": tab.form.controls[name].value}
            for tab, name in fields
        ]
        notes = [tab.advice for tab in tabs]
        after.then(
            None,
            [self.wishes, *parts, *notes],
            [*parts, *notes],
            js=call("fill_defaults", known, [tab.name for tab in tabs], first),
            queue=False,
            show_progress="hidden",
            show_progress_on=self.wishes,
        )


def wanted_fields(tab: "TabContext") -> list[str]:
    """The fields of a tab that a model may have wishes for."""
    return [name for name in dict.fromkeys([*recommended_fields(tab.name), *tab.wished]) if name in tab.form.controls]
