"""Programs that use the API, and tests that know an element's id, find tomorrow what they find today."""

from tests.house.surface import broken, snapshot, surface, with_new


def test_no_endpoint_element_or_route_is_gone_or_changed():
    """What is new: `python -m tests.house.surface --add`."""
    assert not broken(snapshot(), surface())


def test_what_is_gone_or_renamed_is_named():
    assert broken({"elements": {"image-run": "button"}}, {"elements": {"image-start": "button"}})
    assert broken({"elements": {"image-run": "button"}}, {"elements": {"image-run": "html"}})


def test_a_parameter_may_come_at_the_end_with_a_default_and_nowhere_else():
    prompt, seed = {"name": "prompt", "has_default": False}, {"name": "seed", "has_default": True}
    before = {"endpoints": {"/image": {"parameters": [prompt]}}}
    assert not broken(before, {"endpoints": {"/image": {"parameters": [prompt, seed]}}})
    assert broken(before, {"endpoints": {"/image": {"parameters": [seed, prompt]}}})
    assert broken(before, {"endpoints": {"/image": {"parameters": [prompt, prompt | {"name": "size"}]}}})


def test_the_command_adds_and_never_takes_away():
    before = {"elements": {"old": "html", "same": "html"}}
    assert with_new(before, {"elements": {"same": "button", "new": "html"}}) == {
        "elements": {"new": "html", "old": "html", "same": "html"}
    }
