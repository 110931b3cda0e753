from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest

from omni_ui.client import Ability, SavedVoice, Voices
from omni_ui.core.invalid import Invalid
from omni_ui.features.speech.request import SpokenText
from omni_ui.features.voices.voices import about, fetch, known, warning
from omni_ui.tabs.speech import SpeechTab, cast_for
from omni_ui.widgets.form import Form


def read(**entered):
    return Form.read(_form(), {"input": "Hello.", **entered})


def _form():
    form = Form.__new__(Form)
    form.model = SpokenText
    return form


def test_what_only_the_page_knows_is_not_sent():
    made = read(reading="sentences", cast={"Alice": "vivian"}, stream=True)
    assert not {"reading", "cast"} & set(made.payload())
    assert made.wire().path == "/v1/audio/speech/batch"
    assert read(seed="3").wire().json == {"input": "Hello.", "response_format": "wav", "seed": 3}


@pytest.mark.parametrize(
    ("entered", "says"),
    [
        ({"input": " "}, "Text is empty"),
        ({"input": "x" * 200_000}, "200,000 characters"),
        ({"input": "x" * 20_001}, "Choose “Sentence by sentence”"),
        ({"input": "...", "reading": "sentences"}, "no words"),
        ({"reading": "script"}, "No line says who speaks"),
        ({"input": "A: hi", "reading": "script", "cast": {"A": 3}}, "a voice for each name"),
        ({"stream": True, "response_format": "mp3"}, "Only WAV and PCM"),
        ({"stream": True, "speed": 2}, "Only speed 1"),
        ({"speed": 4.01}, "Speed must be"),
    ],
)
def test_what_cannot_be_spoken_is_one_sentence(entered, says):
    with pytest.raises(Invalid, match=says):
        read(**entered)


def test_long_texts_may_be_long_and_pieces_carry_the_settings():
    made = read(input="One sentence here. " * 3000, reading="sentences", language="English", response_format="mp3")
    sent = made.request_for(made.pieces()[1], seed=9)
    assert (sent.input, sent.language, sent.response_format, sent.seed) == ("One sentence here.", "English", "wav", 9)


def test_each_speaker_has_a_voice_whatever_the_letters():
    made = read(input="ALICE: a\nBob: b", reading="script", cast={"alice": "vivian"}, voice="ryan")
    assert [made.request_for(piece).voice for piece in made.pieces()] == ["vivian", "ryan"]


def test_a_cast_keeps_choices_then_names_then_voices_that_are_free():
    voices = ["aiden", "bob", "ryan"]
    assert cast_for(["Bob", "Ann", "Eve"], {"Eve": "aiden"}, voices) == {"Bob": "bob", "Ann": "ryan", "Eve": "aiden"}
    assert cast_for(["Alice", "Aiden"], {}, ["aiden", "ryan"]) == {"Alice": "ryan", "Aiden": "aiden"}
    assert cast_for(["Ann"], {}, []) == {"Ann": ""}


def test_voices_are_listed_once_and_saved_ones_are_marked():
    found = known(Voices(["default", "nora", "uncle_fu"], [SavedVoice("Nora", size=2000, media_type="audio/wav")]))
    assert found.choices == [("Model default", ""), ("Uncle Fu", "uncle_fu"), ("Nora (saved)", "nora")]
    assert found.rows == [{"name": "Nora", "label": "Nora", "about": ["2 KB WAV", "no transcript"]}]


def test_details_of_a_voice():
    voice = SavedVoice("Nora", consent="yes", ref_text="Hello.", description="calm")
    assert about(voice) == ["calm", "“Hello.”", "Consent: yes"]


@pytest.mark.parametrize(
    ("task", "clones", "says"),
    [
        ("CustomVoice", False, "voices of its own"),
        ("VoiceDesign", False, "invents"),
        ("Base", True, ""),
        (None, True, ""),
    ],
)
def test_a_model_that_does_not_copy_voices_is_warned_of(task, clones, says):
    said = warning(Ability(True, "", "a<b", detail={"task": task, "clones": clones}))
    assert says in said
    assert bool(said) is bool(says)
    assert "a<b" not in said


def server_of(task, saved):
    ability = Ability(True, "", "tts", detail={"task": task, "clones": task == "Base"})
    voices = Voices(["default", *(["nora"] if saved else []), *(["ryan"] if task != "Base" else [])], saved)
    client = SimpleNamespace(voices=AsyncMock(return_value=voices))
    backend = SimpleNamespace(client=client, ability=AsyncMock(return_value=ability))
    return SimpleNamespace(for_tab=lambda tab, session: backend, settings=SimpleNamespace(public=False))


@pytest.mark.parametrize(("task", "listed"), [("CustomVoice", ["ryan"]), ("VoiceDesign", ["ryan"]), ("Base", ["nora"])])
async def test_saved_voices_are_listed_where_the_model_speaks_with_them(task, listed):
    found = await fetch(server_of(task, [SavedVoice("Nora")]), None)
    assert [value for _, value in found.choices if value] == listed


@pytest.mark.parametrize(
    ("task", "saved", "opens"), [("Base", [], True), ("Base", [SavedVoice("Nora")], False), ("CustomVoice", [], False)]
)
async def test_a_recording_is_asked_for_where_there_is_no_other_voice(task, saved, opens):
    tab = SpeechTab.__new__(SpeechTab)
    tab.name, tab.backends = "speech", server_of(task, saved)
    assert (await tab._clone_fold(None)).get("open", False) is opens
