"""The top of the page: its name, the server's state, the language, and the sheet of keys."""

from markupsafe import Markup

from omni_ui.core.templates import render
from omni_ui.features.i18n.languages import choices


def header(card: Markup, *, signed_in: bool = False) -> Markup:
    """HTML. card: more of it, such as the host's limits."""
    return render("app/header.html.jinja", card=card, signed_in=signed_in, languages=choices())
