"""What two results were made with, set against each other."""

from dataclasses import asdict, dataclass

from omni_ui.core.files import Json
from omni_ui.features.recipes.recipe import Recipe
from omni_ui.features.recipes.words import Row, rows


@dataclass(frozen=True)
class Differs:
    """A setting that is not the same in both; "" where one has it unset, so that the model decided."""

    name: str
    label: str
    first: str
    second: str


@dataclass(frozen=True)
class Difference:
    """equal: how many settings that at least one of the two has are the same in both."""

    rows: list[Differs]
    equal: int

    def as_dict(self) -> Json:
        return asdict(self)


def difference(first: Recipe, second: Recipe) -> Difference:
    """Compares what was sent, files by their bytes. Settings that the page sets for itself do not count."""
    first_rows = {row.name: row for row in rows(first)}
    second_rows = {row.name: row for row in rows(second)}
    names = list(dict.fromkeys([*first_rows, *second_rows]))
    differing = [name for name in names if _exact(first_rows.get(name)) != _exact(second_rows.get(name))]
    return Difference(
        [_differs(first_rows.get(name), second_rows.get(name)) for name in differing], len(names) - len(differing)
    )


def _exact(row: Row | None) -> object:
    return row.exact if row else None


def _differs(first: Row | None, second: Row | None) -> Differs:
    row = first or second
    assert row is not None
    values = [side.value if side else "" for side in (first, second)]
    if values[0] == values[1]:
        values[1] += " (a different file)"
    return Differs(row.name, row.label, *values)
