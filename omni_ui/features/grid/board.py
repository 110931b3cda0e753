"""The state of a grid: what each cell holds, and what the results tell of the settings."""

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

from omni_ui.client import type_of_file
from omni_ui.core.files import Json, shown
from omni_ui.features.grid.plan import Axis, Plan, Planned
from omni_ui.features.grid.values import written

LONGEST = 100_000
"""Characters of an answer that a cell shows; the history has all of it."""
LIMITS = ("max_tokens",)
"""Settings that say where to stop: where nothing was cut, equal results tell nothing."""


@dataclass
class Cell:
    """text: that of an answer. digest: of all that came, once it is done. note: what it waits for. sentence: why it
    failed."""

    planned: Planned
    state: Literal["waiting", "working", "done", "failed"] = "waiting"
    note: str = ""
    files: list[Path] = field(default_factory=list)
    text: str = ""
    seconds: float = 0.0
    sentence: str = ""
    digest: str = ""
    record: str = ""
    """The id of its result in the history."""
    waits: Json = field(default_factory=dict)
    """Where its time went, as a row of a table."""

    def as_value(self) -> Json:
        return {
            "at": self.planned.at,
            "state": self.state,
            "note": self.note,
            "kinds": [type_of_file(path).partition("/")[0] for path in self.files],
            "files": [shown(path) for path in self.files],
            "text": self.text if len(self.text) <= LONGEST else f"{self.text[:LONGEST]} …",
            "seconds": round(self.seconds, 1),
            "sentence": self.sentence,
            "record": self.record,
            "waits": self.waits,
        }


class Board:
    """id: by which the page knows it. said: how many runs, how long. now: what stands in the control that is explored;
    ... where none is."""

    def __init__(self, id: str, plan: Plan, said: str, now: object = ...) -> None:
        self.id = id
        self.plan = plan
        self.said = said
        self.now = now
        self.cells = [Cell(planned) for planned in plan.cells]
        self.model: str | None = None
        self.over = False
        self.remarks: list[str] = []

    def as_value(self) -> Json:
        """For the page, see omni_ui/features/grid/grid.js."""
        return {
            "id": self.id,
            "kind": "grid" if self.now is ... else "explore",
            "said": self.said,
            "over": self.over,
            "model": self.model,
            "seed": None if self.plan.seed is None else str(self.plan.seed),
            "axes": [_axis(axis, self.now) for axis in self.plan.axes],
            "cells": [cell.as_value() for cell in self.cells],
            "remarks": self.remarks,
        }

    def finish(self, model: str | None) -> tuple[list[str], list[str]]:
        """Compares the bytes of each setting's values; the fields that the model ignored, and those that it did not."""
        self.over, self.model = True, model
        ignored, heeded = [], []
        for place, axis in enumerate(self.plan.axes):
            same, differ = self._compare(place)
            if same and not differ and axis.field not in LIMITS:
                ignored.append(axis.field)
                named = model or "This model"
                self.remarks.append(
                    f"{named} ignores {_within(axis.label)}: other values gave the same result, byte for byte."
                )
            else:
                heeded += [axis.field] if differ else []
                if same:
                    first, second = (written(axis.values[number]) for number in same[0])
                    self.remarks.append(f"{axis.label}: {first} and {second} gave the same result, byte for byte.")
        return ignored, heeded

    def _compare(self, place: int) -> tuple[list[tuple[int, int]], bool]:
        """Neighbours on an axis, all else being equal: those with the same bytes, and whether any differ."""
        done = [cell for cell in self.cells if cell.digest]

        def others(cell: Cell) -> tuple[int, ...]:
            return tuple(number for axis, number in enumerate(cell.planned.at) if axis != place)

        same: list[tuple[int, int]] = []
        differ = False
        for _, line in groupby(sorted(done, key=lambda cell: (others(cell), cell.planned.at)), key=others):
            cells = list(line)
            for number, cell in enumerate(cells):
                for other in cells[number + 1 :]:
                    if cell.digest == other.digest:
                        same.append((cell.planned.at[place], other.planned.at[place]))
                    else:
                        differ = True
        return same, differ


def _within(label: str) -> str:
    """A label inside a sentence; an abbreviation stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _axis(axis: Axis, now: object) -> Json:
    return {
        "field": axis.field,
        "label": axis.label,
        "values": [written(value) for value in axis.values],
        "given": [str(value) if axis.field == "seed" else value for value in axis.values],
        "now": next((place for place, value in enumerate(axis.values) if value == now), None),
    }
