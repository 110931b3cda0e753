"""A finished call goes into the history, in whatever way it ended."""

import time
from pathlib import Path

from omni_ui.core.files import Json
from omni_ui.core.servers.backend import Backend
from omni_ui.features.history.service import Recorder
from omni_ui.features.talk.recording import CallRecording
from omni_ui.store import HistoryRecord, Source

KINDS = {".wav": "audio/wav", ".vtt": "text/vtt", ".json": "application/json", ".zip": "application/zip"}
CARRIED = ("instructions", "voice", "hold", "written")
"""Settings of a call that stand in its record."""


async def keep_call(
    recorder: Recorder, visitor: str | None, backend: Backend, recording: CallRecording, turns: int, start: Json
) -> str:
    """Writes a call down; the id of its record, "" where nothing was said or nobody can own it."""
    if not turns or not visitor:
        recording.discard()
        return ""
    files = await recording.finish()
    files += [path] if (path := recording.folder / "call.zip").exists() else []
    document = recording.document()
    said = [line.text.strip() for line in recording.captions if line.text.strip()]
    record = HistoryRecord(
        visitor=visitor,
        tab="talk",
        at=time.time(),
        text=" ".join(line.text.strip() for line in recording.captions if line.speaker == "model"),
        summary=f"A call of {_length(document['duration_ms'])}: {said[0] if said else 'nothing was said'}"[:300],
        model=recording.model,
        version=backend.version,
        seconds=document["duration_ms"] / 1000,
        entered={name: start[name] for name in CARRIED if start.get(name)},
        facts=_facts(document),
    )
    await recorder.write(record, [_source(path) for path in files])
    return record.id


def _source(path: Path) -> Source:
    return Source(path, "result", path.name, KINDS[path.suffix])


def _facts(document: Json) -> list[tuple[str, str]]:
    """Length, answers, interruptions, and the middle latency."""
    turns = document["turns"]
    waits = sorted(turn["server_ms"] for turn in turns if turn["server_ms"] is not None)
    interrupted = sum(turn["status"] == "interrupted" for turn in turns)
    facts = [("call", _length(document["duration_ms"])), ("answers", str(len(turns)))]
    facts += [("interrupted", str(interrupted))] if interrupted else []
    facts += [("pictures shown", str(document["frames"]))] if document["frames"] else []
    facts += [("answered after", f"{waits[len(waits) // 2]} ms")] if waits else []
    return facts


def _length(milliseconds: int) -> str:
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}"
