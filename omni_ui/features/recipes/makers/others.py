"""Easy Diffusion (its settings as texts of their own, or as an object), InvokeAI before 2.0 (`Dream`), Midjourney.

Easy Diffusion: ui/easydiffusion/utils/save_utils.py, names with underscores or as its page labels them. Dream: the
prompt in quotes and switches of a command line. Midjourney: the prompt with switches, and the id of the job.
"""

import re

from omni_ui.client.answers.valid_text import read_json
from omni_ui.features.recipes.makers.opened import Findings, object_of, text_of, wire_names

LABELS = {
    "prompt": "prompt", "negative_prompt": "negative_prompt", "num_inference_steps": "num_inference_steps",
    "guidance_scale": "guidance_scale", "width": "width", "height": "height", "stable_diffusion_model": "model",
    "use_stable_diffusion_model": "model",
}  # fmt: skip
"""Besides what our fields say by `elsewhere`. Like the server, this program took some names from diffusers."""
EASY = {"use_stable_diffusion_model", "Stable Diffusion model", "num_inference_steps", "Guidance Scale"}
DREAM = re.compile(r'^"?(.{1,32000}?)"?(?=\s+-[sSWHCA])', re.DOTALL)
SWITCH = re.compile(r"\s-([sSWHC])\s{0,3}([\d.]{1,20})")
JOB = re.compile(r"\s*Job ID:\s*[0-9a-f-]{4,40}\s*$")
MIDJOURNEY = re.compile(r"\s--([a-z]{1,12})(?:\s+((?:(?!\s--)[^\n]){0,200}))?")


def read(texts: dict[str, str]) -> Findings | None:
    """None for a file of another program."""
    comment = texts.get("UserComment", "")
    if comment.lstrip().startswith("{") and any(f'"{name}"' in comment[:20_000] for name in EASY):
        return _easy_diffusion(dict(object_of(read_json(comment, constants=True))))
    if EASY & set(texts) and not texts.get("prompt", "").startswith("{"):
        return _easy_diffusion(dict(texts))
    if texts.get("Dream"):
        return _dream(texts["Dream"])
    return _midjourney(texts["Description"]) if JOB.search(texts.get("Description", "")[-80:]) else None


def _easy_diffusion(held: dict[str, object]) -> Findings | None:
    named = wire_names("easy_diffusion")
    labels = named | LABELS
    values = {labels.get(name.lower().replace(" ", "_"), ""): value for name, value in held.items()}
    if not text_of(values.get("prompt")):
        return None
    findings = Findings("Easy Diffusion", text_of(values["prompt"]), text_of(values.get("negative_prompt")))
    findings.model = text_of(values.get("model"))
    for name in dict.fromkeys((*named.values(), "num_inference_steps", "guidance_scale")):
        findings.take(name, name, values.get(name))
    findings.take_size(values.get("width"), values.get("height"))
    findings.leave(*(name for name in held if name.lower().replace(" ", "_") not in labels))
    return findings


def _dream(text: str) -> Findings:
    match = DREAM.match(text)
    prompt = match[1] if match else text
    negative = ", ".join(re.findall(r"\[([^\[\]]{1,2000})\]", prompt))
    findings = Findings("InvokeAI", re.sub(r"\[[^\[\]]{1,2000}\]", "", prompt), negative)
    switches = dict(SWITCH.findall(text[match.end() :] if match else ""))
    for switch, name in (("s", "num_inference_steps"), ("S", "seed"), ("C", "guidance_scale")):
        findings.take(name, f"-{switch}", switches.get(switch))
    findings.take_size(switches.get("W"), switches.get("H"))
    return findings


def _midjourney(text: str) -> Findings:
    text = JOB.sub("", text)
    switches = {name: (value or "").strip() for name, value in MIDJOURNEY.findall(text)}
    findings = Findings("Midjourney", re.split(r"\s--[a-z]", text, maxsplit=1)[0], switches.pop("no", ""))
    findings.take("seed", "--seed", switches.pop("seed", None))
    findings.leave(*(f"--{name}" for name in switches))
    return findings
