"""Scripts of Gradio's that are changed on their way to the browser, where they work for nothing.

tests/app/gradio_private/test_mended_scripts.py notices when Gradio changes; such a script is sent as it is.
"""

import re
from collections.abc import Callable

COUNTING = re.compile(r"(function (\w+)\(\)\{\w+\(\(\)=>\{[^{}]*?,)(\w+)&&\2\(\)\}\)\}")
"""In the script of the signs that say how long something takes: each frame asks for the next, as long as a variable is
true, which nobody changes in a sign that was taken away while it counted."""
STATE = re.compile(r"(\w+\.status===`pending`)\?")
SAYING = "update_loading_status(e){this.loading_stati.update(e),"
SHOWING = "async update_loading_stati_state(){await "
"""In the script of the page: an event's state is noted, and then handed to each component that an event has touched."""

BEAT = "${b}/${this.session_hash}`)"
LISTENING = "this.heartbeat_event=this.stream(e,this.heartbeat_controller)}"
"""In Gradio's client: the address by which a page tells that it is open, and what comes back."""


def count_while_pending(script: str) -> str:
    """The script of the signs, which now stop counting when what they wait for is there. ValueError for another one.

    Otherwise an idle page asks for 60 frames a second, which took 6 % of a core (0.6 % without).
    """
    state = STATE.search(script)
    changed, count = COUNTING.subn(rf"\1(\3=\3&&{state[1]})&&\2()}})}}" if state else r"\g<0>", script)
    if state is None or count != 1:
        raise ValueError("the loading sign")
    return changed


def tell_seen_states(script: str) -> str:
    """The script of the page, in which an event that shows no sign tells no component that it is under way. ValueError
    for another one.

    Otherwise each press of Run, and each update of an answer that streams, tells all components, which put elements
    that nobody sees into the page: 15 ms of the main thread, a part of it before the press was sent.
    """
    if script.count(SAYING) != 1 or script.count(SHOWING) != 1:
        raise ValueError("the states of events")
    hidden = "this.loading_stati.show_progress[e.fn_index]===`hidden`"
    under_way = "(e.status===`pending`||e.status===`generating`)"
    script = script.replace(
        SAYING,
        f"update_loading_status(e){{if(this.omniUnseen={hidden}&&{under_way})return;this.loading_stati.update(e),",
    )
    return script.replace(
        SHOWING, "async update_loading_stati_state(){if(this.omniUnseen){this.omniUnseen=!1;return}await "
    )


def take_pushes(script: str) -> str:
    """Gradio's client, which now hands on what comes with the signs of life of an open page, and asks for it.
    ValueError for another one."""
    if script.count(BEAT) != 1 or script.count(LISTENING) != 1:
        raise ValueError("the open page's connection")
    script = script.replace(BEAT, BEAT.replace("`)", "?pushes=1`)"))
    return script.replace(LISTENING, LISTENING[:-1] + ",this.heartbeat_event.onmessage=e=>window.omni?.push?.(e.data)}")


MENDED: dict[str, Callable[[str], str]] = {
    "/assets/statustracker-": count_while_pending,
    "/assets/Blocks-": tell_seen_states,
    "/assets/index-": take_pushes,
}
"""By where the address of a script begins: what changes it. ValueError when Gradio has written it otherwise."""


def mending(path: str) -> Callable[[str], str] | None:
    """What changes the script at this address; None for most."""
    return next((mend for start, mend in MENDED.items() if start in path), None)
