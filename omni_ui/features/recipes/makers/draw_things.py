"""Draw Things: XMP with the tool's name, and JSON in its exif:UserComment; `c` is the prompt, `uc` the negative one."""

from omni_ui.features.recipes.makers.opened import Findings, any_number, list_of, lora_name, object_of, text_of

TAKEN = {"c", "uc", "scale", "model", "lora", "v2"}


def read(held: dict[str, object]) -> Findings | None:
    """None for an object of another program."""
    if "c" not in held or not {"uc", "seed", "scale", "steps"} & set(held):
        return None
    findings = Findings("Draw Things", text_of(held.get("c")), text_of(held.get("uc")), text_of(held.get("model")))
    more = object_of(held.get("v2"))
    named = findings.take_named("draw_things", held)
    embedded = more.get("guidanceEmbed")
    distilled = "flux" in findings.model.lower() and any_number(embedded) is not None
    if distilled:
        findings.take("guidance_scale", "guidanceEmbed", embedded)
    findings.take("true_cfg_scale" if distilled else "guidance_scale", "scale", held.get("scale"))
    for lora in list_of(held.get("lora"))[:20]:
        name = lora_name(object_of(lora).get("model") or object_of(lora).get("file"), object_of(lora).get("weight"))
        findings.loras += [name] if name else []
    findings.leave(*(name for name in held if name not in TAKEN | named))
    return findings
