import pytest

from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Conversation, Message, Part
from omni_ui.features.chat.speech.speak import answer_to_speak, spoken_text


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("# Title\n- one\n2. two", "Title\none\ntwo"),
        ("See [the page](http://x.example/a_b).", "See the page."),
        ("Before\n```python\nx = 1\n```\nafter", "Before\n \nafter"),
        ("```python\nx = 1\n```", ""),
    ],
)
def test_marks_and_code_are_not_spoken(markdown, words):
    assert spoken_text(markdown) == words


def test_an_answer_without_words_cannot_be_spoken():
    talk = Conversation()
    talk.messages = [Message("user", [Part("text", "Hello")]), Message("assistant", [Part("text", "```\n1\n```")])]
    with pytest.raises(Invalid):
        answer_to_speak(talk, 1)
    with pytest.raises(Invalid):
        answer_to_speak(talk, 2)
    assert answer_to_speak(talk, 0)[1].input == "Hello"
