"""A demo server, files to send, and what the client gets for each request."""

import asyncio
import io
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from omni_ui.client import OmniClient
from omni_ui.demo import DemoServer
from tests.fakes import png
from tests.features.snippets.harness import Result, by_client, cases


@pytest.fixture(scope="module")
def server():
    with DemoServer(stub=True) as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> dict[str, Path]:
    """Files of a visitor, each in a folder of its own as uploads are, with names that need quoting."""
    folder = tmp_path_factory.mktemp("uploads")

    def put(place: str, name: str, data: bytes) -> Path:
        path = folder / place / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(picture, "png")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        tone = np.sin(np.arange(24000) / 16000 * 2 * np.pi * 220) * 9000
        file.writeframes(tone.astype("<i2").tobytes())
    return {
        "picture": put("a", 'it\'s "my" $photo; 1.png', picture.getvalue()),
        "same name": put("b", 'it\'s "my" $photo; 1.png', png(64, 48)),
        "mask": put("c", "mask.png", png(64, 48)),
        "sound": put("d", "-my voice.wav", sound.getvalue()),
    }


@pytest.fixture(scope="module")
def expected(server, media, tmp_path_factory) -> dict[str, Result]:
    async def all_of_them() -> dict[str, Result]:
        async with OmniClient(server.url) as omni:
            folder = tmp_path_factory.mktemp("client")
            return {name: await by_client(omni, one, folder) for name, one in cases(media).items()}

    return asyncio.run(all_of_them())
