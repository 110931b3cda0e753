"""Chinese prompts in the demo: the page's Chinese examples are drawn as the English ones are."""

import pytest

from omni_ui.demo.assistant.talk import reply, wants_picture
from omni_ui.demo.audio.sound import _found
from omni_ui.demo.chinese import in_english
from omni_ui.demo.imaging.editor import _operations
from omni_ui.demo.words import Wish, read, tokens
from omni_ui.features.i18n.languages import languages
from omni_ui.features.stage.examples import EXAMPLES
from omni_ui.tabs.chat import DRAW

TEXTS = next(language.texts for language in languages() if language.code == "zh-CN")
DRAWN = [text for tab in ("image", "video") for text in EXAMPLES[tab]]


def named(wish: Wish) -> dict[str, list[str]]:
    """What is drawn; the key is another one for every text, and the order of words is that of the language."""
    return {kind: sorted(map(repr, value)) for kind, value in vars(wish).items() if kind != "key"}


@pytest.mark.parametrize("english", DRAWN)
def test_an_example_draws_the_same_in_chinese(english: str) -> None:
    assert named(read(TEXTS[english])) == named(read(english))
    assert any(named(read(english)).values())


@pytest.mark.parametrize("english", EXAMPLES["edit"])
def test_an_example_changes_a_picture_in_chinese(english: str) -> None:
    found = [len(_operations(tokens(text), [], None, 0)) for text in (english, TEXTS[english])]
    assert found[0] == found[1] > 0


@pytest.mark.parametrize("english", EXAMPLES["sound"])
def test_an_example_sounds_the_same_in_chinese(english: str) -> None:
    assert _found(in_english(TEXTS[english])) == _found(english)
    assert _found(english)


def test_the_talker_understands_its_examples_in_chinese() -> None:
    def answer(text: str) -> str:
        return "".join(reply([{"role": "user", "content": text}]))

    assert "lighthouse" in (wants_picture(TEXTS[DRAW]) or "")
    assert "**84**" in answer(TEXTS["What is 12 * (3 + 4)?"])
    assert answer(TEXTS["What can you do?"]) == answer("What can you do?")
    assert answer(TEXTS["What is a seed good for?"]) == answer("What is a seed good for?")


def test_other_texts_stay_as_they_are() -> None:
    for text in ("A red fox, at dawn", "", "3 × 4", "Füchse"):
        assert in_english(text) == text
    assert in_english("两只猫、三只狗。") == "two cat , three dog ."
