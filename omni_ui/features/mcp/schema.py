"""A tool's description for agents, made from the request model of its tab: names, bounds, defaults and help texts."""

from pydantic.fields import FieldInfo

from omni_ui.client import Request, ui_option
from omni_ui.client.requests.files import FILE_KINDS
from omni_ui.client.tabs import FACTS
from omni_ui.core.files import Json
from omni_ui.features.tab_context import TabContext

FILE = "A file: a data: URL, or the path or address of one that was made or uploaded here."
NOT_FOR_AGENTS = ("talk", "change")
"""Inputs of the Chat tab that mean something only beside the conversation that the page shows."""
EXTRA: dict[str, Json] = {
    "text": {"type": "string", "title": "Message", "description": "What is said to the model.", "default": ""},
    "files": {
        "type": "array",
        "items": {"type": "string"},
        "title": "Files",
        "description": f"Pictures, recordings and videos that belong to the message. {FILE}",
        "default": [],
    },
    "system": {
        "type": "string",
        "title": "System prompt",
        "description": "What the model should know or be before the conversation starts.",
        "default": "",
    },
}
"""Inputs of the Chat tab that are no fields of its request: its messages are made of them."""


def fields_of(tab: TabContext) -> list[str]:
    """The names of a tool's arguments: those of the tab's endpoint that the host lets visitors set."""
    fields = tab.form.model.model_fields
    names = [name for name in tab.inputs if name not in NOT_FOR_AGENTS and (name in fields or name in EXTRA)]
    return [name for name in names if name not in fields or not ui_option(fields[name], "withheld")]


def input_schema(tab: TabContext) -> Json:
    """JSON Schema of a tool's arguments."""
    model = tab.form.model
    whole = model.model_json_schema(mode="validation")
    names = fields_of(tab)
    required = [name for name in names if name in model.model_fields and model.model_fields[name].is_required()]
    properties = {
        name: _property(model.model_fields[name], whole["properties"][name])
        if name in model.model_fields
        else EXTRA[name]
        for name in names
    }
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _property(info: FieldInfo, field_schema: Json) -> Json:
    """One argument, without what only the page needs of its declaration."""
    own = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    described = {name: value for name, value in _without_null(field_schema).items() if name not in own}
    unit = ui_option(info, "unit", "")
    described["description"] = f"{info.description} In {unit}." if unit else info.description
    if ui_option(info, "kind") not in FILE_KINDS:
        return described
    text = {"type": "string"}
    several = field_schema.get("type") == "array"
    shape: Json = {"type": "array", "items": text} if several else text
    kept = {name: value for name, value in described.items() if name in ("title", "maxItems", "minItems")}
    return {**shape, **kept, "description": f"{info.description} {FILE}"}


def _without_null(field_schema: Json) -> Json:
    """A setting that may be left out is just left out; some agents read no choice between a type and null."""
    kinds = [kind for kind in field_schema.get("anyOf", []) if kind != {"type": "null"}]
    plain = dict(field_schema)
    if len(kinds) == 1:
        del plain["anyOf"]
        plain |= kinds[0]
    if plain.get("default", ...) is None:
        del plain["default"]
    return plain


def description_of(model: type[Request]) -> str:
    """What a tool is for, from the first paragraph of its model's docstring, and what it answers."""
    first = " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())
    return f"{first} {FACTS[model.tab].result}"


def tool(tab: TabContext) -> Json:
    """A tool as the protocol has it."""
    return {
        "name": tab.name,
        "title": tab.title,
        "description": description_of(tab.form.model),
        "inputSchema": input_schema(tab),
    }
