import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omni_ui.features.speech.pieces import (
    AFTER_PARAGRAPH,
    AFTER_SENTENCE,
    AFTER_TURN,
    Piece,
    script,
    sentences,
    speakers,
    weight,
)


def texts(text, **more):
    return [piece.text for piece in sentences(text, **more)]


@pytest.mark.parametrize(
    "parts",
    [
        ["First one.", "Second one!", "Is this the third?"],
        ["Dr. Smith paid 3.50 dollars to Mr. Jones.", "He left."],
        ["J. R. R. Tolkien wrote it.", "It is long."],
        ["The U.S. Army came at 5 p.m. yesterday.", "Nobody saw it."],
        ['"Really?" he asked.', '"Yes!"', "She smiled."],
        ["Well... maybe.", "Or not."],
        ["See e.g. this page.", "It is No. 4 of 9."],
        ["Am 3. Mai kam Hr. Müller, z. B. mit dem Zug.", "Er blieb bis 18.30 Uhr."],
        ["M. Dupont est là.", "« Bonjour ! »", "Il sourit."],
        ["¿Cómo estás?", "¡Muy bien!", "La Sra. Pérez llegó."],
        ["Он родился в 1990 г. в Москве.", "Потом уехал."],
        ["今天天气很好。", "我们去公园吧！", "好吗？"],
        ["「こんにちは。」", "今日はいい天気ですね。", "行きましょう！"],
        ["안녕하세요.", "오늘은 날씨가 좋네요!"],
        ["यह पहला वाक्य है।", "यह दूसरा है।"],
        ["كيف حالك؟", "أنا بخير."],
        ["He said no.", "It is on p. 7, fig. 3 and no. 4."],
        ["It was I.", "They knew."],
        ["Visit example.com today.", "Version 2.0.1 is out."],
        ["no end mark at all"],
    ],
)
def test_sentences_of_many_languages(parts):
    glue = "" if weight(parts[0]) > 2 * len(parts[0]) and "。" in "".join(parts) else " "
    assert texts(glue.join(parts)) == parts


def test_paragraphs_pause_longer_and_wrapped_lines_are_joined():
    assert sentences("A first line\nwrapped here. Next.\n\nA new one.") == [
        Piece("A first line wrapped here.", "", AFTER_SENTENCE),
        Piece("Next.", "", AFTER_PARAGRAPH),
        Piece("A new one.", "", AFTER_PARAGRAPH),
    ]


def test_a_heading_is_a_piece_of_its_own():
    assert texts("Chapter One\nIt was dark.") == ["Chapter One", "It was dark."]


def test_signs_alone_are_not_spoken_alone():
    assert texts("Hello! * * *\n\n—\n\nBye.") == ["Hello! * * *", "Bye."]
    assert texts("...") == []


def test_a_long_sentence_is_cut_between_clauses_and_nothing_is_lost():
    long = "when the rain had stopped at last, " * 30 + "they left."
    cut = texts(long)
    assert max(map(weight, cut)) <= 300
    assert all(part.endswith((",", ".")) for part in cut)
    assert " ".join(cut) == long


@pytest.mark.parametrize("text", ["word " * 400, "x" * 1000, "字" * 500, "，".join(["很长的句子"] * 60)])
def test_no_piece_is_longer_than_allowed(text):
    cut = texts(text)
    assert max(map(weight, cut)) <= 300
    assert "".join("".join(cut).split()) == "".join(text.split())


@example("1111111111111111111 1", 20)
@given(st.text(alphabet=" .!?…。,\n\"'”「」abAB12字か", max_size=400), st.integers(20, 80))
def test_every_letter_is_kept_in_order(text, most):
    kept = "".join(sign for part in texts(text, most=most) for sign in part if sign.isalnum())
    assert kept == "".join(sign for sign in text if sign.isalnum())
    assert all(weight(part) <= most + 3 or len(part.split()) > 1 for part in texts(text, most=most))


SCRIPT = """A short scene.
Alice: Hello there. How are you?
Bob：很好。
alice: Good!
  And you?
[Dr. Who] Run: now.
See http://example.com for more
"""


def test_a_script_has_turns_and_lines_that_go_on():
    assert script(SCRIPT) == [
        Piece("A short scene.", "", AFTER_TURN),
        Piece("Hello there. How are you?", "Alice", AFTER_TURN),
        Piece("很好。", "Bob", AFTER_TURN),
        Piece("Good! And you?", "Alice", AFTER_TURN),
        Piece("Run: now. See http://example.com for more", "Dr. Who", AFTER_TURN),
    ]
    assert speakers(SCRIPT) == ["Alice", "Bob", "Dr. Who"]


def test_a_sentence_with_a_colon_is_not_a_speaker():
    assert speakers("He said the following words to all of us: run.\n12: noon") == []


def test_a_long_turn_is_cut_at_sentences():
    pieces = script("Alice: " + "This is a sentence of the turn. " * 20)
    assert len(pieces) > 1
    assert {piece.speaker for piece in pieces} == {"Alice"}
    assert [piece.pause for piece in pieces] == [AFTER_SENTENCE] * (len(pieces) - 1) + [AFTER_TURN]


@pytest.mark.parametrize(
    "text", ["One sentence here. " * 5000, "x" * 100_000, "字。" * 50_000, ". " * 50_000, "a, " * 33_000]
)
def test_the_longest_text_is_split_at_once(text):
    began = time.process_time()
    sentences(text)
    script(f"A: {text}")
    assert time.process_time() - began < 5


def test_a_long_sentence_that_ends_with_a_comma():
    assert [piece.text for piece in sentences("word " * 100 + "end,")][-1].endswith("end,")
