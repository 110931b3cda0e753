"""The top of the page: its name, the server's state, the language, and the sheet of keys."""

from omni_ui.parts.languages import choices


def header() -> str:
    """HTML. The state is filled in by assets/omni.js; the language and the sheet belong to language.js and help.js."""
    names = "".join(f'<option value="{code}" lang="{code}" translate="no">{name}</option>' for code, name in choices())
    return f"""<header class="omni-header">
<span class="omni-name">Omni UI</span><span class="omni-quiet omni-what">playground for vLLM-Omni</span>
<span class="omni-state" role="status" id="omni-state">
<span class="omni-pill" data-state="asking">Asking the server</span>
<span class="omni-model omni-quiet"></span></span>
<select id="omni-language" aria-label="Language of the page">{names}</select>
<button type="button" id="omni-help-button"
aria-label="Keys and gestures" title="Keys and gestures">?</button></header>"""
