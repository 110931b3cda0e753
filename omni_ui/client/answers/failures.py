"""From a refused or failed answer to one of our errors, whatever its body looks like."""

import ast
import json
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic_core import from_json

from omni_ui.client.answers.known_errors import Reply, find_reply
from omni_ui.client.answers.valid_text import read_json
from omni_ui.client.errors import (
    BadRequest,
    GatewayFailed,
    GatewayTimedOut,
    NotFound,
    NotVllmOmni,
    OmniError,
    RateLimited,
    ServerBusy,
    TooLarge,
    class_for,
)
from omni_ui.client.gateway.gateways import NGINX, Gateway, gateway_of_answer
from omni_ui.client.json_types import Json

SHOWN = 300
"""Characters of the server's own words that go into a sentence; `LONGEST` of them stay in `server_message`."""
LONGEST = 64_000
"""Bytes of an error's body that are read, and characters of its message that are kept."""


def error_from(
    status: int, content: bytes, headers: Mapping[str, str] | None = None, path: str = "", seconds: float | None = None
) -> OmniError:
    """The error for an answer with a status of 400 or more. Any body will do, one that was cut off at `LONGEST`, too.

    path: of the call, such as /v1/videos. seconds: from the call to this answer.
    """
    headers = headers or {}
    try:
        body = read_json(content, constants=True)
    except (ValueError, RecursionError):
        body = _read_cut(content) if len(content) >= LONGEST else None
    text = content.decode("utf-8", "replace").strip() if body is None else ""
    error = _of_proxy(status, body, text, headers, seconds) or error_from_body(body, status, text, path)
    error.request_id = error.request_id or headers.get("x-request-id")
    error.retry_after = retry_after(headers)
    if isinstance(error, RateLimited) and error.retry_after:
        error.rephrase("The server accepts no more requests for now.", f"It asks to wait {_span(error.retry_after)}.")
    return error


def _read_cut(content: bytes) -> object:
    """The beginning of a JSON object that was cut off; None when it is none."""
    try:
        body = from_json(content.decode("utf-8", "ignore"), allow_partial="trailing-strings")
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, of a Retry-After that is a number of seconds or a date (RFC 9110, 10.2.3); None for none."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            sent = headers.get("date")
            now = parsedate_to_datetime(sent).timestamp() if sent else time.time()
            seconds = max(0.0, parsedate_to_datetime(value).timestamp() - now)
        except (ValueError, OverflowError):
            return None
    return seconds if 0 <= seconds < 1e6 else None


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


PROXY_WORDS = re.compile(
    r"upstream (?:request timeout|connect error)|no healthy upstream|Backend returned non-JSON"
    r"|Failed to connect to backend|ServiceUnavailable|stream timeout|gateway time-?out",
    re.IGNORECASE,
)
"""Of Envoy (source/common/router/router.cc), production-stack (request.py), nginx and those who speak like them."""


TIMED_OUT = (408, 504, 522, 524)
"""Statuses of a proxy that waited too long: vllm-router, nginx and Envoy, Cloudflare."""


def _of_proxy(
    status: int, body: object, text: str, headers: Mapping[str, str], seconds: float | None
) -> OmniError | None:
    """The error that a proxy made in the place of the server, None when these are the server's own words."""
    words = text if body is None else _read(body)[0]
    ours = body is not None and not PROXY_WORDS.search(words)
    if ours and (status not in (*TIMED_OUT, 502) or find_reply(words)):
        return None
    facts: Json = {"status": status, "server_message": words, "body": body}
    gateway = gateway_of_answer(headers, text or words)
    name = gateway.name if gateway else ""
    setting = (gateway or NGINX).body_setting
    if status == 413 and _is_html(text):
        return TooLarge(
            f"The proxy in front of the server ({name}) does not accept requests this large." if name
            else "The proxy in front of the server does not accept requests this large.",
            f"Send a smaller file, or raise its limit: {setting}" if setting else "Send a smaller file.",
            **facts,
        )  # fmt: skip
    if status in TIMED_OUT:
        return _timed_out(gateway, seconds, facts)
    if status in (502, 503) and (not ours) and (status == 502 or _is_html(text) or PROXY_WORDS.search(words)):
        who = f"The proxy in front of the server ({name})" if name else "The proxy in front of the server"
        error = GatewayFailed(f"{who} gets no answer from it (status {status}).", **facts)
        error.seconds = seconds
        return error
    return None


def _timed_out(gateway: Gateway | None, seconds: float | None, facts: Json) -> GatewayTimedOut:
    who = f"The proxy in front of the server ({gateway.name})" if gateway else "The proxy in front of the server"
    when = f"{who} gave up after {seconds:.0f} s." if seconds and seconds >= 1 else f"{who} gave up waiting."
    setting = gateway.timeout_setting if gateway else "in nginx, proxy_read_timeout 1800s;"
    advice = f"Raise the proxy's timeout: {setting}" if setting or not gateway else gateway.timeout_advice
    error = GatewayTimedOut(
        f"{when} The server may still be working on it, so the request is not repeated.", advice, **facts
    )
    error.seconds = seconds
    return error


