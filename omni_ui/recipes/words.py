"""A recipe in words: rows for people, and the `parameters` text that tools for A1111's pictures read.

That text is the prompt, a line "Negative prompt: …", and a line of "Name: value" pairs; readers want three of these.
Its form is described in the wiki of AUTOMATIC1111/stable-diffusion-webui (infotext).
"""

import json
from typing import Any

from omni_ui.client import hint
from omni_ui.recipes.recipe import Recipe

MADE_BY = "Omni UI"
TEXTS = ("prompt", "input", "messages")
"""The fields that hold what was asked for."""


def labelled(recipe: Recipe) -> list[tuple[str, str]]:
    """Each setting as (label, value), files by their names, as a table for people."""
    rows = [("Model", recipe.model)] if recipe.model else []
    for name, info in recipe.fields.model_fields.items():
        label = info.title or name
        if unit := hint(info, "unit"):
            label = f"{label} ({unit})"
        if name == "messages":
            rows += [(_who(one), _said(one)) for one in recipe.request.get(name, [])]
        elif name in recipe.media:
            rows.append((label, ", ".join(one.name for one in recipe.media[name])))
        elif name in recipe.request and hint(info, "place") != "hidden":
            rows.append((label, _written(recipe.request[name])))
    return [(label, value) for label, value in rows if value]


def parameters(recipe: Recipe, size: tuple[int, int] | None = None) -> str:
    """The text of `parameters`. size: of the picture itself, in pixels, where the recipe leaves it to the model."""
    given = recipe.request
    lines = [_asked(recipe)]
    if given.get("negative_prompt"):
        lines.append(f"Negative prompt: {given['negative_prompt']}")
    pairs: dict[str, Any] = {
        "Steps": given.get("num_inference_steps"),
        "CFG scale": given.get("guidance_scale", given.get("true_cfg_scale")),
        "Seed": given.get("seed"),
        "Size": given.get("size") or (f"{size[0]}x{size[1]}" if size else None),
        "Model": recipe.model,
        "Batch size": given.get("n", 1),
        "Task": recipe.tab,
        "Version": MADE_BY,
    }
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in pairs.items() if value is not None))
    return "\n".join(lines).replace("\x00", " ")


def _asked(recipe: Recipe) -> str:
    given = next((recipe.request[name] for name in TEXTS if name in recipe.request), "")
    return given if isinstance(given, str) else "\n".join(_said(one) for one in given if one["role"] == "user")


def _said(message: dict[str, Any]) -> str:
    content = message.get("content")
    parts = [{"text": content}] if isinstance(content, str) else content or []
    return " ".join(part.get("text") or "(file)" for part in parts)


def _who(message: dict[str, Any]) -> str:
    return {"user": "You", "assistant": "Answer"}.get(message.get("role", ""), "System prompt")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else _number(value)


def _number(value: Any) -> str:
    """7 and not 7.0, as people write it."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _quoted(value: Any) -> str:
    text = _number(value)
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ',:\n"') else text
