"""What the Server tab shows where agents are served: the lines that connect one, with this browser's key."""

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.features.mcp.endpoint import PATH

CARD = """<section class="omni-server-card" aria-label="For agents">
<h3>For agents</h3>
<p>Claude Code, Cursor and VS Code can use this page as tools (MCP). What they make comes to your History.</p>
<p>The key in these lines is as good as a password: whoever has it has your results.</p>
<div class="omni-code omni-serve"><pre tabindex="0"><code></code></pre>
<button type="button" class="omni-copy" aria-label="Copy the lines for agents">Copy</button></div>
<button type="button" class="omni-agents-show">Show with my key</button>
</section>"""


def agents_card() -> gr.HTML:
    """Put it into the Server tab. The key is added in the browser, when it is asked for."""
    return gr.HTML(None, **mounted(CARD, "agents", path=PATH), elem_id="server-agents")
