"""Text that is valid Unicode, at every border: what visitors type, files, links, the history, and servers' words.

JSON can name half a character (`\\ud83e`, one of the two surrogates that UTF-16 writes for an emoji), and Python reads
it. No such text can be sent, stored or shown. Two halves that belong together become their character, all else U+FFFD.
"""

import json
import re

SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a whole character
    rb"|\\[^u]"  # an escaped backslash, after which no escape begins
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def valid_text(text: str) -> str:
    """The text with surrogate pairs joined, and U+FFFD in place of each surrogate that stands alone."""
    if text.isascii() or not SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def valid_values(value: object) -> object:
    """The same JSON value with valid texts, names of objects included. Raises ValueError for one that is too deep."""
    try:
        return _valid(value)
    except RecursionError:
        raise ValueError("Objects and lists are nested too deeply.") from None


def _valid(value: object) -> object:
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list):
        return [_valid(item) for item in value]
    if isinstance(value, dict):
        return {_valid(name): _valid(item) for name, item in value.items()}
    return value


def valid_json(content: bytes) -> bytes:
    """JSON text without escapes of half characters; of the same length, and without being parsed."""
    if b"\\ud" not in content and b"\\uD" not in content:
        return content
    return _ESCAPE.sub(lambda match: b"\\ufffd" if match[1] else match[0], content)


def read_json(content: str | bytes, *, constants: bool = False) -> object:
    """The value of a JSON text, all its texts valid. Raises ValueError or RecursionError.

    constants: whether NaN and Infinity are taken, which JSON does not have (RFC 8259, section 6).
    """
    if isinstance(content, str):
        content = valid_text(content).encode()
    refuse = None if constants else _refuse_constant
    return json.loads(valid_json(content), parse_constant=refuse)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def depth_of(value: object) -> int:
    """How many lists and objects stand within each other. It does not recurse."""
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, (dict, list))]:
        depth += 1
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


class DeltaText:
    """A text that arrives in pieces, any of which may end within a character."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, piece: str) -> str:
        """What can be shown of the text so far that `add` has not given yet."""
        text = self._half + piece
        self._half = text[-1:] if text[-1:] and "\ud800" <= text[-1] <= "\udbff" else ""
        return valid_text(text.removesuffix(self._half) if self._half else text)

    def finish(self) -> str:
        """What is left at the end: U+FFFD for the half of a character that nothing followed, else nothing."""
        half, self._half = self._half, ""
        return valid_text(half)
