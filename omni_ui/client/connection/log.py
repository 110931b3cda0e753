"""What the client logs: a line for each answer and each repeat, under the name `omni_ui.client`.

`OMNI_LOG=info` shows it on stderr, `OMNI_LOG=debug` with the headers of each answer. Keys, bodies and headers that are
sent are never logged.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

log = logging.getLogger("omni_ui.client")
LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}


@dataclass(frozen=True)
class Answer:
    """One answer of a server, also one that is an error or is tried again.

    seconds: until its headers came. request_id: what the server calls the request, where it says so
    (`--enable-request-id-headers`).
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    seconds: float

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-request-id")


OnAnswer = Callable[[Answer], None]


def log_answer(address: str, answer: Answer) -> None:
    log.info(
        "%s %s%s %d in %.3f s, request %s",
        answer.method, address, answer.path, answer.status, answer.seconds, answer.request_id or "without an id",
    )  # fmt: skip
    log.debug("headers: %s", {name: value for name, value in answer.headers.items() if name != "set-cookie"})


def set_up(level: str | None) -> None:
    """Shows the log on stderr at a level of LEVELS; nothing without one. Called once, with OMNI_LOG."""
    if not level:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    log.setLevel(LEVELS.get(level.strip().lower(), logging.INFO))
    if level.strip().lower() not in LEVELS:
        log.warning("OMNI_LOG is %r; info or debug can be set, and info is taken.", level)
