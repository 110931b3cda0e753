"""The top of the page: its name and the server's state, and the menus for the language, the keys and notices."""

import gradio as gr
from markupsafe import Markup

from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.features.i18n.languages import choices


def header() -> Markup:
    """HTML."""
    return render("app/header.html.jinja")


def header_menus(card: Markup, *, signed_in: bool = False) -> gr.HTML:
    """The menus at the right of the header. Call it inside the page, below the tabs.

    card: more of them, such as the host's limits.
    """
    html = render("app/header_menus.html.jinja", card=card, signed_in=signed_in, languages=choices())
    return gr.HTML(None, **mounted(html, "header_menus"), elem_classes="omni-menus-place", padding=False)
