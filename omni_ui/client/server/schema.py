"""What a server takes: the fields of each route, as its /openapi.json lists them, forms included.

Every version of vLLM-Omni drops the fields that it does not know without a word, and says exactly which ones it knows
(seen on 0.20 to 0.30). So what a server would throw away is known before the request. Where the description cannot be
had (a gateway in between, `--disable-fastapi-docs`), nothing is known: then nothing is refused and nothing left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from omni_ui.client.errors import BadRequest
from omni_ui.client.requests.base import Request, WireCall, ui_option
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.files import FILE_KINDS

DEEP = 8
"""References within references that are followed; real descriptions have two or three."""
MARK_OF_0_22 = ("/v1/images/edits", "stream")
"""A field that came with 0.22, as did the seed at the top level of a diffusion chat (serving_chat.py:3044 of 0.22)."""
CHAT, EDITS, STAGE_METRICS = "/v1/chat/completions", "/v1/images/edits", "return_stage_metrics"
NOT_NESTED = ("messages", "model", "stream", "stream_options", "modalities")
"""Of a chat's body, what is no setting."""

RequestT = TypeVar("RequestT", bound=Request)


@dataclass(frozen=True)
class Fitted(Generic[RequestT]):
    """A request without what its server would throw away. left_out: the wire names of those settings, in order."""

    request: RequestT
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerSchema:
    """routes: the paths that the server has; empty when it does not tell.

    fields: by path of a POST route, the JSON schema of each field of its body. A route that takes any field (chat) or
    does not tell is absent.
    """

    routes: frozenset[str] = frozenset()
    fields: Mapping[str, Mapping[str, Mapping[str, object]]] = field(default_factory=dict)

    def lacks(self, path: str, name: str) -> bool:
        """Whether the server is known to drop this field of this route."""
        return path in self.fields and name not in self.fields[path]

    def has(self, path: str, name: str) -> bool:
        """Whether the server is known to take this field of this route."""
        return name in self.fields.get(path, ())

    def without(self, path: str) -> bool:
        """Whether the server is known not to have this route."""
        return bool(self.routes) and path not in self.routes

    def lacking(self, request: type[Request]) -> list[str]:
        """The fields of a request model that this server drops, in their order; empty when it does not tell."""
        carried = {
            name: request.carried_by.get(name, "" if name in request.own else name) for name in request.model_fields
        }
        return [name for name, by in carried.items() if by and self.lacks(request.path, by)]

    @property
    def nests_chat_seed(self) -> bool:
        """Whether a diffusion chat takes its seed in `extra_body` alone, as 0.20 does (serving_chat.py:2410 there)."""
        return self.has(MARK_OF_0_22[0], "mask_image") and self.lacks(*MARK_OF_0_22)

    def fit(self, request: RequestT) -> Fitted[RequestT]:
        """The request without the settings that this server drops.

        Raises BadRequest, with the field and what would mend it, for a file that would be dropped: the result would
        pass for one made from it. So it does for a value whose kind this server refuses.
        """
        left_out = []
        for name in self.lacking(type(request)):
            info = type(request).model_fields[name]
            value, usual = getattr(request, name, None), info.get_default(call_default_factory=True)
            if value in (None, [], "") or value == usual:
                continue
            if ui_option(info, "kind") in FILE_KINDS:
                raise BadRequest(
                    f"This server does not accept “{info.title or name}”: it would silently drop the file.",
                    "Remove it, or use a server of a newer version.",
                    field=name,
                    remedy={"field": name, "value": None},
                )
            left_out.append(name)
        self._check_whole_numbers(request)
        if not left_out:
            return Fitted(request)
        fields = type(request).model_fields
        usual_values = {name: fields[name].get_default(call_default_factory=True) for name in left_out}
        return Fitted(request.model_copy(update=usual_values), tuple(left_out))

    def _check_whole_numbers(self, request: Request) -> None:
        """Frame rates are whole numbers up to 0.28, and anything else is refused there with Python's words."""
        for name, wanted in self.fields.get(request.path, {}).items():
            value = getattr(request, name, None)
            if isinstance(value, float) and not value.is_integer() and _types(wanted) == {"integer"}:
                label = type(request).model_fields[name].title or name
                raise BadRequest(
                    f"{label} must be a whole number for this server, and {value:g} is not.",
                    f"Use {round(value)}, or a server of a newer version.",
                    field=name,
                    remedy={"field": name, "value": round(value)},
                )

    def trim(self, call: WireCall) -> WireCall:
        """The call without fields that the server drops, such as a default that is always sent."""
        if call.json is not None:
            kept = {name: value for name, value in call.json.items() if not self.lacks(call.path, name)}
            return replace(call, json=kept) if len(kept) < len(call.json) else call
        form = [pair for pair in call.form or [] if not self.lacks(call.path, pair[0])]
        return replace(call, form=form) if len(form) < len(call.form or []) else call

    def with_metrics(self, call: WireCall) -> WireCall:
        """The call that also asks what its stages took, where this server can say so: `return_stage_metrics`, in chats
        and edits from 0.22 on, in images from 0.30 on.

        A chat lists no fields; a server whose edits know the field knows it there too (serving_chat.py:489).
        """
        listed = EDITS if call.path == CHAT else call.path
        if not self.has(listed, STAGE_METRICS):
            return call
        if call.json is not None:
            return replace(call, json={**call.json, STAGE_METRICS: True})
        return replace(call, form=[*(call.form or []), (STAGE_METRICS, "true")])

    def wire(self, request: Request, model: str | None) -> WireCall:
        """The HTTP request for this server: trimmed, and with a chat's seed where this version reads it."""
        call = self.trim(request.wire(model))
        if isinstance(request, ChatRequest) and request.seed is not None and self.nests_chat_seed and call.json:
            # At both places: a language model reads the one, a diffusion model of 0.20 the other, and no 400 comes.
            # All settings, since one that finds `extra_body` looks nowhere else (seen on 0.20).
            nested = {name: value for name, value in call.json.items() if name not in NOT_NESTED}
            return replace(call, json={**call.json, "extra_body": nested})
        return call


