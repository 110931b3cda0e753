import sys

import numpy as np
import pytest
import soundfile
from PIL import Image

from omni_ui.media.similarity import DIFFERENT, IDENTICAL, NEARLY, UNKNOWN, alike_texts, compare_results

NOISE = np.random.default_rng(3).integers(20, 230, (48, 64, 3), dtype=np.uint8)


def picture(path, pixels=NOISE, **more):
    Image.fromarray(pixels).save(path, **more)
    return path


def sound(path, noise=0.0, seconds=1.0, rate=8000):
    at = np.arange(round(seconds * rate)) / rate
    hiss = np.random.default_rng(5).normal(0, noise, len(at)) if noise else 0
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 440 * at) + hiss, rate)
    return path


async def test_the_same_bytes_are_identical(tmp_path):
    one, other = picture(tmp_path / "a.png"), picture(tmp_path / "b.png")
    found = await compare_results([one], [other])
    assert (found.verdict, found.words) == (IDENTICAL, "Every byte is the same.")


async def test_the_same_pixels_in_other_bytes_are_identical_and_it_is_said(tmp_path):
    one, other = picture(tmp_path / "a.png", compress_level=0), picture(tmp_path / "b.png", compress_level=9)
    found = await compare_results([one], [other])
    assert found.verdict == IDENTICAL
    assert "only the bytes around them differ" in found.words


async def test_pictures_are_nearly_the_same_by_their_psnr(tmp_path):
    one = picture(tmp_path / "a.png")
    found = await compare_results([one], [picture(tmp_path / "b.png", NOISE + np.uint8(1))])
    assert found.verdict == NEARLY
    # One of 255 in three of the four channels (the alpha is the same): 10 log10(255² · 4/3).
    assert "0.75 of 255" in found.words
    assert "PSNR 49.4 dB" in found.words
    found = await compare_results([one], [picture(tmp_path / "c.png", 255 - NOISE)])
    assert found.verdict == DIFFERENT


async def test_pictures_of_two_sizes_are_different(tmp_path):
    found = await compare_results([picture(tmp_path / "a.png")], [picture(tmp_path / "b.png", NOISE[:32])])
    assert (found.verdict, found.words) == (DIFFERENT, "64 × 32 pixels now, 64 × 48 before.")


async def test_sounds_are_compared_by_their_samples(tmp_path):
    one = sound(tmp_path / "a.wav")
    soundfile.write(tmp_path / "b.flac", *soundfile.read(one, dtype="int16"))
    found = await compare_results([one], [tmp_path / "b.flac"])
    assert (found.verdict, found.words) == (IDENTICAL, "All samples are the same.")
    found = await compare_results([one], [sound(tmp_path / "c.wav", noise=0.005)])
    assert found.verdict == NEARLY
    assert "Correlation of the samples 1.000, sound to difference 36.9 dB" in found.words
    found = await compare_results([one], [sound(tmp_path / "d.wav", noise=0.5)])
    assert found.verdict == DIFFERENT
    found = await compare_results([one], [sound(tmp_path / "e.wav", seconds=1.5)])
    assert found.verdict == DIFFERENT
    assert "0.50 s longer" in found.words
    assert "sample rate" in (await compare_results([one], [sound(tmp_path / "f.wav", rate=16000)])).words


async def test_silence_is_compared_without_a_fault(tmp_path):
    soundfile.write(tmp_path / "silent.wav", np.zeros(8000), 8000)
    found = await compare_results([tmp_path / "silent.wav"], [sound(tmp_path / "a.wav")])
    assert found.verdict == DIFFERENT
    assert "the first is silent" in found.words


def film(path, shade=100, frames=4):
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            pixels = np.full((48, 64, 3), shade + number, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


async def test_videos_are_compared_frame_by_frame(tmp_path):
    one = film(tmp_path / "a.mp4")
    assert (await compare_results([one], [film(tmp_path / "b.mp4", 102)])).verdict == NEARLY
    assert (await compare_results([one], [film(tmp_path / "c.mp4", 200)])).verdict == DIFFERENT
    found = await compare_results([one], [film(tmp_path / "d.mp4", frames=3)])
    assert (found.verdict, found.words) == (DIFFERENT, "One has more frames than the other; the shorter has 3.")


async def test_without_av_videos_are_compared_by_their_bytes_and_it_is_said(tmp_path, monkeypatch):
    one, other = film(tmp_path / "a.mp4"), film(tmp_path / "b.mp4", 102)
    monkeypatch.setitem(sys.modules, "av", None)
    found = await compare_results([one], [other])
    assert found.verdict == DIFFERENT
    assert "av is missing" in found.words


def test_texts_are_compared_by_their_characters():
    assert alike_texts("abc", "abc").words == "All 3 characters are the same."
    found = alike_texts("The cat sat on the mat.", "The cat sat in the mat.")
    assert (found.verdict, found.words) == (NEARLY, "22 of 23 characters agree, the first 12 without a break.")
    assert alike_texts("yes", "no, never").verdict == DIFFERENT
    assert (
        alike_texts("a" * 30_000, "a" * 20_000 + "b" * 10_000).words == "The first 20,000 of 30,000 characters agree."
    )


async def test_of_several_parts_the_worst_one_counts(tmp_path):
    same, other = picture(tmp_path / "a.png"), picture(tmp_path / "b.png", 255 - NOISE)
    found = await compare_results([same, same, same], [same, other, same])
    assert found.verdict == DIFFERENT
    assert found.words.startswith("2 of 3 parts are identical. The one that differs most: Pixels differ")
    assert (await compare_results([same], [same], ("one", "two"))).verdict == DIFFERENT
    assert (await compare_results([same], [same, other])).words == "2 files now, 1 before."


async def test_a_file_that_is_gone_or_broken_is_said(tmp_path):
    same = picture(tmp_path / "a.png")
    assert (await compare_results([tmp_path / "gone.png"], [same])).verdict == UNKNOWN
    (tmp_path / "cut.png").write_bytes(same.read_bytes()[:200])
    assert "cannot be opened" in (await compare_results([same], [tmp_path / "cut.png"])).words
