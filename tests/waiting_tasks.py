"""What an app waits for, told on a signal: of a test that waited in vain, what the app was doing."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

SIGNAL = signal.SIGUSR1
FRAMES = ("cr_frame", "ag_frame", "gi_frame")
INNERMOST = 12
"""Places that are told of each."""
NEXT = ("cr_await", "ag_await", "gi_yieldfrom")


def install() -> None:
    """From now on this process tells its tasks when it gets the signal."""
    signal.signal(SIGNAL, _tell)


def _tell(*_: object) -> None:
    try:
        tasks = asyncio.all_tasks(asyncio.get_running_loop())
    except RuntimeError:  # no loop runs
        tasks = set()
    for task in sorted(tasks, key=lambda task: task.get_name()):
        print(f"TASK {task.get_name()}: {' > '.join([*_places(task.get_coro())][-INNERMOST:])}", file=sys.stderr)
    sys.stderr.flush()


def _places(waiting: Any) -> Iterator[str]:
    """Where a coroutine stands, and what it waits for, from the outermost to the innermost."""
    for _ in range(60):
        frame: FrameType | None = next((frame for name in FRAMES if (frame := getattr(waiting, name, None))), None)
        if frame:
            path = "/".join(frame.f_code.co_filename.split(os.sep)[-2:])
            yield f"{path}:{frame.f_lineno} {frame.f_code.co_name}"
        following = next((step for name in NEXT if (step := getattr(waiting, name, None))), None)
        if following is None and not frame:  # the step of a generator says nothing of it
            following = next((held for held in gc.get_referents(waiting) if hasattr(held, "ag_frame")), None)
        if following is None:
            return
        waiting = following
