"""An orderly end within ten seconds of SIGTERM: runs are called off and noted, then everything is closed in turn."""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

log = logging.getLogger(__name__)
ANSWERS_END = 3
"""Seconds that open answers get to come to their end."""
PATIENCE = 9.0
"""Seconds after which the process ends whatever still hangs."""


class PageServer(uvicorn.Server):
    """uvicorn, which tells the app of a shutdown at once: its own lifespan hears of it when all answers are over.

    end_runs: calls off what is under way.
    """

    def __init__(self, config: uvicorn.Config, end_runs: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_runs = end_runs

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_runs()
        end_soon(PATIENCE)
        logging.getLogger("uvicorn.error").addFilter(_is_no_cancelled_answer)
        await super().shutdown(sockets)


def _is_no_cancelled_answer(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's log is another one than the trace of an answer that the end has cut off."""
    error = record.exc_info[1] if record.exc_info else None
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return not isinstance(error, asyncio.CancelledError)


def end_soon(seconds: float) -> threading.Timer:
    """Ends the process after so long, if it is still there then: a thread that hangs would keep it for ever."""

    def end() -> None:
        log.warning("The app did not end within %.0f s and is cut off.", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer


async def close_within(seconds: float, closing: Awaitable[object]) -> None:
    """Closes one part, and continues where that takes longer or fails: the others must be closed too."""
    try:
        async with asyncio.timeout(seconds):
            await closing
    except TimeoutError:
        log.warning("A part of the app was not closed within %g s and was left.", seconds)
    except Exception:
        log.exception("a part of the app could not be closed")


def serve(app: FastAPI, host: str, port: int, end_runs: Callable[[], None]) -> bool:
    """Serves until SIGINT or SIGTERM. Whether it could begin."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=ANSWERS_END,
        # Sound hardly gets smaller, and packing costs more than all else of a piece
        # (findings/uvicorn_packs_sound.sh).
        ws_per_message_deflate=False,
    )
    server = PageServer(config, end_runs)
    with suppress(KeyboardInterrupt):  # uvicorn sends it on when all is closed
        server.run()
    return server.started
