"""What a chat server is asked for a prompt: a longer version, a translation, or the description of a picture."""

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Literal

from omni_ui.client import (
    Ability,
    ChatEvent,
    ChatRequest,
    Failed,
    FileRef,
    NothingMade,
    OmniClient,
    ReasoningDelta,
    TextDelta,
)
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates

Task = Literal["longer", "translate", "describe"]
LONGEST = 6000
"""Characters of what comes back."""
TOKENS = 700
KINDS = {
    "image": "a model that makes pictures",
    "edit": "a model that changes pictures by instructions",
    "video": "a model that makes videos",
    "sound": "a model that makes sounds and music",
    "speech": "a voice that reads it aloud",
}
TASKS: dict[Task, str] = {
    "longer": "You rewrite prompts. Write a longer version of the prompt for {kind}: keep its meaning, its language, "
    "names and words in quotation marks, and add concrete detail. At most 120 words. Answer with the prompt alone.",
    "translate": "You translate prompts. Translate the prompt, which is for {kind}, into {language}. Keep names, words "
    "in quotation marks and tags in square brackets as they are. Answer with the translation alone.",
    "describe": "You describe pictures. Describe the picture as a prompt for {kind}: what is seen, where, light, "
    "colours, style. At most 100 words. Answer with the description alone.",
}
READS_CHINESE = re.compile(r"^demo/|qwen|wan|hunyuan|z-image|glm|kolors|minimax|cosyvoice|longcat", re.IGNORECASE)
"""Models that were trained on Chinese prompts as well as on English ones, by their makers' model cards."""
HEADING = re.compile(r"^\**(longer |new |rewritten |enhanced )?(prompt|translation|description)\**:\**\s*", re.I)
WRAPPINGS = ('"', '"'), ("“", "”"), ("'", "'"), ("`", "`"), ("「", "」")


def language_for(prompt: str, model: str | None) -> str:
    """The language to translate into: English, or Chinese for English words where the model reads that as well."""
    foreign = any(ord(letter) > 0x24F and letter.isalpha() for letter in prompt)
    return "Chinese" if not foreign and model and READS_CHINESE.search(model) else "English"


def help_request(
    task: Task, tab: str, prompt: str, language: str, picture: FileRef | None, ability: Ability
) -> ChatRequest:
    """The conversation that is sent: an instruction, and the prompt or the picture as what it is about."""
    instruction = TASKS[task].format(kind=KINDS[tab], language=language)
    content: object = prompt
    if picture:
        content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": "The picture."}]
    several = len(ability.detail.get("outputs", ())) > 1
    return ChatRequest.model_construct(
        messages=[{"role": "system", "content": instruction}, {"role": "user", "content": content}],
        modalities=["text"] if several else None,
        max_tokens=TOKENS,
        stream=True,
    )


class ChatTextRun(Run[ChatRequest, ChatEvent]):
    """Asks a chat server for a text alone. It is no result: nothing of it stands in the history."""

    timed = False
    note = "Writing"

    def __init__(self, request: ChatRequest) -> None:
        self.request = request
        self.text = ""

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[ChatEvent]:
        async with aclosing(omni.chat(self.request, on_wait=reporter)) as answer:
            async for event in answer:
                if isinstance(event, Failed):
                    raise event.error
                if isinstance(event, TextDelta):
                    self.text += event.text
                self.note = "Thinking" if isinstance(event, ReasoningDelta) else "Writing"
                yield event
                if len(self.text) > 4 * LONGEST:
                    break
        if not plain_prompt(self.text):
            raise NothingMade("The chat server gave no answer.", "Try again, or word it differently.")

    async def show(self, events: list[ChatEvent]) -> Updates:
        return {}

    def outcome(self) -> RunResult:
        return RunResult(text=plain_prompt(self.text))


def plain_prompt(text: str) -> str:
    """An answer without what models put around it: thoughts, a heading, quotation marks, code fences."""
    text = re.sub(r"<think>.*?(</think>|$)", "", text, flags=re.DOTALL).strip()
    text = re.sub(r"^```\w*\n?|\n?```$", "", text).strip()
    text = HEADING.sub("", text)
    for first, last in WRAPPINGS:
        if len(text) > 1 and text.startswith(first) and text.endswith(last) and first not in text[1:-1]:
            text = text[1:-1].strip()
    return text[:LONGEST]
