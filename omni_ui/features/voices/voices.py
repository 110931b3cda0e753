"""The voices of a server: what the forms need of them, and saving one with care. (The panel: `voices_panel`.)"""

import asyncio
import time
from dataclasses import dataclass

from markupsafe import Markup
from pydantic import ValidationError

from omni_ui.client import Ability, OmniError, SavedVoice, Voices, VoiceUpload, problems
from omni_ui.core.backends import Backends
from omni_ui.core.files import Json
from omni_ui.core.invalid import Invalid
from omni_ui.core.own_voices import is_foreign, plain_name
from omni_ui.core.run import Values
from omni_ui.core.servers.backend import Backend
from omni_ui.core.templates import NOTHING
from omni_ui.features.speech.fields import Choices
from omni_ui.features.voices.reference_check import checks, sendable
from omni_ui.media.recording import read_recording

CONSENT = "The speaker agrees that this voice is copied and used here."
"""What is sent as `consent`. It becomes a part of a file name on the server, so it must stay short."""

WARNING = Markup(
    '<p class="omni-warning">{0} {1}. It would save a voice and then refuse to speak with it. To copy voices, run a '
    "Base model, such as <code>Qwen/Qwen3-TTS-12Hz-1.7B-Base</code>.</p>"
)
MOST_VOICES = 1000
"""The server's own cap (serving_speech.py:243)."""

SAMPLE = "Hello! This is how I sound when I read a sentence to you."


@dataclass(frozen=True)
class Known:
    """The voices of a server as the forms need them."""

    choices: Choices
    saved: list[SavedVoice]

    @property
    def rows(self) -> list[Json]:
        return [{"name": voice.name, "label": plain_name(voice.name), "about": about(voice)} for voice in self.saved]


def known(voices: Voices) -> Known:
    """Built-in voices first, then the saved ones, marked. "default" means none and is not listed."""
    saved = {voice.name.lower(): voice.name for voice in voices.saved}
    own = [name for name in voices.names if name.lower() not in saved and name != "default"]
    choices = [("Model default", ""), *((_spelled(name), name) for name in own)]
    choices += [(f"{plain_name(name)} (saved)", low) for low, name in sorted(saved.items())]
    return Known(choices, sorted(voices.saved, key=lambda voice: voice.name.lower()))


def _spelled(name: str) -> str:
    """Servers list names in small letters."""
    return " ".join(word[:1].upper() + word[1:] for word in name.replace("_", " ").split()) or name


def about(voice: SavedVoice) -> list[str]:
    """The details of a saved voice, a line each."""
    facts = []
    if voice.created_at:
        facts.append(time.strftime("saved %Y-%m-%d %H:%M", time.localtime(voice.created_at)))
    if voice.size:
        facts.append(f"{voice.size / 1000:,.0f} KB {(voice.media_type or '').removeprefix('audio/').upper()}".strip())
    lines = [", ".join(facts)] if facts else []
    lines += [voice.description] if voice.description else []
    lines += [f"“{voice.ref_text}”"] if voice.ref_text else ["no transcript"]
    lines += [f"Consent: {voice.consent}"] if voice.consent else []
    return lines


def _refuses_saved(ability: Ability) -> bool:
    """Whether it is a checkpoint that takes voices and then refuses to speak with them (WIRE.md 9)."""
    return not ability.detail.get("clones") and ability.detail.get("task") in ("CustomVoice", "VoiceDesign")


def warning(ability: Ability | None) -> Markup:
    """Said before an upload, where the panel is not hidden since nobody is sure of the model."""
    if ability is None or not _refuses_saved(ability):
        return NOTHING
    task = ability.detail.get("task")
    does = "speaks with voices of its own" if task == "CustomVoice" else "invents voices from a description"
    return WARNING.format(ability.model or "This model", does)


async def fetch(backends: Backends, session: str | None) -> Known | None:
    """The voices of this session's server; None while it cannot be asked."""
    backend = backends.for_tab("speech", session)
    ability = await backend.ability("speech") if backend else None
    if not backend or not ability or not ability.can:
        return None
    try:
        voices = await backend.client.voices()
        if _refuses_saved(ability):
            voices = without_saved(voices)
        return known(visible(voices, session) if backends.settings.public else voices)
    except OmniError:
        return None  # the tab's notice says what is wrong with the server


def without_saved(voices: Voices) -> Voices:
    """The voices of the model itself."""
    saved = {voice.name.lower() for voice in voices.saved}
    return Voices([name for name in voices.names if name.lower() not in saved], [])


def visible(voices: Voices, session: str | None) -> Voices:
    """What a session of a public page sees of the voices: not those that others saved."""
    return Voices(
        [name for name in voices.names if not is_foreign(name, session)],
        [voice for voice in voices.saved if not is_foreign(voice.name, session)],
    )


async def save(backend: Backend, entered: Values) -> SavedVoice:
    """Checks everything that can be checked here, then uploads. Raises Invalid or OmniError.

    entered: name, audio_sample, ref_text, speaker_description, and the ticks consent and replace. A server that
    refuses a new recording has by then deleted the old voice of that name. So nothing is sent before it is known to be
    good, and a name that is taken is only used when `replace` is ticked.
    """
    if not entered.get("consent"):
        raise Invalid.because("consent", "Tick the consent first: a voice is copied only with its speaker's agreement.")
    if not entered.get("audio_sample"):
        raise Invalid.because("audio_sample", "Recording is empty: add one first.")
    recording = await read_recording(entered["audio_sample"], "audio_sample")
    for check in await asyncio.to_thread(checks, recording, entered.get("ref_text")):
        if check.level == "stop":
            raise Invalid.because("ref_text" if check.about == "words" else "audio_sample", check.sentence)
    form = {name: entered.get(name) or None for name in ("ref_text", "speaker_description")}
    form |= {"name": entered.get("name") or "", "audio_sample": await sendable(recording), "consent": CONSENT}
    try:
        upload = VoiceUpload.model_validate(form)
    except ValidationError as wrong:
        raise Invalid(*problems(wrong, VoiceUpload)) from None
    await _check_name(backend, upload.name, bool(entered.get("replace")))
    return await backend.client.upload_voice(upload)


async def _check_name(backend: Backend, name: str, replace: bool) -> None:
    voices = await backend.client.voices()
    saved = {voice.name.lower() for voice in voices.saved}
    if name.lower() in saved and not replace:
        raise Taken(name)
    # On a public page the name carries a mark; the voice of the model would still stand beside it under the same name.
    if plain_name(name).lower() in {voice.lower() for voice in voices.names} - saved:
        raise Invalid.because("name", f"“{plain_name(name)}” is a voice of the model itself: choose another name.")
    if len(saved) >= MOST_VOICES and name.lower() not in saved:
        raise Invalid.because("name", f"The server already has {len(saved):,} voices, its maximum: delete one first.")


class Taken(Invalid):
    """The name belongs to a saved voice."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.args = (
            f"A voice called “{plain_name(name)}” already exists. Choose another name, or tick "
            "“Replace the saved voice” and save again. If the server then refuses the new "
            "recording, the old voice is lost.",
        )
