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
    told = kept.get("conversation")
    listed = told.get("messages") if isinstance(told, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_MESSAGES:
        return None
    messages = [message for one in listed if (message := _message(one, find))]
    if not messages:
        return None
    thread = kept.get("thread")
    if isinstance(thread, str) and re.fullmatch(r"[0-9a-f]{12}", thread):
        messages[0].key = thread
    talk = Conversation()
    talk.messages = messages
    return talk


def _message(told: object, find: FindFile) -> Message | None:
    if not isinstance(told, dict) or told.get("role") not in ("user", "assistant"):
        return None
    content, reasoning = told.get("content"), told.get("reasoning")
    listed = [{"type": "text", "text": content}] if isinstance(content, str) else content
    parts = [part for one in listed if (part := _part(one, find))] if isinstance(listed, list) else []
    thought = reasoning[:LONGEST_TEXT] if isinstance(reasoning, str) else ""
    return Message(told["role"], parts, thought) if parts or thought else None


def _part(told: object, find: FindFile) -> Part | None:
    if not isinstance(told, dict):
        return None
    kind = told.get("type")
    if kind == "text":
        text = told.get("text")
        return Part("text", text[:LONGEST_TEXT]) if isinstance(text, str) and text else None
    if not isinstance(kind, str) or kind not in MEDIA or not isinstance(told.get(kind), dict):
        return None
    address = told[kind].get(MEDIA[kind])
    if not isinstance(address, str) or FILE not in address:
        return None
    try:
        path = find(unquote(address.partition(FILE)[2]))
    except FileRefused:
        return None
    return Part(MODALITIES[kind], path=path)
