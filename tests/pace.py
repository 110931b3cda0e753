"""How slow this machine is at this moment, for tests that hold the app to a time."""

import random
import time
from collections.abc import Callable
from functools import cache

MOST = 5.0


def _count() -> None:
    """Work in the processor alone."""
    total = 0
    for number in range(1_000_000):
        total += number * number % 7


@cache
def _places() -> list[int]:
    """Numbers of places in the list itself, in no order."""
    places = list(range(300_000))
    random.Random(1).shuffle(places)
    return places


def _walk() -> None:
    """Work all over the memory, which neighbours on the same machine can slow down while the processor is as fast."""
    places, total = _places(), 0
    for place in places:
        total += places[place]


USUAL: dict[Callable[[], None], float] = {_count: 0.07, _walk: 0.07}
"""Seconds on a machine of usual speed that has nothing else to do; a bit less than on the slowest of those the tests
pass on with their limits as they stand. _walk takes three times as long where the import of Gradio takes 7 s instead
of its 2.2 s of processor time."""


def slowness() -> float:
    """How many times longer than usual this process needs for the same work now: from 1 to MOST.

    By the clock on the wall, so what other processes take of the machine counts as well as a slow processor.
    """
    slowest = 1.0
    _places()
    for work, usual in USUAL.items():
        began = time.perf_counter()
        work()
        slowest = max(slowest, (time.perf_counter() - began) / usual)
    return min(slowest, MOST)


def allowed(seconds: float) -> float:
    """The limit now for what should take a person no longer than this, as in `took < allowed` of one second.

    Such a limit is what somebody notices. It has no margin for a machine that runs at half its speed, as machines that
    are shared do now and then, and there the test would fail for nothing that the app does. On a machine of usual
    speed the limit is `seconds`, exactly; it grows with the time that fixed work takes, up to MOST times as much.
    Ask right after the time was measured.

    Not for what only guards against hanging: there a generous number says so.
    """
    return seconds * slowness()
