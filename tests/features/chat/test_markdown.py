"""A conversation to read."""

from pathlib import Path

from omni_ui.features.chat.conversation import Message, Part
from omni_ui.features.chat.export.markdown import as_markdown

NOW = 1_800_000_000.0
WRITTEN = """# Conversation

Exported 2027-01-15 08:00 UTC

## System prompt

Answer briefly.

## You

*2027-01-15 07:58 UTC*

[Picture: `boat.png`]

What is it?

## Assistant

*Qwen/Qwen3-Omni · 2027-01-15 07:59 UTC*

> Thinking
>
> A hull,
> a mast.

A **boat**.

[Sound: `answer.wav`]

*Stopped here.*
"""


def test_it_says_who_said_what_when_by_which_model_and_names_the_files():
    asked = Message("user", [Part("image", path=Path("/x/boat.png")), Part("text", "What is it?")], at=NOW - 120)
    answered = Message(
        "assistant",
        [Part("text", "A **boat**."), Part("audio", path=Path("/x/answer.wav"))],
        "A hull,\na mast.",
        notes=["Stopped here."],
        model="Qwen/Qwen3-Omni",
        at=NOW - 60,
    )
    assert as_markdown([asked, answered], "Answer briefly.", NOW) == WRITTEN


def test_what_is_not_known_is_left_out():
    assert as_markdown([Message("user", [Part("text", "Hi")])], "", NOW).endswith("UTC\n\n## You\n\nHi\n")
