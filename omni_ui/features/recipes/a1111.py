"""Settings out of the `parameters` text of pictures made by A1111 and its kin, as far as they match ours."""

import json
import re
from typing import Any

from pydantic import ValidationError

from omni_ui.client import ImageRequest
from omni_ui.features.recipes.recipe import BadRecipe, Recipe

LONGEST = 100_000
"""Characters of a text that is looked at."""
PAIR = re.compile(r'\s*([A-Za-z][\w \-/]{0,40}):\s*("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)')
NUMBERS = {"Steps": ("num_inference_steps", int), "CFG scale": ("guidance_scale", float), "Seed": ("seed", int)}
NEGATIVE = "Negative prompt:"


def read_parameters(text: str) -> tuple[Recipe, list[str]]:
    """The recipe for the Image tab, and the names of the settings that were left out.

    What is out of our bounds, or has no counterpart (samplers, checkpoints …), is left out. BadRecipe for other texts.
    """
    if len(text) > LONGEST:
        raise BadRecipe("The settings in this picture are far longer than settings can be, so they were not read.")
    *lines, last = text.strip().splitlines() or [""]
    pairs = {name.strip(): _plain(value) for name, value in PAIR.findall(last)}
    if len(pairs) < 3:
        raise BadRecipe("The text in this picture does not hold settings of A1111.")
    prompt, _, negative = "\n".join(lines).partition(f"\n{NEGATIVE}")
    if not lines or lines[0].startswith(NEGATIVE):
        prompt, negative = "", "\n".join(lines).removeprefix(NEGATIVE)
    if not prompt.strip():
        raise BadRecipe("The settings in this picture have no prompt.")
    wanted: dict[str, Any] = {"prompt": prompt.strip(), "negative_prompt": negative.strip() or None}
    used = {"Size", *NUMBERS} & set(pairs)
    for name, (field, kind) in NUMBERS.items():
        wanted[field] = _number(pairs.get(name, ""), kind)
    wanted["seed"] = None if wanted["seed"] == -1 else wanted["seed"]
    wanted["size"] = pairs.get("Size")
    left = [name for name in pairs if name not in used and name != "Version"]
    request, refused = _within_bounds({name: value for name, value in wanted.items() if value is not None})
    names = {field: name for name, (field, _) in NUMBERS.items()} | {"size": "Size", "negative_prompt": NEGATIVE[:-1]}
    if "prompt" in refused:
        raise BadRecipe("The prompt in this picture is too long.")
    left += [names[field] for field in refused]
    return Recipe.from_dict({"omni": 1, "tab": "image", "request": request}), left


def _within_bounds(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values that the request model takes, and the names of those that it does not."""
    try:
        ImageRequest(**values)
    except ValidationError as wrong:
        refused = list(dict.fromkeys(str(one["loc"][0]) for one in wrong.errors()))
        return {name: value for name, value in values.items() if name not in refused}, refused
    return values, []


def _plain(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value


def _number(text: str, kind: type) -> Any:
    if len(text) > 25:
        return None
    try:
        return kind(text)
    except ValueError:
        return None
