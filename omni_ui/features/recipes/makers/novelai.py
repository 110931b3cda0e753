"""NovelAI: PNG texts Description and Comment, the latter JSON; in WebP the same objects in UserComment."""

from omni_ui.client.answers.valid_text import read_json
from omni_ui.features.recipes.makers.opened import Findings, list_of, object_of, text_of

TAKEN = {"prompt", "uc", "scale", "width", "height", "v4_prompt", "v4_negative_prompt", "signed_hash"}


def read(texts: dict[str, str]) -> Findings | None:
    """None for a file of another program. Raises ValueError and RecursionError for JSON that is none."""
    if not (texts.get("Software") == "NovelAI" or texts.get("Source", "").startswith("NovelAI")):
        return None
    if not texts.get("Comment", "").lstrip().startswith("{"):
        return None
    held = object_of(read_json(texts["Comment"], constants=True))
    prompt = _captions(held.get("v4_prompt")) or text_of(held.get("prompt")) or texts.get("Description", "")
    negative = _captions(held.get("v4_negative_prompt")) or text_of(held.get("uc"))
    findings = Findings("NovelAI", prompt, negative, texts.get("Source", ""))
    taken = TAKEN | findings.take_named("novelai", held)
    findings.take("guidance_scale", "scale", held.get("scale"))
    findings.take_size(held.get("width"), held.get("height"))
    findings.leave(*(name for name, value in held.items() if name not in taken and value not in (None, [], "", False)))
    return findings


def _captions(value: object) -> str:
    """The base caption and those of the characters, which version 4 keeps apart."""
    caption = object_of(object_of(value).get("caption"))
    characters = [
        text_of(object_of(character).get("char_caption")) for character in list_of(caption.get("char_captions"))[:20]
    ]
    return "\n".join(filter(None, [text_of(caption.get("base_caption")), *characters]))
