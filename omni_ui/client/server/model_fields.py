"""Fields that only some models take, as those of the requests say by `models`, `needed_by`, `inputs` and `tasks`.

A server of 0.30.0 accepts these fields for every model. What does not read one ignores it without a word, or answers
400; so they are offered where the model is known to read them, and where nobody knows the model.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from omni_ui.client.requests.base import Request, ui_option
from omni_ui.client.tabs import REQUESTS


def _said(tab: str, name: str) -> Mapping[str, list[str]]:
    """What the fields of a tab say under a name, where they say anything."""
    return _said_of(REQUESTS[tab], name) if tab in REQUESTS else {}


@cache
def _said_of(model: type[Request], name: str) -> Mapping[str, list[str]]:
    said = {field: ui_option(info, name) for field, info in model.model_fields.items()}
    return {field: value for field, value in said.items() if value}


SLOTS_OF_SOME = {tab: tuple(_said(tab, "always_sent")) for tab in REQUESTS}
"""By tab, those that are seen where the model reads them, and sent all the same by whoever names them."""
OF_SOME_MODELS = {
    tab: tuple(n for n in _said(tab, "models") if n not in (*SLOTS_OF_SOME[tab], *_said(tab, "inputs")))
    for tab in REQUESTS
}
"""By tab. All others are taken by every model, or said by the model's inputs or its task."""

# Not facts of fields, but of the page: which slots stand in one fold.
FOLDS = {
    "references": {"last_frame", "image_reference", "video_reference", "input_references", "audio_reference"},
    "clone": {"ref_audio", "ref_text", "x_vector_only_mode", "ref_audio_2"},
    "second_speaker": {"ref_audio_2"},
    "voices": {"ref_audio"},  # a voice that is saved is a recording to copy
}
"""By the name of a fold what is in it. Where none of that is taken, the fold is hidden too."""


def fields_of_model(tab: str, names: Iterable[str | None]) -> dict[str, list[str]]:
    """What a model takes and needs. names: its id, and its root.

    "takes": of the fields that only some models take, those that this one does. "needs": what it cannot do without,
    where there is anything.
    """
    lowered = [name.lower() for name in names if name]
    needs = _of_model(_said(tab, "needed_by"), lowered)
    return {"takes": _of_model(_said(tab, "models"), lowered)} | ({"needs": needs} if needs else {})


def _of_model(patterns: Mapping[str, list[str]], names: list[str]) -> list[str]:
    """The fields one of whose patterns is found in one of the names."""
    return [
        field
        for field, listed in patterns.items()
        if any(re.search(pattern, name) for pattern in listed for name in names)
    ]


def fields_not_taken(
    tab: str, taken: Iterable[str], inputs: Iterable[str] | None = None, task: str | None = None
) -> list[str]:
    """The fields of a tab that its model does not take.

    inputs: the kinds of input of a model of videos. task: the only one of a model of speech, where it has only one.
    """
    of_some = OF_SOME_MODELS.get(tab, ()) + SLOTS_OF_SOME.get(tab, ())
    kept, kinds = set(taken), frozenset(inputs or ())
    slots = [name for name, wanted in _said(tab, "inputs").items() if kinds and kinds.isdisjoint(wanted)]
    if "video_reference" in kept:  # the slots by role take its place
        slots.append("input_references")
    others = [name for name, read_for in _said(tab, "tasks").items() if task and task not in read_for]
    hidden = list(dict.fromkeys([*(name for name in (*of_some, *slots) if name not in kept), *others]))
    return hidden + [fold for fold, folded in FOLDS.items() if folded <= set(hidden)]
