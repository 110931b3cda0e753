"""What a visitor sees and can type into until Gradio's script has drawn the page: the tabs, the prompt and Run.

Gradio's script takes some hundred milliseconds before it draws anything. This stands in the page's HTML, made from its
description. Three scripts belong to it: app/js/early_choice.js in the page's head says whether it is shown,
app/js/early_show.js takes what is pressed on it, and app/js/early_page.js hands over when the page is drawn. Its tabs
are hidden from screen readers, which would hear of each tab twice.
"""

import json

from markupsafe import Markup

from omni_ui.app.gradio_private.page_parts import FIRST, Config
from omni_ui.core.templates import NOTHING, render

MARK = "__i18n__"
KEY = "omni:"
"""How a text begins that Gradio translates (features/i18n), and its key, which is the English text after this."""


def early_page(config: Config) -> Markup:
    """HTML. NOTHING for a page whose first tab begins otherwise."""
    tab = config.get(FIRST)
    parts = [part["props"] | {"type": part["type"]} for part in config["components"]]
    by_id = {part.get("elem_id"): part for part in parts}
    field, run = by_id.get(_first_field(parts, str(tab))), by_id.get(f"{tab}-run")
    if not tab or not field or field["type"] != "textbox" or not run:
        return NOTHING
    tabs = [part for part in parts if part["type"] == "tabitem"]
    return render(
        "app/loading/early_page.html.jinja",
        tab=tab,
        tabs={part["elem_id"].removesuffix("-tab"): _plain(part["label"]) for part in tabs},
        note=Markup(by_id.get(f"{tab}-server", {}).get("value") or ""),
        field={
            "id": field["elem_id"],
            "label": _plain(field.get("label")),
            "placeholder": _plain(field.get("placeholder")),
            "lines": field.get("lines") or 1,
        },
        run=_plain(run["value"]),
    )


def _first_field(parts: list[Config], tab: str) -> str:
    """The elem_id of a tab's prompt: of Chat the message, else the control that comes first."""
    if tab == "chat":
        return "chat-text"
    controls = [str(part.get("elem_id")) for part in parts if part.get("interactive") is not False]
    notes = (f"{tab}-server", f"{tab}-tab")
    return next((id for id in controls if id.startswith(f"{tab}-") and id not in notes), "")


def _plain(text: object) -> str:
    """A text in English, also one that is marked for Gradio to translate."""
    words = str(text or "")
    if not words.startswith(MARK):
        return words
    return str(json.loads(words.removeprefix(MARK))["key"]).removeprefix(KEY)
