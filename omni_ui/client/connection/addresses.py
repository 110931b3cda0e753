"""Addresses, keys and headers of a server, checked before anything is sent."""

import re
from urllib.parse import unquote

import httpx

NOT_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "x-session-id"}
)
"""Headers that the client sets itself, or that would break a call."""
MOST_HEADERS = 20


def read_address(base_url: str) -> httpx.URL:
    """The server's root. ValueError with one sentence when it is no http(s) address."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > 65535:
        raise ValueError(f"{base_url!r} is not the address of a server: write it like http://host:8091.")
    return url.copy_with(path=url.path.rstrip("/").removesuffix("/v1") or "/", query=None, fragment=None)


def read_key(key: str | None) -> str | None:
    """The key as it is sent, None for none. ValueError with one sentence when it cannot be."""
    key = (key or "").strip()
    if not key.isascii() or not key.isprintable():
        raise ValueError(
            "The API key contains a character that cannot be sent: use only plain letters, digits and symbols."
        )
    return key or None


def read_headers(text: str | None) -> dict[str, str]:
    """Headers from `name=value,name=value`; a comma or percent sign in a value is written %2C, %25.

    The form is that of OTEL_EXPORTER_OTLP_HEADERS (opentelemetry.io, OTLP exporter configuration). ValueError with
    one sentence that names the header, never its value.
    """
    headers: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in (text or "").split(","))):
        name, equals, value = pair.partition("=")
        name, value = name.strip().lower(), unquote(value.strip())
        if not equals or not value or not re.fullmatch(r"[a-z0-9!#$%&'*+.^_`|~-]+", name):
            place = f" after {list(headers)[-1]}" if headers else ""
            raise ValueError(f"must be pairs such as x-team=vision,x-token=abc; the one{place} is none")
        if name in NOT_OURS:
            raise ValueError(f"cannot set {name}: the client sets it itself")
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"holds a character in {name} that cannot be sent")
        headers[name] = value
    if len(headers) > MOST_HEADERS:
        raise ValueError(f"has {len(headers)} headers, and at most {MOST_HEADERS} are sent")
    return headers
