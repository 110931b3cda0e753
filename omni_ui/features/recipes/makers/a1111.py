"""The `parameters` text of AUTOMATIC1111's page and its children: Forge, SD.Next, Civitai, nodes of ComfyUI.

The prompt, a line "Negative prompt: …", and a line of "Name: value" pairs that begins with "Steps:". A value may be
quoted, or JSON; extensions write more lines after it (infotext in the wiki of AUTOMATIC1111/stable-diffusion-webui).
"""

import json
import re

from omni_ui.features.recipes.makers.opened import Findings, lora_name
from omni_ui.features.recipes.recipe import BadRecipe

LONGEST = 100_000
"""Characters of a text that is looked at."""
NAME = re.compile(r"[,\s]*([A-Za-z][\w \-/.()]{0,40}?):\s*")
PLAIN = re.compile(r".*?(?=,\s|,[A-Za-z]|,?$)")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
NEGATIVE = "Negative prompt:"
SIZE = re.compile(r"(\d{1,6})\s*[x×X*]\s*(\d{1,6})")
LORA = re.compile(r"<lora:([^:<>]{1,120})(?::([-+.\d]{1,10}))?[^<>]{0,40}>")
SILENT = {"Version", "App", "Created Date"}
"""What needs no word about not having been taken over."""


def read_parameters(text: str, maker: str = "") -> Findings:
    """What such a text says. BadRecipe for other texts."""
    if len(text) > LONGEST:
        raise BadRecipe("The settings in this picture are too long, so they were not read.")
    lines = text.strip().splitlines() or [""]
    place = _settings_line(lines)
    pairs = read_pairs(lines[place])
    if len(pairs) < 3:
        raise BadRecipe("The text in this picture is not A1111 settings.")
    said = "\n".join(lines[:place])
    prompt, _, negative = said.partition(f"\n{NEGATIVE}")
    if not place or lines[0].startswith(NEGATIVE):
        prompt, negative = "", said.removeprefix(NEGATIVE)
    if not prompt.strip():
        raise BadRecipe("The settings in this picture have no prompt.")
    findings = Findings(maker or maker_of(pairs), prompt, negative, pairs.get("Model", ""))
    distilled = pairs.get("Distilled CFG Scale", pairs.get("Distilled CFG scale"))
    if size := SIZE.fullmatch(pairs.get("Size", "")):
        findings.take_size(size[1], size[2], "Size")  # as these programs write it, which is not always as we do
    # One name for two fields of ours: of a model with distilled guidance, "CFG scale" is the true one.
    findings.take("guidance_scale", "Distilled CFG Scale", distilled)
    findings.take("true_cfg_scale", "CFG scale", pairs.get("CFG scale") if distilled else None)
    named = findings.take_named("a1111", pairs)
    used = {*named, "Distilled CFG Scale", "Distilled CFG scale", *SILENT}
    findings.leave(*(name for name in pairs if name not in used))
    findings.loras = [lora_name(*match) for match in LORA.findall(prompt)[:20]]
    after = [re.match(r"([A-Z][\w \-]{0,40}):", line) for line in lines[place + 1 :]]
    findings.leave(*(match[1] for match in after if match))
    return findings


def maker_of(pairs: dict[str, str]) -> str:
    """Which program wrote the pairs, where they say so."""
    version = pairs.get("Version", "")
    if any(name.startswith("Civitai") for name in pairs):
        return "Civitai"
    if pairs.get("App", "").startswith("SD.Next"):
        return "SD.Next"
    for name in ("ComfyUI", "Fooocus", "Omni UI"):
        if version.startswith(name):
            return name
    if version == "neo":
        return "Forge Neo"
    if re.match(r"f\d", version) or "Distilled CFG Scale" in pairs:
        return "Forge"
    return "AUTOMATIC1111" if re.match(r"v?1\.\d", version) else "AUTOMATIC1111 or a program like it"


def _settings_line(lines: list[str]) -> int:
    """The number of the line of pairs: the first that begins with "Steps:" and is one, else the last."""
    for number, line in enumerate(lines):
        if line.startswith("Steps:") and len(read_pairs(line)) >= 3:
            return number
    return len(lines) - 1


def read_pairs(line: str) -> dict[str, str]:
    """The pairs of a line. The first of a name counts, and what stands inside quotes or JSON is no pair."""
    pairs: dict[str, str] = {}
    at = 0
    while match := NAME.match(line, at):
        value, at = _value(line, match.end())
        pairs.setdefault(match[1].strip(), value)
    return pairs


def _value(line: str, at: int) -> tuple[str, int]:
    """A value and where it ends."""
    if line[at : at + 1] == '"' and (quoted := QUOTED.match(line, at)):
        try:
            return str(json.loads(quoted[0])), quoted.end()
        except ValueError:
            return quoted[0].strip('"'), quoted.end()
    if line[at : at + 1] in ("[", "{"):
        try:
            return "", json.JSONDecoder().raw_decode(line, at)[1]
        except (ValueError, RecursionError):
            pass
    plain = PLAIN.match(line, at)
    assert plain is not None  # it matches nothing, too
    return plain[0].strip(), plain.end()
