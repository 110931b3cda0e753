"""Video jobs as they are known here: what was asked, where it is being made, its result.

Of several processes one follows a job: the one that holds its lease. Unless it is renewed, a lease ends by the clock of
the database, whatever that of a process says; then any process may claim the job. Each lease of a job has a number
of its own, so that one who lost it, such as a process that stood still for a while, changes nothing any more:

    lease = await jobs.begin(record, holder=store.processes.id, seconds=15)   # a new job, held from its beginning
    for record, lease in await jobs.claim(holder, 15, 10, servers):           # jobs that nobody follows
    alive = await jobs.renew(leases, 15)          # every few seconds; a ticket that is missing was lost to somebody
    if alive[ticket]: …                           # somebody asked to stop it (`ask_to_stop`), on whichever process
    if not await jobs.save(record, lease): …      # lost: stop following, and say nothing to the server
    await jobs.release(leases)                    # at an orderly end: others claim them at once
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from omni_ui.store.database import Database, Row, Value, parts

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


@dataclass(frozen=True)
class Lease:
    """The right to follow a job. number: grows with each lease of the job."""

    ticket: str
    holder: str
    number: int


COLUMNS = ("ticket", "visitor", "state", "created", "file", "bytes", "server")
IS_OVER = "state IN ('done', 'failed', 'cancelled')"
IS_OPEN = "state IN ('sending', 'queued', 'in_progress', 'fetching')"
IS_FREE = "lease_until < database_time()"
_ALL = (*COLUMNS, "facts")
KEEP = (
    f"INSERT INTO video_jobs ({', '.join(_ALL)}) VALUES ({', '.join(f':{name}' for name in _ALL)}) "
    f"ON CONFLICT (ticket) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _ALL)}"
)
BEGIN = (
    f"INSERT INTO video_jobs ({', '.join(_ALL)}, holder, lease, lease_until) "
    f"VALUES ({', '.join(f':{name}' for name in _ALL)}, :holder, 1, database_time() + :seconds) "
    f"ON CONFLICT (ticket) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _ALL)}, stop = 0, "
    "holder = excluded.holder, lease = video_jobs.lease + 1, lease_until = excluded.lease_until "
    "WHERE video_jobs.lease_until < database_time() RETURNING lease"
)
CHANGE_HELD = (
    f"UPDATE video_jobs SET {', '.join(f'{name} = :{name}' for name in _ALL)} "
    "WHERE ticket = :ticket AND holder = :holder AND lease = :number"
)


class Jobs:
    """The records, newest first where there are several."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, job: VideoRecord, lease: Lease | None = None) -> bool:
        """Writes a job down as it is now. With a lease: False, and nothing is changed, when that is not the newest one
        of the job any more, or the job was deleted."""
        if lease is None:
            await self._database.write((KEEP, _row(job)))
            return True
        held = _row(job) | {"holder": lease.holder, "number": lease.number}
        return await self._database.write((CHANGE_HELD, held)) == [1]

    async def begin(self, job: VideoRecord, holder: str, seconds: float) -> Lease | None:
        """Writes down a job that the holder follows from now on: a new one, or one that is over and is fetched again.
        None when somebody else follows it."""
        rows = await self._database.change(BEGIN, **_row(job), holder=holder, seconds=float(seconds))
        return Lease(job.ticket, holder, rows[0]["lease"]) if rows else None

    async def claim(
        self, holder: str, seconds: float, limit: int, servers: Sequence[str] | None = None
    ) -> list[tuple[VideoRecord, Lease]]:
        """Claims open jobs that no process polls, the oldest first; two holders never get the same.

        servers: only jobs of these, by the address that records have; None for all.
        """
        marks, items = next(parts(servers), ("(NULL)", {})) if servers is not None else ("", {})
        rows = await self._database.change(
            f"WITH free AS (SELECT ticket FROM video_jobs WHERE {IS_OPEN} AND {IS_FREE} "
            f"{f'AND server IN {marks} ' if marks else ''}ORDER BY created LIMIT :limit{self._database.skip_locked}) "
            "UPDATE video_jobs SET holder = :holder, lease = lease + 1, lease_until = database_time() + :seconds "
            f"WHERE ticket IN (SELECT ticket FROM free) AND {IS_FREE} RETURNING *",
            holder=holder,
            seconds=float(seconds),
            limit=limit,
            **items,
        )
        rows = sorted(rows, key=lambda row: row["created"])
        return [(_read(row), Lease(row["ticket"], holder, row["lease"])) for row in rows]

    async def renew(self, leases: Sequence[Lease], seconds: float) -> dict[str, bool]:
        """Holds jobs for that long from now on. By ticket, of those that are still held: whether to stop the job."""
        numbers = {lease.ticket: lease.number for lease in leases}
        held: dict[str, bool] = {}
        for marks, items in parts(list(numbers)):
            rows = await self._database.change(
                "UPDATE video_jobs SET lease_until = database_time() + :seconds "
                f"WHERE holder = :holder AND ticket IN {marks} RETURNING ticket, lease, stop",
                seconds=float(seconds),
                holder=leases[0].holder,
                **items,
            )
            held |= {row["ticket"]: bool(row["stop"]) for row in rows if numbers[row["ticket"]] == row["lease"]}
        return held

    async def release(self, leases: Sequence[Lease]) -> None:
        """Lets go of jobs: others may claim them at once."""
        free = (
            "UPDATE video_jobs SET lease_until = 0, holder = '' "
            "WHERE ticket = :ticket AND holder = :holder AND lease = :number"
        )
        await self._database.write(*((free, asdict(lease)) for lease in leases))

    async def ask_to_stop(self, ticket: str) -> None:
        """Asks the process that polls an open job to stop it: `renew` says so there."""
        ask = f"UPDATE video_jobs SET stop = 1 WHERE ticket = :ticket AND {IS_OPEN}"
        await self._database.write((ask, {"ticket": ticket}))

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

    async def without_record(self) -> list[VideoRecord]:
        """Visitors' jobs that are done or have failed, without a lease and without a record in the history."""
        rows = await self._database.read(
            f"SELECT * FROM video_jobs WHERE visitor IS NOT NULL AND state IN ('done', 'failed') AND {IS_FREE} "
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
