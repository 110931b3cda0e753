"""What ties the calls of one video job to one replica behind a router: a session id, and the router's cookies.

vllm-router hashes X-Session-ID before anything else (vllm-project/router, src/policies/hash_key.rs); production-stack
takes any header by --session-key; nginx, Envoy and Traefik can hash a header or set a cookie of their own.
"""

from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie

SESSION_HEADER = "X-Session-ID"
MOST_COOKIES = 20
LONGEST_COOKIE = 4096
"""Characters of a name and its value, as browsers take them (RFC 6265, 6.1)."""


class JobSession:
    """The session of one job. id: the same for all of its calls, also after a restart of the app."""

    def __init__(self, id: str) -> None:
        self.id = id
        self._cookies: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        """The headers that every call of the job carries."""
        sent = {SESSION_HEADER: self.id}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return sent

    def keep(self, set_cookies: Sequence[str]) -> None:
        """Takes in the Set-Cookie headers of an answer; what cannot be read or is too much is left out."""
        for header in set_cookies:
            try:
                morsels = SimpleCookie(header).values()
            except CookieError:
                continue
            for morsel in morsels:
                if morsel["max-age"] == "0" or not morsel.value:
                    self._cookies.pop(morsel.key, None)
                elif len(morsel.key) + len(morsel.coded_value) <= LONGEST_COOKIE and (
                    morsel.key in self._cookies or len(self._cookies) < MOST_COOKIES
                ):
                    self._cookies[morsel.key] = morsel.coded_value

    def drop_cookies(self) -> None:
        """Lets the router choose another server: the replica that its cookie names does not know the job."""
        self._cookies.clear()
