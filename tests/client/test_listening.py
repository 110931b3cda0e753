"""Recordings written down: by the demo, by servers that cannot, and by servers that answer oddly."""

import httpx
import pytest

from omni_ui.client import BrokenAnswer, NotFound, NothingMade, OmniClient, SyncOmniClient, TranscriptionRequest
from omni_ui.client.listening import read_transcript
from omni_ui.demo.server import DemoServer
from tests.contract.scene import wav


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "said.wav"
    path.write_bytes(wav(2.0))
    return path


def test_the_demo_says_that_it_is_no_model(recording):
    with DemoServer(["chat"]) as server, SyncOmniClient(server.url) as omni:
        assert omni.listens()
        transcript = omni.transcribe(TranscriptionRequest(file=recording, language="en", prompt="Omni"))
    assert "no model" in transcript.text
    assert transcript.seconds == 2


async def test_a_server_without_the_route_is_said_in_one_sentence(recording):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "m", "max_model_len": 9}]})
        return httpx.Response(404, json={"detail": "Not Found"})

    async with OmniClient("http://x", http=httpx.AsyncClient(transport=httpx.MockTransport(answer))) as omni:
        assert not await omni.listens()
        with pytest.raises(NotFound, match=r"does not transcribe speech.*OMNI_LISTEN_URL"):
            await omni.transcribe(TranscriptionRequest(file=recording))


@pytest.mark.parametrize("body", [{}, {"text": 7}, {"text": None}])
def test_an_answer_without_text_is_broken(body):
    with pytest.raises(BrokenAnswer):
        read_transcript(body)


def test_silence_is_nothing_and_odd_usage_no_time():
    with pytest.raises(NothingMade):
        read_transcript({"text": " \n"})
    assert read_transcript({"text": " hi ", "usage": {"seconds": True}}).seconds is None
    assert read_transcript({"text": "hi", "usage": []}).text == "hi"
