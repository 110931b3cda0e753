import itertools

import numpy as np
import pytest
from PIL import Image

from omni_ui.demo import words as _words
from omni_ui.demo.imaging import painter
from omni_ui.demo.imaging.drawing import drawings
from omni_ui.demo.imaging.scenes import build, choose_scene
from omni_ui.demo.imaging.subjects import SIZES

SMALL = {"width": 192, "height": 160, "seed": 7}
SCENES = [
    "sea",
    "city",
    "village",
    "forest",
    "mountain",
    "meadow",
    "desert",
    "snow",
    "space",
    "underwater",
    "studio",
    "abstract",
]


def pixels(picture):
    return np.asarray(picture, np.float32)


def distance(one, other):
    return float(np.abs(pixels(one) - pixels(other)).mean())


@pytest.mark.parametrize("size", [(16, 16), (16, 900), (900, 16), (333, 251), (1600, 1200)])
def test_the_size_is_exact(size):
    picture = painter.paint("a fox in a forest", width=size[0], height=size[1], seed=1)
    assert (picture.size, picture.mode) == (size, "RGB")


def test_the_largest_picture_is_sharp_enough_and_in_time():
    picture = painter.paint("a lighthouse by the sea", width=7680, height=4320, seed=1)
    assert picture.size == (7680, 4320)


@pytest.mark.parametrize("prompt", ["a cat, oil painting", "northern lights", "city at night, rain", "abstract shapes"])
def test_the_same_request_gives_the_same_bytes(prompt):
    one, other = (painter.paint(prompt, **SMALL, steps=9, guidance=12.0) for _ in range(2))
    assert one.tobytes() == other.tobytes()


def test_seed_and_prompt_both_matter():
    first = painter.paint("mountains", **SMALL)
    assert distance(first, painter.paint("mountains", **SMALL | {"seed": 8})) > 3
    assert distance(first, painter.paint("mountains qwertz", **SMALL)) > 3


@pytest.mark.parametrize("seed", [0, -1, -(2**63), 2**63 - 1])
def test_any_seed_of_the_wire_works(seed):
    assert painter.paint("sea", width=64, height=64, seed=seed).size == (64, 64)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("hour", ["day", "sunset", "night, storm, snowing, fog"])
def test_every_scene_can_be_painted_at_every_hour(scene, hour):
    picture = painter.paint(f"{scene}, {hour}, rainbow, aurora, a lake and flowers", **SMALL)
    assert pixels(picture).std() > 8


def test_every_scene_looks_different():
    pictures = [painter.paint(scene, **SMALL) for scene in SCENES]
    assert min(distance(a, b) for a, b in itertools.combinations(pictures, 2)) > 8


def test_night_is_darker_than_day():
    assert (
        pixels(painter.paint("a meadow at night", **SMALL)).mean()
        < pixels(painter.paint("a meadow, noon", **SMALL)).mean() - 60
    )


@pytest.mark.parametrize("name", sorted({*drawings(), *SIZES} - {"figure woman", "figure man"}))
def test_every_subject_word_leads_to_a_subject_in_the_picture(name):
    wish = _words.read(f"a {name} on a meadow")
    assert [thing.name for thing in wish.subject] == [name]
    with_it, without = (build(wish, 192, 160, 1, weight).layers for weight in (1, 0))
    assert len(with_it) > len(without)


def test_every_subject_of_the_word_list_has_a_drawing():
    assert set(_words.LEXICON["subject"]) <= {*drawings(), *SIZES}


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a rocky beach", "sea"),
        ("two foxes in the woods", "forest"),
        ("a mountain lake with pine forest", "forest"),
        ("a sunset over mountains", "mountain"),
        ("a cup of coffee", "studio"),
        ("a whale", "sea"),
        ("fish", "underwater"),
        ("an astronaut", "space"),
    ],
)
def test_scenes_are_chosen_by_words(prompt, scene):
    assert choose_scene(_words.read(prompt), np.random.default_rng(1)) == scene


def test_no_phrase_is_listed_twice_within_a_kind():
    for entries in _words.LEXICON.values():
        said = [tuple(_words.tokens(phrase)) for phrases in entries.values() for phrase in phrases.split(", ")]
        assert {phrase for phrase in said if said.count(phrase) > 1} == set()


