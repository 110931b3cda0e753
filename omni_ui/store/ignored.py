"""Settings that a model was seen to ignore: other values of them gave the very same bytes."""

import time
from collections.abc import Collection

from omni_ui.store.database import Database, Value

KEEP = (
    "INSERT INTO ignored (server, model, tab, field, at) VALUES (:server, :model, :tab, :field, :at) "
    "ON CONFLICT (server, model, tab, field) DO UPDATE SET at = excluded.at"
)
FORGET = "DELETE FROM ignored WHERE server = :server AND model = :model AND tab = :tab AND field = :field"


class Ignored:
    """By server, model and tab. Calls raise StoreFailed and nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, server: str, model: str | None, tab: str, ignored: Collection[str], heeded: Collection[str]
    ) -> None:
        """Remembers the fields that were ignored; forgets that of those that were heeded after all."""
        key: dict[str, Value] = {"server": server, "model": model or "", "tab": tab}
        await self._database.write(
            *((KEEP, key | {"field": field, "at": time.time()}) for field in ignored),
            *((FORGET, key | {"field": field}) for field in heeded),
        )

    async def of(self, server: str, model: str | None, tab: str) -> list[str]:
        """The wire names of the settings that this model ignores."""
        rows = await self._database.read(
            "SELECT field FROM ignored WHERE server = :server AND model = :model AND tab = :tab ORDER BY field",
            server=server,
            model=model or "",
            tab=tab,
        )
        return [row["field"] for row in rows]
