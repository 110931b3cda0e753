"""Conversations as other programs export them: read into messages of one form. Nothing in them is opened or fetched."""

from omni_ui.features.chat.imports.exports import MOST_MESSAGES, ExportedConversation, read_export
from omni_ui.features.chat.imports.parts import LONGEST_TEXT, ExportedMedia, ExportedMessage, NotAConversation

__all__ = [
    "LONGEST_TEXT",
    "MOST_MESSAGES",
    "ExportedConversation",
    "ExportedMedia",
    "ExportedMessage",
    "NotAConversation",
    "read_export",
]
