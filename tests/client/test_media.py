"""Kinds of files, base64, WAV headers, samples: parsers that meet whatever a network gives them."""

from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.client import AudioChunk, BrokenAnswer, FileRef, NothingMade, media_type_of, replace_files, type_of_file
from omni_ui.client.answers.formats import decode_base64, picture_from, read_wav_head
from omni_ui.client.answers.samples import PcmReader, check_sound, chunk_from
from tests.client.scripted import b64, png, wav


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (png(), "image/png"),
        (png(form="JPEG"), "image/jpeg"),
        (png(form="WEBP"), "image/webp"),
        (png(form="GIF"), "image/gif"),
        (wav(), "audio/wav"),
        (b"fLaC....", "audio/flac"),
        (b"OggS....", "audio/ogg"),
        (b"ID3\x04....", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\x1a\x45\xdf\xa3....", "video/webm"),
        (b"\xff\xfea\x00", None),
        (b"hello", None),
        (b"", None),
    ],
)
def test_kinds(head: bytes, kind: str | None) -> None:
    assert media_type_of(head[:16]) == kind


def test_kinds_of_files(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_bytes(png())
    assert type_of_file(path) == "image/png"
    path.write_bytes(b"hello")
    assert type_of_file(path) == "text/plain"
    other = tmp_path / "noname"
    other.write_bytes(b"hello")
    assert type_of_file(other) == "application/octet-stream"


def test_file_leaves(picture: Path) -> None:
    leaf = FileRef(picture)
    assert leaf.read() == f"data:image/png;base64,{b64(png())}"
    assert FileRef(picture, "base64").read() == b64(png())
    body = {"a": [{"b": leaf}, 1, "x"]}
    assert replace_files(body, lambda one: one.path.name) == {"a": [{"b": "in.png"}, 1, "x"]}
    assert body["a"][0]["b"] is leaf


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_pictures_pass_untouched_and_cut_ones_do_not(form: str) -> None:
    data = png((64, 64), form)
    assert picture_from(b64(data)).data == data
    assert picture_from("data:image/png;base64," + b64(data)).data == data
    with pytest.raises(BrokenAnswer, match="incomplete"):
        picture_from(b64(data[: len(data) * 2 // 3]))


@pytest.mark.parametrize("wrong", [None, 5, "", "!!!", b64(b"hello"), "data:image/png;base64", "YQ=", b64(wav())])
def test_what_is_no_picture(wrong: object) -> None:
    with pytest.raises(BrokenAnswer):
        picture_from(wrong)


@given(st.text(max_size=200))
def test_junk_base64_is_bytes_or_a_broken_answer(text: str) -> None:
    with suppress(BrokenAnswer):
        assert isinstance(decode_base64(text), bytes)


@given(st.integers(0, 300))
def test_a_truncated_picture_is_never_taken_for_a_whole_one(at: int) -> None:
    data = png((64, 64))
    if at < len(data):
        with pytest.raises(BrokenAnswer):
            picture_from(b64(data[:at]))


@given(st.binary(max_size=100))
def test_wav_headers_of_anything(data: bytes) -> None:
    assert read_wav_head(data) is None or data.startswith(b"RIFF")
    head = read_wav_head(b"RIFF\0\0\0\0WAVE" + data)
    assert head is None or head.offset <= len(data) + 12


@given(st.lists(st.integers(0, 60), max_size=5), st.sampled_from([1, 2]), st.booleans())
def test_samples_come_out_whole_wherever_the_stream_is_cut(cuts: list[int], channels: int, endless: bool) -> None:
    frames = bytes(range(24))
    data = wav(frames, 44100, channels, endless)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    reader = PcmReader(None)
    chunks = [chunk for a, b in pairwise(edges) if (chunk := reader.feed(data[a:b]))]
    assert b"".join(chunk.pcm for chunk in chunks) == frames
    assert all(len(chunk.pcm) % (2 * channels) == 0 for chunk in chunks)
    assert {(chunk.rate, chunk.channels) for chunk in chunks} == {(44100, channels)}


def test_headerless_sound_needs_a_rate() -> None:
    chunk = PcmReader(24000).feed(b"\1\0\2\0\3")
    assert chunk == AudioChunk(b"\1\0\2\0", 24000, 1)
    assert chunk.seconds == 2 / 24000
    assert chunk_from(b"\1\0\2\0", {"sample_rate_hz": 8000, "channels": 2}) == AudioChunk(b"\1\0\2\0", 8000, 2)
    with pytest.raises(BrokenAnswer, match="without a sample rate"):
        chunk_from(b"\1\0", None)


def test_sound_that_cannot_be_read() -> None:
    eight_bits = bytearray(wav())
    eight_bits[34:36] = b"\x08\x00"
    with pytest.raises(BrokenAnswer, match="8 bits"):
        PcmReader(None).feed(bytes(eight_bits))
    with pytest.raises(BrokenAnswer, match="header"):
        PcmReader(None).feed(b"RIFF" + bytes(5000))
    assert PcmReader(None).feed(b"RIFF\0\0\0\0WAVE") is None


def test_whole_sounds_are_checked() -> None:
    assert check_sound(wav(), "audio/wav") == wav()
    assert check_sound(b"\1\0", "audio/pcm") == b"\1\0"
    assert check_sound(wav(endless=True), "audio/wav")
    with pytest.raises(BrokenAnswer, match="incomplete"):
        check_sound(wav(bytes(100))[:80], "audio/wav")
    with pytest.raises(BrokenAnswer, match="something else"):
        check_sound(b"hello there", "audio/mpeg")
    with pytest.raises(NothingMade):
        check_sound(b"", "audio/wav")
