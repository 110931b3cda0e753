"""How an event of the page is wired that is neither shown as progress nor in the API."""

from collections.abc import Callable
from typing import Literal, TypedDict, cast

from gradio.components import Component
from gradio.events import Dependency

Trigger = Callable[..., Dependency]
"""An event of a component: it is called to wire it, or given to gr.on."""


def trigger(component: Component, event: str) -> Trigger:
    """The event of a component by its name, such as "change"; Gradio puts events on each class, not on Component."""
    return cast(Trigger, getattr(component, event))


class SilentEvent(TypedDict):
    """Arguments of an event: nothing is shown while it runs, any number may run at one time."""

    show_progress: Literal["hidden"]
    concurrency_limit: None


class PrivateEvent(SilentEvent):
    """The same for one that programs do not see."""

    api_visibility: Literal["private"]


SILENT: SilentEvent = {"show_progress": "hidden", "concurrency_limit": None}
PRIVATE: PrivateEvent = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}


class ImmediateEvent(TypedDict):
    """Settings of an event that only the page itself uses, answered without waiting in Gradio's line."""

    api_visibility: Literal["private"]
    show_progress: Literal["hidden"]
    queue: bool


IMMEDIATE: ImmediateEvent = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
