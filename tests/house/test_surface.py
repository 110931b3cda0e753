"""Programs that use the API, and tests that know an element's id, find tomorrow what they find today."""

import pytest

from tests.house.surface import Surface, broken, elements_by_id, not_written, snapshot, surface, with_new


@pytest.fixture(scope="module")
def now() -> Surface:
    return surface()


def test_no_endpoint_element_or_route_is_gone_or_changed(now):
    lines = broken(snapshot(), now)
    assert not lines, "\n".join(lines)


def test_two_elements_with_one_id_are_told():
    assert elements_by_id([("chat-run", "button"), ("chat-stop", "button")]) == {
        "chat-run": "button",
        "chat-stop": "button",
    }
    with pytest.raises(ValueError, match="same id: chat-stop"):
        elements_by_id([("chat-stop", "button"), ("chat-stop", "textbox")])


def test_each_parameter_of_the_api_is_written_down(now):
    missing = not_written(snapshot(), now)
    assert not missing, "Run `python -m tests.house.surface --add`:\n" + "\n".join(missing)


def test_what_is_gone_or_renamed_is_named():
    assert broken({"elements": {"image-run": "button"}}, {"elements": {"image-start": "button"}})
    assert broken({"elements": {"image-run": "button"}}, {"elements": {"image-run": "html"}})


def test_a_parameter_may_come_at_the_end_with_a_default_and_nowhere_else():
    prompt, seed = {"name": "prompt", "has_default": False}, {"name": "seed", "has_default": True}
    before = {"endpoints": {"/image": {"parameters": [prompt]}}}
    assert not broken(before, {"endpoints": {"/image": {"parameters": [prompt, seed]}}})
    assert broken(before, {"endpoints": {"/image": {"parameters": [seed, prompt]}}}) == [
        "endpoints: /image: a new parameter goes after the last one, and seed does not"
    ]
    assert broken(before, {"endpoints": {"/image": {"parameters": [prompt, prompt | {"name": "size"}]}}})


def test_the_command_adds_and_never_takes_away():
    before = {"elements": {"old": "html", "same": "html"}}
    assert with_new(before, {"elements": {"same": "button", "new": "html"}}) == {
        "elements": {"new": "html", "old": "html", "same": "html"}
    }


def test_the_command_adds_a_parameter_to_an_endpoint_that_is_there():
    prompt, seed = {"name": "prompt", "has_default": False}, {"name": "seed", "has_default": True}
    before = {"endpoints": {"/image": {"parameters": [prompt]}}}
    now = {"endpoints": {"/image": {"parameters": [prompt, seed]}}}
    assert not_written(before, now) == ["/image: seed"]
    assert with_new(before, now) == now
