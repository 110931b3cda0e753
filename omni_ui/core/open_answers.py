"""Which sessions have somebody who reads the answers: a run whose answer nobody opens is ended.

Whoever starts a run over HTTP opens a stream for its answer in a request of its own. One that never does holds a place
for nothing.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

PATIENCE = 10.0
"""Seconds within which the answer must have been opened."""
MOST = 20_000
"""Sessions that are remembered; the one that came first goes first."""
STREAM = re.compile(r"/queue/data/?$")
CALL = re.compile(r"/call/(?:v2/)?[^/]+/([^/]+)/?$")


class OpenAnswers:
    """The sessions whose answers were opened. As ASGI middleware it sees them come."""

    def __init__(self, session_of: Callable[[str], str | None] | None = None) -> None:
        self.session_of = session_of
        """From the id of an event to its session, where the two differ."""
        self._sessions: OrderedDict[str, None] = OrderedDict()

    def note(self, session: str) -> None:
        """Notes that a client reads the answers of this session."""
        self._sessions[session] = None
        self._sessions.move_to_end(session)
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)

    def is_open(self, session: str | None) -> bool:
        """Whether anybody has opened the answers of a session; True for a run that belongs to none."""
        return not session or session in self._sessions

    def see(self, scope: Scope) -> None:
        """Takes in a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return
        if STREAM.search(scope["path"]):
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            for session in query.get("session_hash", [])[:1]:
                self.note(session)
        elif match := CALL.search(scope["path"]):
            self.note((self.session_of and self.session_of(match[1])) or match[1])


class AnswerWatch:
    """ASGI middleware that lets `OpenAnswers` see the requests."""

    def __init__(self, app: ASGIApp, answers: OpenAnswers) -> None:
        self.app, self.answers = app, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.answers.see(scope)
        await self.app(scope, receive, send)
