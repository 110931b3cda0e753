"""The client without `await`: the same calls as the asynchronous one, against the demo server."""

import asyncio
import inspect
import subprocess
import sys
import time

import pytest

from omni_ui.client import (
    ChatRequest,
    ImageRequest,
    NotReachable,
    OmniClient,
    SpeechRequest,
    SyncOmniClient,
    TextDelta,
    VideoRequest,
)
from omni_ui.client.generate_sync import TARGET, generate
from omni_ui.demo.server import DemoServer


@pytest.fixture(scope="module")
def demo():
    server = DemoServer(stub=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def omni(demo):
    with SyncOmniClient(demo.url) as client:
        yield client


def test_the_file_is_what_the_generator_writes():
    ruff, name = [sys.executable, "-m", "ruff"], ["-", "--stdin-filename", str(TARGET)]
    format_it = [*ruff, "format", *name]
    sort_it = [*ruff, "check", "--fix", "--exit-zero", "--quiet", *name]
    text = generate()
    for command in (sort_it, format_it):
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    assert TARGET.read_text() == text, "Run: python -m omni_ui.client.generate_sync"


def test_every_public_call_is_there():
    public = {name: method for name, method in inspect.getmembers(OmniClient, callable) if not name.startswith("_")}
    calls = {name for name, method in public.items() if inspect.iscoroutinefunction(method)} - {
        "aclose",
        "open_speech",
        "open_talk",
        "open_video",
    }
    calls |= {name for name, method in public.items() if "AsyncGenerator" in str(inspect.signature(method))}
    assert len(calls) > 20
    assert calls <= set(dir(SyncOmniClient))


def test_pictures_speech_and_chat(omni):
    assert omni.health().ok
    pictures = omni.images(ImageRequest(prompt="a fox", size="64x64", seed=7))
    assert pictures.pictures[0].data.startswith(b"\x89PNG")
    assert omni.speech(SpeechRequest(input="Good morning.")).data.startswith(b"RIFF")
    events = list(omni.chat(ChatRequest(messages=[{"role": "user", "content": "What is 2 + 3?"}], modalities=["text"])))
    assert "".join(event.text for event in events if isinstance(event, TextDelta)).endswith("**5**")


def test_a_video_job(omni, tmp_path):
    job = omni.create_video(VideoRequest(prompt="waves", size="64x64", num_frames=5, fps=8))
    end = time.monotonic() + 30
    while not (job := omni.video(job.id)).done:
        assert time.monotonic() < end
    assert omni.video_content(job.id, tmp_path / "waves.mp4") == (tmp_path / "waves.mp4").stat().st_size


def test_leaving_a_stream_stops_the_work(demo, omni):
    stream = omni.speech_stream(SpeechRequest(input="Good morning. " * 50 + "[[slow:20]]"))
    next(stream)
    stream.close()
    end = time.monotonic() + 30
    while any(record["state"] == "running" for record in demo.app.state.demo.engine.records):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert demo.app.state.demo.engine.records[-1]["state"] == "aborted"


def test_it_works_inside_a_running_loop(demo):
    async def work():
        with SyncOmniClient(demo.url) as client:
            return client.health().ok

    assert asyncio.run(work())


def test_errors_are_those_of_the_client():
    with SyncOmniClient("http://127.0.0.1:1") as client, pytest.raises(NotReachable, match="Nothing answers"):
        client.models()
    with pytest.raises(ValueError, match="http"):
        SyncOmniClient("nonsense")


def test_closing_twice_does_no_harm(demo):
    client = SyncOmniClient(demo.url)
    client.close()
    client.close()
