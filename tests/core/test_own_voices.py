"""On a public page a saved voice belongs to the session that saved it."""

from types import SimpleNamespace

import gradio as gr
import pytest

from omni_ui.client import SavedVoice, SpeechRequest, Voices
from omni_ui.core.backends import Backends
from omni_ui.core.limits import HostLimits
from omni_ui.core.own_voices import is_foreign, is_own, marked, plain_name, without_marked
from omni_ui.features.voices.panel import NOT_YOURS, VoicesPanel
from omni_ui.features.voices.voices import known, visible
from omni_ui.settings import Settings

MINE, THEIRS = marked("Nora", "my session"), marked("Otto", "their session")


def test_the_mark_tells_whose_it_is_and_not_the_session():
    assert is_own(MINE, "my session")
    assert is_own(MINE.lower(), "my session")
    assert not is_own(MINE, "their session")
    assert not is_own(MINE, None)
    assert not is_own("Nora", "my session")
    assert is_foreign(THEIRS, "my session")
    assert not is_foreign("Nora", "my session"), "the host's own are for all"
    assert plain_name(MINE) == "Nora"
    assert "session" not in MINE
    assert marked(MINE, "my session") == MINE


def test_a_session_lists_the_model_s_the_host_s_and_its_own():
    names = ["ryan", "host", MINE.lower(), THEIRS.lower()]
    seen = visible(Voices(names, [SavedVoice(name) for name in ("Host", MINE, THEIRS)]), "my session")
    assert seen.names == ["ryan", "host", MINE.lower()]
    assert [voice.name for voice in seen.saved] == ["Host", MINE]
    assert ("Nora (saved)", MINE.lower()) in known(seen).choices


@pytest.mark.parametrize("more", [{}, {"cast": {"Alice": THEIRS.lower()}}])
def test_nobody_speaks_with_the_voice_of_another(more):
    limits = HostLimits(Settings(public=True))
    request = SpeechRequest(input="Hello", voice=MINE.lower() if more else THEIRS.lower())
    if more:
        request = SimpleRequest(input="Hello", **more)
    assert [one.sentence for one in limits.check(request, "my session")] == [
        "This voice belongs to another visitor: choose another one."
    ]
    assert limits.check(SpeechRequest(input="Hello", voice=MINE.lower()), "my session") == []
    assert HostLimits(Settings()).check(SpeechRequest(input="Hello", voice=THEIRS), "my session") == []


class SimpleRequest(SpeechRequest):
    """As the page's own: a cast of speakers beside the wire's fields."""

    cast: dict[str, str] | None = None


async def test_deleting_another_s_is_refused_and_one_s_own_goes_when_the_session_ends():
    backends = Backends(Settings(base_url="http://127.0.0.1:9", public=True))
    backends.start()
    deleted = []

    async def delete_voice(name):
        deleted.append(name)

    backend = backends.for_tab("speech")
    backend.client.delete_voice = delete_voice
    with gr.Blocks():
        panel = VoicesPanel(backends)

    async def refresh(session):
        return {}

    request = SimpleNamespace(session_hash="my session", headers={})
    for name in (THEIRS, "Host"):
        updates = await panel._delete(name, name, refresh, request)
        assert NOT_YOURS in updates[panel.status]
    assert deleted == []
    await panel._delete(MINE, MINE, refresh, request)
    assert deleted == [MINE]
    backends.note_voice("my session", backend, MINE)
    await backends.forget("their session")
    assert deleted == [MINE]
    await backends.forget("my session")
    assert deleted == [MINE, MINE]
    await backends.close()


def test_a_list_of_the_server_s_voices_tells_nobody_what_others_saved():
    mark = "~0123456789abcdef"
    sentence = f"Available: a b{mark}, ada, grandma{mark}, ines, pa{mark}"
    assert without_marked(sentence) == "Available: ada, ines"
    assert without_marked(f"“grandma{mark}” is not there.") == "“grandma” is not there."
