"""Labels for the calls of one piece of work: an id that the server's log can name, and further headers.

vLLM takes `X-Request-Id` into the id of its own request (vllm/entrypoints/serve/engine/serving.py), which should be
no other's: each try of each call has a number of its own behind the id.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from omni_ui.client.connection.log import Answer, OnAnswer

REQUEST_ID = "x-request-id"


@dataclass
class CallLabels:
    """What goes with each call that is made while these are `LABELS` of the context.

    request_id: of the work. headers: further ones. on_answer: told of each answer as soon as its headers are here.
    """

    request_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    on_answer: OnAnswer | None = None
    calls: int = 0

    def next_headers(self) -> dict[str, str]:
        """The headers of the next try."""
        self.calls += 1
        return {REQUEST_ID: f"{self.request_id}-{self.calls}", **self.headers}


LABELS: ContextVar[CallLabels | None] = ContextVar("omni_call_labels", default=None)


def label_headers() -> dict[str, str]:
    """The headers that the labels of this context give the next try; none without labels."""
    labels = LABELS.get()
    return labels.next_headers() if labels else {}


def note_answer(answer: Answer, caller: OnAnswer | None) -> None:
    """Notes an answer for the caller, and for the label of the call."""
    labels = LABELS.get()
    for observer in (caller, labels.on_answer if labels else None):
        if observer:
            observer(answer)
