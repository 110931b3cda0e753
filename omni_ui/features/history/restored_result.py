"""A record of the history whose files lie where the page may show them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omni_ui.client import Request
from omni_ui.core.files import Json
from omni_ui.core.run import Updates
from omni_ui.features.recipes import BadRecipe, Medium, Recipe
from omni_ui.store import HistoryRecord


@dataclass(frozen=True)
class RestoredResult:
    """A record whose files lie where the page may show them.

    published: the files by their place in the record, as far as they are still there. results: those that are results.
    entered: what stood in the controls. conversation_json: a conversation, where the tab has one. session: that of the
    page which opens it.
    """

    record: HistoryRecord
    published: dict[int, Path]
    results: list[Path]
    entered: Json
    conversation_json: Any
    session: str

    @property
    def request(self) -> Json:
        """The wire fields that were sent, files aside."""
        fields: Json = (self.record.recipe or {}).get("request", {})
        return fields

    def asked(self) -> Request:
        """What was sent. Raises BadRecipe when a file of it is gone, or when it is of a version that is gone."""
        if self.record.recipe is None:
            raise BadRecipe("A file that was sent was deleted before this could be saved.")
        recipe = Recipe.from_dict(self.record.recipe)
        by_hash = {
            file.sha: self.published[at]
            for at, file in enumerate(self.record.files)
            if file.sha and at in self.published
        }

        def find(medium: Medium) -> Path:
            if medium.sha256 not in by_hash:
                raise BadRecipe(f"{medium.name} is no longer available.")
            return by_hash[medium.sha256]

        return recipe.to_request(find)


ShowRestored = Callable[[RestoredResult], Awaitable[Updates]]
"""What a tab shows of a result beside its controls."""
