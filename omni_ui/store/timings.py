"""What past runs took, for honest estimates: from runs like this one on this server, as a range, or nothing."""

import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic.fields import FieldInfo

from omni_ui.client import FILE_KINDS, Request, ui_option
from omni_ui.client.json_types import Json
from omni_ui.store.database import Database

FEWEST = 3
"""Runs below which there is no estimate."""
MOST = 20
"""The newest runs that are looked at: servers change."""
ALIKE = 2.0
"""A run is like another when it had at most this many times as much to do, or as little."""

IN_THIS_ORDER = ("steps", "n")
"""By their host's limit, the numbers that stand first in a kind: earlier versions wrote them so into the table."""

ALL_OF_KIND = "server = :server AND model = :model AND kind = :kind"
INSERT = (
    "INSERT INTO timings (server, model, kind, amount, seconds, at) "
    "VALUES (:server, :model, :kind, :amount, :seconds, :at)"
)
FORGET_OLD = (
    f"DELETE FROM timings WHERE {ALL_OF_KIND} AND id NOT IN "
    f"(SELECT id FROM timings WHERE {ALL_OF_KIND} ORDER BY id DESC LIMIT 200)"
)


@dataclass(frozen=True)
class Load:
    """What a run asks of a server. kind: runs of another kind are never alike. amount: how much of it, no unit."""

    kind: str
    amount: float


@dataclass(frozen=True)
class Estimate:
    """Seconds from and to that a run will take, and how many past runs say so."""

    low: float
    high: float
    runs: int


def load_of(request: Request) -> Load:
    """The load of a request of any tab, as its fields say by `time`. A field left to the model is a kind of its own."""
    asked = request.model_dump(mode="json", exclude_none=True)
    parts, amount = [request.tab], 1.0
    for part, factor in sorted(_factors(request, asked), key=lambda entry: entry[0]):
        parts.append(part[1])
        amount *= factor
    fields = type(request).model_fields.items()
    apart = [name for name, info in fields if ui_option(info, "time") == "differs"]
    parts += [f"{name}={_short(asked[name])}" for name in apart if asked.get(name) not in (None, "", False)]
    media = [name for name, info in fields if ui_option(info, "kind") in FILE_KINDS]
    parts += [name for name in media if getattr(request, name)]
    return Load(" ".join(parts), amount)


def changes_time(info: FieldInfo) -> bool:
    """Whether the load of a request depends on a field."""
    return bool(ui_option(info, "time")) or ui_option(info, "kind") in FILE_KINDS


def _factors(request: Request, asked: Json) -> Iterator[tuple[tuple[int, str], float]]:
    """What the time grows with: its place among the others with its name, and how much of it is asked for."""
    if frames := _frames(request, asked):
        yield (1, "frames"), frames
    for name, info in type(request).model_fields.items():
        value = asked.get(name) if ui_option(info, "time") == "grows" else None
        if isinstance(value, str) and ui_option(info, "kind") == "size":
            if match := re.fullmatch(r"(\d+)x(\d+)", value):
                yield (0, name), int(match[1]) * int(match[2])
        elif isinstance(value, str):
            yield (9, "characters"), max(1, len(value))
        elif isinstance(value, (int, float)) and value > 0:
            limit = ui_option(info, "cap")
            yield (2 + IN_THIS_ORDER.index(limit) if limit in IN_THIS_ORDER else 8, name), value


def _frames(request: Request, asked: Json) -> float | None:
    """Frames of a video, also when its seconds are given: 24 a second unless told (WIRE.md 11)."""
    by_time = {ui_option(info, "time"): name for name, info in type(request).model_fields.items()}
    frames, seconds, rate = (asked.get(by_time.get(said, "")) for said in ("frames", "seconds", "rate"))
    if frames:
        return float(frames)
    return float(seconds) * float(rate or 24) if seconds else None


def _short(value: object) -> str:
    """A prompt counts as given; what it says does not matter."""
    return "given" if isinstance(value, str) and len(value) > 16 else str(value)


class Timings:
    """Seconds of finished runs by server, model and load."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, server: str, model: str | None, load: Load, seconds: float) -> None:
        """Remembers a run that was followed from its beginning to its end."""
        key = {"server": server, "model": model or "", "kind": load.kind}
        await self._database.write(
            (INSERT, key | {"amount": load.amount, "seconds": seconds, "at": time.time()}), (FORGET_OLD, key)
        )

    async def expect(self, server: str, model: str | None, load: Load) -> tuple[float, float] | None:
        """Seconds from and to that a run will take; None when too few runs were like it."""
        estimate = await self.estimate(server, model, load)
        return (estimate.low, estimate.high) if estimate else None

    async def estimate(self, server: str, model: str | None, load: Load) -> Estimate | None:
        """What past runs say of one like them; None when there are too few.

        Each past run counts as it was and scaled to this load, since a part of the time does not grow with it.
        """
        rows = await self._database.read(
            f"SELECT amount, seconds FROM timings WHERE {ALL_OF_KIND} "
            "AND amount BETWEEN :least AND :most ORDER BY id DESC LIMIT :limit",
            server=server,
            model=model or "",
            kind=load.kind,
            least=load.amount / ALIKE,
            most=load.amount * ALIKE,
            limit=MOST,
        )
        if len(rows) < FEWEST:
            return None
        asis = sorted(row["seconds"] for row in rows)
        scaled = sorted(row["seconds"] * load.amount / row["amount"] for row in rows)
        edge = math.floor(len(rows) * 0.1)  # an odd one at either end does not count
        return Estimate(min(asis[edge], scaled[edge]), max(asis[-1 - edge], scaled[-1 - edge]), len(rows))
