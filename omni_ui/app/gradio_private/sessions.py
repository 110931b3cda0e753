"""Gradio's sessions: what each keeps of the page, and how many are kept.

Gradio describes every component anew for each visitor who comes, which costs nearly a tenth of a second of one core,
and keeps that, 0.6 MB a visitor.
"""

from types import SimpleNamespace

import gradio as gr
from gradio import state_holder

SESSIONS = 2000
"""Sessions that are kept, with their conversations; the one that was not used the longest goes first."""


class LightSession(state_holder.SessionState):
    """A visitor's session that does not begin with a description of the whole page, which only deep links need."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))  # type: ignore[arg-type]


def lighten_sessions(page: gr.Blocks) -> None:
    """Call it before the page is mounted. AttributeError when this Gradio makes its sessions elsewhere."""
    if "SessionState" not in state_holder.StateHolder.__getitem__.__code__.co_names:
        raise AttributeError("SessionState")
    state_holder.SessionState = LightSession  # type: ignore[misc]
    page.state_session_capacity = SESSIONS
