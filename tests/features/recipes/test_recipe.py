"""Recipes of every tab: there and back, and everything that must be refused."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omni_ui.client import ChatRequest, EditRequest, FileRef, ImageRequest
from omni_ui.features.recipes import BadRecipe, Medium, Recipe, labelled, pack, unpack
from omni_ui.features.recipes.recipe import LONGEST, REQUESTS, names_files
from tests.features.recipes.requests import requests

slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HASH = "0" * 64


def image(**request: Any) -> dict[str, Any]:
    return {"omni": 1, "tab": "image", "request": {"prompt": "a fox", **request}}


@pytest.mark.parametrize("tab", REQUESTS)
def test_request_to_recipe_to_link_and_back(tab, kinds):
    by_hash = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in kinds.values()}

    @slow
    @given(requests(tab, kinds))
    def round_trip(request):
        recipe = Recipe.of(request, "some/model")
        assert Recipe.from_json(recipe.as_json()) == recipe
        opened = unpack(f"#r={pack(recipe)}")
        assert opened == recipe
        again = opened.to_request(lambda medium: by_hash[medium.sha256])
        assert again == request
        assert again.wire("some/model") == request.wire("some/model")
        assert str(next(iter(kinds.values())).parent) not in recipe.as_json()
        assert all(label and value for label, value in labelled(recipe))

    round_trip()


@slow
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_text_is_a_recipe_or_one_sentence(text):
    for read in (Recipe.from_json, lambda one: unpack(one if isinstance(one, str) else one.decode("latin-1"))):
        with pytest.raises(BadRecipe, match=r"^[A-Z].*[.]$"):
            read(text)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("tab", REQUESTS)
def test_any_value_in_any_place_is_taken_or_one_sentence(tab):
    names = st.sampled_from([*REQUESTS[tab].model_fields, "unknown"])

    @slow
    @given(st.dictionaries(names, JUNK, max_size=4), JUNK, JUNK)
    def junk(request, media, model):
        value = {"omni": 1, "tab": tab, "request": request, "media": media, "model": model}
        for one in (value, {**value, "media": {}, "model": None}, {**value, "media": {"messages": media}}):
            said = "Taken"
            try:
                Recipe.from_dict(one)
            except BadRecipe as wrong:
                said = str(wrong)
            assert said[0].isupper()
            assert len(said) < 400

    junk()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "not settings of this page"),
        ({"tab": "image"}, "not settings of this page"),
        (image() | {"omni": 2}, "version 2; this page reads version 1"),
        (image() | {"omni": True}, "version true"),
        (image() | {"tab": "hologram"}, "tab that this page does not have: hologram"),
        (image() | {"tab": ["image"]}, "tab that this page does not have"),
        (image() | {"run": True}, "something unknown: run"),
        (image() | {"request": "rm"}, "no request"),
        (image() | {"model": "<img>\n"}, "model name in these settings is not valid"),
        (image(colour="red"), "something that image does not have: colour"),
        (image(**{"<script>alert(1)</script>": 1}), "does not have"),
        (image(n="2"), "Pictures must be a whole number from 1 to 10"),
        (image(n=True), "Pictures must be a whole number from 1 to 10"),
        (image(n=99), "from 1 to 10"),
        (image(seed=2**64), "Seed must be a whole number"),
        (image(prompt=7), "Prompt must be text"),
        (image(prompt=["a"]), "Prompt must be text"),
        (image(size="1024x"), "is not a size"),
        (image(output_format="gif"), "must be one of"),
        (image(lora="{"), "not valid JSON"),
        ({"omni": 1, "tab": "image", "request": {}}, "Prompt is missing"),
        ({"omni": 1, "tab": "edit", "request": {"prompt": "a", "image": ["/etc/passwd"]}}, "cannot contain files"),
        (image() | {"media": {"prompt": []}}, "list of files"),
        (image() | {"media": []}, "list of files"),
        (
            {"omni": 1, "tab": "edit", "request": {"prompt": "a"},
             "media": {"image": [{"sha256": HASH, "name": "../../etc/passwd"}]}},
            "contains a path",
        ),
        (
            {"omni": 1, "tab": "edit", "request": {"prompt": "a"}, "media": {"image": [{"sha256": "x", "name": "a"}]}},
            "an invalid hash",
        ),
        (
            {"omni": 1, "tab": "edit", "request": {"prompt": "a"},
             "media": {"image": [{"sha256": HASH, "name": "a.png", "data": "AAAA"}]}},
            "must have only a hash and a name",
        ),
        (
            {"omni": 1, "tab": "chat", "request": {"messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}]}]}},
            "other than text and files",
        ),
        (
            {"omni": 1, "tab": "chat", "request": {"messages": [{"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": {"$media": 3, "as": "data_url"}}}]}]}},
            "other than text and files",
        ),
        ({"omni": 1, "tab": "chat", "request": {"messages": [{"role": "tool", "content": "a"}]}}, "message in these"),
        ({"omni": 1, "tab": "chat", "request": {"messages": {}}}, "conversation in these settings is not valid"),
        ({"omni": 1, "tab": "speech", "request": {"input": "a", "ref_audio": "/etc/passwd"}}, "cannot contain files"),
        (
            {"omni": 1, "tab": "edit",
             "request": {"prompt": "a", "output_format": "jpeg", "background": "transparent"}},
            "JPEG has no transparency",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(value, says):
    with pytest.raises(BadRecipe) as refused:
        Recipe.from_dict(value)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["{", "[" * 100_000, '{"omni": 1' + "0" * 5000 + "}", '{"omni": NaN}', " " * (LONGEST + 1), "nul\x00", ""],
    ids=["cut", "deep", "long number", "not a number", "long", "nul", "empty"],
)
def test_text_that_is_no_json(text):
    with pytest.raises(BadRecipe):
        Recipe.from_json(text)


def test_media_are_named_by_hash_and_never_inline(files):
    path = files["a.png"]
    recipe = Recipe.of(EditRequest(prompt="night", image=[path, path]))
    name = Medium(hashlib.sha256(path.read_bytes()).hexdigest(), "a.png")
    assert recipe.media == {"image": [name, name]}
    assert str(path) not in recipe.as_json()
    chat = Recipe.of(
        ChatRequest(
            messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": FileRef(path)}}]}]
        )
    )
    assert chat.media == {"messages": [name]}
    assert chat.request["messages"][0]["content"][0]["image_url"] == {"url": {"$media": 0, "as": "data_url"}}


def test_a_recipe_without_its_files_still_tells_its_values_but_makes_no_request(files):
    recipe = Recipe.of(EditRequest(prompt="night", image=[files["a.png"]], seed=3))
    assert recipe.values()["seed"] == 3

    def nowhere(medium):
        raise BadRecipe(f"{medium.name} is not here.")

    with pytest.raises(BadRecipe, match=r"a\.png is not here"):
        recipe.to_request(nowhere)
    with pytest.raises(BadRecipe, match="needs a picture"):
        Recipe("edit", recipe.request).to_request(nowhere)


def test_a_64_bit_seed_survives():
    recipe = Recipe.of(ImageRequest(prompt="a", seed=2**63 - 1))
    assert unpack(pack(recipe)).values()["seed"] == 2**63 - 1
    assert json.loads(recipe.as_json())["request"]["seed"] == 2**63 - 1


def test_which_requests_hold_files(files):
    path = files["a.png"]
    parts = [{"type": "image_url", "image_url": {"url": FileRef(path)}}]
    assert names_files(EditRequest(prompt="night", image=[path]))
    assert names_files(ChatRequest(messages=[{"role": "user", "content": parts}]))
    assert not names_files(ImageRequest(prompt="night"))
    assert not names_files(ChatRequest(messages=[{"role": "user", "content": str(path)}]))
