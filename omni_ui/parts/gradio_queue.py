"""The one place that reaches into Gradio: how often its queue looks for work when there is none.

Gradio 6.31 looks a thousand times a second, which costs a twentieth of a core in an app that nobody uses. There is
no documented setting. tests/parts/test_gradio_queue.py notices when Gradio changes.
"""

import gradio as gr

LOOKS = 0.01
"""Seconds between two looks for runs; what it adds to a run at most."""
PROGRESS_LOOKS = 1.0
"""Seconds between two looks for gr.Progress, which this app does not use."""


def calm(page: gr.Blocks) -> None:
    """Call it when the page is mounted. AttributeError when this Gradio has no such settings."""
    queue = page._queue
    for name, seconds in {"sleep_when_free": LOOKS, "progress_update_sleep_when_free": PROGRESS_LOOKS}.items():
        if not isinstance(getattr(queue, name), (int, float)):
            raise AttributeError(name)
        setattr(queue, name, seconds)
