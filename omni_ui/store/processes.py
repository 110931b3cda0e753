"""Which processes of the page are alive: each says so again and again, by the clock of the database."""

import asyncio
import secrets
from contextlib import suppress

from omni_ui.store.database import Database, Statement, StoreFailed

BEAT, ALIVE = 5.0, 30.0
"""Seconds between two signs of life, and how long one counts: longer than a database needs to restart."""
FOR_EVER = 1e12
FORGOTTEN = 86_400.0
"""Seconds after which a process that ended is forgotten."""


class Processes:
    """`id` is this process: another one at each start. Calls raise StoreFailed and nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.id = secrets.token_hex(8)
        self._beating: asyncio.Task[None] | None = None

    @property
    def alive(self) -> Statement:
        """Says that this process lives. A database that belongs to it alone needs to be told once."""
        seconds = ALIVE if self._database.shared else FOR_EVER
        return (
            "INSERT INTO processes (id, until) VALUES (:id, database_time() + :seconds) "
            "ON CONFLICT (id) DO UPDATE SET until = excluded.until",
            {"id": self.id, "seconds": seconds},
        )

    async def begin(self) -> None:
        """From now on this process is alive. On a database of its own nobody else is."""
        self.id = secrets.token_hex(8)
        if not self._database.shared:
            free = "UPDATE video_jobs SET holder = '', lease_until = 0 WHERE lease_until > 0"
            await self._database.write(("DELETE FROM processes", {}), (free, {}), self.alive)
            return
        self._beating = asyncio.create_task(self._beat_for_ever())

    async def end(self) -> None:
        """What this process has left undone is taken up by others at once."""
        if self._beating:
            self._beating.cancel()
            self._beating = None
            with suppress(StoreFailed):
                await self._database.write(
                    ("DELETE FROM processes WHERE id = :id", {"id": self.id}),
                    ("DELETE FROM processes WHERE until < database_time() - :seconds", {"seconds": FORGOTTEN}),
                    patience=1.0,
                )

    async def _beat_for_ever(self) -> None:
        while True:
            with suppress(StoreFailed):  # said by the database itself
                await self._database.write(self.alive)
            await asyncio.sleep(BEAT)
