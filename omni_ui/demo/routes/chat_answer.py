"""One answer of the chat in the making: what it says, speaks and paints, and the JSON that carries it."""

import base64
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.images import DEFAULT_SIZE, check_pixels, encode
from omni_ui.demo.routes.media import decode, encode_audio
from omni_ui.demo.state import Demo

STAGES = {"text": "assistant", "audio": "voice", "image": "painter"}
"""What makes each modality."""


class Chat(BaseModel):
    """What is looked at; the rest of OpenAI's fields are taken and have no effect, as with most models."""

    model_config = ConfigDict(extra="allow")

    messages: list[Any]
    model: str | None = None
    modalities: Any = None
    stream: bool | None = False
    stream_options: Json | None = None
    audio: Json | None = None
    temperature: float | None = None
    max_tokens: int | None = Field(None, ge=0)
    logprobs: bool | None = None
    extra_body: Json = Field(default_factory=dict)

    def knob(self, name: str) -> Any:
        """A parameter from the top level or from `extra_body`."""
        return getattr(self, name, None) if hasattr(self, name) else self.extra_body.get(name)


@dataclass
class Turn:
    """One answer in the making."""

    body: Chat
    demo: Demo
    prompt: str
    wanted: list[str]
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex[:16]}")
    cut: bool = False
    words: int = 0
    took: dict[str, float] = field(default_factory=dict)
    """Seconds by modality."""

    @property
    def format(self) -> str:
        kind = (self.body.audio or {}).get("format") or "wav"
        return "pcm" if kind == "pcm16" else kind

    @property
    def head(self) -> Json:
        return {"id": self.id, "created": int(time.time()), "model": self.demo.model("chat")}

    @property
    def parameters(self) -> Json:
        """What stands in the record of the engine."""
        return {"prompt": self.prompt, **self.body.model_dump(exclude_none=True, exclude={"messages"})}

    def usage(self) -> dict[str, int]:
        """Bytes in and words out; zero when no text was made, as on the real server."""
        spoken = len(json.dumps(texts(self.body.messages))) if self.words else 0
        return {"prompt_tokens": spoken, "total_tokens": spoken + self.words, "completion_tokens": self.words}

    def metrics(self, queue_times: Json) -> Json | None:
        """What each stage took, where it was asked for (`return_stage_metrics`)."""
        if not self.body.knob("return_stage_metrics"):
            return None
        stages: Json = {
            str(number): {"stage_id": number, "stage_name": STAGES[kind], "stage_gen_time_ms": round(seconds * 1000, 2)}
            for number, (kind, seconds) in enumerate(self.took.items())
        }
        return {"stage_metrics": stages, "stage_durations": queue_times}

    def make(self, delta: bool) -> Iterator[tuple[str, Any]]:
        """(modality, piece) in the order of the stages; without `delta` one whole piece for each."""
        pieces, start = self._make(delta), time.monotonic()
        for kind, piece in pieces:
            self.took[kind] = self.took.get(kind, 0.0) + time.monotonic() - start
            yield kind, piece
            start = time.monotonic()

    def _make(self, delta: bool) -> Iterator[tuple[str, object]]:
        from omni_ui.demo.assistant import talk

        pieces: list[str] = []
        if "chat" in self.demo.modes:
            for piece in talk.reply(self.body.messages):
                if self.body.max_tokens is not None and len(pieces) >= self.body.max_tokens:
                    self.cut = True
                    break
                pieces.append(piece)
                if delta and "text" in self.wanted:
                    self.words += 1
                    yield "text", piece
        if not delta and "text" in self.wanted:
            self.words = len(pieces)
            yield "text", "".join(pieces)
        if "audio" in self.wanted:
            spoken = list(self._speak("".join(pieces) if "chat" in self.demo.modes else self.prompt))
            for samples in spoken if delta else [np.concatenate(spoken)]:
                yield "audio", self._file(samples)
        # The last thing said counts: an old "draw a cat" is not drawn again.
        turns = [
            message for message in self.body.messages if isinstance(message, dict) and message.get("role") == "user"
        ]
        last = user_text(turns[-1:]) or self.prompt
        pictures_alone = bool(self.body.modalities) and "text" not in self.wanted
        asked = talk.wants_picture(last) or (last if pictures_alone else None)  # a question is not drawn
        if "image" in self.wanted and asked:
            # A picture that was sent is changed, as it says; only the newest counts.
            sent = pictures(self.body.messages)[-1:] if self.body.modalities else []
            inputs = [decode(base64.b64decode(url.partition(",")[2])) for url in sent]
            yield "image", picture_parts(self.body, self.demo, asked, inputs)

    def _speak(self, text: str) -> Iterator[np.ndarray]:
        from omni_ui.demo.audio import voice

        if missing := voice.available():
            raise HTTPException(501, missing)
        name = self.body.knob("voice") or self.body.knob("speaker") or next(iter(voice.VOICES))
        plain = re.sub(r"[*_`#>|]+", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)).strip() or "Nothing."
        yield from voice.speak(plain, voice=name, language=self.body.knob("language"))

    def _file(self, samples: np.ndarray) -> tuple[str, Json]:
        """Base64 of a whole file (or bare PCM), and its metadata."""
        facts = {"format": self.format, "sample_rate_hz": 24000, "frame_count": len(samples), "channels": 1}
        return base64.b64encode(encode_audio(samples, 24000, self.format)).decode(), facts


