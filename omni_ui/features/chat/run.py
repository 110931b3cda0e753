"""One answer of a conversation: what was entered becomes a message, and what arrives becomes the answer to it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import takewhile
from operator import eq

from omni_ui.client import (
    AudioChunk,
    ChatEvent,
    ChatRequest,
    Failed,
    Finish,
    OmniClient,
    PictureMade,
    ReasoningDelta,
    TextDelta,
    Usage,
)
from omni_ui.client.server.model_rules import seed_is_of_the_text
from omni_ui.core.audio.audio_stream import Listening, Stream
from omni_ui.core.backends import Backends
from omni_ui.core.files import Json, keep
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RetryReporter, Run, RunResult, Updates, Values
from omni_ui.features.chat.conversation import Conversation, Draft, Message, Part, wire_messages
from omni_ui.features.chat.conversation_json import as_json
from omni_ui.features.chat.messages import DONE, LIVE, SENT, ChatView, LiveAnswer
from omni_ui.features.chat.speech.read_aloud import ReadAloud
from omni_ui.media.message_files import take_media
from omni_ui.widgets.form import Form

LONGEST = 100_000
"""Characters of one message: about 25,000 tokens, as much as most models read at all."""
SHORT = 0.2
"""Seconds: the pace of an answer that came faster than this says nothing."""
AGAIN = "again"
THREAD = "talk:"
"""What the history knows a conversation by, before the key of its first message."""
ENDINGS = {
    "length": "Cut off: the answer reached its length limit.",
    "content_filter": "The model's content rules stopped this answer.",
    "tool_calls": "The model asked for a tool here, but there are none.",
}
"""What is said of an answer that did not end by itself."""
KINDS = {"image": "pictures", "audio": "recordings", "video": "videos"}


def read_chat_form(form: Form, values: Values) -> ChatRequest:
    """The request from the entered values; the messages are put together when its turn has come."""
    talk, text, change = values["talk"], values["text"] or "", values["change"] or ""
    talk.check_idle()
    _messages_before(talk, change)
    if change != AGAIN and not text.strip() and not values["files"]:
        raise Invalid.because("text", "The message is empty: write something, or attach a file.")
    if len(text) > LONGEST:
        raise Invalid.because(
            "text", f"The message is too long: {len(text):,} characters; the limit is {LONGEST:,}. Shorten it."
        )
    entered = {name: values[name] for name in form.controls}
    request = form.read(entered | {"messages": [{"role": "user", "content": text}]})
    assert isinstance(request, ChatRequest)
    return request


def fork_inputs(values: Values) -> Json:
    """What a cell of a grid takes: a conversation of its own. Its message is what is being written, else the last."""
    written = (values["text"] or "").strip() or values["files"]
    return values | {"talk": values["talk"].fork()} | ({} if written else {"change": AGAIN})


def _messages_before(talk: Conversation, change: str) -> list[Message]:
    """What the message that is sent comes after. change: "", "again", or "edit N"."""
    if not change:
        return talk.messages
    if change == AGAIN:
        return talk.before(talk.last_of_visitor())
    if match := re.fullmatch(r"edit (\d{1,6})", change):
        return talk.before(int(match[1]))
    raise Invalid.because("change", 'What to change must be empty, "again", or "edit" and the number of a message.')


class ChatRun(Run[ChatRequest, str | ChatEvent]):
    """Looks at the files, sends the conversation, and keeps what arrives in it, come what may."""

    def __init__(self, request: ChatRequest, view: ChatView, listening: Listening, backends: Backends) -> None:
        self.request = request
        self._voice = ReadAloud(backends, listening, self)
        self._view = view
        self._listening = listening
        self._live = LiveAnswer()
        self._pushed: list[str] | None = None
        """The blocks of the answer that the page has by pushes; None when it gets updates."""
        self._stream: Stream | None = None
        self._heard = self._whole = False
        self._draft: Draft | None = None
        self._made = RunResult()
        self._times: list[float] = []
        self._usage: Usage | None = None

    @property
    def _talk(self) -> Conversation:
        conversation: Conversation = self.entered["talk"]
        return conversation

    @property
    def _system(self) -> str:
        return self.entered["system"] or ""

    async def events(self, omni: OmniClient, reporter: RetryReporter) -> AsyncIterator[str | ChatEvent]:
        messages, entered = await self._asked(omni)
        with self._talk.answering(messages, entered) as draft:
            self._draft, draft.model, draft.at = draft, self.model or "", time.time()
            whole = self.request.model_copy(update={"messages": wire_messages(messages, self._system)})
            fitted = await omni.fit(whole)  # whether a conversation's settings have an effect depends on all of it
            self.request, self.left_out = fitted.request, (*self.left_out, *fitted.left_out)
            if seed_is_of_the_text(self.request, await omni.known_ability("chat")):
                self.seed_name = "seed of the text"
            if self.entered.get("read_aloud") and not self.in_background:
                await self._voice.begin(draft, self.request, await self._speaks(omni))
            yield SENT
            try:
                began = time.monotonic()
                async with aclosing(omni.chat(self.request, on_wait=reporter)) as answer:
                    async for event in answer:
                        await self._take(event, draft)
                        yield event
                draft.facts, self._whole = self._facts(began), True
                self.note = "Reading aloud"
                await self._voice.finish()
            except (asyncio.CancelledError, GeneratorExit):
                draft.notes += [] if self._whole else ["Stopped here."]
                raise
            except Exception:
                draft.notes.append("The answer was cut off here.")
                raise
            finally:
                await self._voice.aclose()
                if self._stream:
                    self._stream.close()
        yield DONE

    async def _speaks(self, omni: OmniClient) -> bool:
        """Whether the model's own answers may hold speech."""
        ability = (await omni.capabilities()).modalities["chat"]
        return "audio" in ability.detail.get("outputs", ())

    async def _asked(self, omni: OmniClient) -> tuple[list[Message], Message | None]:
        """The messages to be answered, and the new one among them: None when the last is to be answered again."""
        change = self.entered["change"] or ""
        before = _messages_before(self._talk, change)
        if change == AGAIN:
            return [*before, self._talk.messages[len(before)]], None
        message = Message("user", at=time.time())
        for path in self.entered["files"] or []:
            media = await take_media(path)
            message.parts.append(Part(media.kind, path=media.path))
            message.notes += [media.note] if media.note else []
        if (self.entered["text"] or "").strip():
            message.parts.append(Part("text", self.entered["text"]))
        await self._check_kinds(omni, message)
        return [*before, message], message

    async def _check_kinds(self, omni: OmniClient, message: Message) -> None:
        """Refuses a kind of file that the model is known not to take; pure picture models drop it without a word."""
        if not message.files:
            return
        ability = (await omni.capabilities()).modalities["chat"]
        takes = ability.detail.get("inputs")
        if ability.guess or not takes:
            return
        for part in message.parts:
            if part.kind not in takes:
                accepted = " and ".join(KINDS.get(kind, kind) for kind in takes)
                raise Invalid.because(
                    "files", f"{ability.model} accepts no {KINDS[part.kind]} in a chat, only {accepted}."
                )

    async def _take(self, event: ChatEvent, draft: Draft) -> None:
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, TextDelta):
            draft.add_text(event.text)
            self._voice.add(event.text)
        elif isinstance(event, ReasoningDelta):
            draft.reasoning += event.text
        elif isinstance(event, AudioChunk):
            if self._voice.stream:  # it was asked for text alone, and is being read
                return
            await self._voice.aclose()
            if not self.in_background:
                self._stream = self._stream or self._listening.open(event.rate, event.channels)
                self._stream.feed(event.pcm)
            draft.add_sound(event.pcm, event.rate, event.channels)
        elif isinstance(event, PictureMade):
            path = await keep(event.picture.data, f"picture{event.picture.suffix}")
            draft.parts.append(Part("image", path=path))
        elif isinstance(event, Usage):
            self._usage = event
        elif isinstance(event, Finish):
            self.metrics = event.metrics
            draft.notes += [ENDINGS[event.reason]] if event.reason in ENDINGS else []
        # When nothing comes, the conversation is as it was before.
        self.has_partial_result = bool(draft.parts or draft.pcm or draft.reasoning)
        if isinstance(event, (TextDelta, ReasoningDelta)):
            self._times.append(time.monotonic())

    def _facts(self, began: float) -> list[tuple[str, str]]:
        """Tokens as the server counts them; their pace is that between the first and the last."""
        facts: list[tuple[str, str]] = []
        used = self._usage
        if used and len(self._times) > 1:  # those of an answer in one piece are made up (WIRE.md 7)
            facts.append(("tokens", f"{used.input_tokens:,} in, {used.output_tokens:,} out"))
        if len(self._times) > 1:
            first, last = self._times[0], self._times[-1]
            facts.append(("first token", f"{first - began:.2f} s"))
            if used and used.output_tokens > 1 and last - first > SHORT:
                facts.append(("", f"{(used.output_tokens - 1) / (last - first):.0f} tokens/s"))
        if self.request.seed is not None:
            facts.append((self.seed_name, str(self.request.seed)))
        return facts

    async def show(self, events: list[str | ChatEvent]) -> Updates:
        if DONE in events:
            self._finish()
        if self.in_background:
            return {}
        updates: Updates = {}
        if DONE in events:
            updates = await asyncio.to_thread(self._view.all, self._talk, self._system)
        elif SENT in events:
            updates = self._show_sent()
        if self._draft and DONE not in events:
            updates |= self._show_live(updates.get(self._view.live, {}))
        if (stream := self._stream or self._voice.stream) and not self._heard:
            self._heard = True
            updates[self._view.player] = stream.element
        return updates

    def _show_sent(self) -> Updates:
        """The conversation with the message that is being answered."""
        added = not self.entered["change"]
        if self._view.push_sent(self, self._talk, added):
            self._pushed = []
            return {}
        return self._view.all(self._talk, self._system, SENT, added) | {self._view.player: ""}

    def _show_live(self, begun: Json) -> Updates:
        """The answer so far: the page is sent the blocks that changed. begun: what it is told besides."""
        assert self._draft
        blocks = self._live.blocks(self._draft)
        live = begun | {"state": SENT, "id": self._draft.key, "blocks": blocks}
        if self._pushed is None:
            return {self._view.live: live}
        same = sum(takewhile(bool, map(eq, blocks, self._pushed)))
        if same == len(blocks) == len(self._pushed):
            return {}
        if self.push(LIVE, live | {"from": same, "blocks": blocks[same:]}):
            self._pushed = blocks
            return {}
        self._pushed = None
        return {self._view.live: live}

    async def later(self) -> Updates:
        if self._pushed is None or not self._draft:
            return {}
        return self._view.conversation(self._talk, self._system) | ({} if self._heard else {self._view.player: ""})

    def _finish(self) -> None:
        answer = self._talk.messages[-1]
        self._made = RunResult(answer.files, answer.text, [fact for fact in answer.facts if fact[0] != self.seed_name])
        self._made.thread = THREAD + self._talk.messages[0].key
        self._made.conversation_json = as_json(self._talk.messages, self._system, lambda file: file)

    async def whole_when_stopped(self) -> RunResult | None:
        if not self._whole:
            return None
        await self._talk.idle()
        self._finish()
        return self._made

    def outcome(self) -> RunResult:
        return self._made

    def after_failure(self) -> Updates:
        if self.has_partial_result:
            self._made = RunResult(self._talk.messages[-1].files)
        return self._view.after_stop(self._talk, self._system)
