"""Gradio's description of the page and its components: made once, not for each visitor and each event.

Gradio describes every component anew for each visitor who comes, which costs nearly a tenth of a second of one core,
and keeps that in the visitor's session, 0.6 MB a visitor.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from types import SimpleNamespace
from typing import cast

import gradio as gr
from gradio import routes, state_holder

SESSIONS = 2000
"""Sessions that are kept, with their conversations; the one that was not used the longest goes first."""


@contextmanager
def only_one_app() -> Iterator[None]:
    """A page that is built in this block gets its app of 90 routes, and its description, when it is mounted.

    Gradio makes both at three moments before. KeyError when it makes them elsewhere.
    """

    def without_routes(blocks: gr.Blocks, **_: object) -> routes.App:
        app = routes.App()
        app.configure_app(blocks)  # the queue asks it for the page and its sessions
        return app

    cheap = {(routes.App, "create_app"): staticmethod(without_routes), (gr.Blocks, "get_config_file"): lambda _: {}}
    usual = {(owner, name): vars(owner)[name] for owner, name in cheap}
    for (owner, name), value in cheap.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name), value in usual.items():
            setattr(owner, name, value)


def describe_once(page: gr.Blocks) -> None:
    """Works out now, and not for each caller, how the page and the API describe each component.

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


class LightSession(state_holder.SessionState):
    """A visitor's session that does not begin with a description of the whole page, which only deep links need."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(cast(gr.Blocks, SimpleNamespace(default_config=blocks.default_config, blocks={})))


def lighten_sessions(page: gr.Blocks) -> None:
    """Call it before the page is mounted. AttributeError when this Gradio makes its sessions elsewhere."""
    if "SessionState" not in state_holder.StateHolder.__getitem__.__code__.co_names:
        raise AttributeError("SessionState")
    vars(state_holder)["SessionState"] = LightSession
    page.state_session_capacity = SESSIONS
