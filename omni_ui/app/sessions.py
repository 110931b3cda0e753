"""Gradio's sessions: the owner of each, and which are open.

A session's id is made by the page. The visitor whose cookie comes with its first request owns it; a session that a
program began, without a cookie, is anybody's who knows the id, until somebody with a cookie takes it over.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 20_000
"""Sessions that are remembered; the one that was not used the longest goes first."""
LONGEST = 200
"""Characters of an id."""


class Sessions:
    def __init__(self) -> None:
        self._owners: OrderedDict[str, str | None] = OrderedDict()
        self._open: Counter[str] = Counter()

    def admit(self, session: str, visitor: str | None) -> bool:
        """Whether this visitor may use the session; the first one to use it owns it."""
        if len(session) > LONGEST:
            return False
        owner = self._owners.get(session)
        if owner is not None and owner != visitor:
            return False
        self._owners[session] = visitor
        self._owners.move_to_end(session)
        while len(self._owners) > MOST:
            self._owners.popitem(last=False)
        return True

    @contextmanager
    def open(self, session: str) -> Iterator[None]:
        """The session is open as long as the block runs: its page holds a connection for that."""
        self._open[session] += 1
        try:
            yield
        finally:
            self._open[session] -= 1
            if self._open[session] <= 0:
                del self._open[session]

    def is_open(self, session: str) -> bool:
        """Whether the session's page, or Gradio's own client, holds a connection."""
        return self._open[session] > 0

    @property
    def open_count(self) -> int:
        """How many sessions are open."""
        return len(self._open)

    def visitors(self) -> set[str | None]:
        """The visitors who have a page open; None stands for programs."""
        return {self._owners.get(session) for session in self._open}
