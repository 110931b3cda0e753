"""Settings that a model was seen to ignore: other values of them gave the very same bytes."""

import time
from collections.abc import Collection

from omni_ui.store.database import Database


class Ignored:
    """By server, model and tab. Calls raise StoreTrouble and nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, server: str, model: str | None, tab: str, ignored: Collection[str], heeded: Collection[str]
    ) -> None:
        """Remembers the fields that were ignored; forgets that of those that were heeded after all."""
        key = (server, model or "", tab)
        await self._database.write(
            *(
                ("INSERT OR REPLACE INTO ignored (server, model, tab, field, at) VALUES (?, ?, ?, ?, ?)",
                 (*key, field, time.time()))
                for field in ignored
            ),
            *(
                ("DELETE FROM ignored WHERE server = ? AND model = ? AND tab = ? AND field = ?", (*key, field))
                for field in heeded
            ),
        )  # fmt: skip

    async def of(self, server: str, model: str | None, tab: str) -> list[str]:
        """The wire names of the settings that this model ignores."""
        rows = await self._database.read(
            "SELECT field FROM ignored WHERE server = ? AND model = ? AND tab = ? ORDER BY field",
            *(server, model or "", tab),
        )
        return [row["field"] for row in rows]
