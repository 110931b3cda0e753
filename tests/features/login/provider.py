"""A provider of OpenID Connect that a test can bend: it speaks as Hugging Face's does, on a port of its own."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIENT_ID, CLIENT_SECRET = "the-client", "the-secret"


class Provider:
    """`claims`, `userinfo` and `metadata` replace fields of what it says; `sub` is who signs in."""

    def __init__(self) -> None:
        self.sub = "65f0c0ffee"
        self.claims: dict = {}
        self.userinfo: dict = {}
        self.metadata: dict = {}
        self.codes: dict[str, dict] = {}
        self.asked: list[str] = []

    def __enter__(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider._get(self)

            def do_POST(self):
                provider._token(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def agree(self, address: str) -> tuple[str, str]:
        """What a person does who agrees at the address of the authorization: the code and the state of the redirect."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.url}/oauth/authorize?")
        assert (query["client_id"], query["response_type"]) == (CLIENT_ID, "code")
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = query
        return code, query["state"]

    def _get(self, handler):
        path = urlsplit(handler.path).path
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            told = {f"{name}_endpoint": f"{self.url}/oauth/{last}" for name, last in names.items()}
            _answer(handler, 200, {"issuer": self.url} | told | self.metadata)
        elif path == "/oauth/userinfo" and handler.headers["Authorization"] == "Bearer access":
            _answer(handler, 200, {"sub": self.sub, "preferred_username": "somebody"} | self.userinfo)
        else:
            _answer(handler, 401, {"error": "invalid_token"})

    def _token(self, handler):
        self.asked.append(handler.path)
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        begun = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        fits = (
            begun
            and handler.headers["Authorization"] == f"Basic {basic}"
            and form["redirect_uri"] == begun["redirect_uri"]
            and base64.urlsafe_b64encode(digest).decode().rstrip("=") == begun["code_challenge"]
        )
        if not fits:
            _answer(handler, 400, {"error": "invalid_grant"})
            return
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": self.sub, "exp": time.time() + 60, "nonce": begun["nonce"]}
        parts = [{"alg": "RS256"}, claims | self.claims, {}]
        token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        _answer(handler, 200, {"access_token": "access", "token_type": "bearer", "id_token": token})


def _answer(handler, status, value):
    content = json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
