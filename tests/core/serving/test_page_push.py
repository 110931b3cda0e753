"""Values that are pushed to an open page: in order, and without waiting for a page that does not read them."""

import asyncio
import json

import pytest

from omni_ui.core.serving.page_push import MOST, OpenPages


class Reader:
    """A page's connection: what was written to it. `gate` holds up a slow one."""

    def __init__(self) -> None:
        self.text = b""
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, events: bytes) -> None:
        await self.gate.wait()
        self.text += events

    @property
    def values(self) -> list[object]:
        events = self.text.decode().split("\n\n")[:-1]
        return [json.loads(event.removeprefix("data: "))["value"] for event in events]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_values_come_in_their_order_and_name_their_target():
    pages, page = OpenPages(), Reader()
    with pages.open("a session", page.write):
        assert all(pages.push("a session", "chat-live", number) for number in range(3))
        await settle()
        assert pages.push("a session", "chat-live", {"blocks": ["<p>ö</p>"]})
        await settle()
    assert page.values == [0, 1, 2, {"blocks": ["<p>ö</p>"]}]
    assert json.loads(page.text.decode().split("\n\n")[0].removeprefix("data: "))["to"] == "chat-live"


@pytest.mark.parametrize("session", [None, "", "another"], ids=str)
async def test_nobody_else_gets_them(session):
    pages, page = OpenPages(), Reader()
    with pages.open("a session", page.write):
        assert not pages.push(session, "chat-live", 1)
        await settle()
    assert page.text == b""


async def test_a_page_that_has_left_gets_nothing_and_the_run_is_told():
    pages, page = OpenPages(), Reader()
    with pages.open("a session", page.write):
        pass
    assert not pages.push("a session", "chat-live", 1)


async def test_a_page_that_opens_again_takes_the_place_of_its_old_connection():
    pages, old, new = OpenPages(), Reader(), Reader()
    with pages.open("a session", old.write):
        with pages.open("a session", new.write):
            assert pages.push("a session", "chat-live", 1)
            await settle()
        assert not pages.push("a session", "chat-live", 2)
    assert (old.values, new.values) == ([], [1])


async def test_a_page_that_reads_nothing_holds_up_neither_the_run_nor_the_memory():
    pages, page = OpenPages(), Reader()
    page.gate.clear()
    with pages.open("a session", page.write):
        pushed = 0
        while pages.push("a session", "chat-live", "x" * 100_000):
            pushed += 1
            await settle()
        assert pushed * 100_000 <= MOST + 200_000
        page.gate.set()
        await settle()
        assert not pages.push("a session", "chat-live", "more")  # it lacks what was between: updates say all of it


async def test_a_page_that_leaves_while_it_is_written_to_is_noticed():
    async def write(events: bytes) -> None:
        raise ConnectionResetError

    pages = OpenPages()
    with pages.open("a session", write):
        assert pages.push("a session", "chat-live", 1)
        await settle()
        assert not pages.push("a session", "chat-live", 2)
