"""The demo's chat: are its answers true, and does nothing that is sent break it?"""

import base64
import datetime
import io
import re
import time

import pytest
import soundfile
from PIL import Image

from omni_ui.demo.assistant import talk


def said(*texts, media=(), **how) -> str:
    """The answer after these messages; media go with the last one."""
    messages = []
    for text in texts:
        messages += [{"role": "user", "content": text}, {"role": "assistant", "content": "…"}]
    messages.pop()
    if media:
        messages[-1]["content"] = [*media, {"type": "text", "text": texts[-1]}]
    return "".join(talk.reply(messages, **how))


def url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def image_part(image: Image.Image, form="PNG") -> dict:
    file = io.BytesIO()
    image.save(file, form)
    return {"type": "image_url", "image_url": {"url": url(file.getvalue(), "image/png")}}


def wav(samples, rate=16_000, **how) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **how})
    return file.getvalue()


def audio_part(content: bytes) -> dict:
    return {"type": "input_audio", "input_audio": {"data": base64.b64encode(content).decode(), "format": "wav"}}


def test_the_pieces_are_words_that_join_to_the_answer():
    pieces = list(talk.reply([{"role": "user", "content": "help"}]))
    assert len(pieces) > 40
    assert all(len(piece.split()) <= 1 for piece in pieces)
    assert "".join(pieces) == said("help")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("what is 17 + 25?", "42"),
        ("17+25", "42"),
        ("Calculate 12 * (3 + 4).", "84"),
        ("what's 15% of 80", "12"),
        ("7 times 6 please", "42"),
        ("10 divided by 4", "2.5"),
        ("2^10", "1024"),
        ("1,234 + 1", "1235"),
        ("square root of 2", "1.41421356237"),
        ("-3 - -4", "1"),
        ("5 squared minus 1", "24"),
        ("How much is 0.1 + 0.2 ?", "0.3"),
    ],
)
def test_sums(text, answer):
    assert said(text).endswith(f"= **{answer}**")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1/0", "divides by zero"),
        ("5 % 0", "divides by zero"),
        ("9**9**9**9", "too large"),
        ("2^100000000", "too large"),
        ("10^59 * 10^59", "too large"),
        ("(-8)^0.5", "root of a negative"),
    ],
)
def test_sums_without_an_answer(text, answer):
    started = time.process_time()
    assert answer in said(text)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "text", ["2024-05-03x", "__import__('os')", "1 +", "(" * 150 + "1+1", "().__class__", "007 + 1"]
)
def test_what_is_no_sum_is_not_worked_out(text):
    assert "= **" not in said(text)


def test_the_clock():
    before = datetime.datetime.now()
    answer = said("What time is it?")
    assert any(f"**{before + datetime.timedelta(minutes=m):%H:%M}**" in answer for m in (0, 1))
    assert str(before.year) in said("what is the date today")


def test_it_looks_back_at_what_was_sent():
    pictured = [{"role": "user", "content": [image_part(Image.new("RGB", (33, 44)))]}]
    later = [*pictured, {"role": "user", "content": "which colours does the picture have?"}]
    assert "33 x 44" in "".join(talk.reply(later))
    assert "Hello again!" in said("1+1", "hello")


def test_a_message_may_ask_for_several_things():
    grey = [image_part(Image.new("RGB", (8, 8), "#808080"))]
    answer = said("What is 3 times 4 and how bright is this picture?", media=grey)
    assert "3 × 4 = **12**" in answer
    assert "| Brightness | 50%, medium |" in answer
    answer = said("How big is this? And how do I connect a server?", media=grey)
    assert "8 x 8 pixels" in answer
    assert "OMNI_BASE_URL" in answer
    answer = said("what is 2+2, and what does Stop do?")
    assert "2 + 2 = **4**" in answer
    assert "**Stop** ends a run" in answer
    assert said("what is this video, and which language is spoken?", media=grey).count("###") == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How do I connect a server?", "OMNI_BASE_URL=http://host:8091 make run"),
        ("what does Stop do", "**Stop** ends a run"),
        ("explain seeds", "The same words, settings and seed give the same result"),
        ("what are steps?", "**Guidance**"),
        ("show me some markdown", "```python"),
        ("which tabs are there", "| Sound |"),
        ("how do I move the camera?", "*pan left*"),
        ("thank you!", "You are welcome"),
        ("Say hello to the world", "hello to the world"),
        ("who are you?", "no language model"),
        ("Hello!", "no language model"),
        ("flibbertigibbet", "no language model"),
    ],
)
def test_what_it_knows(text, words):
    assert words in said(text)


def test_every_part_of_the_guide_can_be_asked_for():
    heads = re.findall(r"^### (.+)$", "\n\n### ".join(talk.GUIDE), re.MULTILINE)
    assert sorted(heads) == sorted(talk.TOPICS)


def test_the_voices_are_told():
    assert "I speak as Ada, Zed." in said("which voices do you have?", voices=["Ada", "Zed"])


def test_a_long_answer_is_honest_and_long():
    answer = said("Write 500 words about cats")
    assert "I cannot write that" in answer
    assert len(answer.split()) > 450
    assert "```bash" in answer


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("draw a red fox", "a red fox"),
        ("Can you paint me a sunset, please?", "a sunset"),
        ("make me a picture of two boats!", "two boats"),
        ("Generate a beautiful image of Rome", "Rome"),
        ("a photo of the sea", "the sea"),
        ("how do I draw a mask?", None),
        ("don't draw a cat", None),
        ("what colours does the picture have", None),
        ("hello", None),
        ("", None),
    ],
)
def test_wants_picture(text, prompt):
    assert talk.wants_picture(text) == prompt
    if prompt:
        assert f"**{prompt}**" in said(text)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "system", "content": "You are a poet"}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": ["plain", 7, {"type": "text"}, {"type": "odd"}, {}]}],
        [{"role": "user"}],
        ["nonsense", {"content": "no role"}],
    ],
)
def test_odd_messages_get_an_answer(messages):
    assert "".join(talk.reply(messages)).strip()


@pytest.mark.parametrize(
    "text", ["what did i " * 20_000, "(" * 200_000, "1+" * 100_000, " " * 200_000, "draw " * 40_000]
)
def test_very_long_texts_take_no_time(text):
    started = time.process_time()
    assert said(text)
    assert time.process_time() - started < 3
