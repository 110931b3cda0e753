"""Errors with long bodies: read to a limit, looked through in a thread, by patterns that take short on any text."""

import asyncio
import json
import re
import threading

import pytest

from omni_ui.client import BadRequest, ImageRequest, OmniClient, OmniError
from omni_ui.client.answers import known_errors
from omni_ui.client.answers.failures import LONGEST, error_from
from omni_ui.client.answers.known_errors import KNOWN_REPLIES, Reply, find_reply
from tests.client.scripted import Answer, Scripted, read_request, socket_server

IMAGES = "/v1/images/generations"
ASK = ImageRequest(prompt="a red fox")


async def test_no_more_of_an_error_is_read_than_the_limit() -> None:
    """The server never ends its error: without a limit, this would not end either."""
    left = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"word " * 2000)
                await writer.drain()
        except OSError:
            left.set()

    async with socket_server(talk) as address, OmniClient(address, model="m", timeout=60) as omni:
        with pytest.raises(BadRequest) as raised:
            await omni.images(ASK)
        await asyncio.wait_for(left.wait(), 30)
    assert 1000 < len(raised.value.server_message) <= LONGEST


async def test_an_error_is_looked_through_in_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    match = Reply.match

    def seen(self: Reply, message: str) -> re.Match[str] | None:
        threads.append(threading.current_thread())
        return match(self, message)

    monkeypatch.setattr(known_errors.Reply, "match", seen)
    answer = Answer(400, b'{"error": {"message": "no such thing"}}')
    async with Scripted({f"POST {IMAGES}": answer}).client() as omni:
        with pytest.raises(BadRequest):
            await omni.images(ASK)
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("reply", KNOWN_REPLIES, ids=lambda reply: reply.pattern[:30])
def test_no_pattern_repeats_without_an_end(reply: Reply) -> None:
    """Runs of digits and of letters may be of any length: they end at the next other character."""
    assert not re.search(r"(?<!\\)[.\])][*+]", reply.pattern)


def test_a_long_message_is_known_by_its_beginning_and_by_its_end() -> None:
    filler = "x" * 50_000
    assert find_reply("CUDA error: out of memory" + filler)
    assert find_reply(filler + "CUDA error: out of memory")
    assert find_reply(filler + "CUDA error: out of memory" + filler) is None


def test_json_that_was_cut_off_still_gives_its_message() -> None:
    body = json.dumps({"error": {"message": "The model is tired. " + "é" * 100_000}}).encode()
    error: OmniError = error_from(400, body[:LONGEST])
    assert "The model is tired." in str(error)
    assert '{"error"' not in str(error)


@pytest.mark.parametrize("shift", range(0, 20, 3))
async def test_a_key_at_the_cut_stays_secret(shift: int) -> None:
    key = "secret-key-0123456789"
    body = b"x" * (LONGEST - 3 - shift) + key.encode() + b"x" * 100
    async with Scripted({f"POST {IMAGES}": Answer(400, body, "text/plain")}).client(api_key=key) as omni:
        with pytest.raises(BadRequest) as raised:
            await omni.images(ASK)
    assert "secr" not in raised.value.server_message
