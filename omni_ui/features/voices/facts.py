"""What is known of voices by their names: the language they are at home in, and a word on how they sound.

Servers list names only. Of Qwen3-TTS: its makers' table (https://github.com/QwenLM/Qwen3-TTS, "Custom Voice Generate").
Of the demo: what its voices are made with (omni_ui/demo/audio/voice.py).
"""

from typing import NamedTuple


class VoiceFacts(NamedTuple):
    """language: in English, such as "Korean". sound: a few words, such as "warm, gentle"."""

    language: str
    sound: str


QWEN = {
    "vivian": VoiceFacts("Chinese", "bright young woman"),
    "serena": VoiceFacts("Chinese", "warm young woman"),
    "uncle_fu": VoiceFacts("Chinese", "low, mellow older man"),
    "dylan": VoiceFacts("Chinese", "clear young man from Beijing"),
    "eric": VoiceFacts("Chinese", "lively, husky man from Chengdu"),
    "ryan": VoiceFacts("English", "dynamic, rhythmic man"),
    "aiden": VoiceFacts("English", "sunny American man"),
    "ono_anna": VoiceFacts("Japanese", "light, playful woman"),
    "sohee": VoiceFacts("Korean", "warm woman, full of feeling"),
}
DEMO = {
    "ada": VoiceFacts("English", "clear, American"),
    "bruno": VoiceFacts("English", "deep, American"),
    "clara": VoiceFacts("English", "warm, British"),
    "edwin": VoiceFacts("English", "calm, British"),
    "fergus": VoiceFacts("English", "lively, Scottish"),
    "pip": VoiceFacts("English", "young and quick"),
    "ines": VoiceFacts("Spanish", "bright"),
    "jules": VoiceFacts("French", "friendly"),
    "mei": VoiceFacts("Chinese", "light"),
    "otto": VoiceFacts("German", "steady"),
    "rune": VoiceFacts("English", "robot, American"),
    "willow": VoiceFacts("English", "whispering, American"),
}


def facts_of(name: str, demo: bool) -> VoiceFacts:
    """What is known of a voice; two empty texts where nothing is."""
    return (DEMO if demo else QWEN).get(name.lower(), VoiceFacts("", ""))
