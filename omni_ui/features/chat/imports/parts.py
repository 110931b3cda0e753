"""One message of an export: its text, media and thinking, whichever program wrote it.

Known are the parts of OpenAI's two APIs, Anthropic's, Gemini's and Ollama's, of Hugging Face's chat templates, and of
ChatGPT's export (chatgpt-export-parser, docs/chatgpt-data-export-format.md).
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from omni_ui.client import media_type_of

LONGEST_TEXT = 1_000_000
"""Characters of one message."""
ROLES = {
    "user": "user", "human": "user", "assistant": "assistant", "model": "assistant", "gpt": "assistant",
    "bot": "assistant", "ai": "assistant", "chatgpt": "assistant", "system": "system", "developer": "system",
    "tool": "tool", "function": "tool", "function_call": "tool", "observation": "tool", "ipython": "tool",
}  # fmt: skip
"""What programs call who speaks."""
TEXT_KEYS = ("text", "content", "value", "refusal", "output_text")
THOUGHT_KEYS = ("thinking", "reasoning", "text", "content", "summary")
THOUGHTS = ("thinking", "reasoning", "thoughts", "reasoning_content")
"""Types of parts that hold what a model thought."""
TEXTS = ("text", "input_text", "output_text", "refusal", "audio_transcription", "summary_text", "code")
TOOLS = (
    "tool_use", "tool_result", "tool_call", "function_call", "function_call_output", "server_tool_use", "tool-call",
    "tool-result", "execution_output", "tether_browsing_display", "tether_quote",
)  # fmt: skip
MEDIA = ("image_url", "audio_url", "video_url", "input_audio", "image", "audio", "video", "input_image", "inline_data",
         "inlineData", "file", "input_file")  # fmt: skip
DATA_KEYS = ("url", "data", "image_url", "file_data", "image", "audio", "video", "source", "base64")
"""Where the data of a medium stand within a part, or within an object in it."""
NAME_KEYS = ("asset_pointer", "file_id", "fileUri", "file_uri", "filename", "file_name", "name", "path", "id")
"""What names a medium that stands elsewhere."""
SILENT = ("step-start", "step-finish", "source-url", "ITEM")
"""Types of parts that hold nothing that was said."""
HIDDEN = re.compile(r'<details type="([a-z_]+)"[^>]*>\s*(?:<summary>.*?</summary>)?(.*?)</details>\s*', re.S)
"""Open WebUI writes what a model thought, and its calls of tools, into the text."""


CALL = "a call of a tool"


class NotAConversation(ValueError):
    """The text says why, as the end of a sentence."""


@dataclass(frozen=True)
class ExportedMedia:
    """A picture, a recording or a video. data: base64, or a data URL. kind: "image", "audio", "video" or ""."""

    data: str
    kind: str = ""


@dataclass
class ExportedMessage:
    """What one side said. left_out: what of it is not taken, in words."""

    role: str
    number: int
    parts: list[str | ExportedMedia] = field(default_factory=list)
    reasoning: str = ""
    left_out: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(part for part in self.parts if isinstance(part, str))


def read_message(entry: object, number: int) -> ExportedMessage:
    """One entry of a list of messages. number: its place, from 1."""
    written = _unwrapped(entry)
    message = ExportedMessage(_role(written), number)
    if message.role not in ("user", "assistant", "system"):
        message.left_out.append(_of_another(written, message))
        return message
    _read_content(_content(written), message)
    for image in _list(written.get("images")):  # Ollama, with base64 alone
        _take_medium(image, "image", message)
    for file in _list(written.get("files")) + _list(written.get("attachments")):  # Open WebUI, Claude
        kind = file.get("type") if isinstance(file, dict) else ""
        _take_medium(file, kind if isinstance(kind, str) else "", message)
    _read_audio(written.get("audio"), message)
    if written.get("tool_calls") or written.get("function_call"):
        message.left_out.append(CALL)
    thought = next((written[key] for key in THOUGHTS if written.get(key)), "")
    message.reasoning = "\n\n".join(filter(None, (message.reasoning, _text_of(thought))))[:LONGEST_TEXT]
    return message


def _unwrapped(entry: object) -> dict[str, object]:
    """The message itself, which some programs put into another object."""
    written: dict[str, object] = entry if isinstance(entry, dict) else {}
    ids, inner = written.get("id"), written.get("kwargs")
    if isinstance(ids, list) and ids and isinstance(ids[-1], str) and isinstance(inner, dict):
        kind = ids[-1].removesuffix("Chunk").removesuffix("Message").lower()  # LangChain's serialised classes
        return {"role": kind, **inner}
    for key in ("message", "response", "data"):
        inner = written.get(key)
        if isinstance(inner, dict) and "role" not in written and {"content", "message", "fragments"} & set(inner):
            return {**({"role": written["type"]} if isinstance(written.get("type"), str) else {}), **inner}
    return written


def _role(written: dict[str, object]) -> str:
    author = written.get("author")
    named = author.get("role") if isinstance(author, dict) else author
    for key in ("role", "from", "sender"):
        named = named or written.get(key)
    for key in ("is_user", "isCreatedByUser"):  # SillyTavern, LibreChat
        if isinstance(written.get(key), bool):
            named = "user" if written[key] else "assistant"
    kind = written.get("type")
    if named is None and isinstance(kind, str):  # LangChain, and what stands beside messages in OpenAI's responses
        named = "assistant" if kind == "reasoning" else "tool" if kind in TOOLS else kind
    return ROLES.get(named.lower(), "") if isinstance(named, str) else ""


def _of_another(written: dict[str, object], message: ExportedMessage) -> str:
    """A message that is neither the visitor's nor an answer."""
    role = next((written[key] for key in ("role", "from", "sender") if written.get(key)), None)
    author = written.get("author")
    role = role or (author.get("role") if isinstance(author, dict) else None)
    if message.role == "tool":
        return f"a message with the role {role if isinstance(role, str) else 'tool'!r}"
    named = role[:80] if isinstance(role, str) else None
    return f"message {message.number} has the role {named!r}; only user and assistant can be shown"


