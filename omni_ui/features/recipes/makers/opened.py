"""What other programs wrote, gathered for one of our tabs: values by wire name, and names of what has no place here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import ValidationError

from omni_ui.client import ui_option
from omni_ui.client.requests.base import Program
from omni_ui.core.files import Json
from omni_ui.features.recipes.recipe import REQUESTS, BadRecipe, Recipe

LONGEST_NUMBER = 30
"""Characters of a number that is read."""
MOST_NAMES = 24
"""Names of settings that are told as not taken over."""
INT64 = 2**63
PROMPTS = {"sound": "input"}
"""The field of the prompt, where it has another name than in pictures."""


@cache
def wire_names(program: Program) -> dict[str, str]:
    """Our wire names by what a program calls them, as the fields of the requests say by `elsewhere`.

    Of two fields with one name the first counts, in the order of tabs and of their fields.
    """
    names: dict[str, str] = {}
    for model in REQUESTS.values():
        for wire_name, info in model.model_fields.items():
            called = ui_option(info, "elsewhere", {})
            name = called.get(program) or (called.get("others") if program != "a1111" else None)
            if name:
                names.setdefault(name, wire_name)
    return names


@dataclass(frozen=True)
class OpenedSettings:
    """The recipe in a file. left_out: names of settings in it that were not taken over. maker: "" for our own."""

    recipe: Recipe
    left_out: list[str] = field(default_factory=list)
    maker: str = ""
    loras: list[str] = field(default_factory=list)


@dataclass
class Findings:
    """What one file of another program says. values: by wire name of ours, with the name that the file gives them."""

    maker: str
    prompt: str = ""
    negative: str = ""
    model: str = ""
    loras: list[str] = field(default_factory=list)
    values: dict[str, tuple[str, object]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def take(self, wire_name: str, name: str, value: object) -> None:
        """Notes a value; the first one of a field counts."""
        if value not in (None, "") and wire_name not in self.values:
            self.values[wire_name] = name, value

    def take_named(self, program: Program, held: Mapping[str, object]) -> set[str]:
        """Notes the values of all fields that say what this program calls them. Returns those names."""
        names = wire_names(program)
        for name, wire_name in names.items():
            self.take(wire_name, name, held.get(name))
        return set(names)

    def take_size(self, width: object, height: object, name: str = "size") -> None:
        """Width and height in pixels as our size."""
        width, height = whole_number(width), whole_number(height)
        if width and height:
            self.take("size", name, f"{width}x{height}")

    def leave(self, *names: str) -> None:
        self.left_out += [short_name(name) for name in names if name]

    def opened(self, tab: str = "image") -> OpenedSettings:
        """The settings for a tab; what its request model does not take is left out and named. Raises BadRecipe."""
        model = REQUESTS[tab]
        if not self.prompt.strip():
            raise BadRecipe(f"This file was made by {self.maker}, but it contains no prompt.")
        request: Json = {PROMPTS.get(tab, "prompt"): self.prompt.strip()}
        left_out = list(self.left_out)
        for wire_name, (name, value) in self.values.items():
            info = model.model_fields.get(wire_name)
            number = _fitting(str(info.annotation) if info else "", value)
            if wire_name == "seed" and number == -1:
                continue  # these programs write what they drew, and -1 only where nothing was fixed
            if info is None or number is None:
                left_out.append(short_name(name))
            else:
                request[wire_name] = number
        if self.negative.strip():
            request["negative_prompt"] = self.negative.strip()
        names = {wire_name: name for wire_name, (name, _) in self.values.items()} | {
            "negative_prompt": "negative prompt"
        }
        try:
            model(**request)
        except ValidationError as wrong:
            refused = list(dict.fromkeys(str(error["loc"][0]) for error in wrong.errors() if error["loc"]))
            if PROMPTS.get(tab, "prompt") in refused:
                raise BadRecipe("The prompt in this file is too long.") from None
            left_out += [short_name(names.get(wire_name, wire_name)) for wire_name in refused]
            request = {wire_name: value for wire_name, value in request.items() if wire_name not in refused}
        name = self.model.strip()
        held: Json = {"omni": 1, "tab": tab, "request": request}
        if 0 < len(name) <= 300 and name.isprintable():
            held["model"] = name
        return OpenedSettings(
            Recipe.from_dict(held), list(dict.fromkeys(left_out))[:MOST_NAMES], self.maker, self.loras
        )


def _fitting(annotation: str, value: object) -> object:
    """The value as a field of this type takes it; None when it is no such value."""
    if "int" in annotation and "float" not in annotation:
        return whole_number(value)
    if "float" in annotation:
        return any_number(value)
    return value if isinstance(value, str) and value else None


def any_number(value: object) -> float | None:
    """A finite number, also as text, also with a comma for the point."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def whole_number(value: object) -> int | None:
    """A whole number, also as text and as `24.0`, exact up to 64 bits; None for anything else."""
    if isinstance(value, str) and value.strip().lstrip("+-").isdecimal() and len(value) <= LONGEST_NUMBER:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -INT64 <= value < INT64 else None
    number = any_number(value)
    return int(number) if number is not None and number == int(number) and abs(number) < INT64 else None


def short_name(name: object) -> str:
    """A name out of a stranger's file as it can stand in a sentence: short, on one line."""
    text = "".join(char if char.isprintable() else " " for char in str(name)[:60]).strip()
    return text + " …" if len(str(name)) > 60 else text


def text_of(value: object) -> str:
    """The value when it is text, else ""."""
    return value if isinstance(value, str) else ""


def object_of(value: object) -> Mapping[str, object]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def lora_name(name: object, strength: object = None) -> str:
    """An adapter in words, such as "animals (0.8)"; "" when it has no name."""
    label = short_name(name) if isinstance(name, str) and name and name.lower() != "none" else ""
    number = any_number(strength)
    return f"{label} ({number:g})" if label and number is not None else label
