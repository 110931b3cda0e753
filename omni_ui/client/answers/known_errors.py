"""What vLLM-Omni says when it refuses, read from known_errors.toml, and what a person can do about it."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from omni_ui.client import errors
from omni_ui.client.errors import OmniError
from omni_ui.client.json_types import Json

HEAD, TAIL = 6000, 2000
"""Characters at the beginning and at the end of a message in which the patterns are looked for."""

TABLE = Path(__file__).with_name("known_errors.toml")


@dataclass(frozen=True)
class Reply:
    """One known message. `says`, `hint` and the remedy may hold {0}, {1} … for the groups of the pattern.

    remedy: {"field": …, "value": what it is set to}, or with an "action": halve (a size or a number), fit (a size
    into `value` pixels), keep (the first `value` files), first (of the values that `value` lists), new_conversation.
    """

    pattern: str
    says: str
    hint: str = ""
    field: str | None = None
    remedy: dict[str, object] | None = None
    kind: type[OmniError] | None = None
    permanent: bool = True

    def match(self, message: str) -> re.Match[str] | None:
        return re.search(self.pattern, message, re.IGNORECASE | re.DOTALL)


def read_replies(text: str) -> list[Reply]:
    """The replies of a table in TOML, in its order. TOML has no null: a remedy without a value empties its field."""
    return [_read_reply(row) for row in tomllib.loads(text)["replies"]]


def _read_reply(row: Json) -> Reply:
    if remedy := row.get("remedy"):
        row["remedy"] = remedy if {"action", "value"} & set(remedy) else {**remedy, "value": None}
    return Reply(**{**row, "kind": getattr(errors, row["kind"]) if "kind" in row else None})


KNOWN_REPLIES = read_replies(TABLE.read_text(encoding="utf-8"))


def find_reply(message: str) -> tuple[Reply, tuple[str, ...]] | None:
    """The first known reply that this message is, with the groups of its pattern."""
    if len(message) > HEAD + TAIL:
        message = f"{message[:HEAD]}\n{message[-TAIL:]}"
    for reply in KNOWN_REPLIES:
        if match := reply.match(message):
            return reply, tuple(group or "" for group in match.groups())
    return None
