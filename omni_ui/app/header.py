"""The top of the page: its name, the server's state, the language, and the sheet of keys."""

from omni_ui.features.i18n.languages import choices

TELL = """<details class="omni-tell"><summary><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
<path fill="currentColor" d="M8 1.5a4 4 0 0 1 4 4V9l1.5 2.5h-11L4 9V5.5a4 4 0 0 1 4-4zM6.5 13h3a1.5 1.5 0 0 1-3 0z"/>
</svg><span>Tell me when done</span></summary><fieldset>
<legend>When a run of more than 10 s ends</legend>
<label><input type="radio" name="omni-tell" value="off" checked> do nothing</label>
<label><input type="radio" name="omni-tell" value="sound"> play a sound</label>
<label><input type="radio" name="omni-tell" value="notification"> show a notification</label>
<label><input type="checkbox" name="omni-always"> also while I look at this page</label>
<p role="status"></p></fieldset></details>
"""
"""The choice belongs to light.js."""


SIGN_OUT = '<form method="post" action="omni/logout"><button id="omni-sign-out">Sign out</button></form>'


def header(card: str = "", *, signed_in: bool = False) -> str:
    """HTML. The state is filled in by page.js; the language and the sheet belong to language.js and help.js."""
    names = "".join(f'<option value="{code}" lang="{code}" translate="no">{name}</option>' for code, name in choices())
    return f"""<header class="omni-header">
<a class="omni-skip" href="#omni-tabs">Skip to the prompt</a>
<h1 class="omni-name">Omni UI</h1><span class="omni-quiet omni-what">playground for vLLM-Omni</span>
<span class="omni-state" role="status" id="omni-state">
<span class="omni-pill" data-state="asking">Asking the server</span>
<span class="omni-light omni-quiet" aria-live="off"></span>
<span class="omni-model omni-quiet"></span></span>
{TELL}{card}{SIGN_OUT if signed_in else ""}<select id="omni-language" aria-label="Language of the page">{names}</select>
<button type="button" id="omni-help-button"
aria-label="Keys and gestures" title="Keys and gestures">?</button></header>"""
