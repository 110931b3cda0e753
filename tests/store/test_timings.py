import random

import pytest

from omni_ui.client import ImageRequest, SpeechRequest, VideoRequest
from omni_ui.store.timings import load_of


@pytest.fixture
def timings(store):
    return store.timings


def video(**asked) -> VideoRequest:
    return VideoRequest(prompt="x", **asked)


async def test_nothing_is_foretold_before_the_third_run(timings):
    load = load_of(video(size="832x480", num_frames=81))
    for seconds in (40, 44):
        await timings.note("s", "m", load, seconds)
        assert await timings.expect("s", "m", load) is None
    await timings.note("s", "m", load, 50)
    assert await timings.expect("s", "m", load) == (40, 50)


async def test_only_runs_alike_count(timings):
    load = load_of(video(size="832x480", num_frames=81))
    for _ in range(5):
        await timings.note("s", "m", load, 40)
    for other in (
        video(size="832x480"),  # the length is left to the model
        video(size="832x480", num_frames=300),  # much more to do
        video(size="832x480", num_frames=81, generate_sound=True),
        video(size="832x480", num_frames=81, negative_prompt="rain"),
    ):
        assert await timings.expect("s", "m", load_of(other)) is None
    assert await timings.expect("s", "other", load) is None
    assert await timings.expect("other", "m", load) is None


async def test_seconds_and_frames_say_the_same(timings):
    assert load_of(video(seconds=4)) == load_of(video(num_frames=96))
    assert load_of(video(seconds=4, fps=10)) == load_of(video(num_frames=40))


async def test_a_range_holds_for_runs_with_other_steps_and_sizes(timings):
    """Runs of a made-up server that needs 3 s, and 1 s for each 2 million pixels and step, with 5 % noise."""
    luck, inside, asked = random.Random(1), 0, 0
    for _ in range(60):
        side, steps = luck.choice([512, 640, 768]), luck.randint(20, 40)
        seconds = (3 + side * side * steps / 2e6) * luck.uniform(0.95, 1.05)
        load = load_of(ImageRequest(prompt="x", size=f"{side}x{side}", num_inference_steps=steps))
        if expected := await timings.expect("s", "m", load):
            asked += 1
            low, high = expected
            assert 0 < low <= high < 4 * low
            inside += low <= seconds <= high
        await timings.note("s", "m", load, seconds)
    assert asked > 40
    assert inside / asked > 0.85


async def test_old_runs_make_room(timings):
    load = load_of(SpeechRequest(input="x" * 100))
    for number in range(230):
        await timings.note("s", "m", load, float(number))
    rows = await timings._database.read("SELECT count(*) AS n FROM timings")
    assert rows[0]["n"] == 200
    low, high = await timings.expect("s", "m", load)
    assert 209 < low <= high < 230


def test_a_text_counts_by_its_length():
    short, long = load_of(SpeechRequest(input="x" * 10)), load_of(SpeechRequest(input="x" * 100))
    assert short.kind == long.kind
    assert long.amount == 10 * short.amount


def test_runs_that_an_earlier_version_noted_are_still_alike():
    drawn = ImageRequest(prompt="x", size="512x512", num_inference_steps=9, n=3, negative_prompt="rain")
    assert load_of(drawn).kind == "image size num_inference_steps n negative_prompt=rain"
    filmed = video(size="832x480", seconds=4, num_inference_steps=9, generate_sound=True)
    assert load_of(filmed).kind == "video size frames num_inference_steps generate_sound=True"
