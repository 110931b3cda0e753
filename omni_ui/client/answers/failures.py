"""From a refused or failed answer to one of our errors, whatever its body looks like."""

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from omni_ui.client.answers.known_errors import Reply, find_reply
from omni_ui.client.errors import BadRequest, NotFound, NotVllmOmni, OmniError, ServerBusy, class_for
from omni_ui.client.valid_text import read_json

SHOWN = 300
"""Characters of the server's own words that go into a sentence; all of them stay in `server_message`."""


def error_from(status: int, content: bytes, headers: Mapping[str, str] | None = None, path: str = "") -> OmniError:
    """The error for an answer with a status of 400 or more. Any body will do."""
    headers = headers or {}
    try:
        body = read_json(content, constants=True)
    except (ValueError, RecursionError):
        body = None
    text = content.decode("utf-8", "replace").strip() if body is None else ""
    error = error_from_body(body, status, text, path)
    error.request_id = error.request_id or headers.get("x-request-id")
    error.retry_after = _seconds(headers.get("retry-after"))
    return error


def error_from_body(body: Any, status: int | None, text: str = "", path: str = "") -> OmniError:
    """The error for a parsed body; `status` None takes the code that the body names (errors inside a stream)."""
    message, param, request_id, code = _read(body)
    message = message or text
    status = code if status is None else status
    facts = {"status": status, "server_message": message, "request_id": request_id, "body": body}
    if known := find_reply(message):
        reply, groups = known
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
    if status == 404 and message in ("Not Found", ""):
        what = f"This server has no {path or 'such route'}."
        return NotFound(what, "It may be an older vLLM-Omni, or another kind of server.", **facts)
    if status == 401 or status == 403:
        return kind("The server refused the request: it wants an API key, or another one.", **facts)
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


def _remedy(reply: Reply, groups: tuple[str, ...]) -> dict[str, Any] | None:
    return {name: _fill(value, groups) for name, value in reply.remedy.items()} if reply.remedy else None


def _read(body: Any) -> tuple[str, str | None, str | None, int | None]:
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
        made if isinstance(made := inner.get("request_id"), str) else None,
        code if isinstance(code, int) and not isinstance(code, bool) and 100 <= code <= 599 else None,
    )


def _said(message: str) -> str:
    """The plain part of a validation message, which is Python-dict text over several lines (validation.py:149)."""
    parts = []
    for line in re.findall(r"^\s*(\{.*\})\s*$", message, re.MULTILINE):
        try:
            one = ast.literal_eval(line)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(one, dict) and "msg" in one:
            parts.append(f"{_field(str(one.get('loc', ''))) or 'the request'}: {one['msg']}")
    # The form of videos is checked by pydantic alone, whose text this is (video/generation/helpers.py:978).
    for name, said in re.findall(r"^(\w[\w.]*)\n  (.*?) \[type=", message, re.MULTILINE):
        parts.append(f"{name}: {said}")
    return "; ".join(parts) or message


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


def _fill(value: Any, groups: tuple[str, ...]) -> Any:
    """A text with what the pattern found; a number when that is all it is."""
    if not isinstance(value, str):
        return value
    filled = value.format(*groups)
    return int(filled) if filled.isdecimal() else filled


def _is_html(text: str) -> bool:
    return bool(re.match(r"\s*<(!doctype|html|head|body)\b", text, re.IGNORECASE))


def _seconds(value: str | None) -> float | None:
    """A Retry-After in seconds; the form with a date is not used by these servers."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e6 else None
