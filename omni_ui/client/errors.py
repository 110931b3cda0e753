"""What can go wrong, as one tree. Every error can be shown to a person as it is.

OmniError
├── NotReachable     nothing answers at the address, or the connection broke before any byte of the answer
├── TimedOut         no answer within the time that the caller gave
├── NotVllmOmni      something answered, but not a vLLM-Omni server
├── BrokenAnswer     the answer broke off, or is not what it says it is
├── NothingMade      the server reports success and made nothing
├── Unauthorized     401, 403: the API key is missing or wrong
├── NotFound         404: no such route, model, voice, job or file
├── BadRequest       400, 405, 409, 415, 422: the server does not take this request
│   └── TooLarge     413, or a part of a form over its limit
├── ServerBusy       429, 502, 503, 504, after the tries allowed
│   ├── RateLimited      429: too many requests; `retry_after` says how long to wait, where the answer does
│   └── GatewayFailed    502, 503 in a proxy's own words: the server behind it does not answer
│       └── GatewayTimedOut  504, 408: a proxy gave up waiting; the server may still be working
└── ServerFailed     any other 5xx
    └── OutOfMemory  507, or a 500 that says so
"""

from typing import Any

from omni_ui.client.json_types import Json


class OmniError(Exception):
    """The base. `str()` gives `sentence`.

    sentence: what happened (`what`) and what to do (`hint`), in plain words.
    status: the HTTP status, None when there was no answer. Errors inside a stream carry the code that the
        stream names, although HTTP said 200.
    server_message: the server's own words, unshortened, empty when it had none. The API key never stands in it.
    request_id: the server's id of the request, where it gives one.
    field: the wire name of the parameter at fault, where known.
    remedy: a change that a program can offer: {"field": "size", "action": "halve"} or {"field": "n", "value": 1};
        the actions are those of `_replies.Reply`.
    body: the parsed JSON of the answer, None when it was not JSON.
    permanent: True when the same request would fail again, whatever the status says.
    retry_after: seconds that the server asked to wait.
    """

    default_hint = ""

    def __init__(
        self,
        what: str,
        hint: str | None = None,
        *,
        status: int | None = None,
        server_message: str = "",
        request_id: str | None = None,
        field: str | None = None,
        remedy: Json | None = None,
        body: object = None,
        permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__()
        self.rephrase(what, self.default_hint if hint is None else hint)
        self.status = status
        self.server_message = server_message
        self.request_id = request_id
        self.field = field
        self.remedy = remedy
        self.body = body
        self.permanent = permanent
        self.retry_after = retry_after

    def rephrase(self, what: str, hint: str) -> None:
        """Says it in other words: what happened, and what to do."""
        self.what, self.hint = what, hint
        self.sentence = f"{what} {hint}".strip()
        self.args = (self.sentence,)


class NotReachable(OmniError):
    """sent: whether the request may have reached the server in part or whole; False when no byte of it can have."""

    default_hint = "Check that the server is running and the address is correct."

    def __init__(self, what: str, hint: str | None = None, *, sent: bool = True, **facts: Any) -> None:
        super().__init__(what, hint, **facts)
        self.sent = sent


class TimedOut(OmniError):
    default_hint = "Try fewer steps, a smaller size or a shorter text, or allow more time."


class NotVllmOmni(OmniError):
    default_hint = "Check the address: it should point to a vLLM-Omni server, such as http://host:8091."


class BrokenAnswer(OmniError):
    default_hint = "Try again. If the problem stays, check the server's log."


class NothingMade(OmniError):
    default_hint = "The model may not support this: check which model the server runs."


class Unauthorized(OmniError):
    default_hint = "Check the API key for this server."


class NotFound(OmniError):
    pass


class BadRequest(OmniError):
    pass


class TooLarge(BadRequest):
    default_hint = "Send a smaller file or ask for a smaller size."


class ServerBusy(OmniError):
    default_hint = "Try again in a moment."


class RateLimited(ServerBusy):
    pass


class GatewayFailed(ServerBusy):
    """A proxy or gateway answered in the place of the server. seconds: from the call to its answer."""

    default_hint = "Check that the server behind it is running; it may be starting."
    seconds: float | None = None


class GatewayTimedOut(GatewayFailed):
    default_hint = "Raise the proxy's timeout to the longest run you expect."


class ServerFailed(OmniError):
    default_hint = "Try again. If the problem stays, check the server's log."


class OutOfMemory(ServerFailed):
    default_hint = "Choose a smaller size, fewer pictures or fewer frames."


BY_STATUS: dict[int, type[OmniError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Unauthorized,
    404: NotFound,
    405: BadRequest,
    408: ServerBusy,
    409: BadRequest,
    413: TooLarge,
    415: BadRequest,
    422: BadRequest,
    429: RateLimited,
    502: ServerBusy,
    503: ServerBusy,
    504: ServerBusy,
    507: OutOfMemory,
    522: ServerBusy,
    524: ServerBusy,
}


def class_for(status: int | None) -> type[OmniError]:
    """The class of an HTTP status."""
    if status is None or 200 <= status < 400:
        return ServerFailed
    return BY_STATUS.get(status) or (ServerFailed if status >= 500 else BadRequest)
