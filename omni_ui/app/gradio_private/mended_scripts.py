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


def count_while_pending(script: str) -> str:
    """The script of the signs, which now stop counting when what they wait for is there. ValueError for another one.

    Otherwise an idle page asks for 60 frames a second, which took 6 % of a core (0.6 % without).
    """
    state = STATE.search(script)
    changed, count = COUNTING.subn(rf"\1(\3=\3&&{state[1]})&&\2()}})}}" if state else r"\g<0>", script)
    if state is None or count != 1:
        raise ValueError("the loading sign")
    return changed


def say_states_once(script: str) -> str:
    """The script of the page, in which an event whose state shows no sign says it once. ValueError for another one.

    Otherwise each update of an answer that streams tells all components again that it streams, which took a sixth of
    the main thread's work.
    """
    if script.count(SAYING) != 1 or script.count(SHOWING) != 1:
        raise ValueError("the states of events")
    hidden = "this.loading_stati.show_progress[e.fn_index]===`hidden`"
    same = "(e.status===`pending`||e.status===`generating`)&&this.omniSaid[e.fn_index]===e.status"
    script = script.replace(
        SAYING,
        f"update_loading_status(e){{this.omniSaid??={{}};if(this.omniSame={hidden}&&{same})return;"
        "this.omniSaid[e.fn_index]=e.status;this.loading_stati.update(e),",
    )
    return script.replace(
        SHOWING, "async update_loading_stati_state(){if(this.omniSame){this.omniSame=!1;return}await "
    )


MENDED: dict[str, Callable[[str], str]] = {
    "/assets/statustracker-": count_while_pending,
    "/assets/Blocks-": say_states_once,
}
"""By where the address of a script begins: what changes it. ValueError when Gradio has written it otherwise."""


def mending(path: str) -> Callable[[str], str] | None:
    """What changes the script at this address; None for most."""
    return next((mend for start, mend in MENDED.items() if start in path), None)
