"""A conversation that the browser kept while the page was loaded again: read as what a stranger may have written.

It has the form in which the page tells its conversation: messages, and in them the addresses of files of the cache.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from omni_ui.core.files import FileRefused, Json, own_path
from omni_ui.features.chat.conversation import Conversation, Kind, Message, Part
from omni_ui.features.chat.conversation_json import MEDIA
from omni_ui.features.chat.imports import LONGEST_TEXT, MOST_MESSAGES

FindFile = Callable[[str], Path]
FILE = "/file="
MODALITIES: dict[str, Kind] = {"image_url": "image", "audio_url": "audio", "video_url": "video", "input_audio": "audio"}


def read_kept(kept: Json, find: FindFile = own_path) -> Conversation | None:
    """The conversation; None when there is none. Files that are gone, or belong to others, are left out.

    kept: `conversation` as JSON, and `thread`, the key of its first message, under which the history goes on.
    find: the path of a file that this visitor may use; raises FileRefused.
    """
    conversation = kept.get("conversation")
    listed = conversation.get("messages") if isinstance(conversation, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_MESSAGES:
        return None
    messages = [message for entry in listed if (message := _message(entry, find))]
    if not messages:
        return None
    thread = kept.get("thread")
    if isinstance(thread, str) and re.fullmatch(r"[0-9a-f]{12}", thread):
        messages[0].key = thread
    talk = Conversation()
    talk.messages = messages
    return talk


def _message(entry: object, find: FindFile) -> Message | None:
    if not isinstance(entry, dict) or entry.get("role") not in ("user", "assistant"):
        return None
    content, reasoning = entry.get("content"), entry.get("reasoning")
    listed = [{"type": "text", "text": content}] if isinstance(content, str) else content
    parts = [part for item in listed if (part := _part(item, find))] if isinstance(listed, list) else []
    thought = reasoning[:LONGEST_TEXT] if isinstance(reasoning, str) else ""
    return Message(entry["role"], parts, thought) if parts or thought else None


def _part(item: object, find: FindFile) -> Part | None:
    if not isinstance(item, dict):
        return None
    kind = item.get("type")
    if kind == "text":
        text = item.get("text")
        return Part("text", text[:LONGEST_TEXT]) if isinstance(text, str) and text else None
    if not isinstance(kind, str) or kind not in MEDIA or not isinstance(item.get(kind), dict):
        return None
    address = item[kind].get(MEDIA[kind])
    if not isinstance(address, str) or FILE not in address:
        return None
    try:
        path = find(unquote(address.partition(FILE)[2]))
    except FileRefused:
        return None
    return Part(MODALITIES[kind], path=path)
