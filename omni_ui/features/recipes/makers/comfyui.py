"""ComfyUI: the graph in `prompt`, node id to {class_type, inputs}; an input is a value, or a link [node id, slot].

The sampler that led to the saved picture is looked for from the end, and from it upstream all that went into it: not
which node has which name is asked, but which input has. Circles, depth and size are bounded, since files are hostile.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

from omni_ui.core.files import Json
from omni_ui.features.recipes.makers.opened import Findings, any_number, lora_name, object_of, text_of
from omni_ui.features.recipes.recipe import BadRecipe

MOST_NODES = 4000
MOST_ENDS = 50
"""Saved results, and samplers before them, that are looked at."""
DEEPEST = 40
"""Links that are followed one after the other."""
LONGEST_PROMPT = 32_000
SCALARS = ("value", "Value", "int", "float", "number", "seed", "noise_seed")
STRINGS = ("text", "string", "value", "prompt", "text_a", "text_b", "string_a", "string_b", "text1", "text2",
           "text_g", "clip_l", "t5xxl", "positive_prompt", "tags", "lyrics", "wildcard_text")  # fmt: skip
CONDITIONS = ("conditioning", "conditioning_1", "conditioning_2", "conditioning_to", "conditioning_from")
PIPES = ("pipe", "basic_pipe", "bus", "context", "base_ctx")
"""Links that carry the model and both prompts at once."""
MODELS = ("ckpt_name", "unet_name", "model_name", "gguf_name", "model")
QUIET = ("Save", "Preview", "VAE", "Note", "Show", "Reroute", "CLIPLoader", "DualCLIPLoader", "Primitive")
"""Beginnings of the names of nodes that say nothing about settings."""

Node = Json


def read(held: Json) -> Findings | None:
    """None for an object that is no graph. BadRecipe for one without a sampler."""
    nodes = {str(name): node for name, node in held.items() if isinstance(node, dict) and "class_type" in node}
    if not nodes:
        return None
    if len(nodes) > MOST_NODES:
        raise BadRecipe("The ComfyUI graph in this file has too many nodes, so it was not read.")
    return _Graph(nodes).findings()


class _Graph:
    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.used: set[str] = set()

    def inputs(self, name: str) -> Node:
        return dict(object_of(self.nodes[name].get("inputs")))

    def kind(self, name: str) -> str:
        return str(self.nodes[name].get("class_type"))

    def link(self, value: object) -> str | None:
        """The node that a link points to; None when it is no link, or leads nowhere."""
        target = str(value[0]) if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], list) else ""
        return target if target in self.nodes else None

    def upstream(self, start: str | None) -> Iterator[str]:
        """The node and all before it, the nearest first."""
        waiting = deque([start] if start else [])
        seen = set(waiting)
        while waiting:
            name = waiting.popleft()
            yield name
            for value in self.inputs(name).values():
                target = self.link(value)
                if target and target not in seen:
                    seen.add(target)
                    waiting.append(target)

    def scalar(self, value: object, name: str = "", seen: set[str] | None = None) -> object:
        """A number or text, also at the end of links through primitive nodes."""
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return value
        target = self.link(value)
        seen = set() if seen is None else seen
        if target is None or target in seen or len(seen) > DEEPEST:
            return None
        seen.add(target)
        self.used.add(target)
        inputs = self.inputs(target)
        for key in (name, *SCALARS):
            if key in inputs and (inner := self.scalar(inputs[key], name, seen)) is not None:
                return inner
        return None

    def nearest(self, start: str | None, *names: str) -> object:
        """The first number or text upstream with one of these names."""
        for node in self.upstream(start):
            inputs = self.inputs(node)
            for name in names:
                if name in inputs and (value := self.scalar(inputs[name], name)) is not None:
                    self.used.add(node)
                    return value
        return None

    def text(self, value: Any, slot: str = "positive", depth: int = 0, seen: set[str] | None = None) -> str:
        """The words of a conditioning or of a text that nodes put together."""
        if isinstance(value, str):
            return value[:LONGEST_PROMPT]
        seen = set() if seen is None else seen
        target = self.link(value)
        if target is None or depth > DEEPEST or target in seen or "ZeroOut" in self.kind(target):
            return ""
        self.used.add(target)
        seen.add(target)
        inputs = self.inputs(target)
        named = [name for name in STRINGS if name in inputs]
        if not named:
            # Nodes with two conditionings pass each on in a slot of its own.
            if {"positive", "negative"} <= set(inputs) and not isinstance(inputs["positive"], str):
                slot = "positive" if value[1] == 0 else "negative" if value[1] == 1 else slot
            named = [slot] if slot in inputs else [name for name in CONDITIONS if name in inputs]
            named = named or [name for name in inputs if name in PIPES or "Reroute" in self.kind(target)]
        words = [self.text(inputs[name], slot, depth + 1, seen) for name in named[:4]]
        separator = inputs.get("delimiter", "\n")
        return (separator if isinstance(separator, str) and len(separator) < 20 else "\n").join(
            dict.fromkeys(filter(None, words))
        )[:LONGEST_PROMPT]

    def sampler(self) -> tuple[str, int]:
        """The first sampler on the way to what was saved, and how many there are."""
        ends = [name for name in self.nodes if self.kind(name).startswith(("Save", "VHS_Video", "Image Save"))]
        reached: dict[str, None] = {}
        for end in ends[:MOST_ENDS] or list(self.nodes)[:MOST_ENDS]:
            reached |= dict.fromkeys(name for name in self.upstream(end) if self._samples(name))
        samplers = list(reached) or [name for name in self.nodes if self._samples(name)]
        if not samplers:
            raise BadRecipe("This file was made by ComfyUI, but its graph has no sampler that this page knows.")
        for name in samplers[:MOST_ENDS]:
            before = self.link(self.inputs(name).get("latent_image") or self.inputs(name).get("samples"))
            if not any(other in samplers for other in self.upstream(before)):
                return name, len(samplers)
        return samplers[0], len(samplers)

    def _samples(self, name: str) -> bool:
        inputs = self.inputs(name)
        whole = {"seed", "noise_seed"} & set(inputs) and {"steps", "sigmas"} & set(inputs)
        return "SamplerCustomAdvanced" in self.kind(name) or bool(
            whole and {"positive", "cfg", "text_embeds", "guider"} & set(inputs)
        )

    def findings(self) -> Findings:
        name, count = self.sampler()
        self.used.add(name)
        inputs = self.inputs(name)
        guider = self.link(inputs.get("guider"))
        guided = self.inputs(guider) if guider else {}
        if guider:
            self.used.add(guider)
        pipe = next((inputs[name] for name in PIPES if name in inputs), None)
        positive = inputs.get("positive", guided.get("positive", guided.get("conditioning", pipe)))
        negative = inputs.get("negative", guided.get("negative", pipe))
        embeds = self.link(inputs.get("text_embeds"))
        findings = Findings("ComfyUI", self.text(positive), self.text(negative, "negative"))
        if embeds:
            self.used.add(embeds)
            findings.prompt = self.text(self.inputs(embeds).get("positive_prompt"))
            findings.negative = self.text(self.inputs(embeds).get("negative_prompt"))
        self._numbers(findings, inputs, guided, positive)
        self._model(findings, inputs.get("model", guided.get("model", pipe)))
        self._guidance(findings, inputs, guided, positive)
        findings.leave(*(key for key in ("sampler_name", "scheduler", "denoise") if key in inputs))
        findings.leave(*([f"{count - 1} more samplers"] if count > 1 else []))
        rest = {self.kind(node) for node in self.nodes if node not in self.used and node != name}
        findings.leave(*sorted(kind for kind in rest if not kind.startswith(QUIET)))
        return findings

    # Which link leads to a value depends on what it is, so the names of `elsewhere` would not find it.
    def _numbers(self, findings: Findings, inputs: Node, guided: Node, positive: object) -> None:
        noise, sigmas = self.link(inputs.get("noise")), self.link(inputs.get("sigmas"))
        seed = self.scalar(inputs.get("seed", inputs.get("noise_seed")), "seed")
        findings.take("seed", "seed", self.nearest(noise, "noise_seed", "seed") if seed is None else seed)
        steps = self.scalar(inputs.get("steps"), "steps")
        findings.take("num_inference_steps", "steps", self.nearest(sigmas, "steps") if steps is None else steps)
        latent = self.link(inputs.get("latent_image") or inputs.get("samples") or inputs.get("image_embeds"))
        latent = latent or self.link(positive)
        for node in self.upstream(latent):
            held = self.inputs(node)
            width, height = [
                self.scalar(held.get(side, held.get(f"empty_latent_{side}")), side) for side in ("width", "height")
            ]
            if width and height:
                self.used.add(node)
                findings.take_size(width, height)
                frames = self.scalar(held.get("length", held.get("num_frames")), "length")
                findings.take("num_frames", "length", frames)
                break
        findings.take("audio_length", "seconds", self.nearest(latent, "seconds"))
        findings.take("fps", "fps", self._anywhere("fps", "frame_rate"))

    def _anywhere(self, *names: str) -> object:
        for node in self.nodes:
            for name in names:
                if (value := any_number(self.inputs(node).get(name))) is not None:
                    return value
        return None

    def _model(self, findings: Findings, link: object) -> None:
        start = self.link(link)
        findings.model = text_of(self.nearest(start, *MODELS))
        findings.take("flow_shift", "shift", self.nearest(start, "shift"))
        for node in self.upstream(start):
            inputs = self.inputs(node)
            adapters = [value for key, value in inputs.items() if str(key).startswith("lora_") and object_of(value)]
            held = [(adapter.get("lora"), adapter.get("strength")) for adapter in adapters if adapter.get("on", True)]
            strength = inputs.get("strength_model", inputs.get("strength"))
            held.append((inputs.get("lora_name", inputs.get("lora")), strength))
            names = [label for lora, weight in held if (label := lora_name(lora, self.scalar(weight)))]
            if names:
                self.used.add(node)
            findings.loras = [*findings.loras, *names][:20]

    def _guidance(self, findings: Findings, inputs: Node, guided: Node, positive: object) -> None:
        """FLUX has its guidance in a node of its own; Qwen-Image's cfg is what our page calls true CFG."""
        distilled = self.nearest(self.link(positive), "guidance")
        cfg = self.scalar(inputs.get("cfg", guided.get("cfg")), "cfg")
        findings.take("guidance_scale", "guidance", distilled)
        true_cfg = distilled is not None or "qwen" in findings.model.lower()
        findings.take("true_cfg_scale" if true_cfg else "guidance_scale", "cfg", cfg)
