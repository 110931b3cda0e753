"""What visitors made: every result and every failed try, with its settings, and the files that belong to it.

A record and its files are one visitor's. Nothing here is found without saying whose it is.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from omni_ui.store.database import Database, StoreTrouble
from omni_ui.store.files import THUMB, Files
from omni_ui.store.records import HistoryFile, HistoryRecord, Source, insert, read_row

LONGEST_QUERY = 12
"""Words of a search that count."""


@dataclass(frozen=True)
class Room:
    """Bytes: of one visitor, and of all."""

    mine: int
    all: int


class History:
    """The records. Calls raise StoreTrouble and nothing else.

    files: where the files are kept; asked for at each use, since the store finds its folder when it is opened.
    """

    def __init__(self, database: Database, files: Callable[[], Files]) -> None:
        self._database = database
        self._files = files
        self._changing = asyncio.Lock()
        """An input may be shared by records: none is removed while another record takes it up."""

    async def keep(self, record: HistoryRecord, sources: Sequence[Source] = ()) -> HistoryRecord:
        """Writes down a record with its files, all or nothing; an older one of the same id or thread goes.

        A source that is not there any more is left out (`name` is ""). A star stays on what takes its place.
        """
        async with self._changing:
            old = await self._same(record)
            kept: list[HistoryFile] = []
            new: list[str] = []
            try:
                for source in sources:
                    file, is_new = await self._take(source, record.visitor)
                    kept.append(file)
                    new += [file.name] if is_new else []
                starred = record.starred or any(entry.starred for entry in old)
                record = record.but(files=kept, starred=starred)
                removed = [("DELETE FROM history WHERE id = ?", (entry.id,)) for entry in old]
                freed = await self._freed([entry.id for entry in old], besides=[file.name for file in kept])
                await self._database.write(*removed, *insert(record))
            except BaseException:
                await self._unlink(new)
                raise
            with suppress(StoreTrouble):  # the record is kept; a file that is left over harms nobody
                await self._unlink(freed)
            return record

    async def find(self, id: str, visitor: str) -> HistoryRecord | None:
        rows = await self._database.read("SELECT * FROM history WHERE id = ? AND visitor = ?", id, visitor)
        return read_row(rows[0]) if rows else None

    async def many(self, ids: Sequence[str], visitor: str) -> list[HistoryRecord]:
        """Those of these records that are the visitor's, newest first."""
        rows = await self._database.read(
            "SELECT * FROM history WHERE visitor = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id",
            visitor,
            json.dumps(list(ids)),
        )
        return [read_row(row) for row in rows]

    async def page(
        self,
        visitor: str,
        *,
        tab: str = "",
        words: str = "",
        starred: bool = False,
        after: tuple[float, str] | None = None,
        limit: int = 60,
    ) -> list[HistoryRecord]:
        """Newest first. words: all of them stand somewhere in the record. after: time and id of the last one seen."""
        where = ["visitor = ?"]
        values: list[str | float] = [visitor]
        if tab:
            where, values = [*where, "tab = ?"], [*values, tab]
        if starred:
            where.append("starred = 1")
        for word in words.casefold().split()[:LONGEST_QUERY]:
            where, values = [*where, "instr(words, ?) > 0"], [*values, word]
        if after:
            where, values = [*where, "(at < ? OR (at = ? AND id > ?))"], [*values, after[0], after[0], after[1]]
        rows = await self._database.read(
            f"SELECT * FROM history WHERE {' AND '.join(where)} ORDER BY at DESC, id LIMIT ?", *values, limit
        )
        return [read_row(row) for row in rows]

    async def count(self, visitor: str) -> dict[str, int]:
        """How many records there are, by tab."""
        rows = await self._database.read(
            "SELECT tab, COUNT(*) AS many FROM history WHERE visitor = ? GROUP BY tab", visitor
        )
        return {row["tab"]: row["many"] for row in rows}

    async def oldest(self, visitor: str) -> float | None:
        """When the visitor's first record was made."""
        rows = await self._database.read("SELECT MIN(at) AS at FROM history WHERE visitor = ?", visitor)
        at: float | None = rows[0]["at"]
        return at

    async def star(self, id: str, visitor: str, on: bool) -> bool:
        """Whether there was such a record."""
        record = await self.find(id, visitor)
        if record:
            await self._database.write(("UPDATE history SET starred = ? WHERE id = ?", (int(on), id)))
        return record is not None

    async def add_fact(self, id: str, visitor: str, name: str, value: str) -> None:
        """One more fact for the line below a result that is written down already."""
        await self._database.write(
            (
                "UPDATE history SET facts = json_insert(facts, '$.facts[#]', json_array(?, ?)) "
                "WHERE id = ? AND visitor = ?",
                (name, value, id, visitor),
            )
        )

    async def delete(self, ids: Sequence[str]) -> None:
        """Removes records and the files that no other one has. Whose they are was asked before."""
        async with self._changing:
            freed = await self._freed(ids)
            await self._database.write(
                ("DELETE FROM history WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
            )
            await self._unlink(freed, everywhere=True)

    async def all_of(self, visitor: str) -> list[tuple[str, str]]:
        """Id and thread of all records of a visitor."""
        rows = await self._database.read("SELECT id, thread FROM history WHERE visitor = ?", visitor)
        return [(row["id"], row["thread"]) for row in rows]

    async def older_than(self, at: float) -> list[tuple[str, str]]:
        """Id and thread of everybody's records that were made before."""
        rows = await self._database.read("SELECT id, thread FROM history WHERE at < ?", at)
        return [(row["id"], row["thread"]) for row in rows]

    async def oldest_unstarred(self, many: int = 20) -> list[tuple[str, str]]:
        rows = await self._database.read(
            "SELECT id, thread FROM history WHERE starred = 0 ORDER BY at, id LIMIT ?", many
        )
        return [(row["id"], row["thread"]) for row in rows]

    async def room(self, visitor: str | None = None) -> Room:
        """How much is used. A file that several records share counts once; a video and its job have the same file."""
        rows = await self._database.read(
            "SELECT COALESCE(SUM(bytes), 0) AS used, COALESCE(SUM(bytes) FILTER (WHERE visitor = ?), 0) AS mine FROM ("
            "SELECT MAX(f.bytes) AS bytes, h.visitor FROM history_files f JOIN history h ON h.id = f.record "
            "WHERE f.name != '' GROUP BY f.name "
            "UNION ALL SELECT LENGTH(facts) + LENGTH(words), visitor FROM history)",
            visitor or "",
        )
        jobs = await self._database.read(
            "SELECT COALESCE(SUM(json_extract(facts, '$.bytes')), 0) AS used, "
            "COALESCE(SUM(json_extract(facts, '$.bytes')) FILTER (WHERE visitor = ?), 0) AS mine FROM video_jobs "
            "WHERE json_extract(facts, '$.file') IS NOT NULL AND 'job:' || ticket NOT IN (SELECT thread FROM history)",
            visitor or "",
        )
        return Room(rows[0]["mine"] + jobs[0]["mine"], rows[0]["used"] + jobs[0]["used"])

    async def fetch(self, file: HistoryFile) -> Path | None:
        """A kept file on this machine; None when it is not there any more."""
        return await self._files().fetch(file.name) if file.name else None

    async def _same(self, record: HistoryRecord) -> list[HistoryRecord]:
        """What the record takes the place of."""
        rows = await self._database.read(
            "SELECT * FROM history WHERE id = ? OR (visitor = ? AND thread = ? AND thread != '')",
            *(record.id, record.visitor, record.thread),
        )
        return [read_row(row) for row in rows]

    async def _take(self, source: Source, visitor: str) -> tuple[HistoryFile, bool]:
        """The file as it is kept, and whether it was not kept before."""
        entry = HistoryFile(source.role, source.title, source.kind)
        if not await asyncio.to_thread(source.path.is_file):
            return entry, False
        sha = await asyncio.to_thread(sha_of, source.path) if source.role == "input" else ""
        if sha:
            rows = await self._database.read(
                "SELECT f.name, f.bytes FROM history_files f JOIN history h ON h.id = f.record "
                "WHERE f.sha = ? AND h.visitor = ? LIMIT 1",
                *(sha, visitor),
            )
            if rows and self._files().has(rows[0]["name"]):
                return replace(entry, name=rows[0]["name"], bytes=rows[0]["bytes"], sha=sha), False
        name, size = await self._files().take(source.path)
        return replace(entry, name=name, bytes=size, sha=sha), True

    async def _freed(self, ids: Sequence[str], besides: Sequence[str] = ()) -> list[str]:
        """The files that nobody has when these records are gone."""
        rows = await self._database.read(
            "SELECT DISTINCT name FROM history_files WHERE record IN (SELECT value FROM json_each(?1)) AND name NOT IN "
            "(SELECT name FROM history_files WHERE record NOT IN (SELECT value FROM json_each(?1)))",
            json.dumps(list(ids)),
        )
        return [row["name"] for row in rows if row["name"] and row["name"] not in besides]

    async def _unlink(self, names: Sequence[str], *, everywhere: bool = False) -> None:
        names = [*names, *(f"{name}{THUMB}" for name in names)]
        await self._files().remove(*names, everywhere=everywhere)


def sha_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. Blocking."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise StoreTrouble(f"The file {path.name} cannot be read ({wrong}).") from wrong
