"""Who a visitor is: a random secret that the browser keeps (localStorage) and sends as a cookie.

Only its hash is kept on this side. A caller without one (a program that uses the API) owns nothing.
"""

import hashlib
from typing import Protocol

COOKIE = "omni_visitor"


class _HasCookies(Protocol):
    @property
    def cookies(self) -> dict[str, str]: ...


def mark_of(visitor: str) -> str:
    """What stands in the names of folders that belong to a visitor."""
    return visitor[:16]


def visitor_of(request: _HasCookies) -> str | None:
    """The visitor behind a request (FastAPI's or Gradio's): 32 hex digits, or None."""
    secret = (request.cookies or {}).get(COOKIE, "")
    if len(secret) < 20:
        return None
    return hashlib.sha256(secret.encode()).hexdigest()[:32]
