"""The request of a result as code that runs as pasted."""

from markupsafe import Markup

from omni_ui.client import WireCall
from omni_ui.core.templates import render
from omni_ui.features.snippets import languages_of, write
from omni_ui.features.snippets.plan import plan_for
from omni_ui.features.snippets.traps import trap


def code_view(call: WireCall, base_url: str | None = None) -> Markup:
    """HTML with one snippet for each language; a small script in the page switches and copies."""
    plan = plan_for(call, base_url)
    panes = [(language, write(language, plan), trap(language, plan)) for language in languages_of(call)]
    return render("features/snippets/view.html.jinja", panes=panes)
