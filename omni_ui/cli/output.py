"""Where results go, what is said meanwhile, and how a command ends."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from omni_ui.client import NotReachable, NotVllmOmni, OmniClient, OmniError, TimedOut, Wait

FAILED, WRONG_USE, NOT_REACHABLE, TIMED_OUT, INTERRUPTED = 1, 2, 3, 4, 130
"""Exit codes: the server refused or failed; the command was wrong; nobody answers; too slow; Ctrl+C."""

T = TypeVar("T")


@dataclass(frozen=True)
class Session:
    """What stands before the command: which server, and how results are shown."""

    server: str
    api_key: str | None
    model: str | None
    timeout: float
    as_json: bool
    quiet: bool

    def client(self) -> OmniClient:
        try:
            return OmniClient(self.server, api_key=self.api_key, model=self.model, timeout=self.timeout)
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    def note(self, text: str) -> None:
        """A word on the way, on stderr."""
        if not self.quiet:
            click.echo(text, err=True)

    def on_wait(self, wait: Wait) -> None:
        """Says why another try is made."""
        self.note(f"{wait.reason} Another try in {wait.seconds:.0f} s.")


def run(session: Session, work: Callable[[OmniClient], Coroutine[object, object, T]]) -> T:
    """Runs `work` with a client, shows the seconds on a terminal, and ends the process when it fails."""
    try:
        return asyncio.run(_with_client(session, work))
    except OmniError as error:
        if session.as_json:
            click.echo(json.dumps({"error": error.sentence, "status": getattr(error, "status", None)}))
        click.echo(f"omni: {error.sentence}", err=True)
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe is gone: nothing is left to say, also not when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


async def _with_client(session: Session, work: Callable[[OmniClient], Awaitable[T]]) -> T:
    async with session.client() as omni:
        ticker = asyncio.create_task(_show_seconds()) if sys.stderr.isatty() and not session.quiet else None
        try:
            return await work(omni)
        finally:
            if ticker:
                ticker.cancel()
                with suppress(asyncio.CancelledError):
                    await ticker


async def _show_seconds() -> None:
    """Seconds on stderr, on one line that goes away again."""
    try:
        seconds = 0
        while True:
            await asyncio.sleep(1)
            seconds += 1
            click.echo(f"\r{seconds} s", nl=False, err=True)
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


def _exit_code(error: OmniError) -> int:
    if isinstance(error, (NotReachable, NotVllmOmni)):
        return NOT_REACHABLE
    return TIMED_OUT if isinstance(error, TimedOut) else FAILED


def write_results(
    session: Session, output: str | None, stem: str, files: list[tuple[bytes, str]], facts: dict[str, object]
) -> None:
    """Puts results where the caller wants them.

    output: a path, "-" for stdout, or None: stdout when that is a pipe and there is one result, else files named
    `stem` in the current folder. files: (content, suffix). facts: what `--json` tells beside the names.
    """
    to_pipe = output == "-" or (output is None and not sys.stdout.isatty() and len(files) == 1 and not session.as_json)
    if to_pipe:
        if len(files) != 1:
            raise click.UsageError(f"There are {len(files)} results, and stdout takes one: name a file with -o.")
        stream = sys.stdout.buffer
        stream.write(files[0][0])
        stream.flush()
        return
    paths = []
    for number, (content, suffix) in enumerate(files):
        path = free_path(output, stem, suffix, number if len(files) > 1 else None)
        path.write_bytes(content)
        paths.append(path)
    report(session, paths, facts)


def report(session: Session, paths: list[Path], facts: dict[str, object]) -> None:
    """The names of the files on stdout, one a line, or with `--json` one object with all facts."""
    if session.as_json:
        click.echo(json.dumps({"files": [str(path) for path in paths], **facts}, ensure_ascii=False))
    else:
        for path in paths:
            click.echo(path)


def free_path(output: str | None, stem: str, suffix: str, number: int | None = None) -> Path:
    """Where a result is written. A named file is replaced; a name of our own never replaces anything."""
    if output is not None:
        path = Path(output)
        return path if number is None else path.with_name(f"{path.stem}-{number + 1}{path.suffix or suffix}")
    base = stem if number is None else f"{stem}-{number + 1}"
    path, count = Path(f"{base}{suffix}"), 1
    while path.exists():
        count += 1
        path = Path(f"{base} ({count}){suffix}")
    return path


def read_text(text: str) -> str:
    """The text of an argument; "-" stands for all of stdin."""
    return sys.stdin.read() if text == "-" else text