def parts(messages: list[object]) -> list[object]:
    """All content parts of all messages; a plain string is one part."""
    all_parts: list[object] = []
    for message in messages:
        content = message.get("content") if isinstance(message, dict) else None
        all_parts += content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    return all_parts


def texts(messages: list[object]) -> list[str]:
    return [str(p.get("text", "")) for p in parts(messages) if isinstance(p, dict) and p.get("type") == "text"]


def user_text(messages: list[Any]) -> str:
    return " ".join(filter(None, texts([m for m in messages if isinstance(m, dict) and m.get("role") == "user"])))


def pictures(messages: list[object]) -> list[str]:
    """The data URLs of pictures; http ones are left out without a word, as diffusion chat does."""
    images = [p.get("image_url") for p in parts(messages) if isinstance(p, dict)]
    urls = [str(image.get("url", "")) for image in images if isinstance(image, dict)]
    return [url for url in urls if url.startswith("data:image")]


def picture_parts(body: Chat, demo: Demo, prompt: str, inputs: list[Any]) -> list[Json]:
    """Content parts with PNG data URLs, painted or edited."""
    from omni_ui.demo.imaging import editor, painter

    size = re.fullmatch(r"(\d{1,5})x(\d{1,5})", str(body.knob("size") or ""))
    default = inputs[0].size if inputs else DEFAULT_SIZE
    width, height = (int(size[1]), int(size[2])) if size else default
    width, height = int(body.knob("width") or width), int(body.knob("height") or height)
    check_pixels(width, height)
    seed = body.knob("seed") if body.knob("seed") is not None else random.getrandbits(31)
    how = {"steps": body.knob("num_inference_steps"), "negative_prompt": body.knob("negative_prompt")}
    how |= {"width": width, "height": height, "guidance": body.knob("guidance_scale")}
    start, pictures = time.monotonic(), []
    for i in range(min(int(body.knob("num_outputs_per_prompt") or 1), 10)):
        options = {"seed": int(seed) + i, **how}
        pictures.append(editor.edit(inputs, prompt, **options) if inputs else painter.paint(prompt, **options))
    spent = {"stage_durations": {"paint": round(time.monotonic() - start, 3)}, "peak_memory_mb": 0.0}
    urls = [f"data:image/png;base64,{base64.b64encode(encode(p, 'png', 66)).decode()}" for p in pictures]
    return [{"type": "image_url", "image_url": {"url": url}, **spent} for url in urls]


def choice_of(content: object, finish: str | None = "stop", index: int = 0) -> Json:
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": None, "audio": None}
    message |= {"function_call": None, "reasoning": None}
    choice = {"index": index, "message": message, "logprobs": None, "finish_reason": finish, "stop_reason": None}
    return choice | {"token_ids": None, "routed_experts": None}


def spoken(choice: Json, data: str, facts: Json) -> Json:
    """The choice with its voice; the transcript is always empty, and the format stands beside the message."""
    expires = int(time.time()) + 86_400
    audio = {"id": f"audio-{uuid4().hex[:16]}", "data": data, "expires_at": expires, "transcript": ""}
    choice["message"]["audio"] = audio
    return choice | {"audio_metadata": facts}


def completion(turn: Turn, choices: list[Json], usage: dict[str, int]) -> Json:
    body = {**turn.head, "object": "chat.completion", "choices": choices, "service_tier": None}
    none = {"prompt_tokens_details": None, "completion_tokens_details": None}
    body |= {"system_fingerprint": None, "usage": usage | none, "prompt_logprobs": None, "prompt_token_ids": None}
    return body | {"prompt_text": None, "kv_transfer_params": None, "ec_transfer_params": None, "metrics": None}
