"""What is stated of a model: the forms in which the table of known models says it."""

from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]


def image(**settings: object) -> dict[str, Facts]:
    """Makes pictures from words; its chat answers in pictures too (WIRE.md 7)."""
    return {"image": {"layered": False, "settings": settings}, "chat": {"inputs": ["text"], "outputs": ["image"]}}


def edit(
    max_images: int | None = 1, layered: bool = False, streams_text: bool = False, **settings: object
) -> dict[str, Facts]:
    """Changes pictures. max_images: None when the server sets no limit. streams_text: it thinks aloud (`ar_delta`)."""
    facts = {"max_images": max_images, "layered": layered, "streams_text": streams_text, "settings": settings}
    return {"edit": facts, "chat": {"inputs": ["text", "image"], "outputs": ["image"]}}


def chat(inputs: str, outputs: str, **settings: object) -> dict[str, Facts]:
    return {"chat": {"inputs": inputs.split(), "outputs": outputs.split(), "settings": settings}}


def speech(task: str | None = None, clones: bool = False) -> dict[str, Facts]:
    """task: CustomVoice (built-in voices), VoiceDesign (voices by description), Base (copies a recording)."""
    return {"speech": {"task": task, "clones": clones or task == "Base", "settings": {}}}


def sound(max_seconds: float | None = None, makes: str = "sound", **settings: object) -> dict[str, Facts]:
    """makes: of sound, song, effect; the latter two come by the route of speech (client/requests/sound.py)."""
    return {"sound": {"max_seconds": max_seconds, "makes": makes.split(), "settings": settings}}


def video(inputs: str, **settings: object) -> dict[str, Facts]:
    """inputs: of text, image, video, audio; without "text" a reference is needed."""
    return {"video": {"inputs": inputs.split(), "settings": settings}}


@dataclass(frozen=True)
class KnownModel:
    """name: of the family. does: a verb phrase. can: facts by tab; a tab that is absent is one it cannot do."""

    pattern: str
    name: str
    does: str
    can: dict[str, Facts]
