"""Which program exported a conversation, and the list of its messages in order.

OpenAI's requests and answers, JSON lines, ChatGPT (`mapping`, a tree), Open WebUI (`history`, a tree), Claude
(`chat_messages`), ShareGPT (`conversations`), Gemini (`contents`, `chunkedPrompt`), LM Studio (`versions`), LibreChat
and SillyTavern, and pairs of question and answer as Gradio's and text-generation-webui's.
"""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic_core import from_json

from omni_ui.client.answers.valid_text import read_json, valid_json
from omni_ui.features.chat.imports.parts import ExportedMessage, NotAConversation, read_message
from omni_ui.features.chat.imports.trees import MOST_NODES, tree_of_chatgpt, tree_of_open_webui

MOST_MESSAGES = 1000
BREAKS_OFF = "all after a damaged place in the file"
LISTS = (
    "messages",
    "responses",
    "chat_messages",
    "contents",
    "conversations",
    "conversation",
    "input",
    "turns",
    "dialog",
)
"""What programs call the list of messages."""
SYSTEM_KEYS = ("system", "system_prompt", "systemInstruction", "system_instruction", "instructions")
WITHIN = ("chat", "body", "request", "conversation", "data")
"""Objects that hold a conversation."""


@dataclass
class ExportedConversation:
    """The messages in order; the system prompt; what was left out, in words. others: further conversations in it."""

    messages: list[ExportedMessage]
    system: str = ""
    left_out: list[str] = field(default_factory=list)
    title: str = ""
    others: int = 0


def read_export(content: bytes) -> ExportedConversation:
    """The conversation of a file; of several the newest. NotAConversation for anything else."""
    try:
        bodies, whole = _parse(content)
        result = _read(bodies)
        result.left_out += [] if whole else [BREAKS_OFF]
        return result
    except RecursionError:
        raise NotAConversation("lists and objects stand too deep in each other in it") from None


def _read(bodies: list[object]) -> ExportedConversation:
    body = bodies[0] if len(bodies) == 1 else bodies
    entries, others = _conversations(body)
    newest = max(entries, key=_time) if any(map(_time, entries)) else entries[0]
    listed = _listed(newest)
    if not listed:
        raise NotAConversation("it has no list of messages")
    if len(listed) > MOST_MESSAGES:
        raise NotAConversation(f"it has {len(listed):,} messages; the limit is {MOST_MESSAGES:,}")
    result = _said(listed, _system(newest))
    title = newest.get("title") or newest.get("name") if isinstance(newest, dict) else ""
    result.title, result.others = title[:80] if isinstance(title, str) else "", others
    return result


def _parse(content: bytes) -> tuple[list[object], bool]:
    """The values of a JSON text, or of its lines; and whether it is whole."""
    if content[:4] == b"PK\x03\x04":
        raise NotAConversation("it is a ZIP archive; take the JSON file with the conversations out of it")
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if utf16 else "utf-8-sig", "replace")
    try:
        return [read_json(text)], True
    except (ValueError, RecursionError):
        pass
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        values = [read_json(line) for line in lines[:-1]]
    except (ValueError, RecursionError):
        values = []
    if values:
        try:
            return [*values, read_json(lines[-1])], True
        except (ValueError, RecursionError):
            return list(values), False
    try:
        value = from_json(valid_json(text.encode("utf-8", "replace")), allow_inf_nan=False, allow_partial=True)
        if isinstance(value, list | dict) and value:
            return [value], False
    except (ValueError, RecursionError):
        pass
    raise NotAConversation("it is not JSON")


def _conversations(body: object) -> tuple[list[object], int]:
    """All conversations in a value that may be one, a message of one, or a list of either."""
    inner = body.get("conversations") if isinstance(body, dict) else None
    if isinstance(inner, list) and any(isinstance(entry, dict) and "value" not in entry for entry in inner):
        body = inner
    if not isinstance(body, list):
        return [body], 0
    whole = [entry for entry in body if isinstance(entry, dict) and _listed(entry)]
    if whole and "role" not in whole[0]:
        return list(whole), len(whole) - 1
    return [body], 0


def _listed(body: object) -> list[object]:
    """The list of messages in one conversation, in order; empty when it holds none."""
    for _ in range(4):
        if isinstance(body, list):
            return _pairs(body)
        if not isinstance(body, dict):
            return []
        for reader in (tree_of_chatgpt, tree_of_open_webui, _answer, _gemini_chunks):
            if listed := reader(body):
                return listed
        for key in LISTS:
            if isinstance(body.get(key), list) and body[key]:
                return _pairs(body[key])
        if isinstance(body.get("internal"), list):  # text-generation-webui
            return _pairs(body["internal"])
        if "role" in body and "content" in body:
            return [body]
        body = next((body[key] for key in WITHIN if isinstance(body.get(key), dict)), None)
    return []


