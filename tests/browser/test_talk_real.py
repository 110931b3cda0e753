"""Calls through the page against the real server, in each way of talking; what reached its engine (/_stub/requests)."""

import io
import re
import time
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter

import httpx
import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.browser.conftest import wait_for_call as wait_for_state
from tests.contract.places import NEWEST, REAL, Zygote, real_place
from tests.gateways.fake import FakeGateway
from tests.pace import allowed
from tests.recordings import speech
from tests.running import App

pytestmark = [
    pytest.mark.browser,
    pytest.mark.real,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real-server is not there"),
]


@pytest.fixture(scope="module")
def zygote(tmp_path_factory):
    zygote = Zygote(NEWEST, tmp_path_factory.mktemp("zygote"))
    yield zygote
    zygote.stop()


class Place:
    """A real server, and an app that uses it."""

    def __init__(self, server: str, app: App) -> None:
        self.server, self.url = server, app.url

    def requests(self) -> list[dict]:
        return httpx.get(f"{self.server}/_stub/requests").json()["requests"]

    def wait_for(self, state: str, count: int = 1) -> list[dict]:
        """The calls of the engine, once so many of them are in this state."""
        end = time.monotonic() + 60
        while True:
            seen = self.requests()
            if sum(one["state"] == state for one in seen) >= count:
                return seen
            assert time.monotonic() < end, f"not {count} times {state}: {[one['state'] for one in seen]}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def chat(zygote, tmp_path_factory):
    with ExitStack() as stack:
        server = stack.enter_context(real_place("chat", tmp_path_factory.mktemp("chat"), zygote))
        yield Place(server.url, stack.enter_context(App(OMNI_BASE_URL=server.url)))


@pytest.fixture(scope="module")
def duplex(zygote, tmp_path_factory):
    with ExitStack() as stack:
        server = stack.enter_context(real_place("duplex", tmp_path_factory.mktemp("duplex"), zygote))
        yield Place(server.url, stack.enter_context(App(OMNI_BASE_URL=server.url)))


@pytest.fixture(autouse=True)
def cleared(request):
    for name in ("chat", "duplex"):
        if name in request.fixturenames:
            httpx.post(f"{request.getfixturevalue(name).server}/_stub/config", json={"clear": True, "latency": 0.05})


@pytest.fixture
def question(tmp_path):
    return speech(tmp_path / "question.wav", ("silence", 1), ("tone", 1.2), ("silence", 30))


@pytest.fixture
def voice(tmp_path):
    path = tmp_path / "voice.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(2 * 44_100) / 40), 44_100)
    return path


def turns(page) -> list[dict]:
    return page.evaluate("[...document.querySelector('.omni-call').omniCall.turns.values()]")


def hang_up(page) -> None:
    page.click("#talk-stop")
    wait_for_state(page, "idle")
    page.wait_for_selector(".omni-call-kept:not([hidden])")


def samples(record: dict) -> list[int]:
    """How many samples each sound has that reached the engine, at 16 kHz."""
    inputs = record["segments"][0] if "segments" in record else record["prompt"]
    return [int(re.search(r"\((\d+),\)", sound)[1]) for sound in inputs["stub_media"].get("audio", [])]


SPOKEN = pytest.approx(16_000 * (0.3 + 1.2 + 0.5), abs=16_000 * 0.2)
"""Samples of the question, with what is kept before it and the silence that ends it."""


def test_turns_by_voice_activity(talking, question, chat):
    page = talking(question, chat.url)
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-profile:has-text('One question, one answer')")
    wait_for_state(page, "speaking")
    page.wait_for_selector("#talk-result .omni-call-model:has-text('stub')")
    wait_for_state(page, "listening")
    [turn] = turns(page)
    assert turn["heard"] == pytest.approx(turn["ms"], abs=allowed(150))
    [arrived] = chat.wait_for("finished")
    assert samples(arrived) == [SPOKEN]
    hang_up(page)


def test_chat_by_turns_where_a_proxy_passes_no_sockets(talking, question, chat):
    with FakeGateway([chat.server]) as proxy, App(OMNI_BASE_URL=proxy.url) as app:
        page = talking(question, app.url)
        page.click(".omni-call summary")
        page.fill("#talk-instructions textarea", "Be brief.")
        page.click("#talk-run")
        page.wait_for_selector(".omni-call-profile:has-text('sent as a recording')")
        wait_for_state(page, "speaking")
        wait_for_state(page, "listening")
        [arrived] = chat.wait_for("finished")
        assert samples(arrived) == [SPOKEN]
        assert "Be brief." in arrived["text"]
        assert arrived["output_modalities"] == ["audio", "text"]
        hang_up(page)


def test_duplex_wants_a_voice_and_answers_in_it(talking, question, duplex, voice):
    page = talking(question, duplex.url)
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-notice:has-text('answers in a voice that it is given')")
    page.set_input_files("#talk-ref_audio input", str(voice))
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-profile:has-text('listens while it speaks')")
    wait_for_state(page, "speaking")
    page.wait_for_selector("#talk-result .omni-call-model:has-text('stub')")
    wait_for_state(page, "listening")
    arrived = duplex.requests()
    states = [one["state"] for one in arrived]
    assert {"listen", "speak"} <= set(states)
    assert states.index("listen") < states.index("speak")
    session = arrived[0]["session_config"]["extra_body"]
    assert session["auto_response"] is True
    assert session["realtime_session_payload"]["ref_audio"].startswith("data:audio/wav;base64,UklGR")
    assert {one["payload"]["audio"] for one in arrived if one["state"] == "listen"} == {"16000 samples"}
    hang_up(page)


def test_duplex_is_cut_off_by_speaking(talking, tmp_path, duplex, voice):
    parts = ("silence", 1), ("tone", 1.2), ("silence", 3), ("tone", 1.0), ("silence", 30)
    page = talking(speech(tmp_path / "a.wav", *parts), duplex.url)
    page.set_input_files("#talk-ref_audio input", str(voice))
    page.click("#talk-run")
    wait_for_state(page, "speaking")
    wait_for_state(page, "interrupted")
    page.wait_for_selector("#talk-result .omni-call-unheard")
    wait_for_state(page, "speaking")
    wait_for_state(page, "listening")
    spoken = [len(list(run)) for state, run in groupby(duplex.requests(), itemgetter("state")) if state == "speak"]
    assert spoken[0] < spoken[1] == 4, "the model spoke 4 seconds the second time, and was stopped the first time"
    hang_up(page)


def test_pictures_and_a_question_in_writing(talking, question, chat, tmp_path):
    content = io.BytesIO()
    Image.new("RGB", (1600, 900), "navy").save(content, "PNG")
    (tmp_path / "sea.png").write_bytes(content.getvalue())
    page = talking(question, chat.url)
    page.select_option("#talk-camera select", "file")
    page.set_input_files("#talk-camera-file input", str(tmp_path / "sea.png"))
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-profile:has-text('sees your pictures')")
    wait_for_state(page, "speaking")
    page.fill("#talk-text input", "What colour is it?")
    page.press("#talk-text input", "Enter")
    page.wait_for_selector("#talk-result .omni-call-you:has-text('What colour is it?')")
    spoken, written = chat.wait_for("finished", 2)
    assert spoken["prompt"]["stub_media"]["image"] == written["prompt"]["stub_media"]["image"] == ["<PIL RGB 640x360>"]
    assert samples(spoken) == [SPOKEN]
    assert "What colour is it?" in written["text"]
    assert samples(written) == []
    wait_for_state(page, "listening")
    hang_up(page)
