"""The page in other languages: the English text is the key, and each language is one file of omni_ui/languages.

Gradio's own I18n translates what Gradio draws (labels, hints, buttons, choices, tab titles), language.js all
else, from the same file: it is asked for from the route below by those browsers only that want that language.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

FOLDER = Path(__file__).parent
mark = gr.I18n()
"""Marks a text for Gradio to translate where it draws it."""
MarkedText = type(mark("key"))
"""A text with that mark."""
DRAWN = ("label", "info", "placeholder")
"""The texts of a component that Gradio draws."""


@dataclass(frozen=True)
class Language:
    """One file. Its name is the language's code, as browsers and Gradio call it ("zh-CN")."""

    code: str
    name: str
    """What its speakers call it."""
    texts: dict[str, str]
    """By the English text; {1}, {2} … stand for what changes, and may change their order."""


@cache
def languages() -> tuple[Language, ...]:
    """All but English, by code."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")))


def _read(path: Path) -> Language:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Language(path.stem, content["language"], content["texts"])


def choices() -> list[tuple[str, str]]:
    """Code and name of each language that the page can be shown in."""
    return [("en", "English"), *((language.code, language.name) for language in languages())]


def drawn(text: Any) -> Any:
    """The text, marked for Gradio to translate where it draws it; as it is when no language has it.

    For handlers that give new choices, whose texts must be among those that the page began with.
    """
    translated = isinstance(text, str) and any(text in language.texts for language in languages())
    # Gradio looks for the end of a mark at the first brace.
    return mark(f"omni:{text}") if translated and "}" not in text else text


def translatable(page: gr.Blocks) -> gr.I18n:
    """Marks the texts of the page's components for Gradio, and gives what it needs to translate them.

    Gradio also translates the first value of a component when that is a key by chance. So the keys are no texts that
    a value could be: they begin with "omni:".
    """
    tables: dict[str, dict[str, str]] = {code: {} for code, _ in choices()}

    def gather(text: Any) -> Any:
        marked = drawn(text)
        if isinstance(marked, MarkedText):
            tables["en"][marked.key] = text
            for language in languages():
                tables[language.code][marked.key] = language.texts.get(text, text)
        return marked

    for block in page.blocks.values():
        for name in (*DRAWN, "value") if isinstance(block, gr.Button) else DRAWN:
            if hasattr(block, name):
                setattr(block, name, gather(getattr(block, name)))
        if isinstance(block, gr.Dropdown | gr.Radio | gr.CheckboxGroup):
            block.choices = [(gather(label), value) for label, value in block.choices]
    _keep_the_api_english(page)
    return gr.I18n(**tables)


def _keep_the_api_english(page: gr.Blocks) -> None:
    """The description of the API names its parameters by their labels: programs get those in English."""
    describe = page.get_api_info

    def english(*arguments: Any, **more: Any) -> Any:
        return _plain(describe(*arguments, **more))

    page.get_api_info = english  # type: ignore[method-assign]


def _plain(info: object) -> object:
    if isinstance(info, MarkedText):
        return info.key.removeprefix("omni:")
    if isinstance(info, dict):
        return {name: _plain(value) for name, value in info.items()}
    return [_plain(item) for item in info] if isinstance(info, list) else info


def language_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/omni/languages/{code}")
    async def texts(code: str) -> Response:
        """The texts of one language, by the English ones. Asked for again when the app was updated."""
        language = next((candidate for candidate in languages() if candidate.code == code), None)
        if not language:
            return JSONResponse({"detail": "There is no such language."}, 404)
        return JSONResponse(language.texts, headers={"cache-control": "no-cache"})

    return router


def marks_as_text(value: object) -> object:
    """An update of a component with its marked texts in the form in which pages read them.

    Gradio writes them so for pages and for its own client, and fails on them in the answers of /gradio_api/call.
    """
    if isinstance(value, MarkedText):
        return str(value)
    if isinstance(value, dict) and value.get("__type__") == "update":
        return {name: _marks_in_property(part) for name, part in value.items()}
    return value


def _marks_in_property(value: Any) -> object:
    """Also for choices: a list of pairs, or a list of texts."""
    if isinstance(value, MarkedText):
        return str(value)
    return type(value)(map(_marks_in_property, value)) if type(value) in (list, tuple) else value
