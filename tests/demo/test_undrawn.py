import pytest

from omni_ui.client.answers.pictures import Pictures
from omni_ui.demo.undrawn import undrawn
from omni_ui.demo.words import read


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a bowl of ramen with an egg on a table", []),
        ("An old woman wearing a hat, playing the piano", ["piano"]),
        ("two violins and a guitar on a table", ["violins", "guitar"]),
        ("A lighthouse on a cliff at dusk, long exposure, calm sea", []),
        ("", []),
    ],
)
def test_the_nouns_that_the_painter_does_not_know_are_named(prompt, words):
    assert undrawn(prompt) == words


@pytest.mark.parametrize("name", ["bowl", "egg", "bread", "hat", "bridge", "logo", "sleeping cat", "sleeping dog"])
def test_everyday_things_are_subjects(name):
    assert [subject.name for subject in read(f"a {name}").subject] == [name]


def test_an_old_person_has_grey_hair_unless_a_colour_is_named():
    assert [(subject.name, subject.colour) for subject in read("an old man").subject] == [("man", "c9ccd2")]
    assert read("a red old woman").subject[0].colour != "c9ccd2"


@pytest.mark.parametrize("told", [None, "sofa", {"a": 1}, [1, None, ""]])
def test_what_another_server_may_say_there_is_left_alone(told):
    assert Pictures([], metrics={"not_drawn": told}).not_drawn == []
