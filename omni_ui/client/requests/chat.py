"""Conversation: POST /v1/chat/completions (WIRE.md 7 and 8; vLLM-Omni 0.30.0, serving_chat.py)."""

from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, field_validator

from omni_ui.client.json_types import Json
from omni_ui.client.requests.base import JsonObject, Maybe, Request, Stages, param
from omni_ui.client.requests.image import SIZES, check_size
from omni_ui.client.requests.shared_params import (
    extra_param,
    guidance_param,
    layers_param,
    negative_prompt_param,
    outputs_param,
    seed_param,
    size_param,
    steps_param,
    true_cfg_param,
)

LANGUAGE: tuple[Stages, ...] = ("language", "language and diffusion")
DIFFUSION: tuple[Stages, ...] = ("language and diffusion", "diffusion")
DIFFUSION_ALONE: tuple[Stages, ...] = ("diffusion",)
"""What is lost on the way from a language model to the diffusion model behind it (serving_chat.py:696-855)."""
penalty_param = partial(param, kind="slider", step=0.1, ge=-2, le=2, answer="text", stages=LANGUAGE)


def _modalities(value: object) -> object:
    """`None` and `[]` both leave it to the model; `[]` on the wire would answer nothing at all (WIRE.md 8)."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    return value or None


class ChatRequest(Request):
    """A turn of a conversation. The whole conversation so far is sent each time.

    messages: in OpenAI's format. Media parts may hold a FileRef where base64 or a data URL belongs:
        {"type": "image_url", "image_url": {"url": FileRef(path)}}
        {"type": "input_audio", "input_audio": {"data": FileRef(path, "base64"), "format": "wav"}}
        {"type": "audio_url", "audio_url": {"url": FileRef(path)}}, {"type": "video_url", "video_url": {"url": …}}
    Speech comes as WAV chunks, the server's default: with pcm16 a sound model would not say its rate (tried).
    Send pictures as files: models that answer in pictures drop http addresses without a word (WIRE.md 7).
    """

    tab: ClassVar[str] = "chat"
    path: ClassVar[str] = "/v1/chat/completions"
    placed_until: ClassVar[str] = "stream"

    messages: list[Json] = param(
        ..., label="Messages", help="The conversation so far.", place="hidden", min_length=1, cap="text"
    )
    modalities: Annotated[list[Literal["text", "audio", "image"]] | None, BeforeValidator(_modalities)] = param(
        label="Answer with",
        help="Leave empty for everything the model offers.",
        place="card",
        presets=[("Text", "text"), ("Speech", "audio"), ("Pictures", "image")],
        time="differs",
    )
    temperature: Maybe[float] = param(
        label="Temperature",
        help="0 always picks the most likely word; higher values vary more.",
        place="card",
        kind="slider",
        step=0.05,
        ge=0,
        le=2,
        answer="text",
        stages=LANGUAGE,
    )
    max_tokens: Maybe[int] = param(
        label="Longest answer",
        help="Stops the text after this many tokens, about three quarters of a word each.",
        place="card",
        kind="number",
        unit="tokens",
        ge=1,
        le=1_000_000,
        cap="tokens",
        answer="text",
        stages=LANGUAGE,
    )
    voice: Maybe[str] = param(
        label="Voice",
        help="Who speaks the answer: one of the model's voices.",
        place="card",
        kind="choice",
        free=True,
        max_length=200,
        answer="audio",
        stages=LANGUAGE,
    )
    seed: Maybe[int] = seed_param(
        help="The same seed and conversation give the same answer, as far as the server can. -1 is a random one."
    )
    top_p: Maybe[float] = param(
        label="Top p",
        help="Picks only from the most likely words that add up to this share; lower is safer.",
        kind="slider",
        step=0.01,
        gt=0,
        le=1,
        answer="text",
        stages=LANGUAGE,
    )
    top_k: Maybe[int] = param(
        label="Top k",
        help="Picks only from this many of the most likely words; -1 for all.",
        kind="number",
        ge=-1,
        le=1000,
        answer="text",
        stages=LANGUAGE,
    )
    presence_penalty: Maybe[float] = penalty_param(
        label="Presence penalty", help="Above 0: new topics are more likely."
    )
    frequency_penalty: Maybe[float] = penalty_param(label="Frequency penalty", help="Above 0: fewer repeated words.")
    language: Maybe[str] = param(
        label="Language",
        help="The language of the spoken answer, if the model supports it.",
        kind="line",
        max_length=50,
        answer="audio",
        stages=LANGUAGE,
    )
    instructions: Maybe[str] = param(
        label="Speaking style",
        help="How the answer is spoken, if the model supports it.",
        kind="line",
        max_length=500,
        answer="audio",
        stages=LANGUAGE,
    )
    size: Annotated[Maybe[str], AfterValidator(check_size)] = size_param(
        label="Picture size",
        help="For pictures in the answer.",
        presets=SIZES,
        place="advanced",
        answer="image",
        stages=DIFFUSION,
    )
    num_outputs_per_prompt: Maybe[int] = outputs_param(
        label="Pictures", help="How many pictures an answer has.", answer="image", stages=DIFFUSION_ALONE
    )
    num_inference_steps: Maybe[int] = steps_param(
        help="For pictures and sounds. More steps: finer and slower.",
        place="advanced",
        answer="image",
        stages=DIFFUSION,
    )
    guidance_scale: Maybe[float] = guidance_param(
        help="How closely a picture or sound follows the prompt.",
        place="advanced",
        answer="image",
        stages=DIFFUSION_ALONE,
    )
    true_cfg_scale: Maybe[float] = true_cfg_param(
        help="Guidance for models such as Qwen-Image; has an effect only with a negative prompt.",
        answer="image",
        stages=DIFFUSION_ALONE,
    )
    negative_prompt: Maybe[str] = negative_prompt_param(
        help="What a picture should not show.", answer="image", stages=DIFFUSION
    )
    layers: Maybe[int] = layers_param(
        help="For layered models: the number of layers in a picture.", answer="image", stages=DIFFUSION_ALONE
    )
    chat_template_kwargs: JsonObject = param(
        label="Template options",
        help='For the model\'s chat template, such as {"enable_thinking": false}.',
        kind="json",
        expert=True,
        stages=LANGUAGE,
    )
    mm_processor_kwargs: JsonObject = param(
        label="Media options",
        help='How files are read, such as {"use_audio_in_video": true} to use a video\'s sound.',
        kind="json",
        expert=True,
        stages=LANGUAGE,
    )
    extra_args: JsonObject = extra_param(stages=DIFFUSION)
    stream: bool = param(
        True, label="Stream", help="Shows the answer as it is written.", place="hidden", time="differs"
    )

    @field_validator("modalities")
    @classmethod
    def _once(cls, modalities: list[str] | None) -> list[str] | None:
        return list(dict.fromkeys(modalities)) if modalities else None

    def payload(self) -> Json:
        body = self.model_dump(mode="json", exclude_none=True, exclude={"messages"})
        body["messages"] = self.messages
        if self.stream:
            body["stream_options"] = {"include_usage": True}
        return body
