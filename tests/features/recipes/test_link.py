"""Links that were cut, blown up or made by hand."""

import base64
import random
import time
import zlib

import pytest

from omni_ui.client import ImageRequest
from omni_ui.features.recipes import BadRecipe, Recipe, pack, unpack
from omni_ui.features.recipes.link import LONGEST_LINK
from tests.pace import allowed


def packed(data: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.urlsafe_b64encode(packer.compress(data) + packer.flush()).decode().rstrip("=")


@pytest.fixture
def link() -> str:
    return pack(Recipe.of(ImageRequest(prompt="A lighthouse on a cliff at dusk, long exposure, calm sea", seed=5)))


def test_a_usual_link_is_short(link):
    assert len(link) < 220


def test_a_link_cut_anywhere_is_refused(link):
    for length in range(len(link)):
        with pytest.raises(BadRecipe):
            unpack(link[:length])


def test_a_link_with_something_after_it_is_refused(link):
    for tail in ("AAAA", "&utm=1", "#", "%00", "<b>"):
        with pytest.raises(BadRecipe):
            unpack(link + tail)


@pytest.mark.parametrize("size", [600_000, 50_000_000])
def test_a_zip_bomb_is_refused_at_once(size):
    bomb = packed(b'{"omni": 1, "tab": "' + b"a" * size)
    assert len(bomb) < LONGEST_LINK
    began = time.perf_counter()
    with pytest.raises(BadRecipe, match="The settings in this link are too long"):
        unpack(bomb)
    assert time.perf_counter() - began < allowed(0.5)


def test_a_megabyte_is_not_read():
    with pytest.raises(BadRecipe, match="This link is too long"):
        unpack("A" * 1_000_000)


@pytest.mark.parametrize("text", ["", "#r=", "#", "r=", "..", "/etc/passwd", "<script>", "%72", "é", "A", "\x00"])
def test_what_is_no_link(text):
    with pytest.raises(BadRecipe):
        unpack(text)


def test_settings_that_are_too_long_for_a_link_are_not_cut_but_refused():
    chance = random.Random(1)
    prompt = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(32_000))
    with pytest.raises(BadRecipe, match="too long for a link"):
        pack(Recipe.of(ImageRequest(prompt=prompt)))
