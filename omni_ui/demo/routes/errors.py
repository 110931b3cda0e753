"""Error answers with the bodies and statuses of vLLM-Omni 0.30.0 (four shapes; they differ from route to route)."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from omni_ui.demo.json_types import Json

SERVING = {400: "BadRequestError", 404: "NotFoundError", 500: "InternalServerError"}
"""The `type` that the serving classes write; routes that raise write the HTTP phrase instead."""
GUARDED = ("/v1", "/v2", "/inference", "/cohere")


class EngineError(Exception):
    """The engine failed for one request."""

    def __init__(self, message: str, request_id: str, stage: int | None = None):
        super().__init__(message)
        self.request_id, self.stage = request_id, stage


class GuardrailError(Exception):
    """The engine refused the request for what it asks: 400 nearly everywhere."""


def scrub(message: str) -> str:
    """Paths are taken out of every message, so that URLs lose theirs too."""
    message = re.sub(r" at 0x[0-9a-f]+>", ">", message)
    message = re.sub(r"/(?:home|usr|opt|var|tmp|root|lib|mnt|srv)(?:/[\w.\-]+)+", "<path>", message)
    return re.sub(r"(?:/[\w\-]+)+/[\w\-]+\.\w+", "<path>", message).strip()


def body(message: str, status: int, kind: str | None = None, param: str | None = None) -> Json:
    return {"error": {"message": scrub(message), "type": kind or SERVING[status], "param": param, "code": status}}


def refusal(message: str, status: int = 400, kind: str | None = None, param: str | None = None) -> JSONResponse:
    """The answer of a serving class: `type` is "BadRequestError" and the like."""
    return JSONResponse(body(message, status, kind, param), status)


def engine_body(wrong: EngineError) -> Json:
    answer = body(str(wrong), 500)
    answer["error"] |= {"request_id": wrong.request_id, "error_stage_id": wrong.stage}
    return answer


def served(wrong: Exception, what: str | None = None) -> Response:
    """A failure inside a serving class: bodies of its own, where the routes that make pictures raise."""
    if isinstance(wrong, HTTPException):
        raise wrong
    if isinstance(wrong, EngineError):
        return JSONResponse(engine_body(wrong), 500)
    if isinstance(wrong, GuardrailError | ValueError):
        return refusal(str(wrong))
    if what is None:
        raise HTTPException(500, str(wrong)) from wrong
    return refusal(f"{what} failed: {wrong}", 500)


def answer(wrong: Exception, what: str, value: int = 400) -> Response:
    """A failure inside a route that makes media; `value` is the status of a ValueError there."""
    if isinstance(wrong, EngineError):
        return JSONResponse(engine_body(wrong), 500)
    if isinstance(wrong, HTTPException):
        raise wrong
    if isinstance(wrong, GuardrailError):
        raise HTTPException(400, str(wrong)) from wrong
    if isinstance(wrong, ValueError) and value == 400:
        raise HTTPException(400, str(wrong)) from wrong
    raise HTTPException(500, f"{what} failed: {wrong}") from wrong


def stream_error(wrong: Exception) -> Json:
    """What stands under `error` when a stream fails after its 200."""
    status = 400 if isinstance(wrong, GuardrailError | ValueError) else 500
    return body(str(wrong), status)["error"]


def _short(value: object) -> object:
    if isinstance(value, bytes | list | tuple | set | dict):
        return f"<{type(value).__name__} of {len(value)} {'bytes' if isinstance(value, bytes) else 'items'}>"
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "...[truncated]"


def _place(loc: Sequence[object]) -> str:
    """The dotted path of a field without the names of types that a union puts in between."""
    types = {"str", "int", "float", "bool", "list", "dict", "tuple", "nullable", "none"}
    named = [str(p) for p in loc if str(p).lower() not in types and not re.search(r"[\[\](){}]", str(p))]
    return ".".join(named or map(str, loc))


async def _invalid(_: Request, wrong: RequestValidationError) -> JSONResponse:
    problems = list(wrong.errors())
    lines = []
    for problem in problems[:10]:
        if isinstance(problem, dict):
            kept = {k: v for k, v in problem.items() if k in ("type", "loc", "msg", "input", "ctx")}
            problem = (
                kept
                | {"loc": _place(problem["loc"])}
                | ({"input": _short(problem["input"])} if "input" in problem else {})
            )
        lines.append(f"\n  {str(problem)[:1000]}")
    more = f"\n  ...and {len(problems) - 10} more errors" if len(problems) > 10 else ""
    first = problems[0] if problems and isinstance(problems[0], dict) else None
    message = f"{len(problems)} validation error{'' if len(problems) == 1 else 's'}:" + "".join(lines) + more
    return refusal(message, 400, "Bad Request", _place(first["loc"]) if first else None)


async def _raised(_: Request, wrong: HTTPException) -> JSONResponse:
    accepted = wrong.status_code in {status.value for status in HTTPStatus}
    kind = HTTPStatus(wrong.status_code).phrase if accepted else "Error"
    return JSONResponse(body(str(wrong.detail), wrong.status_code, kind), wrong.status_code, wrong.headers)


def install(app: FastAPI) -> None:
    """Starlette's own exceptions (404, 405, a bad form) keep their `{"detail": …}`, as on the real server."""
    app.exception_handler(HTTPException)(_raised)
    app.exception_handler(RequestValidationError)(_invalid)
    app.add_exception_handler(ValueError, lambda _, wrong: refusal(str(wrong)))
    app.add_exception_handler(Exception, lambda _, wrong: refusal(str(wrong), 500))


class Keys:
    """Refuses guarded paths without `Authorization: Bearer KEY`, with a bare string as the error."""

    def __init__(self, app: ASGIApp, key: str):
        self.app, self.digest = app, hashlib.sha256(key.encode()).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] != "OPTIONS")
        if asks and scope["path"].startswith(GUARDED):
            scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
            accepted = secrets.compare_digest(hashlib.sha256(token.encode()).digest(), self.digest)
            if scheme.lower() != "bearer" or not accepted:
                if scope["type"] == "websocket":
                    return await send({"type": "websocket.close", "code": 1008})
                return await JSONResponse({"error": "Unauthorized"}, 401)(scope, receive, send)
        await self.app(scope, receive, send)
