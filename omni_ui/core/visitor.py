"""Who a visitor is: a random secret that the browser keeps (localStorage) and sends as a cookie.

Only its hash is kept on this side. A caller without one (a program that uses the API) owns nothing.
"""

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol

COOKIE = "omni_visitor"


class HasCookies(Protocol):
    @property
    def cookies(self) -> dict[str, str]: ...


def mark_of(visitor: str) -> str:
    """The part of folder names that says which visitor they belong to."""
    return visitor[:16]


def visitor_of(request: HasCookies) -> str | None:
    """The visitor behind a request (FastAPI's or Gradio's): 32 hex digits, or None."""
    secret = (request.cookies or {}).get(COOKIE, "")
    if len(secret) < 20:
        return None
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def is_page(request: object) -> bool:
    """Whether an event comes from a page, which has seen what came before, and from no program."""
    headers: Mapping[str, str] = getattr(request, "headers", None) or {}
    return headers.get("x-gradio-user") == "app"


REQUEST_VISITOR: ContextVar[str | None] = ContextVar("omni_visitor", default=None)
"""The visitor of the request or the event that is being handled; set by app/middleware and app/gradio_private."""


def current_visitor() -> str | None:
    """The visitor whose event or request is being handled; None for a program."""
    return REQUEST_VISITOR.get()
