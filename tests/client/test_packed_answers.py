"""Packed answers grow only so far, whatever the server packs into them; the tests' own servers pack plain zeros."""

import tracemalloc
import zlib

import pytest

from omni_ui.client import BadRequest, BrokenAnswer, ImageRequest, SpeechRequest
from omni_ui.client.answers.failures import LONGEST
from omni_ui.client.connection import packed, reading
from omni_ui.client.connection.packed import ACCEPTED, PIECE
from tests.client.scripted import Answer, Scripted, as_json

IMAGES, VOICES = "/v1/images/generations", "/v1/audio/voices"
ASK = ImageRequest(prompt="a red fox")


def packed_zeros(size: int, begin: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(begin)]
    parts += [packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)]
    return b"".join([*parts, packer.flush()])


def answer(status: int, body: bytes, packing: str = "gzip") -> Answer:
    return Answer(status, body, headers={"content-encoding": packing})


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> int:
    limit = 8_000_000
    counted = packed.counted
    for module in (packed, reading):
        monkeypatch.setattr(module, "counted", lambda pieces, most=limit: counted(pieces, min(most, limit)))
    return limit


async def test_an_error_that_grows_is_read_to_the_limit() -> None:
    body = packed_zeros(200_000_000, b"too tired to draw")
    async with Scripted({f"POST {IMAGES}": answer(400, body)}).client() as omni:
        tracemalloc.start()
        with pytest.raises(BadRequest, match="too tired") as raised:
            await omni.images(ASK)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(raised.value.server_message) <= LONGEST
    assert peak < 40_000_000


async def test_json_that_grows_is_refused(small_limit: int) -> None:
    body = packed_zeros(100_000_000, b'{"data": [')
    routes = {f"POST {IMAGES}": answer(200, body), f"GET {VOICES}": answer(200, body)}
    async with Scripted(routes).client() as omni:
        tracemalloc.start()
        for call in (omni.images(ASK), omni.voices()):
            with pytest.raises(BrokenAnswer, match="longer than 8 MB"):
                await call
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < small_limit + 40_000_000


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip"])
async def test_other_packings_are_not_taken(packing: str) -> None:
    server = Scripted({f"POST {IMAGES}": answer(200, b"{}", packing)})
    async with server.client() as omni:
        with pytest.raises(BrokenAnswer, match="an unexpected way"):
            await omni.images(ASK)
    assert server.seen[-1].headers["accept-encoding"] == ACCEPTED


@pytest.mark.parametrize("wbits", [31, 15])
async def test_what_is_asked_for_is_unpacked(wbits: int) -> None:
    content = as_json({"voices": ["ryan", *(f"voice {number}" for number in range(9 * PIECE))]}).body
    packer = zlib.compressobj(wbits=wbits)
    body = packer.compress(content) + packer.flush()
    assert len(body) > PIECE
    async with Scripted({f"GET {VOICES}": answer(200, body, "gzip" if wbits == 31 else "deflate")}).client() as omni:
        assert len((await omni.voices()).names) == 9 * PIECE + 1


async def test_sound_that_is_packed_is_heard_whole() -> None:
    sound = bytes(range(256)) * 200
    packer = zlib.compressobj(wbits=31)
    body = packer.compress(sound) + packer.flush()
    reply = Answer(200, body, "audio/pcm", {"content-encoding": "gzip"})
    async with Scripted({"POST /v1/audio/speech": reply}).client() as omni:
        spoken = await omni.speech(SpeechRequest(input="Hello", response_format="pcm"))
    assert spoken.data.endswith(sound)
