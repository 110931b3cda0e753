"""Values as Python and JavaScript write them. Both read JSON's strings; the rest differs in three words."""

import json
import re
from collections.abc import Callable, Mapping

from omni_ui.client import FileRef

WIDTH = 100
ENCODER = json.JSONEncoder(ensure_ascii=False)
"""`json.dumps` with an argument makes a new one for each text."""


def text(value: str) -> str:
    return ENCODER.encode(value)


def python(value: object, name: Callable[[FileRef], str], indent: int = 0) -> str:
    """A Python expression over several lines; the first stands where it is put, the others at `indent` spaces."""
    return _write(value, {True: "True", False: "False", None: "None"}, name, text, indent)


def javascript(value: object, name: Callable[[FileRef], str], indent: int = 0) -> str:
    def key(name: str) -> str:
        # `__proto__: …` would set the prototype instead of a property.
        return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and name != "__proto__" else f"[{text(name)}]"

    return _write(value, {True: "true", False: "false", None: "null"}, name, key, indent, "  ", " ")


def _write(
    value: object,
    words: Mapping[bool | None, str],
    name: Callable[[FileRef], str],
    key: Callable[[str], str],
    indent: int,
    step: str = "    ",
    pad: str = "",
) -> str:
    if isinstance(value, FileRef):
        return name(value)
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, (dict, list)):
        return json.dumps(value)
    inner = indent + len(step)
    if isinstance(value, dict):
        parts = [f"{key(str(k))}: {_write(v, words, name, key, inner, step, pad)}" for k, v in value.items()]
        opens, closes = "{", "}"
    else:
        parts = [_write(item, words, name, key, inner, step, pad) for item in value]
        opens, closes = "[", "]"
    space = pad if parts and isinstance(value, dict) else ""
    line = f"{opens}{space}{', '.join(parts)}{space}{closes}"
    if "\n" not in line and len(line) + indent < WIDTH and not (isinstance(value, dict) and len(parts) > 2):
        return line
    lines = "".join(f"{' ' * inner}{part},\n" for part in parts)
    return f"{opens}\n{lines}{' ' * indent}{closes}"
