"""What visitors made: every result and every failed try, with its settings, and the files that belong to it.

A record and its files are one visitor's. Nothing here is found without saying whose it is.
"""

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from omni_ui.store.database import Database, Row, StoreFailed, Value, parts
from omni_ui.store.files import THUMB, Files
from omni_ui.store.records import READ, HistoryFile, HistoryRecord, Source, insert, read_row, remove
from omni_ui.store.usage import LONGER, USED

LONGEST_QUERY = 12
"""Words of a search that count."""
READ_FIRST = 500
"""Records that a search reads before it asks the index."""
LONGEST_WORD = 5000
"""Characters; a longer one stands nowhere (SQLite compares with 50,000 bytes at most)."""
MOST_TRIES = 20
"""How often a record is read again that others change at the same time."""


@dataclass(frozen=True)
class DiskUsage:
    """Bytes: of one visitor, and of all."""

    mine: int
    all: int


class History:
    """The records. Calls raise StoreFailed and nothing else.

    files: where the files are kept; asked for at each use, since the store finds its folder when it is opened.
    """

    def __init__(self, database: Database, files: Callable[[], Files]) -> None:
        self._database = database
        self._files = files

    async def keep(self, record: HistoryRecord, sources: Sequence[Source] = ()) -> HistoryRecord:
        """Writes down a record with its files, all or nothing; an older one of the same id or thread goes.

        A source that is not there any more is left out (`name` is ""). A star stays on what takes its place.
        """
        new: list[str] = []
        try:
            # A result is nobody else's: however long it takes to keep it, no other record waits for that.
            results = [await self._take(source, new) for source in sources if source.role == "result"]
            async with self._alone(record.visitor):
                inputs = [
                    await self._share(source, record.visitor, new) for source in sources if source.role == "input"
                ]
                kept = [(results if source.role == "result" else inputs).pop(0) for source in sources]
                old = await self._same(record)
                record = record.but(files=kept, starred=record.starred or any(entry.starred for entry in old))
                replaced = [entry.id for entry in old]
                freed = await self._freed(replaced, besides=[file.name for file in kept])
                await self._database.write(*remove(replaced), *insert(record))
                new.clear()
                with suppress(StoreFailed):  # the record is kept; a file that is left over harms nobody
                    await self._unlink(freed)
        except BaseException:
            await self._unlink(new)
            raise
        return record

    async def find(self, id: str, visitor: str) -> HistoryRecord | None:
        rows = await self._database.read(
            "SELECT * FROM history WHERE id = :id AND visitor = :visitor", id=id, visitor=visitor
        )
        return read_row(rows[0]) if rows else None

    async def many(self, ids: Sequence[str], visitor: str) -> list[HistoryRecord]:
        """Those of these records that are the visitor's, newest first."""
        records: list[HistoryRecord] = []
        for marks, items in parts(ids):
            rows = await self._database.read(
                f"SELECT * FROM history WHERE visitor = :visitor AND id IN {marks}", visitor=visitor, **items
            )
            records += [read_row(row) for row in rows]
        return sorted(records, key=lambda record: (-record.at, record.id))

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
        where = ["visitor = :visitor"]
        values: dict[str, Value] = {"visitor": visitor, "limit": limit}
        if tab:
            where.append("tab = :tab")
            values["tab"] = tab
        if starred:
            where.append("starred = 1")
        if after:
            where.append("(at < :at OR (at = :at AND id > :id))")
            values |= {"at": after[0], "id": after[1]}
        rows = await self._matching(where, values, words) if words.strip() else await self._newest(where, values)
        return [read_row(row) for row in rows]

    async def _newest(self, where: list[str], values: dict[str, Value], table: str = "history") -> list[Row]:
        return await self._database.read(
            f"SELECT {READ} FROM {table} WHERE {' AND '.join(where)} ORDER BY at DESC, id LIMIT :limit", **values
        )

    async def _matching(self, where: list[str], values: dict[str, Value], search: str) -> list[Row]:
        """Those that hold all words of a search. The newest are read as they are: a word that stands everywhere is
        found there at once, which an index would take long for. It serves the rest."""
        words = search.replace("\0", " ").casefold().split()[:LONGEST_QUERY]
        if any(len(word) > LONGEST_WORD for word in words):
            return []
        likes = [f"words LIKE :word{place} ESCAPE '!'" for place in range(len(words))]
        patterns: dict[str, Value] = {
            f"word{place}": "%" + re.sub("[!%_]", r"!\g<0>", word) + "%" for place, word in enumerate(words)
        }
        newest = (
            f"(SELECT * FROM history WHERE {' AND '.join(where)} ORDER BY at DESC, id LIMIT {READ_FIRST}) AS newest"
        )
        rows = await self._newest(likes, values | patterns, newest)
        if len(rows) == values["limit"]:
            return rows
        table, threes = self._database.indexed(words)
        return await self._newest([*where, *likes], values | patterns | threes, table)

    async def count(self, visitor: str) -> dict[str, int]:
        """How many records there are, by tab."""
        rows = await self._database.read(
            "SELECT tab, records FROM usage WHERE visitor = :visitor AND records > 0", visitor=visitor
        )
        return {row["tab"]: row["records"] for row in rows}

    async def oldest(self, visitor: str) -> float | None:
        """When the visitor's first record was made."""
        rows = await self._database.read("SELECT MIN(at) AS at FROM history WHERE visitor = :visitor", visitor=visitor)
        at: float | None = rows[0]["at"]
        return at

    async def star(self, id: str, visitor: str, on: bool) -> bool:
        """Whether there was such a record."""
        counts = await self._database.write(
            (
                "UPDATE history SET starred = :starred WHERE id = :id AND visitor = :visitor",
                {"starred": int(on), "id": id, "visitor": visitor},
            )
        )
        return counts[0] > 0

    async def add_fact(self, id: str, visitor: str, name: str, value: str) -> None:
        """One more fact for the line below a result that is written down already."""
        for _ in range(MOST_TRIES):
            rows = await self._database.read(
                "SELECT facts FROM history WHERE id = :id AND visitor = :visitor", id=id, visitor=visitor
            )
            if not rows:
                return
            before: str = rows[0]["facts"]
            facts = json.loads(before)
            facts["facts"] = [*facts.get("facts", []), [name, value]]
            after = json.dumps(facts, ensure_ascii=False)
            values: dict[str, Value] = {"id": id, "before": before, "after": after, "more": len(after) - len(before)}
            change = "UPDATE history SET facts = :after, size = size + :more WHERE id = :id AND facts = :before"
            counts = await self._database.write((LONGER, values), (change, values))
            if counts[1]:  # else somebody else has added one meanwhile
                return

    async def delete(self, ids: Sequence[str]) -> None:
        """Removes records and the files that no other one has. Whose they are was asked before."""
        by_visitor: dict[str, list[str]] = {}
        for marks, items in parts(ids):
            for row in await self._database.read(f"SELECT id, visitor FROM history WHERE id IN {marks}", **items):
                by_visitor.setdefault(row["visitor"], []).append(row["id"])
        for visitor, theirs in by_visitor.items():
            async with self._alone(visitor):
                freed = await self._freed(theirs)
                await self._database.write(*remove(theirs))
                await self._unlink(freed, everywhere=True)

    async def all_of(self, visitor: str) -> list[tuple[str, str]]:
        """Id and thread of all records of a visitor."""
        rows = await self._database.read("SELECT id, thread FROM history WHERE visitor = :visitor", visitor=visitor)
        return [(row["id"], row["thread"]) for row in rows]

    async def older_than(self, at: float) -> list[tuple[str, str]]:
        """Id and thread of everybody's records that were made before."""
        rows = await self._database.read(
            "SELECT id, thread FROM history WHERE starred IN (0, 1) AND at < :at ORDER BY at, id", at=at
        )
        return [(row["id"], row["thread"]) for row in rows]

    async def oldest_unstarred(self, many: int = 20) -> list[tuple[str, str]]:
        rows = await self._database.read(
            "SELECT id, thread FROM history WHERE starred = 0 ORDER BY at, id LIMIT :many", many=many
        )
        return [(row["id"], row["thread"]) for row in rows]

    async def disk_usage(self, visitor: str | None = None) -> DiskUsage:
        """How much is used. A file that several records share counts once; a video and its job have the same file."""
        [row] = await self._database.read(USED, visitor=visitor or "")
        return DiskUsage(row["mine"], row["used"])

    async def fetch(self, file: HistoryFile) -> Path | None:
        """A kept file on this machine; None when it is not there any more."""
        return await self._files().fetch(file.name) if file.name else None

    async def _same(self, record: HistoryRecord) -> list[HistoryRecord]:
        """What the record takes the place of."""
        rows = await self._database.read(
            "SELECT * FROM history WHERE id = :id OR (visitor = :visitor AND thread = :thread AND thread != '')",
            id=record.id,
            visitor=record.visitor,
            thread=record.thread,
        )
        return [read_row(row) for row in rows]

    async def _take(self, source: Source, new: list[str], sha: str = "") -> HistoryFile:
        """The file as it is kept; its name goes to the new ones."""
        entry = HistoryFile(source.role, source.title, source.kind)
        if not await asyncio.to_thread(source.path.is_file):
            return entry
        name, size = await self._files().take(source.path)
        new.append(name)
        return replace(entry, name=name, bytes=size, sha=sha)

    async def _share(self, source: Source, visitor: str, new: list[str]) -> HistoryFile:
        """An input: the file of another record of this visitor, when it has the same bytes."""
        if not await asyncio.to_thread(source.path.is_file):
            return await self._take(source, new)
        sha = await asyncio.to_thread(sha_of, source.path)
        rows = await self._database.read(
            "SELECT f.name, f.bytes FROM history_files f JOIN history h ON h.id = f.record "
            "WHERE f.sha = :sha AND h.visitor = :visitor LIMIT 1",
            sha=sha,
            visitor=visitor,
        )
        if rows and self._files().has(rows[0]["name"]):
            name, size = rows[0]["name"], rows[0]["bytes"]
            return HistoryFile(source.role, source.title, source.kind, name=name, bytes=size, sha=sha)
        return await self._take(source, new, sha)

    async def _freed(self, ids: Sequence[str], besides: Sequence[str] = ()) -> list[str]:
        """The files without an owner once these records are gone."""
        mine: Counter[str] = Counter()
        for marks, items in parts(ids):
            mine.update(await self._uses(f"record IN {marks} AND name != ''", items))
        everybody: Counter[str] = Counter()
        for marks, items in parts(list(mine)):
            everybody.update(await self._uses(f"name IN {marks}", items))
        return [name for name, uses in mine.items() if everybody[name] <= uses and name not in besides]

    async def _uses(self, where: str, values: Mapping[str, Value]) -> dict[str, int]:
        """How many records have a file, by its name."""
        rows = await self._database.read(
            f"SELECT name, COUNT(*) AS uses FROM history_files WHERE {where} GROUP BY name", **values
        )
        return {row["name"]: row["uses"] for row in rows}

    def _alone(self, visitor: str) -> AbstractAsyncContextManager[None]:
        """An input may be shared by a visitor's records: none is removed while another record takes it up."""
        return self._database.alone(f"history of {visitor}")

    async def _unlink(self, names: Sequence[str], *, everywhere: bool = False) -> None:
        names = [*names, *(f"{name}{THUMB}" for name in names)]
        await self._files().remove(*names, everywhere=everywhere)


def sha_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. Blocking."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        raise StoreFailed(f"The file {path.name} cannot be read ({wrong}).") from wrong
