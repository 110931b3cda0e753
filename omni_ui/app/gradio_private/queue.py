"""Gradio's queue of events: how often it looks for runs, and in which session an event runs.

Gradio 6.31 looks for work a thousand times a second, which costs a twentieth of a core in an app that nobody uses.
"""

from collections.abc import Callable

import gradio as gr
from gradio import queueing

LOOKS = 0.01
"""Seconds between two looks for runs; what it adds to a run at most."""
PROGRESS_LOOKS = 1.0
"""Seconds between two looks for gr.Progress, which this app does not use."""


def _queue(page: gr.Blocks) -> queueing.Queue:
    return page._queue


def calm(page: gr.Blocks) -> None:
    """Lets an idle queue look less often. Call it when the page is mounted. AttributeError without these settings."""
    queue = _queue(page)
    for name, seconds in {"sleep_when_free": LOOKS, "progress_update_sleep_when_free": PROGRESS_LOOKS}.items():
        if not isinstance(getattr(queue, name), (int, float)):
            raise AttributeError(name)
        setattr(queue, name, seconds)


def session_of_event(page: gr.Blocks) -> Callable[[str], str | None]:
    """From the id of an event to the session that it runs in. AttributeError when Gradio keeps its events elsewhere."""
    events = _queue(page).event_ids_to_events

    def find(id: str) -> str | None:
        return events[id].session_hash if id in events else None

    return find
