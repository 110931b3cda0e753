"""Work that takes much memory and a whole core, such as looking at a large picture: two at one time for all."""

import asyncio
import contextvars
import ctypes
import ctypes.util
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
AT_ONCE = 2
"""Looks at one time; the others wait their turn."""
_workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heavy")


def _trim() -> Callable[[int], int] | None:
    """glibc's way to hand free memory back to the system, which it does not do by itself (malloc_trim(3))."""
    library = ctypes.util.find_library("c")
    trim = getattr(ctypes.CDLL(library), "malloc_trim", None) if library else None
    return trim if callable(trim) else None


_give_back = _trim()


async def run_heavy(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of blocking work, done when one of the two places is free. Its memory goes back to the system."""
    context = contextvars.copy_context()  # files are written for the visitor whose event this is

    def job() -> T:
        try:
            return context.run(work, *args, **kwargs)
        finally:
            if _give_back:
                _give_back(0)

    return await asyncio.get_running_loop().run_in_executor(_workers, job)
