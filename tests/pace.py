"""How slow this machine is at this moment, for tests that hold the app to a time."""

import time

PACE = 0.07
"""Seconds that ROUNDS take on a machine of usual speed that has nothing else to do; a bit less than on the slowest of
those the tests pass on with their limits as they stand."""
ROUNDS = 1_000_000
MOST = 5.0


def slowness() -> float:
    """How many times longer than usual this process needs for the same work now: from 1 to MOST.

    By the clock on the wall, so what other processes take of the machine counts as well as a slow processor.
    """
    began = time.perf_counter()
    total = 0
    for number in range(ROUNDS):
        total += number * number % 7
    return min(max((time.perf_counter() - began) / PACE, 1.0), MOST)


def allowed(seconds: float) -> float:
    """The limit now for what should take a person no longer than this, as in `took < allowed` of one second.

    Such a limit is what somebody notices. It has no margin for a machine that runs at half its speed, as machines that
    are shared do now and then, and there the test would fail for nothing that the app does. On a machine of usual
    speed the limit is `seconds`, exactly; it grows with the time that a fixed loop takes, up to MOST times as much.
    Ask right after the time was measured.

    Not for what only guards against hanging: there a generous number says so.
    """
    return seconds * slowness()