UNKNOWN = ServerSchema()
"""Of a server that does not describe itself."""


def read_schema(description: object) -> ServerSchema:
    """The schema in an OpenAPI description. What is not as it should be there counts as not told."""
    paths = description.get("paths") if isinstance(description, dict) else None
    if not isinstance(paths, dict):
        return UNKNOWN
    fields = {}
    for path, methods in paths.items():
        post = methods.get("post") if isinstance(methods, dict) else None
        bodies = _at(post, "requestBody", "content")
        if isinstance(bodies, dict) and bodies:
            by_body = [_fields(_at(body, "schema"), description) for body in bodies.values()]
            if all(body_fields is not None for body_fields in by_body):
                fields[path] = {
                    name: value for body_fields in by_body if body_fields for name, value in body_fields.items()
                }
    return ServerSchema(frozenset(paths), fields)


def _fields(schema: object, description: object, depth: int = 0) -> dict[str, Mapping[str, object]] | None:
    """The fields of a body. None when it takes others too, or does not tell."""
    if not isinstance(schema, dict) or depth > DEEP:
        return None
    if isinstance(reference := schema.get("$ref"), str):
        return _fields(_at(description, *reference.removeprefix("#/").split("/")), description, depth + 1)
    if schema.get("additionalProperties"):
        return None
    parts = [part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key) or []]
    inner = [_fields(part, description, depth + 1) for part in parts]
    own = schema.get("properties")
    if any(branch is None for branch in inner) or (not isinstance(own, dict) and not inner):
        return None
    named = {name: value if isinstance(value, dict) else {} for name, value in (own or {}).items()}
    return named | {name: value for branch in inner if branch for name, value in branch.items()}


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _types(schema: Mapping[str, object]) -> set[str]:
    """The JSON types that a field may have, null aside."""
    return set(_each_type(schema)) - {"null"}


def _each_type(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema["type"]
        for part in schema.get("anyOf") or []:
            yield from _each_type(part)
