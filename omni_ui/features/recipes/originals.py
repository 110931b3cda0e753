"""Prompts as they were before the prompt helper rewrote them: a recipe made of such a prompt keeps both."""

import hashlib
from collections import OrderedDict

from omni_ui.core.visitor import current_visitor

MOST = 2000
"""Prompts that are remembered; the oldest goes first."""


class Originals:
    """By visitor and helped text: what the visitor had written. Of a caller without a name nothing is remembered."""

    def __init__(self) -> None:
        self._originals: OrderedDict[tuple[str, str], str] = OrderedDict()

    def note(self, visitor: str | None, helped: str, original: str) -> None:
        if visitor is None or not original.strip() or original == helped:
            return
        before = self.of(visitor, original) or original  # helped twice: the first one is the visitor's own
        self._originals[visitor, _key(helped)] = before
        self._originals.move_to_end((visitor, _key(helped)))
        while len(self._originals) > MOST:
            self._originals.popitem(last=False)

    def of(self, visitor: str | None, text: str) -> str | None:
        return self._originals.get((visitor, _key(text))) if visitor else None

    def of_fields(self, fields: dict[str, object]) -> dict[str, str]:
        """Of the fields of a request of the visitor whose event is handled: by name what stood there before."""
        visitor = current_visitor()
        before = {name: self.of(visitor, text) for name, text in fields.items() if isinstance(text, str)}
        return {name: text for name, text in before.items() if text is not None}


def _key(text: str) -> str:
    return hashlib.sha256(text.strip().encode(errors="replace")).hexdigest()


ORIGINALS = Originals()
