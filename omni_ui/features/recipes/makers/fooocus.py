"""Fooocus: an object in `parameters`, UserComment or a comment (modules/meta_parser.py); RuinedFooocus likewise."""

import re

from omni_ui.features.recipes.makers.opened import Findings, list_of, lora_name, text_of

TAKEN = {"prompt", "negative_prompt", "guidance_scale", "resolution", "base_model", "loras", "version",
         "metadata_scheme", "full_prompt", "full_negative_prompt", "created_by"}  # fmt: skip
RUINED = {"Prompt", "Negative", "cfg", "width", "height", "base_model_name", "loras", "software"}


def read(held: dict[str, object]) -> Findings | None:
    """None for an object of another program."""
    if str(held.get("software", "")).startswith("RuinedFooocus"):
        findings = Findings("RuinedFooocus", text_of(held.get("Prompt")), text_of(held.get("Negative")))
        findings.model = text_of(held.get("base_model_name"))
        findings.take("guidance_scale", "cfg", held.get("cfg"))
        findings.take_size(held.get("width"), held.get("height"))
        taken = RUINED
    elif "base_model" in held and "prompt" in held:
        findings = Findings("Fooocus", text_of(held.get("prompt")), text_of(held.get("negative_prompt")))
        findings.model = text_of(held.get("base_model"))
        findings.take("guidance_scale", "guidance_scale", held.get("guidance_scale"))
        numbers = re.findall(r"\d{1,6}", str(held.get("resolution", ""))[:40])
        if len(numbers) == 2:
            findings.take_size(numbers[0], numbers[1], "resolution")
        taken = TAKEN
    else:
        return None
    taken = taken | findings.take_named("fooocus", held)
    for lora in list_of(held.get("loras"))[:20]:
        name = lora_name(*lora[:2]) if isinstance(lora, list) and lora else lora_name(lora)
        findings.loras += [name] if name else []
    for number in range(1, 9):  # version 2.5: "name : weight"
        name, _, weight = text_of(held.get(f"lora_combined_{number}")).rpartition(" : ")
        findings.loras += [label] if (label := lora_name(name, weight)) else []
    findings.leave(
        *(name for name, value in held.items() if name not in taken and not name.startswith("lora_") and value != "")
    )
    return findings
