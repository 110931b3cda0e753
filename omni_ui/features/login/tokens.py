"""Signed tokens that say who is signed in: in a cookie for browsers, as a bearer token for programs."""

import base64
import hashlib
import hmac
import secrets
import time
from pathlib import Path

COOKIE = "omni_login"
LASTS = 14 * 86400
"""Seconds that a token is good for."""


class Tokens:
    """Makes and reads tokens `name.expiry.signature`.

    folder: where the key is kept, so that a restart ends nothing. secret: in place of that key, where several processes
    read each other's tokens (OMNI_SECRET_KEY).
    """

    def __init__(self, folder: Path | None, secret: str | None = None) -> None:
        if secret:
            self._key = hashlib.sha256(secret.encode()).digest()
        else:
            self._key = _kept_key(folder) if folder else secrets.token_bytes(32)

    def make(self, name: str, lasts: float = LASTS) -> str:
        """A token for a user."""
        body = f"{_text(name.encode())}.{int(time.time() + lasts)}"
        return f"{body}.{self.sign('token', body)}"

    def read(self, token: str) -> str | None:
        """The user of a token; None for one that is not ours, or no longer good."""
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self.sign("token", body).encode(), signature.encode()):
            return None
        name, _, expiry = body.partition(".")
        return base64.urlsafe_b64decode(name + "==").decode() if int(expiry) > time.time() else None

    def visitor(self, name: str) -> str:
        """The visitor's secret of a user, the same on every device."""
        return self.sign("visitor", name)

    def sign(self, purpose: str, text: str) -> str:
        """The signature of a text, good for one purpose."""
        return hmac.new(self._key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _kept_key(folder: Path) -> bytes:
    """The key of this page; one of this process where the folder cannot be written."""
    path = folder / "login.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        key = path.read_bytes()
    except OSError:
        return secrets.token_bytes(32)
    return key if len(key) == 32 else secrets.token_bytes(32)
