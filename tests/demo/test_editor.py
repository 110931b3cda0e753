import numpy as np
import pytest
from PIL import Image

from omni_ui.demo.imaging.editor import KNOWN, SKY_THINGS, NotUnderstood, edit
from omni_ui.demo.imaging.painter import paint


@pytest.fixture(scope="module")
def before():
    return paint("a cabin by a lake, mountains, summer, day", width=240, height=180, seed=5)


def pixels(picture):
    return np.asarray(picture, np.float32)


def distance(one, other):
    return float(np.abs(pixels(one) - pixels(other)).mean())


@pytest.mark.parametrize("words", [name for name in KNOWN if not name.startswith("match")])
def test_every_word_it_says_it_knows_changes_the_picture(before, words):
    after = edit([before], f"please {words}", seed=1)
    assert after.mode == "RGB"
    if after.size == before.size:
        assert distance(before, after) > 0.5
    else:
        assert after.size == before.size[::-1]


def test_words_it_does_not_know_are_refused_with_those_it_knows(before):
    with pytest.raises(NotUnderstood, match=r"night.*watercolour.*black and white.*fox") as caught:
        edit([before], "make everybody laugh")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "prompt", ["add a rainbow unicorn", "a nightingale", "brainstorm a rotation", "snowboard", "no night"]
)
def test_parts_of_words_do_not_count(before, prompt):
    try:
        after = edit([before], prompt)
    except NotUnderstood:
        return
    assert "rainbow" in prompt  # the one thing of these that can be added; it is no rain
    assert distance(before, after) < 12


def test_the_longest_phrase_wins(before):
    spread = pixels(before).std()
    assert pixels(edit([before], "less contrast")).std() < spread < pixels(edit([before], "contrast")).std()
    assert np.array_equal(pixels(edit([before], "flip upside down")), pixels(before)[::-1])
    assert np.array_equal(pixels(edit([before], "flip")), pixels(before)[:, ::-1])


def test_pixels_outside_the_mask_stay_what_they_were(before):
    mask = Image.new("L", before.size, 0)
    mask.paste(255, (60, 40, 180, 140))
    after, inside = edit([before], "make it night, oil painting", mask=mask), np.asarray(mask) == 255
    assert np.array_equal(pixels(after)[~inside], pixels(before)[~inside])
    assert np.abs(pixels(after)[inside] - pixels(before)[inside]).mean() > 10


