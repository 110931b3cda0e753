"""Songs and sound effects: what goes out, and what is told before."""

import pytest
from pydantic import ValidationError

from omni_ui.client import BadRequest, SoundRequest
from omni_ui.client.requests.song import as_lyrics
from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.client.server.model_rules import adapt, made_by
from omni_ui.client.server.schema import Fitted


def ability_of(model: str):
    return judge([ModelInfo(model)], ())["sound"]


def test_a_song_goes_the_way_of_speech():
    call = SoundRequest(
        make="song", input="[Verse] Hush\nnow", instructions="folk", audio_length=10, seed=3, guidance_scale=4
    ).wire("m")
    assert call.path == "/v1/audio/speech"
    assert call.json == {
        "model": "m", "input": "[Verse]\nHush\nnow", "instructions": "folk", "max_new_tokens": 250, "seed": 3,
        "response_format": "wav",
    }  # fmt: skip


def test_an_effect_goes_the_way_of_speech():
    call = SoundRequest(make="effect", input="a door", audio_length=2.5).wire("m")
    assert call.path == "/v1/audio/speech"
    assert call.json == {
        "model": "m", "input": "", "ambient_sound": "a door", "duration_seconds": 2.5, "response_format": "wav"
    }  # fmt: skip


def test_a_sound_goes_as_before():
    call = SoundRequest(input="rain", instructions="left from a song").wire()
    assert (call.path, call.json) == ("/v1/audio/generate", {"input": "rain", "response_format": "wav"})


def test_words_behind_a_tag_get_a_line_of_their_own():
    assert as_lyrics("[Verse 1]  Rain\n[chorus]\nStay [softly] now") == "[Verse 1]\nRain\n[chorus]\nStay [softly] now"
    assert as_lyrics("[verse] [slow] Rain") == "[verse] [slow]\nRain"


@pytest.mark.parametrize(
    ("model", "makes", "speaks"),
    [
        ("MiniMaxAI/MiniMax-Music3", ["song"], False),
        ("OpenMOSS-Team/MOSS-SoundEffect", ["effect"], False),
        ("stabilityai/stable-audio-open-1.0", ["sound"], False),
        ("demo/sound", ["sound", "song", "effect"], False),
        ("somebody/new-audio-model", ["sound", "song", "effect"], False),
    ],
)
def test_what_a_model_makes(model, makes, speaks):
    abilities = judge([ModelInfo(model)], ())
    assert abilities["sound"].can
    assert made_by(abilities["sound"]) == makes
    assert abilities["speech"].can is speaks


def test_what_is_made_follows_the_model():
    fitted = adapt(Fitted(SoundRequest(input="la", instructions="folk")), ability_of("MiniMaxAI/MiniMax-Music3"))
    assert fitted.request.make == "song"
    assert adapt(Fitted(SoundRequest(input="la")), None).request.make == "sound"


def test_what_the_model_does_not_make_is_said_before():
    with pytest.raises(BadRequest) as refused:
        adapt(Fitted(SoundRequest(make="song", input="la")), ability_of("stabilityai/stable-audio-open-1.0"))
    assert str(refused.value) == (
        "stabilityai/stable-audio-open-1.0 makes sounds, not songs. Choose “Sound”, or use another server."
    )
    assert (refused.value.field, refused.value.remedy) == ("make", {"field": "make", "value": "sound"})
    with pytest.raises(BadRequest, match="Style is empty"):
        adapt(Fitted(SoundRequest(input="la", instructions=" ")), ability_of("MiniMaxAI/MiniMax-Music3"))


def test_lengths_and_styles_have_ends():
    with pytest.raises(ValidationError, match="this lasts at most 360 s"):
        SoundRequest(make="song", input="la", audio_length=361)
    with pytest.raises(ValidationError, match="this lasts at most 60 s"):
        SoundRequest(make="effect", input="la", audio_length=61)
    assert SoundRequest(make="song", input="la", instructions="x" * 20_000)
    with pytest.raises(ValidationError):
        SoundRequest(make="song", input="la", instructions="x" * 20_001)
