"""Signing in with Hugging Face: OpenID Connect's authorization code flow with state, nonce and PKCE.

A Space with `hf_oauth: true` in its front matter has OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OPENID_PROVIDER_URL and
SPACE_HOST in its environment; any redirect URI on the Space's own host is allowed
(https://huggingface.co/docs/hub/spaces-oauth).
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from omni_ui.core.files import Json
from omni_ui.features.login.tokens import Tokens

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
SCOPE = "openid profile"
LASTS = 600.0
"""Seconds that somebody may take to sign in there."""
TIMEOUT = 10.0
"""Seconds for one question to the provider."""
LARGEST = 64 * 1024
"""Bytes of one of its answers."""
LONGEST = 2_000
"""Characters of a code or a state."""
AT_ONCE = 8
"""People whose codes are checked at one time."""
PREFIX = "huggingface:"
"""Before the id of a person; no name in OMNI_AUTH has a colon."""
UNABLE = "Hugging Face could not confirm who you are: try again."
EXPIRED = "This took too long, or was started in another browser: sign in again."
DECLINED = "Hugging Face did not sign you in: try again."


class SignInFailed(Exception):
    """The text is one sentence for the person who wants to sign in."""


@dataclass(frozen=True)
class OAuthApp:
    """The Space's app at the provider. redirect_uri: on the Space's own host, whatever a request says."""

    client_id: str
    client_secret: str
    provider: str
    redirect_uri: str


@dataclass(frozen=True)
class Attempt:
    """What one browser began: it is kept in that browser's cookie, signed, so that nobody else can end it.

    verifier: PKCE's (RFC 7636). there: the path to open afterwards. until: seconds since the epoch.
    """

    state: str
    nonce: str
    verifier: str
    there: str
    until: float


class HuggingFaceLogin:
    """The two steps: `begin` sends the browser there, `finish` says who came back. http: a client for tests."""

    def __init__(self, app: OAuthApp, tokens: Tokens, http: httpx.AsyncClient | None = None) -> None:
        self.app, self.tokens = app, tokens
        self._http = http
        self._metadata: dict[str, str] | None = None
        self._busy = asyncio.Semaphore(AT_ONCE)

    async def begin(self, there: str) -> tuple[str, str]:
        """The address to send the browser to, and the value of the cookie that binds it. Raises SignInFailed."""
        metadata = await self._endpoints()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, there[:LONGEST], time.time() + LASTS)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": self.app.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if urlsplit(metadata["authorization_endpoint"]).query else "?"
        return metadata["authorization_endpoint"] + joint + urlencode(query), self._sealed(attempt)

    async def finish(self, cookie: str, state: str, code: str) -> tuple[str, str]:
        """The person (PREFIX and `sub`), and the path to open. Raises SignInFailed.

        cookie: what `begin` gave to this browser. state, code: what the provider's redirect brought.
        """
        attempt = self._opened(cookie)
        if attempt is None or not hmac.compare_digest(attempt.state.encode(), state[:LONGEST].encode()):
            raise SignInFailed(EXPIRED)
        if not code or len(code) > LONGEST:
            raise SignInFailed(DECLINED)
        async with self._busy:
            metadata = await self._endpoints()
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.app.redirect_uri,
                "client_id": self.app.client_id,
                "code_verifier": attempt.verifier,
            }
            auth = (self.app.client_id, self.app.client_secret)
            token = await self._ask("POST", metadata["token_endpoint"], data=form, auth=auth)
            access, claims = token.get("access_token"), _claims(token.get("id_token"))
            if not isinstance(access, str) or not self._is_for_us(claims, attempt):
                raise SignInFailed(DECLINED)
            headers = {"Authorization": f"Bearer {access}"}
            person = await self._ask("GET", metadata["userinfo_endpoint"], headers=headers)
        sub = person.get("sub")
        if not isinstance(sub, str) or not 0 < len(sub) <= 200 or sub != claims.get("sub"):
            raise SignInFailed(DECLINED)
        return PREFIX + sub, attempt.there

    def _is_for_us(self, claims: dict[str, object], attempt: Attempt) -> bool:
        """The checks of OpenID Connect Core 3.1.3.7. The token came from the provider itself over TLS, which stands
        there in the place of its signature (item 6)."""
        audience = claims.get("aud")
        expiry = claims.get("exp")
        return (
            str(claims.get("iss", "")).rstrip("/") == self.app.provider
            and self.app.client_id in (audience if isinstance(audience, list) else [audience])
            and claims.get("azp", self.app.client_id) == self.app.client_id
            and isinstance(expiry, int | float)
            and expiry > time.time()
            and hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode())
        )

    async def _endpoints(self) -> dict[str, str]:
        """The provider's addresses, as it describes itself; on its own origin alone."""
        if self._metadata is None:
            configuration = await self._ask("GET", f"{self.app.provider}/.well-known/openid-configuration")
            named = {name: configuration.get(name) for name in ENDPOINTS}
            own = urlsplit(self.app.provider)
            for address in named.values():
                parts = urlsplit(address) if isinstance(address, str) else None
                if parts is None or (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
                    raise SignInFailed(UNABLE)
            if str(configuration.get("issuer", "")).rstrip("/") != self.app.provider:
                raise SignInFailed(UNABLE)
            self._metadata = {name: str(address) for name, address in named.items()}
        return self._metadata

    async def _ask(self, method: str, url: str, **more: Any) -> Json:
        """A JSON object of the provider's. No redirect is followed: it would carry the secret elsewhere."""
        http = self._http or httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        try:
            async with asyncio.timeout(TIMEOUT), http.stream(method, url, **more) as answer:
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise SignInFailed(UNABLE)
            value = json.loads(content) if answer.status_code == 200 else None
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError):
            raise SignInFailed(UNABLE) from None
        finally:
            if http is not self._http:
                await http.aclose()
        if not isinstance(value, dict):
            raise SignInFailed(DECLINED if answer.status_code in (400, 401, 403) else UNABLE)
        return value

    def _sealed(self, attempt: Attempt) -> str:
        body = base64.urlsafe_b64encode(json.dumps(list(vars(attempt).values())).encode()).decode()
        return f"{body}.{self.tokens.sign('huggingface', body)}"

    def _opened(self, cookie: str) -> Attempt | None:
        body, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(self.tokens.sign("huggingface", body).encode(), signature.encode()):
            return None
        attempt = Attempt(*json.loads(base64.urlsafe_b64decode(body)))
        return attempt if attempt.until > time.time() else None


def _claims(token: object) -> dict[str, object]:
    """What an id token says (RFC 7519); {} for what is none."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:
        return {}
    try:
        value = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