def _pairs(listed: list[object]) -> list[object]:
    """Pairs of question and answer as messages; all else as it is, with LM Studio's chosen versions."""
    if not all(isinstance(entry, list) and len(entry) == 2 for entry in listed):
        return [_chosen(entry) for entry in _thread(listed) if not _is_header(entry)]
    messages: list[object] = []
    for question, answer in (entry for entry in listed if isinstance(entry, list)):
        messages += [{"role": "user", "content": question}] if question else []
        messages += [{"role": "assistant", "content": answer}] if answer else []
    return messages


def _thread(listed: list[object]) -> list[object]:
    """Messages that hold their answers (LibreChat): the last branch."""
    if not any(isinstance(entry, dict) and _children(entry) for entry in listed):
        return listed
    thread: list[object] = []
    while listed and len(thread) < MOST_NODES:
        last = listed[-1]
        thread.append(last)
        listed = _children(last) if isinstance(last, dict) else []
    return thread


def _children(entry: dict[str, object]) -> list[object]:
    children = entry.get("children")
    return [child for child in children if isinstance(child, dict)] if isinstance(children, list) else []


def _is_header(entry: object) -> bool:
    """SillyTavern begins with a line about the chat."""
    return isinstance(entry, dict) and "chat_metadata" in entry and "mes" not in entry


def _chosen(entry: object) -> object:
    versions = entry.get("versions") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(versions, list) or not versions:
        return entry
    number = entry.get("currentlySelected")
    version = versions[number] if isinstance(number, int) and 0 <= number < len(versions) else versions[-1]
    if isinstance(version, dict) and isinstance(version.get("steps"), list):
        steps = [step.get("content") for step in version["steps"] if isinstance(step, dict)]
        return {
            "role": version.get("role"),
            "content": [part for step in steps if isinstance(step, list) for part in step],
        }
    return version


def _answer(body: dict[str, object]) -> list[object]:
    """A chat completion, or a response of OpenAI's newer API with what was asked."""
    choices, output = body.get("choices"), body.get("output")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return [choices[0].get("message")] if isinstance(choices[0].get("message"), dict) else []
    if not isinstance(output, list):
        return []
    asked = body.get("input")
    before = asked if isinstance(asked, list) else [{"role": "user", "content": asked}] if asked else []
    return [*before, *output]


def _gemini_chunks(body: dict[str, object]) -> list[object]:
    prompt = body.get("chunkedPrompt")
    chunks = prompt.get("chunks") if isinstance(prompt, dict) else None
    if not isinstance(chunks, list):
        return []
    return [
        {"role": chunk.get("role"), "content": [chunk | {"thought": chunk.get("isThought")}]}
        for chunk in chunks
        if isinstance(chunk, dict)
    ]


def _system(body: object) -> str:
    """A system prompt outside the messages."""
    texts: list[str] = []
    for _ in range(3):
        if not isinstance(body, dict):
            break
        params = body.get("params")
        for holder in (body, params if isinstance(params, dict) else {}):
            for key in SYSTEM_KEYS:
                if holder.get(key) and not isinstance(holder[key], bool):
                    texts.append(read_message({"role": "system", "content": holder[key]}, 0).text)
        body = next((body[key] for key in WITHIN if isinstance(body.get(key), dict)), None)
    return "\n\n".join(dict.fromkeys(filter(None, texts)))


def _time(body: object) -> float:
    """When a conversation was last changed, in seconds; 0 when it does not say."""
    value = (
        next((body[key] for key in ("update_time", "updated_at") if body.get(key)), 0) if isinstance(body, dict) else 0
    )
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value[:40]).timestamp()
        except (ValueError, OverflowError):
            return 0
    return float(value) if isinstance(value, int | float) and abs(value) < 1e18 else 0


def _said(listed: list[object], system: str) -> ExportedConversation:
    """The messages: system prompts joined, what a model thought put to its answer, tools left out."""
    result = ExportedConversation([], system)
    thought = ""
    for number, entry in enumerate(listed, 1):
        message = read_message(entry, number)
        result.left_out += message.left_out
        if message.role == "system":
            result.system = "\n\n".join(filter(None, (result.system, message.text)))
        elif message.role == "assistant" and message.reasoning and not message.parts:
            thought = "\n\n".join(filter(None, (thought, message.reasoning)))
        elif message.parts:
            if message.role == "assistant" and thought:
                message.reasoning, thought = "\n\n".join(filter(None, (thought, message.reasoning))), ""
            result.messages.append(message)
    if thought:
        result.messages.append(ExportedMessage("assistant", len(listed), reasoning=thought))
    return result
