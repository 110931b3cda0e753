"""The page as Gradio writes it: where its description, its styles and its root stand in the HTML."""

import json
import re

from omni_ui.app.gradio_private.page_parts import Config, SplitPage

CONFIG = re.compile(r"window\.gradio_config\s*=\s*(\{.*?\});?\s*</script>", re.S)
"""Where the description stands in the page. Gradio writes `<` within it as `\\u003c`."""
API = re.compile(r"window\.gradio_api_info\s*=\s*(\{.*?\});?\s*</script>", re.S)
"""Where the description of the API stands in the page, a third of it. The page's script calls events by their number,
and of an endpoint without a description it only does not count the parameters; programs ask for it elsewhere."""
NO_ENDPOINTS = '{"named_endpoints":{},"unnamed_endpoints":{}}'
BASE = re.compile(r"<base [^>]*>")
"""The element after which addresses in the page's head are relative to the page."""
SHEET = re.compile(r'<link rel="stylesheet" crossorigin href="\./assets/index-[\w-]+\.css">')
"""Where Gradio's page names its own styles; the last place in the head, so that no script of the page waits for it."""
OWN_STYLES = re.compile(r"assets/(index-[\w-]+\.css)")
DRAWN = "<gradio-app"
"""How the element begins in which Gradio draws the page."""
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"})


def trim_html(html: str, first: str) -> str:
    """A page as Gradio writes it, with the parts of one tab only. ValueError when it is another page."""
    match = _description(html)
    trimmed = SplitPage(json.loads(match[1])).trimmed(first)
    written = json.dumps(trimmed, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    html = html[: match.start(1)] + written + html[match.end(1) :]
    return API.sub(lambda api: api[0].replace(api[1], NO_ENDPOINTS, 1), html, count=1)


def config_of(html: str) -> Config:
    """The description that stands in a page. ValueError when there is none."""
    config: Config = json.loads(_description(html)[1])
    return config


def _description(html: str) -> re.Match[str]:
    match = CONFIG.search(html)
    if not match:
        raise ValueError("no description")
    return match
