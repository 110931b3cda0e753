"""Scripts as people paste them: who speaks, what is spoken, what is not."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.features.speech.pieces import not_spoken, script, speakers
from omni_ui.features.speech.script_text import read_script

CASES = Path(__file__).parents[2] / "cases"


def turns(text: str) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in read_script(text).turns]


TWO = [("Alice", "Hi there."), ("Bob", "Hello: yes!")]


@pytest.mark.parametrize(
    "text",
    [
        "**Alice:** Hi there.\n**Bob:** Hello: yes!",
        "**Alice**: Hi there.\n__Bob__: Hello: yes!",
        "- Alice: Hi there.\n* Bob: Hello: yes!",
        "1. Alice: Hi there.\n2) Bob: Hello: yes!",
        "[00:01] Alice: Hi there.\n[00:01:05] Bob: Hello: yes!",
        "00:01 Alice: Hi there.\n00:07 - Bob: Hello: yes!",
        "[Alice] Hi there.\n[laughs]\n[Bob] Hello: yes!",
        "Alice: Hi there. (sighs)\nBob (whispering): Hello: yes!",
        "Scene: a bar\nAlice: Hi *there*.\nBob: Hello: yes!",
        "1\n00:00:01,000 --> 00:00:02,000\nAlice: Hi there.\n\n2\n00:00:03,000 --> 00:00:04,000\nBob: Hello: yes!",
        "[00:00:01.000 --> 00:00:03.000] Alice: Hi there.\n[00:00:03.000 --> 00:00:05.000]  Bob: Hello: yes!",
        "[12/03/24, 10:32:11] Alice: Hi there.\n[12/03/24, 10:33:01] Bob: Hello: yes!",
        "12/03/2024, 10:32 - Alice: Hi there.\n12/03/2024, 10:33 - Bob: Hello: yes!",
        "10:32 AM Alice: Hi there.\n10:33 AM Bob: Hello: yes!",
        "Alice (00:12): Hi there.\nBob [00:15]: Hello: yes!",
        "<Alice> Hi there.\n<Bob> Hello: yes!",
        "Alice — Hi there.\nBob — Hello: yes!",
        "Alice\tHi there.\nBob\tHello: yes!",
        "| Speaker | Line |\n|---|---|\n| Alice | Hi there. |\n| **Bob** | Hello: yes! |",
        "<p><b>Alice:</b> Hi there.<br><strong>Bob</strong>: Hello: yes!</p>",
        '[{"speaker": "Alice", "text": "Hi there."}, {"name": "Bob", "line": "Hello: yes!"}]',
        '{"segments": [{"speaker": "Alice", "text": " Hi there."}, {"speaker": "Bob", "text": "Hello: yes!"}]}',
        "Dialogue: 0,0:00:01.00,0:00:03.00,Default,Alice,0,0,0,,Hi there.\n"
        "Dialogue: 0,0:00:03.00,0:00:05.00,Default,Bob,0,0,0,,Hello: yes!",
        '\ufeff“Alice”: Hi there.\n\u200b"Bob": Hello: yes!',
        "👩 Alice: Hi there.\n👨 Bob: Hello: yes!",
        "Alice says: Hi there.\nBob asks: Hello: yes!",
        "---\nAlice: Hi <laugh> there.\n***\nBob: Hello: yes!",
        "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000\n<v Alice>Hi <i>there</i>.</v>\n\n00:03.000 --> 00:04.000\n"
        "<v.loud Bob>Hello: yes!",
    ],
)
def test_the_cast_and_the_words(text):
    assert turns(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "Alice  00:12\nHi there.\n\nBob  00:15\nHello, you.",
        "Alice, 10:32 AM\nHi there.\n\nBob, 10:33 AM\nHello, you.",
        "**Alice**\nHi there.\n\n**Bob**\nHello, you.",
        "### Alice\nHi there.\n### Bob\nHello, you.",
    ],
)
def test_names_alone_above_what_is_said(text):
    assert turns(text) == [("Alice", "Hi there."), ("Bob", "Hello, you.")]


def test_a_screen_play():
    text = "INT. A BAR\n\nALICE\n(softly)\nHi there.\n\nBOB (CONT'D)\nHello, you."
    assert turns(text)[-2:] == [("ALICE", "Hi there."), ("BOB", "Hello, you.")]


@pytest.mark.parametrize(
    "line", ["Let's meet at 10:30: I have time.", "10:30 works for me.", "Meet at 10:30", "She turned and says: no.",
             "We won 3 - 2 today.", "😀 is a smile.", "It costs <5 euros>.", "THAT IS LOUD", "Look | there"]
)  # fmt: skip
def test_words_that_look_like_a_form_are_spoken(line):
    assert turns(f"Alice: Hi.\n{line}") == [("Alice", f"Hi. {line}")]
    assert turns(line) == [("", line)]


def test_pauses_in_other_forms():
    text = 'Alice: One <break time="1500ms"/> two <pause 2s> three [3s] four.\nBob: Yes.'
    assert [turn.pause for turn in read_script(text).turns] == [1.5, 2, 3, None, None]


def test_the_cases():
    assert turns((CASES / "script_markdown.txt").read_text()) == [
        ("Alice", "Hi there."), ("Bob", "Hello, how are you?"),
    ]  # fmt: skip
    assert turns((CASES / "script_dia.txt").read_text()) == [("S1", "Hi there."), ("S2", "Hello!"), ("S1", "Bye.")]


def test_other_names():
    assert speakers("Speaker 1: Hi\nSpeaker 2: Ho\n爱丽丝：你好\nDr. Smith: Yes") == [
        "Speaker 1", "Speaker 2", "爱丽丝", "Dr. Smith",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["So remember: never go.", "Note: bring water.", "He said: run.", "12: noon"])
def test_a_colon_within_a_sentence(line):
    assert speakers(f"Alice: Hi.\n{line}") == ["Alice"] or line == "He said: run."
    assert speakers(f"Alice: {line}") == ["Alice"]


def test_a_pause_is_silence_and_what_is_not_spoken_is_named():
    text = "Alice: Hi [laughs] there. [pause 2s] Bye (the old one).\nBob: [pause] Yes."
    assert next((piece.text, piece.pause) for piece in script(text)) == ("Hi there.", 2.0)
    assert [piece.text for piece in script(text)] == ["Hi there.", "Bye (the old one).", "Yes."]
    assert not_spoken(text) == ["[laughs]"]
    assert script("A: Hi. [pause 900s] Bye.")[0].pause == 30


@given(st.text(alphabet="AB:[]() *_-\n.1s0：笑>v<", max_size=300))
def test_any_text_is_read(text):
    script(text)


@pytest.mark.parametrize("text", ["[" * 100_000, "*" * 100_000, "A: (" * 30_000, "- " * 50_000, "a:\n" * 33_000])
def test_the_longest_text_is_read_at_once(text):
    began = time.process_time()
    read_script(text)
    assert time.process_time() - began < 5
