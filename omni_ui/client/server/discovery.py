"""What a server can do: put together from its model names, its routes and what its host states."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from omni_ui.client.errors import BrokenAnswer
from omni_ui.client.json_types import Json
from omni_ui.client.server.find_models import find_model, guess_model
from omni_ui.client.server.known_models import LISTENS
from omni_ui.client.server.model_facts import KnownModel
from omni_ui.client.server.model_fields import fields_of_model
from omni_ui.client.server.schema import UNKNOWN, ServerSchema
from omni_ui.client.tabs import FACTS, TABS


@dataclass(frozen=True)
class ModelInfo:
    """A served model. root: what it was loaded from. max_model_len: None when it has no text stage.

    description: what the server says of it; vLLM-Omni says nothing, the demo what its settings do. parent: the model
    that a LoRA belongs to. owned_by: who answers by that name ("vllm", "nvidia", "openai" …). bare: the entry has none
    of the fields that vLLM adds, so another kind of server wrote it.
    """

    id: str
    max_model_len: int | None = None
    root: str | None = None
    description: str | None = None
    parent: str | None = None
    owned_by: str | None = None
    bare: bool = False


def read_models(body: dict[str, object]) -> list[ModelInfo]:
    """The models in the answer of GET /v1/models. BrokenAnswer when it is no list."""
    listed = body.get("data")
    if not isinstance(listed, list):
        raise BrokenAnswer("The server's list of models is not valid.")
    return [_read_model(card) for card in listed if isinstance(card, dict) and isinstance(card.get("id"), str)]


def _read_model(card: Json) -> ModelInfo:
    """vLLM's cards have root, parent, max_model_len and permission (vllm, openai/models/protocol.py)."""

    def text(name: str) -> str | None:
        return value if isinstance(value := card.get(name), str) else None

    length = card.get("max_model_len")
    return ModelInfo(
        id=card["id"],
        max_model_len=length if isinstance(length, int) else None,
        root=text("root"),
        description=text("description"),
        parent=text("parent"),
        owned_by=text("owned_by"),
        bare=not {"root", "parent", "max_model_len", "permission"} & set(card),
    )


@dataclass(frozen=True)
class Ability:
    """Whether a server can do what a tab needs.

    reason: one sentence. model: the one that does it, or the server's only one. start: what to run instead, None when
    it can. guess: True when no table knows the model. detail: facts by tab, see `_known_models` (image, edit,
    chat, speech, sound, video); always with "settings", what the model's makers recommend by wire name;
    with "takes", the fields that only some models take and this one does, and "needs", those that it cannot do without
    (`model_fields`);
    with "description" where the server gives one; for chat with "stages" (`_stages_of_chat`).
    """

    can: bool
    reason: str
    model: str | None = None
    start: str | None = None
    guess: bool = False
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Capabilities:
    """modalities: by tab (client/tabs.py). routes: the paths in /openapi.json.

    schema: the fields that those routes take.
    """

    modalities: dict[str, Ability]
    models: list[ModelInfo]
    version: str | None
    routes: frozenset[str]
    schema: ServerSchema = UNKNOWN


def judge(
    models: list[ModelInfo], routes: Iterable[str], stated: Iterable[str] | None = None, chosen: str | None = None
) -> dict[str, Ability]:
    """An Ability for each tab.

    routes: empty when the server does not tell. stated: the tabs that its host says it can do; that beats the table.
    chosen: the one model that the caller sends.
    """
    if not models and chosen is None and stated is None:
        return {tab: _nothing_listed(tab, frozenset(routes)) for tab in TABS}
    listed = [model for model in models if chosen is None or model.id == chosen] or [ModelInfo(chosen or "the model")]
    several = len(models) > 1
    entries = [(model, *_look_up(model)) for model in listed]
    return {tab: _judge_tab(tab, entries, frozenset(routes), stated, several) for tab in TABS}


def _nothing_listed(tab: str, routes: frozenset[str]) -> Ability:
    verb, start = FACTS[tab].verb, FACTS[tab].start
    if routes and routes.isdisjoint(FACTS[tab].routes):
        return Ability(False, f"This server has no route for it: it cannot {verb}.", start=start)
    reason = f"This server lists no model, so it is unknown whether it can {verb}."
    return Ability(False, reason, start=start, guess=True)


def _look_up(model: ModelInfo) -> tuple[KnownModel, bool]:
    """The entry for a model, and whether it is a guess."""
    entry = find_model(model.id) or (find_model(model.root) if model.root else None)
    # A card without vLLM's fields does not tell whether there is a text stage; nearly always there is.
    length = 1 if model.bare and model.owned_by else model.max_model_len
    return (entry, False) if entry else (guess_model(model.id, length), True)


def _judge_tab(
    tab: str,
    entries: list[tuple[ModelInfo, KnownModel, bool]],
    routes: frozenset[str],
    stated: Iterable[str] | None,
    several: bool,
) -> Ability:
    verb, start = FACTS[tab].verb, FACTS[tab].start
    if routes and routes.isdisjoint(FACTS[tab].routes):
        return Ability(False, f"This server has no route for it: it cannot {verb}.", start=start)
    able = [(model, entry, guess) for model, entry, guess in entries if tab in entry.can]
    # Makers of pictures answer a chat too; where a server has several models, one that answers in text is meant.
    able.sort(key=lambda entry: tab == "chat" and "text" not in entry[1].can["chat"]["outputs"])
    model, entry, guess = (able or entries)[0]
    name = _name(model, entry)
    facts = {"settings": {}, **entry.can.get(tab, {})}
    facts |= {"description": model.description} if model.description else {}
    facts |= fields_of_model(tab, (model.id, model.root))
    facts |= {"stages": _stages_of_chat(entry)} if tab == "chat" and "chat" in entry.can else {}
    if stated is not None:
        if tab in stated:
            return Ability(True, f"Its host says that this server can {verb}.", model.id, detail=facts)
        return Ability(False, f"Its host says that this server cannot {verb}.", model.id, start)
    doubt = " The model's name is unknown here, so this is a guess." if guess else ""
    if able:
        return Ability(True, f"{name} {entry.does}.{doubt}", model.id, guess=guess, detail=facts)
    if tab == "chat" and "speech" in entry.can and not several:
        # Its first stage counts as a text stage, so the route is there (stage_config.py:1196).
        reason = f"{name} {entry.does}; it may not support chat. Use the Speech tab.{doubt}"
        return Ability(False, reason, model.id, start, guess)
    if several:
        return Ability(False, f"None of the models on this server can {verb}.", start=start)
    verb = "read a text aloud" if tab == "speech" and "speaks" in entry.does else verb
    if not entry.can and not guess:
        return Ability(False, f"{name} {entry.does}{_use_of(entry)}", model.id, start)
    return Ability(False, f"{name} {entry.does}; it cannot {verb}.{doubt}", model.id, start, guess)


def _use_of(entry: KnownModel) -> str:
    """What a model without a tab is good for here."""
    return ": name it in OMNI_LISTEN_URL." if entry.does == LISTENS else "; nothing for a browser."


def _stages_of_chat(entry: KnownModel) -> str:
    """Which stages answer a chat: one of `Stages`, or "all"."""
    outputs = entry.can["chat"]["outputs"]
    if "image" not in outputs:
        return "language"
    if "text" not in outputs:
        return "diffusion"
    return "language and diffusion" if "image" in entry.can else "all"


def _name(model: ModelInfo, entry: KnownModel) -> str:
    """The family's name when the model's own says no more; else the model's, without its owner."""
    return model.id.rpartition("/")[2] if entry.name == "This model" or entry.name == model.id else entry.name
