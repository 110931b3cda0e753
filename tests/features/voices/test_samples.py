"""Samples of voices: made once per server, kept, and only of voices that the server lists."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest

from omni_ui.client import SavedVoice, Speech
from omni_ui.core.run_queue import RunQueue
from omni_ui.demo.audio.voice import VOICES
from omni_ui.features.voices.facts import DEMO, facts_of
from omni_ui.features.voices.samples import MOST, VoiceSamples, cards_of
from omni_ui.features.voices.voices import Known
from tests.running import App


class Speaker:
    """A server that counts how often it speaks."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    async def speech(self, request, deadline):
        self.spoken.append(request.voice)
        await asyncio.sleep(0)
        return Speech(f"RIFF {request.voice} {len(self.spoken)}".encode(), "audio/wav")


def backend_of(speaker: Speaker, known_as: str = "http://host"):
    return SimpleNamespace(known_as=known_as, client=speaker, gate=RunQueue(2))


async def test_a_sample_is_made_once_for_all_who_ask_and_kept(tmp_path):
    speaker, folder = Speaker(), tmp_path / "voice-samples"
    samples = VoiceSamples(folder)
    asked = [samples.sample(backend_of(speaker), "m", "ada", "", "") for _ in range(3)]
    assert len({*await asyncio.gather(*asked)}) == 1
    assert await VoiceSamples(folder).sample(backend_of(speaker), "m", "ada", "", "") == b"RIFF ada 1"
    assert speaker.spoken == ["ada"]


async def test_another_server_model_voice_or_recording_has_a_sample_of_its_own(tmp_path):
    speaker, samples = Speaker(), VoiceSamples(tmp_path)
    for server, model, voice, saved in (("a", "m", "ada", ""), ("b", "m", "ada", ""), ("a", "n", "ada", ""),
                                        ("a", "m", "bo", ""), ("a", "m", "ada", "17")):  # fmt: skip
        await samples.sample(backend_of(speaker, server), model, voice, saved, "")
    assert len(speaker.spoken) == 5


async def test_no_more_than_so_many_are_kept(tmp_path):
    for number in range(MOST + 3):
        (tmp_path / f"{number}.wav").write_bytes(b"old")
    await VoiceSamples(tmp_path).sample(backend_of(Speaker()), None, "ada", "", "")
    assert len(list(tmp_path.glob("*.wav"))) == MOST


def test_cards_have_a_language_and_a_word_and_saved_ones_their_description():
    voices = Known([("Model default", ""), ("Ada", "ada"), ("Mum (saved)", "mum"), ("Zed", "zed")],
                   [SavedVoice("Mum", description="on the telephone")])  # fmt: skip
    ada, mum, zed = cards_of(voices, demo=True, public=False)
    assert (ada["language"], ada["sound"], ada["can"]) == ("English", "clear, American", True)
    assert (mum["name"], mum["sound"], mum["saved"], mum["can"]) == ("Mum", "on the telephone", True, True)
    assert (zed["language"], zed["sound"]) == ("", "")
    assert [card["can"] for card in cards_of(voices, demo=False, public=True)] == [True, False, True]
    assert facts_of("Ryan", demo=False).language == "English"
    assert facts_of("Ryan", demo=True).language == ""


def test_each_voice_of_the_demo_has_its_facts():
    assert {name.lower() for name in VOICES} == DEMO.keys()


@pytest.fixture(scope="module")
def app():
    with App() as app:
        yield app


def test_the_route_gives_a_wav_of_a_listed_voice_and_of_no_other(app):
    with httpx.Client(base_url=app.url, headers={"Origin": app.url}, timeout=30) as web:
        first, again, unknown, empty = (
            web.post("/omni/voices/sample", json={"voice": voice}) for voice in ("ada", "ada", "nobody", "")
        )
    assert first.content[:4] == b"RIFF"
    assert again.content == first.content
    assert (unknown.status_code, empty.status_code) == (404, 422)
