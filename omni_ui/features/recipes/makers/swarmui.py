"""SwarmUI: an object `sui_image_params` in `parameters`, in EXIF's UserComment, or in its Model (old versions)."""

from omni_ui.features.recipes.makers.opened import Findings, any_number, list_of, lora_name, object_of, text_of

TAKEN = {"prompt", "negativeprompt", "model", "cfgscale", "fluxguidancescale", "width", "height", "loras",
         "loraweights", "images", "swarm_version"}  # fmt: skip


def read(held: dict[str, object]) -> Findings | None:
    """None for an object of another program."""
    params = object_of(held.get("sui_image_params"))
    if not params:
        return None
    findings = Findings(
        "SwarmUI", text_of(params.get("prompt")), text_of(params.get("negativeprompt")), text_of(params.get("model"))
    )
    named = findings.take_named("swarmui", params)
    distilled = params.get("fluxguidancescale")
    findings.take("guidance_scale", "fluxguidancescale", distilled)
    own_cfg = "true_cfg_scale" if any_number(distilled) is not None else "guidance_scale"
    findings.take(own_cfg, "cfgscale", params.get("cfgscale"))
    findings.take_size(params.get("width"), params.get("height"))
    weights = list_of(params.get("loraweights"))
    for number, lora in enumerate(list_of(params.get("loras"))[:20]):
        name = lora_name(lora, weights[number] if number < len(weights) else None)
        findings.loras += [name] if name else []
    findings.leave(*(name for name in params if name not in TAKEN | named))
    return findings
