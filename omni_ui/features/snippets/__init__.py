"""A WireCall as code that runs as pasted: curl, Python with httpx or with openai, JavaScript.

The key comes from OMNI_API_KEY and may be absent. Files stand there by their bare names: the code is meant to run
beside them. Results are saved in the folder in which the code runs.
"""

from collections.abc import Callable

from omni_ui.client import WireCall
from omni_ui.features.snippets import curl, javascript, python_httpx, python_openai, python_websockets
from omni_ui.features.snippets.plan import Plan, plan_for

_WRITERS: dict[str, Callable[[Plan], str]] = {
    "curl": curl.write,
    "Python": python_httpx.write,
    "Python, openai": python_openai.write,
    "JavaScript": javascript.write,
}
LANGUAGES = list(_WRITERS)
LIVE = "Python"
"""The language of a call over a websocket: curl and openai have none for it, and JavaScript's takes no key."""


def languages_of(call: WireCall) -> list[str]:
    """The languages in which this call can be written."""
    return [LIVE] if call.method == "WEBSOCKET" else LANGUAGES


def snippet(language: str, call: WireCall, base_url: str | None = None) -> str:
    """The code in one of `languages_of` the call.

    base_url: the server's address, with or without /v1. None where the host does not show it: the code then reads
    OMNI_BASE_URL and falls back on vLLM's usual address.
    """
    return write(language, plan_for(call, base_url))


def write(language: str, plan: Plan) -> str:
    """`snippet` of a call that was looked at already."""
    if plan.call.method == "WEBSOCKET":
        return python_websockets.write(plan)
    return _WRITERS[language](plan)
