"""When a call is sent again, how long to wait before, and how many repeats one server gets in all."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from weakref import WeakValueDictionary

import tenacity

from omni_ui.client.connection.log import log
from omni_ui.client.errors import NotReachable, OmniError, ServerBusy

TRIES = 4
LONGEST_PAUSE = 60.0
"""Seconds. A server that asks for a longer wait is not waited for: the person is told instead."""
REPEATS = 10.0
REFILL = 10.0
"""Seconds after which a repeat comes back to the budget."""
EARNED = 0.1
"""Repeats that each answered call earns: a tenth of the traffic may be repeats, as in gRPC's retry throttling (A6)."""


@dataclass(frozen=True)
class Wait:
    """A pause before another try: how long, why (one sentence), and the number of the try that failed (from 1)."""

    seconds: float
    reason: str
    attempt: int


OnWait = Callable[[Wait], None]


@runtime_checkable
class CallObserver(Protocol):
    """An `on_wait` that also wants to know when a call is sent, answered and read to its end.

    headers: of the answer, such as what a gateway says of the cost.
    """

    def __call__(self, wait: Wait) -> None: ...

    def sent(self) -> None: ...

    def answered(self, headers: Mapping[str, str]) -> None: ...

    def received(self) -> None: ...


class RetryBudget:
    """Repeats that all calls to one server share, so that a sick server is not stormed."""

    def __init__(self) -> None:
        self._left = REPEATS
        self._counted = time.monotonic()

    def take(self) -> bool:
        """Whether one more repeat may be sent; it is taken off."""
        now = time.monotonic()
        self._left = min(REPEATS, self._left + (now - self._counted) / REFILL)
        self._counted = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def earn(self) -> None:
        """A call was answered."""
        self._left = min(REPEATS, self._left + EARNED)


_budgets: WeakValueDictionary[str, RetryBudget] = WeakValueDictionary()


def budget_of(address: str) -> RetryBudget:
    """The budget of a server, one for all clients of this process."""
    budget = _budgets.get(address)
    if budget is None:
        budget = _budgets[address] = RetryBudget()
    return budget


def may_repeat(error: BaseException, starts_work: bool) -> bool:
    """Whether a call that failed so may be sent again.

    starts_work: the call makes the server work, so it may arrive only once. It is repeated when no byte of it can
    have been sent, or when the server refused it and says when to come back (429 or 503 with Retry-After). Other
    calls are repeated also when no answer came and after 502, 503 and 504 (RFC 9110, 9.2.2 and 15.6).
    """
    if not isinstance(error, (NotReachable, ServerBusy)) or error.permanent:
        return False
    if error.retry_after is not None and error.retry_after > LONGEST_PAUSE:
        return False
    if not starts_work:
        return error.status != 507
    if isinstance(error, NotReachable):
        return not error.sent
    return error.status in (429, 503) and error.retry_after is not None


def pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next try: the server's own Retry-After, else 0.5, 1, 2 and up to 0.5 more.

    The random part keeps clients from coming back as one.
    """
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, OmniError) and error.retry_after is not None:
        return error.retry_after
    return tenacity.wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)(state)


def report(state: tenacity.RetryCallState, on_wait: OnWait | None) -> None:
    """Tells `on_wait` of the pause that begins."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, OmniError):
        log.info("another try in %.1f s: %s", state.upcoming_sleep, error.what)
    if on_wait and isinstance(error, OmniError):
        what = "The server is busy." if isinstance(error, ServerBusy) else error.what
        on_wait(Wait(state.upcoming_sleep, what, state.attempt_number))
