"""Runs that are under way, with what was entered: those whose process is not alive any more were cut off."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from omni_ui.store.database import Database
from omni_ui.store.processes import Processes
from omni_ui.store.records import HistoryRecord, Source


class Unfinished:
    """By the id of the record that a run becomes when it is cut off. Calls raise StoreFailed and nothing else."""

    def __init__(self, database: Database, processes: Processes) -> None:
        self._database = database
        self._processes = processes

    async def add(self, record: HistoryRecord, sources: Sequence[Source]) -> None:
        """Writes a run down that begins, as the record that it becomes when it is cut off."""
        files = [[str(file.path), file.role, file.title, file.kind] for file in sources]
        facts = json.dumps({"record": asdict(record), "sources": files})
        await self._database.write(
            self._processes.alive,
            (
                "INSERT INTO unfinished (id, at, facts, holder) VALUES (:id, :at, :facts, :holder) "
                "ON CONFLICT (id) DO UPDATE SET at = excluded.at, facts = excluded.facts, holder = excluded.holder",
                {"id": record.id, "at": record.at, "facts": facts, "holder": self._processes.id},
            ),
        )

    async def cut_off(self) -> list[tuple[HistoryRecord, list[Source]]]:
        """The records of the runs whose process has ended before they were done, with their files.

        Files lie in the folder of the process that ended; one that is not on this machine is left out when it is kept.
        """
        rows = await self._database.read(
            "SELECT facts FROM unfinished WHERE NOT EXISTS "
            "(SELECT 1 FROM processes WHERE processes.id = unfinished.holder AND until > database_time()) ORDER BY at"
        )
        runs = [json.loads(row["facts"]) for row in rows]
        return [
            (HistoryRecord(**run["record"]), [Source(Path(file[0]), *file[1:]) for file in run["sources"]])
            for run in runs
        ]

    async def under_way(self) -> int:
        """How many runs there are, of all processes, and of those that have ended."""
        [row] = await self._database.read("SELECT COUNT(*) AS runs FROM unfinished")
        runs: int = row["runs"]
        return runs

    async def remove(self, id: str) -> None:
        await self._database.write(("DELETE FROM unfinished WHERE id = :id", {"id": id}))

    async def try_to_write(self) -> None:
        """Writes a row and takes it away again."""
        id = f"trial {secrets.token_hex(8)}"
        await self._database.write(
            ("INSERT INTO unfinished (id, at, facts) VALUES (:id, 0, '')", {"id": id}),
            ("DELETE FROM unfinished WHERE id = :id", {"id": id}),
        )