def error_from_body(body: Any, status: int | None, text: str = "", path: str = "") -> OmniError:
    """The error for a parsed body; `status` None takes the code that the body names (errors inside a stream)."""
    message, param, request_id, code = _read(body)
    message = (message or text)[:LONGEST]
    status = code if status is None else status
    facts = {"status": status, "server_message": message, "request_id": request_id, "body": body}
    if match := find_reply(message):
        reply, groups = match
        kind = reply.kind or class_for(status)
        return kind(
            reply.says.format(*groups),
            reply.hint.format(*groups) or None,
            field=_field(param) or _field_of(path, reply.field),
            remedy=_remedy(reply, groups),
            permanent=reply.permanent,
            **facts,
        )
    kind = class_for(status)
    if _is_html(text):
        return NotVllmOmni(f"A web page with status {status} came back instead of an answer.", **facts)
    if status == 404 and (message in ("Not Found", "") or message.startswith("Invalid URL")):
        what = f"This server has no {path or 'such route'}."
        return NotFound(what, "It may be an older vLLM-Omni, or another kind of server.", **facts)
    if status == 401 or status == 403:
        return kind("The server refused the request: it needs an API key, or a different one.", **facts)
    # A failed job's body is the job itself: there is nothing to wait for (api_server.py:2836-2844).
    permanent = isinstance(body, dict) and body.get("object") == "video"
    said = _said(message)
    if param is None and said != message:
        param = said.partition(":")[0]
    says = _shorten(said) or f"status {status} and no reason"
    what = "The server did not take this request" if issubclass(kind, BadRequest) else "The server failed"
    what = "The server is busy" if issubclass(kind, ServerBusy) else what
    return kind(f"{what}: {says}", field=_field(param), permanent=permanent, **facts)


def known_error(message: str) -> OmniError | None:
    """The error that a server's own words stand for, where they are known; of failures that were only written down."""
    return error_from_body({"error": {"message": message}}, None) if find_reply(message) else None


def _remedy(reply: Reply, groups: tuple[str, ...]) -> dict[str, object] | None:
    return {name: _fill(value, groups) for name, value in reply.remedy.items()} if reply.remedy else None


def _read(body: object) -> tuple[str, str | None, str | None, int | None]:
    """Message, param, request id and code of any error body (the four shapes are in WIRE.md 1)."""
    if not isinstance(body, dict):
        return ("" if body is None else body if isinstance(body, str) else json.dumps(body)), None, None, None
    inner = body.get("error", body.get("detail", body.get("message", body)))
    if isinstance(inner, str):
        return inner, None, None, None
    if not isinstance(inner, dict):
        return json.dumps(inner), None, None, None
    message = inner.get("message", inner.get("detail"))
    code = inner.get("code")
    return (
        message if isinstance(message, str) else json.dumps(inner),
        param if isinstance(param := inner.get("param"), str) else None,
        request_id if isinstance(request_id := inner.get("request_id"), str) else None,
        code if isinstance(code, int) and not isinstance(code, bool) and 100 <= code <= 599 else None,
    )


def _said(message: str) -> str:
    """The plain part of a validation message, which is Python-dict text over several lines (validation.py:149)."""
    parts = []
    for line in re.findall(r"^[ \t]*(\{.*\})[ \t]*$", message, re.MULTILINE):
        try:
            detail = ast.literal_eval(line)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(detail, dict) and "msg" in detail:
            parts.append(f"{_field(_place(detail.get('loc'))) or 'the request'}: {detail['msg']}")
    # The form of videos is checked by pydantic alone, whose text this is (video/generation/helpers.py:978).
    for name, said in re.findall(r"^(\w[\w.]*)\n  (.*?) \[type=", message, re.MULTILINE):
        parts.append(f"{name}: {said}")
    return "; ".join(parts) or message


def _place(loc: object) -> str:
    """Where an error is, with dots: 0.30 says `body.fps`, all before a tuple, ('body', 'fps')."""
    if isinstance(loc, (tuple, list)):
        return ".".join(str(part) for part in loc if part not in ("body", "query", "path"))
    return str(loc or "")


def _shorten(message: str) -> str:
    line = " ".join(message.split())
    line = line if len(line) <= SHOWN else line[:SHOWN] + " …"
    return line if not line or line[-1] in ".!?…" else line + "."


def _field(param: str | None) -> str | None:
    return param.rpartition(".")[2] or None if param else None


def _field_of(path: str, field: str | None) -> str | None:
    """The replies name one field; some routes have another name for it."""
    if path.startswith("/v1/audio/voice") and field == "ref_audio":
        return "audio_sample"
    if path.startswith("/v1/audio/") and field == "prompt":
        return "input"
    return "messages" if path.startswith("/v1/chat/") and field == "prompt" else field


def _fill(value: object, groups: tuple[str, ...]) -> object:
    """A text with what the pattern found; a number when that is all it is."""
    if not isinstance(value, str):
        return value
    filled = value.format(*groups)
    return int(filled) if filled.isdecimal() else filled


def _is_html(text: str) -> bool:
    return bool(re.match(r"\s*<(!doctype|html|head|body)\b", text, re.IGNORECASE))
