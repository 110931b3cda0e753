"""The voices of the server as cards on the Speech tab: how each sounds, and a click to use it. Script: cards.js."""

import gradio as gr

from omni_ui.core.scripts import call, mounted
from omni_ui.core.templates import html_file
from omni_ui.widgets.components import ObjectField


def voice_cards() -> ObjectField:
    """value: the voice that was chosen. cards: those of `samples.cards_of`."""
    html = html_file("features/voices/cards.html")
    return ObjectField(None, elem_id="speech-voice-cards", padding=False, cards=[], **mounted(html, "voice_cards"))


def wire_cards(cards: ObjectField, voice: gr.Dropdown) -> None:
    """A click on a card chooses its voice, and the choice marks its card."""
    cards.input(None, cards, voice, js="(voice) => voice || ''", queue=False, api_visibility="private")
    voice.change(None, voice, None, js=call("mark_voice"), queue=False, api_visibility="private")
