"""The request of a result as code that runs as pasted."""

from html import escape

from omni_ui.client import WireCall
from omni_ui.features.snippets import languages_of, snippet
from omni_ui.features.snippets.plan import plan_for
from omni_ui.features.snippets.traps import trap


def code_view(call: WireCall, base_url: str | None = None) -> str:
    """HTML with one snippet for each language; a small script in the page switches and copies."""
    tabs, panes = [], []
    plan = plan_for(call, base_url)
    for number, language in enumerate(languages_of(call)):
        chosen = "true" if number == 0 else "false"
        tabs.append(
            f'<button type="button" role="tab" aria-selected="{chosen}" data-pane="{number}">'
            f"{escape(language)}</button>"
        )
        hidden = "" if number == 0 else " hidden"
        text = escape(snippet(language, call, base_url))
        panes.append(f'<pre role="tabpanel" data-pane="{number}" tabindex="0"{hidden}><code>{text}</code></pre>')
        if word := trap(language, plan):
            panes.append(f'<p class="omni-trap" data-pane="{number}"{hidden}>{escape(word)}</p>')
    return (
        f'<div class="omni-code"><div role="tablist" aria-label="Language">{"".join(tabs)}'
        f'<button type="button" class="omni-copy">Copy</button></div>{"".join(panes)}</div>'
    )
