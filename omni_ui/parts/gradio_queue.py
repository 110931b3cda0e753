"""The one place that reaches into Gradio, for what has no documented setting.

Gradio 6.31 looks for work a thousand times a second, which costs a twentieth of a core in an app that nobody uses; and
it describes every component anew for each visitor who comes, which costs nearly a tenth of a second of one core.
tests/parts/test_gradio_queue.py notices when Gradio changes.
"""

import inspect
from copy import copy
from functools import partial

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


def describe_once(page: gr.Blocks) -> None:
    """What the page and the API are told of each component is worked out now, and not per visitor.

    A component that a visitor's run has changed is another object, which Gradio describes itself.
    """
    for block in page.blocks.values():
        start = type(block).__init__
        if not hasattr(start, "__signature__"):
            start.__signature__ = inspect.signature(start)  # type: ignore[attr-defined]
        names = ["get_config"]
        if not getattr(block, "skip_api", True):
            names += ["api_info", "api_info_as_input", "api_info_as_output", "example_inputs"]
        for name in names:
            if describe := getattr(block, name, None):
                # Gradio takes keys away from what it is given, and sets others, but goes no deeper.
                setattr(block, name, partial(copy, describe()))
