"""Text that is spoken while it is being written: it comes from the page key by key, and goes out by sentences."""

import asyncio
import re
import secrets
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from omni_ui.features.speech.pieces import AFTER_SENTENCE, Piece, complete, sentences
from omni_ui.features.speech.request import MAX_LONG

MOST = 500
"""Texts that are held at one time; the one that was not touched for the longest time goes first."""


@dataclass(eq=False)
class TypedText:
    """The current text of a field in the page. done: nothing more will be written."""

    text: str = ""
    done: bool = False
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, text: str) -> None:
        """A new run: what was written before it stands, and the end of the run before counts no more."""
        self.text, self.done = text, False
        self._news.clear()

    def write(self, text: str, done: bool) -> None:
        """What the page says now; once the text is done it stays so, also when an older word comes late."""
        if not self.done:
            self.text, self.done = text, done
        self._news.set()

    async def changed(self, seconds: float) -> bool:
        """Waits until something was written; False when nothing was for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        changed = self._news.is_set()
        self._news.clear()
        return changed


class Written(BaseModel):
    """What the page says of its text."""

    ticket: Annotated[str, Field(max_length=100)]
    text: Annotated[str, Field(max_length=MAX_LONG + 1)]
    done: bool = False


class TypedTexts:
    """The texts of the open pages, by session. A page writes into its own by an unguessable ticket."""

    def __init__(self) -> None:
        self._by_session: OrderedDict[str, TypedText] = OrderedDict()

    def open(self, session: str) -> TypedText:
        """The text of this session, for as long as it is used."""
        typed = self._by_session.setdefault(session, TypedText())
        self._by_session.move_to_end(session)
        while len(self._by_session) > MOST:
            self._by_session.popitem(last=False)
        return typed

    def of(self, session: str | None) -> TypedText | None:
        """The text that a page writes into; None for a program, which has no page."""
        return self._by_session.get(session or "")

    def forget(self, session: str) -> None:
        self._by_session.pop(session, None)

    def routes(self) -> APIRouter:
        router = APIRouter()

        @router.post("/omni/typed")
        async def write(written: Written) -> dict[str, bool]:
            matches = [typed for typed in self._by_session.values() if typed.ticket == written.ticket]
            if not matches:
                raise HTTPException(404, "This text is no longer spoken as you type: choose “While I type” again.")
            matches[0].write(written.text, written.done)
            return {"ok": True}

        return router


class SentenceFeed:
    """Gives the sentences of a growing text, each once. What was spoken is not spoken again when it is changed."""

    def __init__(self) -> None:
        self._before, self._spoken = "", 0

    def take(self, text: str, settled: bool = False, done: bool = False) -> list[Piece]:
        """The sentences that are complete now. settled: nothing was written for a moment. done: nothing will be."""
        self._spoken = moved(self._before, text, self._spoken)
        self._before = text
        rest = text[self._spoken :]
        end = len(rest) if done else complete(rest, settled)
        self._spoken += end
        pieces = sentences(rest[:end])
        if pieces and not re.match(r"\s*\n\s*\n", rest[end:]):
            pieces[-1] = replace(pieces[-1], pause=AFTER_SENTENCE)
        return pieces


def moved(before: str, after: str, position: int) -> int:
    """A position in a text, after an edit: a change that reaches over it is read from its beginning.

    So is another text in its place, which shares little with what stood before the place.
    """
    if after.startswith(before[:position]):
        return position
    start = _alike(before, after)
    tail = _alike(before[start:][::-1], after[start:][::-1])
    if position <= start:
        return position
    alike = start + max(0, position - (len(before) - tail))
    if position >= len(before) - tail and alike >= position / 4:
        return position + len(after) - len(before)
    return start


def _alike(first: str, second: str) -> int:
    """How many letters two texts begin with that are the same."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