def _content(written: dict[str, object]) -> object:
    """What stands for the content; the first that is not empty, since some programs write it twice."""
    keys = ("content", "parts", "value", "text", "mes", "message", "contentChunks")
    return next((written[key] for key in keys if written.get(key)), written.get("content"))


def _read_content(content: object, message: ExportedMessage) -> None:
    if content is None:
        return
    if isinstance(content, dict) and isinstance(content.get("parts"), list):  # ChatGPT, Gemini
        content = content["parts"]
    if isinstance(content, dict):
        content = [content]
    if isinstance(content, str):
        content = [content]
    if not isinstance(content, list):
        message.left_out.append(f"message {message.number} has a content that is neither text nor a list of parts")
        return
    for part in content:
        _read_part(part, message)


def _read_part(part: object, message: ExportedMessage) -> None:
    if isinstance(part, str):
        return _take_text(part, message)
    if not isinstance(part, dict):
        message.left_out.append(f"message {message.number} has a part of the type None, which is not known here")
        return None
    kind = part.get("type") or part.get("content_type") or next((key for key in MEDIA if key in part), "text")
    kind = kind if isinstance(kind, str) else ""
    if kind in SILENT:
        return None
    text = next((part[key] for key in TEXT_KEYS if isinstance(part.get(key), str)), None)
    if text is None and isinstance(part.get("text"), dict):  # OpenAI's threads
        text = part["text"].get("value") if isinstance(part["text"].get("value"), str) else None
    if part.get("thought") is True or kind in THOUGHTS:
        inside = next((part[key] for key in (*THOUGHTS, *THOUGHT_KEYS) if part.get(key)), "")
        message.reasoning = "\n\n".join(filter(None, (message.reasoning, _text_of(inside))))
    elif kind in TEXTS and text is not None:
        _take_text(text, message)
    elif kind in TOOLS or kind.startswith("tool-"):
        message.left_out.append(CALL)
    elif kind.removesuffix("_asset_pointer") != kind or "asset_pointer" in part:
        _take_medium(part, "", message)
    elif kind in MEDIA or (kind == "text" and ("path" in part or "url" in part)):
        _take_medium(part.get(kind, part), kind, message)
    elif not (kind == "text" and set(part) <= {"type", "text"} and not part.get("text")):
        message.left_out.append(
            f"message {message.number} has a part of the type {kind[:80]!r}, which is not known here"
        )
    return None


def _take_text(text: str, message: ExportedMessage) -> None:
    for kind, hidden in HIDDEN.findall(text) if "<details" in text else []:
        if kind == "reasoning":
            lines = [line.removeprefix(">").removeprefix(" ") for line in hidden.strip().splitlines()]
            message.reasoning = "\n\n".join(filter(None, (message.reasoning, "\n".join(lines))))
        else:
            message.left_out.append(CALL)
    text = HIDDEN.sub("", text) if "<details" in text else text
    if len(text) > LONGEST_TEXT:
        raise NotAConversation(f"message {message.number} is longer than {LONGEST_TEXT:,} characters")
    if text:
        message.parts.append(text)


def _take_medium(inside: object, kind: str, message: ExportedMessage) -> None:
    """A medium inside the file; anything else is named and left out."""
    kind = kind.removesuffix("_url").removeprefix("input_")
    data = inside
    for _ in range(3):  # {"source": {"data": …}}, {"image_url": {"url": …}}
        if isinstance(data, dict):
            data = next((data[key] for key in DATA_KEYS if data.get(key)), None)
    if isinstance(data, str) and (data.startswith("data:") or kind == "audio" or _is_encoded(data)):
        message.parts.append(ExportedMedia(data, kind if kind in ("image", "audio", "video") else ""))
        return
    if isinstance(inside, dict):
        data = next((inside[key] for key in NAME_KEYS if isinstance(inside.get(key), str)), data)
    if not isinstance(data, str) or not data:
        message.left_out.append(f"message {message.number} has a part without its data")
    elif kind == "file":
        named = data[:80]
        message.left_out.append(
            f"message {message.number} has a part of the type 'file' ({named!r}); only media are taken"
        )
    else:
        message.left_out.append(_names(message, data))


def _names(message: ExportedMessage, data: str) -> str:
    named = data if len(data) <= 80 else data[:80] + " …"
    return f"message {message.number} names {named!r}; only media that stand in the file itself (data:) are taken"


def _is_encoded(data: str) -> bool:
    """Whether this is a file in base64, and not the name or the address of one."""
    try:
        return media_type_of(base64.b64decode(data[:64], validate=True)) is not None
    except (binascii.Error, ValueError):
        return False


def _read_audio(audio: object, message: ExportedMessage) -> None:
    """What a model spoke: its transcript is its text, where it has no other (OpenAI's chat completions)."""
    if not isinstance(audio, dict):
        return
    transcript = audio.get("transcript")
    if isinstance(transcript, str) and not message.text:
        _take_text(transcript, message)
    if isinstance(audio.get("data"), str) and audio["data"]:
        _take_medium(audio["data"], "audio", message)


def _text_of(thought: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(thought, str):
        return thought
    if isinstance(thought, dict):
        return _text_of(next((thought[key] for key in THOUGHT_KEYS if isinstance(thought.get(key), str)), ""))
    return "\n\n".join(filter(None, map(_text_of, thought[:1000]))) if isinstance(thought, list) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
