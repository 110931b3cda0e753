"""Runs that are under way, with what was entered: those that are still here after a start were cut off."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from omni_ui.store.database import Database
from omni_ui.store.records import HistoryRecord, Source


class Unfinished:
    """By the id of the record that a run becomes when it is cut off. Calls raise StoreTrouble and nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: HistoryRecord, sources: Sequence[Source]) -> None:
        """Writes a run down that begins, as the record that it becomes when it is cut off."""
        files = [[str(file.path), file.role, file.title, file.kind] for file in sources]
        facts = json.dumps({"record": asdict(record), "sources": files})
        await self._database.write(
            (
                "INSERT INTO unfinished (id, at, facts) VALUES (:id, :at, :facts) "
                "ON CONFLICT (id) DO UPDATE SET at = excluded.at, facts = excluded.facts",
                {"id": record.id, "at": record.at, "facts": facts},
            )
        )

    async def begun_before(self, at: float) -> list[tuple[HistoryRecord, list[Source]]]:
        """The records of the runs that began before a time (seconds since 1970), with their files."""
        rows = await self._database.read("SELECT facts FROM unfinished WHERE at < :at ORDER BY at", at=at)
        runs = [json.loads(row["facts"]) for row in rows]
        return [
            (HistoryRecord(**run["record"]), [Source(Path(file[0]), *file[1:]) for file in run["sources"]])
            for run in runs
        ]

    async def remove(self, id: str) -> None:
        await self._database.write(("DELETE FROM unfinished WHERE id = :id", {"id": id}))

    async def try_to_write(self) -> None:
        """Writes a row and takes it away again."""
        id = f"trial {secrets.token_hex(8)}"
        await self._database.write(
            ("INSERT INTO unfinished (id, at, facts) VALUES (:id, 0, '')", {"id": id}),
            ("DELETE FROM unfinished WHERE id = :id", {"id": id}),
        )
