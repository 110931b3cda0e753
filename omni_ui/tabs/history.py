"""The History tab: what this visitor has made. The list is the browser's (history.js), over our own routes."""

from html import escape

import gradio as gr

from omni_ui.core.scripts import mounted
from omni_ui.features.send_to.send_to import TARGETS, SendTo

TEMPLATE = """<section class="omni-history" aria-label="History">
<div class="omni-history-bar">
<label class="omni-history-words"><span>Search</span>
<input type="search" placeholder="Search prompts and answers"></label>
<label><span>Tab</span><select><option value="">All tabs</option>{options}</select></label>
<label class="omni-history-star"><input type="checkbox"><span>Starred only</span></label>
</div>
<p class="omni-history-trouble omni-notice" data-state="down" role="alert" hidden></p>
<div class="omni-history-bar omni-history-tools">
<p class="omni-history-room omni-quiet" role="status"></p>
<span class="omni-history-acts"><button type="button" class="omni-small" data-act="compare" disabled>Compare</button>
<button type="button" class="omni-small" data-act="blind" disabled>Blind test</button>
<button type="button" class="omni-small" data-act="zip">Download as zip</button>
<button type="button" class="omni-small" data-act="delete">Delete all</button></span>
<p class="omni-history-choice omni-quiet" role="status"></p>
</div>
<ul class="omni-history-list"></ul>
<button type="button" class="omni-history-more" hidden>Show more</button>
<dialog class="omni-history-detail" aria-label="A result"></dialog>
<dialog class="omni-history-detail omni-compare" aria-label="Results compared"></dialog>
</section>"""


def build(sends: SendTo) -> None:
    """sends: knows the tabs, and where a result can go."""
    titles = {name: tab.title for name, tab in sends.tabs.items()} | {"talk": "Talk"}
    options = "".join(f'<option value="{escape(name)}">{escape(title)}</option>' for name, title in titles.items())
    targets = {
        kind: [{"to": f"{target.tab}-{target.field}", "words": target.words} for target in sends.targets(kind)]
        for kind in TARGETS
    }
    with gr.Tab("History", id="history", elem_id="history-tab"):
        gr.HTML(
            **mounted(TEMPLATE.format(options=options), "history"),
            elem_id="history",
            padding=False,
            titles=titles,
            targets=targets,
        )
