"""InvokeAI: `invokeai_metadata` since version 3, `sd-metadata` before (invokeai/app/invocations/metadata.py)."""

import re
from typing import Any

from omni_ui.client.answers.valid_text import read_json
from omni_ui.features.recipes.makers.opened import Findings, list_of, lora_name, object_of, text_of

SILENT = {"app_version", "generation_mode", "model", "loras", "width", "height", "positive_prompt", "negative_prompt"}


def read(texts: dict[str, str]) -> Findings | None:
    """None for a file of another program. Raises ValueError and RecursionError for JSON that is none."""
    if "invokeai_metadata" in texts:
        return _new(object_of(read_json(texts["invokeai_metadata"], constants=True)))
    if "sd-metadata" in texts:
        return _old(object_of(read_json(texts["sd-metadata"], constants=True)))
    return None


def _new(held: Any) -> Findings:
    model = object_of(held.get("model"))
    findings = Findings("InvokeAI", text_of(held.get("positive_prompt")), text_of(held.get("negative_prompt")))
    findings.model = text_of(model.get("name")) or text_of(model.get("model_name"))
    flux = "flux" in f"{model.get('base', '')} {findings.model}".lower()
    named = findings.take_named("invokeai", held)
    findings.take("guidance_scale", "guidance", held.get("guidance"))
    distilled = flux or "guidance_scale" in findings.values
    findings.take("true_cfg_scale" if distilled else "guidance_scale", "cfg_scale", held.get("cfg_scale"))
    findings.take_size(held.get("width"), held.get("height"))
    for lora in list_of(held.get("loras"))[:20]:
        adapter = object_of(object_of(lora).get("model") or object_of(lora).get("lora"))
        name = lora_name(adapter.get("name") or adapter.get("model_name"), object_of(lora).get("weight"))
        findings.loras += [name] if name else []
    taken = {*named, "guidance", "cfg_scale", *SILENT}
    findings.leave(*(name for name, value in held.items() if name not in taken and value not in (None, [], "", {})))
    return findings


def _old(held: Any) -> Findings:
    image = object_of(held.get("image"))
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = "\n".join(text_of(object_of(part).get("prompt")) for part in prompt)
    said = text_of(prompt)[:100_000]
    negative = ", ".join(re.findall(r"\[([^\[\]]*)\]", said))
    findings = Findings("InvokeAI", re.sub(r"\[[^\[\]]*\]", "", said), negative, text_of(held.get("model_weights")))
    named = findings.take_named("invokeai", image)
    findings.take("guidance_scale", "cfg_scale", image.get("cfg_scale"))
    findings.take_size(image.get("width"), image.get("height"))
    taken = {*named, "prompt", "cfg_scale", "width", "height"}
    findings.leave(*(name for name, value in image.items() if name not in taken and value not in (None, [], "")))
    return findings
