"""Settings in files of other programs: who made it is recognised, and what it says becomes a recipe of ours.

One file for each program; the sources of its format stand at its top. Nothing that is read is run or trusted.
"""

import re
from collections.abc import Callable
from pathlib import Path

from omni_ui.client.answers.valid_text import read_json
from omni_ui.core.files import Json
from omni_ui.features.recipes.makers import comfyui, draw_things, fooocus, invokeai, novelai, others, swarmui
from omni_ui.features.recipes.makers.a1111 import LONGEST, read_parameters
from omni_ui.features.recipes.makers.opened import Findings, OpenedSettings, object_of, text_of
from omni_ui.features.recipes.makers.texts import texts_in
from omni_ui.features.recipes.recipe import BadRecipe

__all__ = ["Findings", "OpenedSettings", "read_foreign", "read_foreign_text"]
PLACES = ("parameters", "UserComment", "comment", "ImageDescription", "Model", "Make", "generation_data", "description")
"""Where a text may hold all settings, the most telling first."""
PAIRS = re.compile(r"^Steps: [^\n]{1,2000}, Seed: \d|^Steps: \d{1,4}, [^\n]{1,2000}Seed: \d", re.MULTILINE)
"""The line of settings of A1111."""
NOTHING = "This file contains no settings: it was not made here, or another program removed them."


def read_foreign(path: Path, tab: str = "image") -> OpenedSettings:
    """The settings that another program put into a file, for one of our tabs. BadRecipe with one sentence."""
    return _opened(texts_in(path), tab)


def read_foreign_text(text: str) -> OpenedSettings:
    """The settings that another program saved alone: an object, a graph, or a text as A1111 writes it. BadRecipe."""
    is_drawing = text.lstrip().startswith("{") and '"nodes"' in text and '"links"' in text
    return _opened({"workflow" if is_drawing else "parameters": text}, "image")


def _opened(texts: dict[str, str], tab: str) -> OpenedSettings:
    try:
        findings = _named(texts) or _in_graph(texts) or _in_text(texts)
    except (ValueError, RecursionError) as wrong:
        if isinstance(wrong, BadRecipe):
            raise
        raise BadRecipe("The settings in this file are damaged, so they cannot be read.") from None
    if findings is None:
        raise BadRecipe(_what_is_there(texts))
    return findings.opened(tab)


def _named(texts: dict[str, str]) -> Findings | None:
    """Programs that put their settings under a name of their own."""
    if texts.get("UserComment", "").lstrip().startswith("{") and '"Comment"' in texts["UserComment"][:4000]:
        texts = texts | {name: text_of(text) for name, text in _object(texts["UserComment"]).items()}
    return invokeai.read(texts) or novelai.read(texts) or others.read(texts)


def _in_graph(texts: dict[str, str]) -> Findings | None:
    """ComfyUI's graph: in a text of its own, or in EXIF with its name before it."""
    graphs = [texts.get("prompt", "")]
    for text in texts.values():
        graphs += [text[len("prompt:") :]] if text[:8].lower().startswith("prompt:{") else []
    parameters = texts.get("parameters", "")
    if parameters and not parameters.lstrip().startswith("{"):
        return None  # a node that writes as A1111 does says what was used, with no need to follow links
    for text in graphs:
        if text.lstrip().startswith("{") and (findings := comfyui.read(_object(text))):
            return findings
    return None


def _in_text(texts: dict[str, str]) -> Findings | None:
    """Programs that put all settings into one text, as an object or in the manner of A1111."""
    for place in PLACES:
        text = texts.get(place, "")
        if text.lstrip().startswith("{"):
            held = _object(text)
            for reader in READERS:
                if findings := reader(held):
                    return findings
        elif "Steps:" in text or (place == "parameters" and text):
            comfyui_wrote = "prompt" in texts and "workflow" in texts
            return read_parameters(text, "ComfyUI" if comfyui_wrote else "Fooocus" if "fooocus_scheme" in texts else "")
    for name, text in texts.items():  # programs that pass a file on put it under other names
        if name not in PLACES and PAIRS.search(text[:LONGEST]):
            return read_parameters(text)
    return None


def _civitai(held: Json) -> Findings | None:
    """Civitai's own generator: a graph of ComfyUI, and what was entered as JSON within its `extraMetadata`."""
    said = held.get("extraMetadata", object_of(held.get("extra")).get("extraMetadata"))
    if isinstance(said, str):
        said = _object(said)
    if not isinstance(said, dict) or "prompt" not in said:
        return None
    findings = Findings("Civitai", text_of(said.get("prompt")), text_of(said.get("negativePrompt")))
    named = findings.take_named("civitai", said)
    findings.take("guidance_scale", "cfgScale", said.get("cfgScale"))
    findings.take_size(said.get("width"), said.get("height"))
    taken = {*named, "prompt", "negativePrompt", "cfgScale", "width", "height"}
    findings.leave(*(name for name in said if name not in taken))
    return findings


READERS: tuple[Callable[[Json], Findings | None], ...] = (
    swarmui.read,
    _civitai,
    fooocus.read,
    draw_things.read,
    comfyui.read,
)


def _object(text: str) -> Json:
    return dict(object_of(read_json(text, constants=True)))


def _what_is_there(texts: dict[str, str]) -> str:
    """The sentence for a file in which no settings were found, saying what else is there."""
    if "workflow" in texts:
        return (
            "This file was made by ComfyUI and contains only its workflow, not the settings that were run: "
            "load it in ComfyUI."
        )
    if "invokeai_graph" in texts or "invokeai_workflow" in texts:
        return (
            "This file was made by InvokeAI and contains only its workflow, not the picture's settings: "
            "load it in InvokeAI."
        )
    tool = texts.get("CreatorTool") or texts.get("Software") or ""
    if tool.isprintable() and 0 < len(tool) <= 80:
        return f"{NOTHING} It mentions {tool}."
    return NOTHING