@pytest.mark.parametrize("size", [(24, 18), (999, 333)])
def test_a_mask_of_another_size_is_scaled(before, size):
    mask = Image.new("L", size, 0)
    mask.paste(255, (0, 0, size[0] // 3, size[1]))
    after = edit([before], "invert", mask=mask)
    assert np.array_equal(pixels(after)[:, 100:], pixels(before)[:, 100:])
    assert np.array_equal(pixels(after)[:, :60], 255 - pixels(before)[:, :60])


@pytest.mark.parametrize(
    "words", ["rotate 90 degrees", "mirror", "add a red balloon", "replace the background with a beach"]
)
def test_the_mask_holds_for_edits_that_move_things(before, words):
    mask = Image.new("L", before.size, 0)
    mask.paste(255, (0, 0, 120, 180))
    after = edit([before], words, mask=mask, width=240, height=180)
    assert np.array_equal(pixels(after)[:, 120:], pixels(before)[:, 120:])


def test_what_no_edit_is_named_by_is_painted_into_the_mask(before):
    mask = Image.new("L", before.size, 0)
    mask.paste(255, (60, 40, 180, 140))
    after, inside = edit([before], "a full moon", mask=mask), np.asarray(mask) == 255
    assert np.array_equal(pixels(after)[~inside], pixels(before)[~inside])
    assert np.abs(pixels(after)[inside] - pixels(before)[inside]).mean() > 10
    assert edit([before], "a full moon", mask=Image.new("L", (8, 8), 0)).tobytes() == before.tobytes()
    for words, painted in (("a full moon", None), ("gobbledygook", mask)):
        with pytest.raises(NotUnderstood):
            edit([before], words, mask=painted)


def test_a_black_mask_changes_nothing(before):
    assert edit([before], "night", mask=Image.new("L", (8, 8), 0)).tobytes() == before.tobytes()


def test_strength_scales_the_change(before):
    full, half, none = (edit([before], "sunset", strength=share) for share in (1.0, 0.5, 0.0))
    assert distance(before, none) == 0
    assert distance(before, half) == pytest.approx(distance(before, full) / 2, abs=1)


def test_the_same_request_gives_the_same_bytes(before):
    one, other = (edit([before], "snow, oil", seed=4, steps=30) for _ in range(2))
    assert one.tobytes() == other.tobytes()
    assert edit([before], "snow, oil", seed=5).tobytes() != one.tobytes()


def test_few_steps_leave_it_unfinished(before):
    assert distance(edit([before], "warmer"), edit([before], "warmer", steps=4)) > 5


def test_operations_do_what_they_say(before):
    values = pixels(before)
    assert np.array_equal(pixels(edit([before], "mirror it")), values[:, ::-1])
    assert np.array_equal(pixels(edit([before], "flip vertically")), values[::-1])
    assert edit([before], "rotate right").size == (180, 240)
    assert np.array_equal(pixels(edit([before], "turn it upside down")), values[::-1, ::-1])
    assert (
        pixels(edit([before], "brighter")).mean()
        > values.mean() + 15
        > values.mean() - 15
        > pixels(edit([before], "darker")).mean()
    )
    grey = pixels(edit([before], "make it black and white"))
    assert np.array_equal(grey[..., 0], grey[..., 2])
    warm, cool = (pixels(edit([before], words)).mean((0, 1)) for words in ("warmer", "cooler"))
    assert warm[0] - warm[2] > cool[0] - cool[2] + 30
    assert pixels(edit([before], "night")).mean() < values.mean() - 60


def test_a_colour_word_tints(before):
    red, blue = (pixels(edit([before], f"make it {word}")).mean((0, 1)) for word in ("red", "blue"))
    assert red[0] > red[2] + 30
    assert blue[2] > blue[0] + 30


def test_add_puts_a_thing_into_the_picture_and_leaves_the_rest(before):
    after = edit([before], "add a yellow balloon")
    changed = np.abs(pixels(after) - pixels(before)).sum(-1) > 0
    assert 0.005 < changed.mean() < 0.3


@pytest.mark.parametrize("name", SKY_THINGS)
def test_things_of_the_sky_can_be_added(before, name):
    assert distance(before, edit([before], f"please add {name}")) > 0.05


def test_the_negative_prompt_takes_an_edit_away(before):
    assert edit([before], "mirror, sepia", negative_prompt="sepia").tobytes() == edit([before], "mirror").tobytes()


def test_a_reference_gives_its_colours(before):
    orange = Image.new("RGB", (40, 40), (230, 120, 20))
    after = pixels(edit([before], "match the colours", reference=orange)).mean((0, 1))
    assert after[0] - after[2] > 100


@pytest.mark.parametrize(
    "how", ["side by side", "inset in the corner", "blend them", "put the first into the second", "hello"]
)
def test_several_pictures_are_composed(before, how):
    red, green = (Image.new("RGB", (90, 70), colour) for colour in ("#c03020", "#20a040"))
    after = edit([before, red, green] if "put" not in how else [before, red], how)
    assert after.size == before.size
    assert distance(before, after) > 3
    if how in ("side by side", "hello"):
        assert pixels(after)[90, 120].tolist() == [192, 48, 32]
        assert pixels(after)[90, 230].tolist() == [32, 160, 64]


def test_the_size_that_is_asked_for(before):
    assert edit([before], "sepia", width=100, height=300).size == (100, 300)
    assert edit([before], "rotate 30 degrees", width=96, height=64).size == (96, 64)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "LA", "CMYK", "1"])
def test_pictures_of_any_mode(before, mode):
    assert edit([before.convert(mode)], "sepia").mode == "RGB"


def test_tiny_and_large_pictures():
    for size in ((16, 16), (1, 40), (3000, 2000)):
        assert edit([Image.new("RGB", size, "#4080c0")], "snow, night, blur the background").size == size
