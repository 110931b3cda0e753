"""The voices of a server (api_server.py:1480-1520)."""

from dataclasses import dataclass

from omni_ui.client.errors import BrokenAnswer, ServerFailed
from omni_ui.client.json_types import Json


@dataclass(frozen=True)
class SavedVoice:
    """A voice that someone uploaded. created_at: seconds since 1970. size: bytes of its recording."""

    name: str
    consent: str | None = None
    created_at: float | None = None
    size: int | None = None
    media_type: str | None = None
    ref_text: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Voices:
    """names: all that `voice` takes, sorted; saved ones in lower case. saved: details of the uploaded ones."""

    names: list[str]
    saved: list[SavedVoice]


def read_voices(body: dict[str, object]) -> Voices:
    names, saved = body.get("voices"), body.get("uploaded_voices") or []
    if not isinstance(names, list) or not isinstance(saved, list):
        raise BrokenAnswer("The server's list of voices is not valid.")
    return Voices(
        sorted(name for name in names if isinstance(name, str)),
        [_read_saved(entry) for entry in saved if isinstance(entry, dict) and isinstance(entry.get("name"), str)],
    )


def read_upload(body: dict[str, object], name: str) -> SavedVoice:
    if body.get("success") is not True:
        raise ServerFailed(
            "The server did not save the voice.", server_message=str(body.get("message") or ""), body=body
        )
    voice = body.get("voice")
    return _read_saved({"name": name, **voice} if isinstance(voice, dict) else {"name": name})


def _read_saved(entry: Json) -> SavedVoice:
    return SavedVoice(
        name=entry["name"],
        consent=entry.get("consent"),
        created_at=entry.get("created_at"),
        size=entry.get("file_size"),
        media_type=entry.get("mime_type"),
        ref_text=entry.get("ref_text"),
        description=entry.get("speaker_description"),
    )
