"""User names and passwords as the host names them: `alice:secret,bob:scrypt$…`.

`python -m omni_ui.features.login.accounts` asks for a password and prints its hashed form.
"""

import base64
import getpass
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass

SCHEME = "scrypt"
COST = 2**14
"""scrypt's n, with r = 8 and p = 1: 16 MB and about 50 ms for each try (RFC 7914, 2)."""
FREE_TRIES = 3
"""Failures after which the next try has to wait."""
LONGEST_WAIT = 60.0
"""Seconds."""
MOST = 10_000
"""Names and addresses whose failures are remembered; the oldest goes first."""
VERIFIED = 300.0
"""Seconds for which a pair that was right is not worked out again: programs send it with each request."""


def hashed(password: str, salt: bytes | None = None) -> str:
    """The hashed form of a password for OMNI_AUTH: `scrypt$salt$key`, both in URL-safe base64."""
    salt = secrets.token_bytes(16) if salt is None else salt
    key = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=8, p=1, dklen=32)
    return f"{SCHEME}${_text(salt)}${_text(key)}"


def read_accounts(text: str) -> dict[str, str]:
    """Hashed passwords by user name. ValueError with half a sentence for a pair that is none."""
    accounts = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, password = pair.partition(":")
        if not name.strip() or not password:
            raise ValueError("must hold pairs such as alice:password, with commas between them")
        if password.startswith(SCHEME + "$"):
            _parts(password)
        accounts[name.strip()] = password if password.startswith(SCHEME + "$") else hashed(password)
    return accounts


def _parts(form: str) -> tuple[bytes, bytes]:
    try:
        _, salt, key = form.split("$")
        parts = base64.urlsafe_b64decode(salt + "=="), base64.urlsafe_b64decode(key + "==")
    except ValueError:
        raise ValueError("holds a hashed password that is broken: make it anew") from None
    if len(parts[1]) != 32:
        raise ValueError("holds a hashed password that is broken: make it anew")
    return parts


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class _Failures:
    count: int = 0
    until: float = 0.0


class Accounts:
    """Who may sign in. `verify` takes the same time for a name that is not there; failures make the next try wait."""

    def __init__(self, accounts: dict[str, str]) -> None:
        self._accounts = accounts
        self._nobody = hashed(secrets.token_hex(8))
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._verified: OrderedDict[bytes, float] = OrderedDict()

    def wait(self, *who: str) -> float:
        """Seconds until the next try of a name or from an address; 0 for now."""
        now = time.monotonic()
        return max([0.0, *(self._failures[key].until - now for key in who if key in self._failures)])

    def verify(self, name: str, password: str) -> bool:
        """Whether the password is this user's. Blocking: about 50 ms."""
        mark = hashlib.sha256(f"{name}\0{password}".encode()).digest()
        if self._verified.get(mark, 0.0) > time.monotonic():
            return True
        salt, key = _parts(self._accounts.get(name, self._nobody))
        digest = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=8, p=1, dklen=32)
        right = hmac.compare_digest(digest, key) and name in self._accounts
        if right:
            self._verified[mark] = time.monotonic() + VERIFIED
            while len(self._verified) > MOST:
                self._verified.popitem(last=False)
        return right

    def note(self, right: bool, *who: str) -> None:
        """Remembers how a try ended, by name and by address."""
        for key in who:
            if right:
                self._failures.pop(key, None)
                continue
            failures = self._failures.setdefault(key, _Failures())
            self._failures.move_to_end(key)
            failures.count += 1
            if failures.count >= FREE_TRIES:
                failures.until = time.monotonic() + min(LONGEST_WAIT, 2.0 ** (failures.count - FREE_TRIES))
        while len(self._failures) > MOST:
            self._failures.popitem(last=False)


if __name__ == "__main__":
    print(hashed(getpass.getpass("Password: ")))
