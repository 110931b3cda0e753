"""Damaged settings in files, scripts and conversations: bytes as well as the values within them."""

import asyncio
import io
import json
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PIL import Image, PngImagePlugin

from omni_ui.client import ImageRequest
from omni_ui.features.chat.conversation_json import from_json
from omni_ui.features.chat.kept_conversation import read_kept
from omni_ui.features.recipes import BadRecipe, Recipe, open_settings, with_settings
from omni_ui.features.speech.pieces import not_spoken, script
from omni_ui.media.message_files import take_media
from tests.features.chat.test_imports import CHATGPT, OPEN_WEBUI, PICTURE, PICTURE_URL
from tests.features.recipes.conftest import MADE
from tests.features.recipes.makers.graphs import FLUX, QWEN

CASES = Path(__file__).parents[1] / "cases"
ODD: list[Callable[[random.Random], object]] = [
    lambda _: None, lambda _: True, lambda _: -1, lambda _: 0, lambda _: 1e308, lambda _: float("nan"), lambda _: "",
    lambda _: [], lambda _: {}, lambda _: "\ud83e", lambda _: "x" * 5000, lambda _: [[[[[[]]]]]], lambda _: 2**70,
    lambda _: "1e999", lambda _: ["1", 0], lambda _: {"type": "text"}, lambda chance: chance.random(),
    lambda chance: "".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(12))),
]  # fmt: skip
"""Values that stand where others were expected."""
SIGNS = [
    *"[](){}*_:-#>.,\n\t ：【】（）\"'<\\$0123456789sS",
    "[S1] ",
    "Alice: ",
    "[pause 2s]",
    "00:01 ",
    " --> ",
    "\ud800",
]
SCRIPTS = [
    "**Alice:** Hi there. [laughs]\n**Bob:** Hello: yes! [pause 2s] Bye.",
    "[S1] Hi there. [S2] (sighs) Hello! [S1] Bye.",
    "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Alice>Hi <i>there</i>.</v>\n\n00:03.000 --> 00:04.000\n<v Bob>Yes.",
    "1\n00:00:01,000 --> 00:00:02,000\nAlice: Hi.\n\n2\n00:00:03,000 --> 00:00:04,000\nBob (whispering): Ho.",
    "场景：酒吧\n爱丽丝：你好。（笑）\n鲍勃：[停顿 2秒] 再见。",
]
TEXTS = [
    "a fox\nNegative prompt: blur\nSteps: 24, Sampler: Euler a, CFG scale: 6,5, Seed: 99, Size: 512x768, Model: x, "
    'Hashes: {"model": "ab"}, Lora hashes: "a: b", Version: f2.0.1',
    json.dumps(FLUX), json.dumps(QWEN), json.dumps({"sui_image_params": {"prompt": "a", "seed": 1, "steps": 2}}),
]  # fmt: skip
MESSAGES: list[object] = [
    CHATGPT, OPEN_WEBUI,
    [{"role": "system", "content": "x"}, {"role": "user", "content": [{"type": "image_url", "image_url": PICTURE_URL},
                                                                    {"type": "text", "text": "Hello"}]},
     {"role": "assistant", "content": None, "audio": {"transcript": "Hm"}, "tool_calls": [{"id": "1"}]},
     {"role": "tool", "content": "5"}, {"role": "user", "content": "Hello", "images": [PICTURE]}],
    {"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Good day"}]},
    {"messages": [{"versions": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]}], "system": "x"},
    {"chunkedPrompt": {"chunks": [{"text": "Hello", "role": "user"}, {"text": "…", "role": "model", "isThought": 1}]}},
    {"messages": [{"text": "Hello", "isCreatedByUser": True, "children": [{"text": "x", "isCreatedByUser": False}]}]},
    {"chat_messages": [{"sender": "human", "content": [{"type": "thinking", "thinking": "x"}],
                        "files": [{"file_name": "x"}]}]},
]  # fmt: skip


def damaged_value(value: object, chance: random.Random) -> object:
    """The value with one of the values within it taken away or replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return value | {key: damaged_value(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], damaged_value(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)(chance)


def damaged_text(text: str, chance: random.Random) -> str:
    """One to eight changes: signs put in, pieces taken out or repeated."""
    for _ in range(chance.choice((1, 2, 4, 8))):
        at = chance.randrange(len(text) + 1)
        way = chance.randrange(3)
        if way == 0:
            text = text[:at] + chance.choice(SIGNS) * chance.choice((1, 1, 2, 40)) + text[at:]
        elif way == 1:
            text = text[:at] + text[at + chance.randrange(1, 20) :]
        else:
            text = text[:at] + text[at : at + chance.randrange(1, 60)] + text[at:]
    return text


def settings_files(folder: Path) -> list[tuple[str, bytes]]:
    """Files with settings of every program that is known, and of our own, by name."""
    files = [(path.name, path.read_bytes()) for path in sorted(CASES.glob("m_*.png"))]
    recipe = Recipe.of(
        ImageRequest(prompt="a fox, 猫", negative_prompt="blur", seed=7, size="64x48"), "Qwen/Qwen-Image"
    )
    for name, make in MADE.items():
        (folder / name).write_bytes(make())
        files.append((name, with_settings(folder / name, recipe)))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + TEXTS[0].encode("utf-16-be")
    picture = io.BytesIO()
    Image.new("RGB", (32, 32)).save(picture, "AVIF", exif=exif.tobytes())
    return [*files, ("a1111.avif", picture.getvalue())]


def with_damaged_text(chance: random.Random) -> bytes:
    """A PNG that is whole, with damaged settings in it."""
    info = PngImagePlugin.PngInfo()
    for name in chance.sample(("parameters", "prompt", "workflow", "Comment", "Software", "invokeai_metadata"), 2):
        text = chance.choice(TEXTS)
        if text.startswith("{"):
            text = json.dumps(damaged_value(json.loads(text), chance))
        text = damaged_text(text, chance) if chance.random() < 0.5 else text
        info.add_itxt(name, text.encode("utf-8", "replace").decode())
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def read_settings_in(path: Path) -> None:
    """As Load settings does."""
    with suppress(BadRecipe):
        open_settings(path)


def read_script_of(chance: random.Random) -> None:
    """As Speech does with what stands in its script."""
    text = damaged_text(chance.choice(SCRIPTS), chance)
    script(text)
    not_spoken(text)


def read_conversation_of(chance: random.Random) -> None:
    """As Chat's import does, and as it does with what the browser kept. Raises Invalid."""
    value = chance.choice(MESSAGES)
    for _ in range(chance.choice((1, 1, 2, 4))):
        value = damaged_value(value, chance)
    text = json.dumps(value)
    text = damaged_text(text, chance) if chance.random() < 0.3 else text
    read_kept({"conversation": value, "thread": "0123456789ab"}, lambda name: Path(name))
    asyncio.run(from_json(text.encode("utf-8", "replace"), take_media))
