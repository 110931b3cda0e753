"""One speech server and its app for all tests of Speech; a page for each."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from omni_ui.demo.audio import voice
from tests.browser.speech.helpers import TEXT
from tests.running import served_by
from tests.speaking import RATE, SpeechServer


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """About eight seconds of speech."""
    path = tmp_path_factory.mktemp("clips") / "nora.wav"
    quiet = np.zeros(RATE // 5, np.int16)
    soundfile.write(path, np.concatenate([quiet, *voice.speak(TEXT), quiet]), RATE)
    return path


@pytest.fixture(scope="session")
def server():
    yield from served_by(SpeechServer(model="Qwen/Qwen3-TTS-12Hz-1.7B"))  # which does all that any of them does


@pytest.fixture
def quiet_server(server):
    """The server as at first: each test tells it how to speak."""
    server.saved.clear()
    server.uploads.clear()
    server.deleted.clear()
    server.pace, server.latency, server.seconds, server.rests = 50, 0, 1, {}
    server.refuses, server.refuse_upload = False, ""
    return server


@pytest.fixture
def page(quiet_server, server, open_page):
    page = open_page(server.app.url, "Speech")
    page.set_default_timeout(30_000)
    page.wait_for_function("document.querySelector('#speech-stream input').checked")
    return page
