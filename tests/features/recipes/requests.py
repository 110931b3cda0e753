"""Requests of every tab by chance, made from the request models' own declarations."""

from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from omni_ui.client import FileRef, Request, ui_option
from omni_ui.features.recipes import media_fields
from omni_ui.features.recipes.recipe import REQUESTS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WORDS = TEXT.filter(lambda text: text.strip())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def _types(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return [annotation]
    inner = [one for part in get_args(annotation) for one in _types(part)]
    return [annotation, get_origin(annotation), *inner]


def values_of(name: str, info: FieldInfo) -> st.SearchStrategy[Any]:
    """Values that a field takes, going by its declaration."""
    kinds = _types(info.annotation)
    for one in kinds:
        if get_origin(one) is Literal:
            choice = st.sampled_from(get_args(one))
            return st.lists(choice, min_size=1, unique=True) if list in kinds else choice
    if name == "size":
        return st.builds("{}x{}".format, st.integers(16, 2000), st.integers(16, 2000))
    if name == "seconds":
        return st.integers(1, 600).map(str)
    if name == "lora":
        return st.fixed_dictionaries({"name": WORDS, "path": WORDS, "scale": st.floats(0, 2)})
    if name == "url":
        return st.just(["http://example.invalid/a.png"])
    low, high, above = -(2**63), 2**63 - 1, False
    longest = 60
    for rule in info.metadata:
        low, high = getattr(rule, "ge", low), getattr(rule, "le", high)
        if getattr(rule, "gt", None) is not None:
            low, above = rule.gt, True
        longest = min(longest, getattr(rule, "max_length", longest))
    if bool in kinds:
        return st.booleans()
    if float in kinds:
        wide = low == -(2**63)
        return st.floats(-1e6 if wide else low, 1e6 if high > 1e6 else high, exclude_min=above, allow_nan=False)
    if int in kinds:
        return st.integers(low, high)
    if dict in kinds:
        return st.dictionaries(TEXT, JSON, max_size=3)
    return WORDS.map(lambda text: text[:longest]).filter(lambda text: text.strip())


def messages(path: Path) -> st.SearchStrategy[list[dict[str, Any]]]:
    text = st.builds(lambda words: {"type": "text", "text": words}, TEXT)
    file = st.sampled_from(
        [
            {"type": "image_url", "image_url": {"url": FileRef(path)}},
            {"type": "input_audio", "input_audio": {"data": FileRef(path, "base64"), "format": "wav"}},
        ]
    )
    content = WORDS | st.lists(text | file, min_size=1, max_size=3)
    message = st.builds(
        lambda role, said: {"role": role, "content": said}, st.sampled_from(["user", "system"]), content
    )
    return st.lists(message, min_size=1, max_size=3)


NEEDING = ("source_audio", "source_video")
"""Files that cannot be without another field, which is missing when it says so."""


@st.composite
def requests(draw: st.DrawFn, tab: str, files: dict[str, Path]) -> Request:
    """A request that can be sent. files: one for each kind ("image", "audio", "video")."""
    model = REQUESTS[tab]
    given: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        wanted = info.is_required() or draw(st.booleans())
        if name == "messages":
            given[name] = draw(messages(files["image"]))
        elif name in media_fields(model):
            path = files[ui_option(info, "kind")]
            if name == "image" or (wanted and name != "audio_reference"):
                given[name] = [path] if "list" in str(info.annotation) else path
        elif wanted:
            given[name] = draw(values_of(name, info))
    while True:
        try:
            return model(**given)
        except ValidationError as wrong:
            # Two fields that exclude each other: leave out the one that says so.
            name = str(wrong.errors()[0]["loc"][0])
            if model.model_fields[name].is_required():
                raise
            # Where a field that is missing says so, the one that cannot be without it.
            del given[next(one for one in (name, *NEEDING) if one in given)]