def test_whole_words_only():
    wish = _words.read("a rainbow unicorn in a seafood carpet warehouse")
    assert (wish.weather, wish.scene, wish.subject) == ([], [], [])
    assert wish.feature == ["rainbow"]


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("three red cars", [("car", 3, True)]),
        ("a dozen balloons and a black cat", [("balloon", 12, False), ("cat", 1, True)]),
        ("hot air balloons", [("balloon", 3, False)]),
        ("a bouquet of flowers", [("vase", 1, False)]),
        ("a cat astronaut", [("astronaut", 1, False)]),
        ("women, wolves", [("woman", 3, False), ("dog", 3, False)]),
        ("a meadow without trees, no horses", []),
    ],
)
def test_count_and_colour_of_subjects(prompt, found):
    assert [(thing.name, thing.count, thing.colour is not None) for thing in _words.read(prompt).subject] == found


def test_a_rider_sits_on_the_mount():
    (horse,) = _words.read("an astronaut riding a horse").subject
    assert (horse.name, horse.rider.name) == ("horse", "astronaut")


def test_the_negative_prompt_removes():
    assert _words.read("a cat and a dog in the rain", "dogs, rain").subject[0].name == "cat"
    wish = _words.read("a cat and a dog in the rain", "dogs, rain")
    assert [thing.name for thing in wish.subject] == ["cat"]
    assert wish.weather == []
    plain = painter.paint("a fox in a meadow", **SMALL)
    assert distance(plain, painter.paint("a fox in a meadow", **SMALL, negative_prompt="fox")) > 1


def test_few_steps_leave_it_unfinished_and_twenty_do_not():
    done = painter.paint("a lighthouse on a cliff", **SMALL)
    off = [distance(done, painter.paint("a lighthouse on a cliff", **SMALL, steps=n)) for n in (1, 6, 12, 20, 50)]
    assert off[0] > off[1] > off[2] > 1
    assert off[3:] == [0, 0]


def test_guidance_is_how_literally_words_are_taken():
    def reds(guidance):
        values = pixels(painter.paint("a red car in a meadow", **SMALL, guidance=guidance))
        return int((values[..., 0] > values[..., 1] * 1.8).sum())

    assert reds(0) < 20 < reds(2) < reds(20)


@pytest.mark.parametrize("style", _words.LEXICON["style"])
def test_every_style_changes_the_picture(style):
    plain = painter.paint("a castle at dusk", **SMALL)
    words = _words.LEXICON["style"][style].split(", ")[0]
    styled = painter.paint(f"a castle at dusk, {words}", **SMALL)
    assert styled.size == plain.size
    assert distance(styled, plain) > 2


@pytest.mark.parametrize("prompt", ["sailing boat at sunset", "a fox in the snow, watercolour"])
@pytest.mark.parametrize("layers", [2, 5, 10])
def test_layers_compose_to_the_picture(prompt, layers):
    pictures = painter.paint_layers(prompt, **SMALL, layers=layers)
    assert [(picture.size, picture.mode) for picture in pictures] == [((192, 160), "RGBA")] * layers
    assert pictures[0].getchannel("A").getextrema()[0] == 255
    assert all(picture.getchannel("A").getextrema()[0] == 0 for picture in pictures[1:])
    whole = pictures[0].copy()
    for picture in pictures[1:]:
        whole.alpha_composite(picture)
    assert distance(whole.convert("RGB"), painter.paint(prompt, **SMALL)) < 4


def test_frames_start_with_the_picture_and_move():
    made = list(painter.frames("sailing boat, clouds, rain", width=160, height=96, num_frames=9, fps=8, seed=3))
    assert {(frame.shape, frame.dtype) for frame in made} == {((96, 160, 3), np.dtype(np.uint8))}
    still = painter.paint("sailing boat, clouds, rain", width=160, height=96, seed=3)
    assert distance(Image.fromarray(made[0]), still) < 12
    moved = [distance(Image.fromarray(a), Image.fromarray(b)) for a, b in itertools.pairwise(made)]
    assert min(moved) > 0.3


def test_frames_are_the_same_every_time():
    one, other = (
        [frame.tobytes() for frame in painter.frames("snow at night", width=96, height=64, num_frames=4, fps=8, seed=3)]
        for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize("prompt", ["", "   ", "?!", "日本の山", "no", "of", "0 cats", "riding a horse", "a " * 3000])
def test_any_words_give_a_picture(prompt):
    assert painter.paint(prompt, **SMALL).size == (192, 160)


def test_a_scene_without_motion_gets_a_camera():
    made = list(painter.frames("a cup on a table", width=160, height=96, num_frames=17, fps=8, seed=3))
    assert distance(Image.fromarray(made[0]), Image.fromarray(made[-1])) > 0.3
