"""Looks a model up in the table of known models, or guesses by its name."""

import re

from omni_ui.client.server.deployed import published
from omni_ui.client.server.known_models import HINTS, KNOWN_MODELS
from omni_ui.client.server.model_facts import KnownModel, chat, edit, image, sound, video

UNKNOWN = "does not say what it makes: try whatever this server has a route for"
"""Of a model without a text stage whose name says nothing."""


def find_model(name: str) -> KnownModel | None:
    """The first entry for a model id, else what upstream publishes of it (deployed.py)."""
    lowered = name.lower().replace("_", "-")
    entry = next((entry for entry in KNOWN_MODELS if re.search(entry.pattern, lowered)), None)
    return entry or published(name)


def guess_model(name: str, max_model_len: int | None) -> KnownModel:
    """What a model may do whose name no entry knows: by words in its name, else by whether it has a text stage."""
    for pattern, does, can in HINTS:
        if re.search(pattern, name.lower()):
            return KnownModel(pattern, name, does, can)
    if max_model_len is None:
        return KnownModel("", name, UNKNOWN, image() | edit(None) | sound() | video("text image"))
    return KnownModel("", name, "answers in text", chat("text", "text"))


def recommended_fields(tab: str) -> list[str]:
    """The fields of a tab for which the makers of any known model recommend a value."""
    named = [name for entry in KNOWN_MODELS for name in entry.can.get(tab, {}).get("settings", {})]
    return list(dict.fromkeys(named))
