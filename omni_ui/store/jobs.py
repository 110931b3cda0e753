"""Video jobs as they are known here: what was asked, where it is being made, what came of it."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from omni_ui.store.database import Database, Row, Value

State = Literal["sending", "queued", "in_progress", "fetching", "done", "failed", "cancelled"]
OVER: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class VideoRecord:
    """One job.

    ticket: what it is known by here; unguessable. visitor: whose it is (core/visitor), None for a caller of the API.
    server: the address of the server that makes it, "demo" for the embedded one. server_id: its id there, None until
    the server has taken it, and for good when the server makes it in one call (`at_once`).
    request: the fields of the VideoRequest, as JSON. created, started, ended: seconds since 1970, by our clock.
    made: the server has finished it; then it can be fetched again after `failed`. file: its name in Files.
    error, details: the sentence for a person, and the server's own words. note: what is to be known while it is open.
    expected: seconds that it will probably take, from and to.
    """

    ticket: str
    visitor: str | None
    server: str
    request: dict[str, Any]
    created: float
    state: State = "sending"
    model: str | None = None
    version: str | None = None
    """Of the server, None when it did not tell."""
    server_id: str | None = None
    at_once: bool = False
    started: float | None = None
    ended: float | None = None
    made: bool = False
    file: str | None = None
    bytes: int | None = None
    error: str = ""
    details: str = ""
    note: str = ""
    expected: tuple[float, float] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    """What the server says of the finished video: fps, frames, duration (s)."""

    @property
    def over(self) -> bool:
        return self.state in OVER

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)


COLUMNS = ("ticket", "visitor", "state", "created", "file", "bytes")
IS_OVER = "state IN ('done', 'failed', 'cancelled')"
KEEP = (
    f"INSERT INTO video_jobs ({', '.join(COLUMNS)}, facts) "
    f"VALUES ({', '.join(f':{name}' for name in COLUMNS)}, :facts) "
    f"ON CONFLICT (ticket) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in (*COLUMNS, 'facts'))}"
)


class Jobs:
    """The records, newest first where there are several."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, job: VideoRecord) -> None:
        await self._database.write((KEEP, _row(job)))

    async def find(self, ticket: str) -> VideoRecord | None:
        rows = await self._database.read("SELECT * FROM video_jobs WHERE ticket = :ticket", ticket=ticket)
        return _read(rows[0]) if rows else None

    async def of_visitor(self, visitor: str, limit: int = 100) -> list[VideoRecord]:
        rows = await self._database.read(
            "SELECT * FROM video_jobs WHERE visitor = :visitor ORDER BY created DESC LIMIT :limit",
            visitor=visitor,
            limit=limit,
        )
        return [_read(row) for row in rows]

    async def still_open(self) -> list[VideoRecord]:
        rows = await self._database.read(f"SELECT * FROM video_jobs WHERE NOT {IS_OVER}")
        return [_read(row) for row in rows]

    async def without_record(self) -> list[VideoRecord]:
        """Jobs of visitors that are done or have failed, and of which the history has no record."""
        rows = await self._database.read(
            "SELECT * FROM video_jobs WHERE visitor IS NOT NULL AND state IN ('done', 'failed') "
            "AND NOT EXISTS (SELECT 1 FROM history WHERE thread = 'job:' || video_jobs.ticket)"
        )
        return [_read(row) for row in rows]

    async def over_before(self, at: float) -> list[str]:
        """Tickets of everybody's jobs that were begun before that time and are over."""
        rows = await self._database.read(f"SELECT ticket FROM video_jobs WHERE created < :at AND {IS_OVER}", at=at)
        return [row["ticket"] for row in rows]

    async def of_nobody(self) -> list[VideoRecord]:
        """Jobs of programs that left before they had their file: nobody can ask for it any more."""
        rows = await self._database.read("SELECT * FROM video_jobs WHERE visitor IS NULL")
        return [_read(row) for row in rows]

    async def delete(self, ticket: str) -> None:
        await self._database.write(("DELETE FROM video_jobs WHERE ticket = :ticket", {"ticket": ticket}))


def _row(job: VideoRecord) -> dict[str, Value]:
    facts = {name: value for name, value in asdict(job).items() if name not in COLUMNS}
    return {name: getattr(job, name) for name in COLUMNS} | {"facts": json.dumps(facts)}


def _read(row: Row) -> VideoRecord:
    facts = json.loads(row["facts"])
    names = VideoRecord.__dataclass_fields__.keys() - COLUMNS
    fields = {name: value for name, value in facts.items() if name in names}
    fields["expected"] = tuple(fields["expected"]) if fields.get("expected") else None
    return VideoRecord(**{name: row[name] for name in COLUMNS}, **fields)
