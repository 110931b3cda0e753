"""The page's line of a call: what is kept, what is said once more, when nobody is waited for any more."""

import asyncio

import pytest
from fastapi import WebSocketDisconnect

from omni_ui.features.talk import line as module
from omni_ui.features.talk.line import PageLine


class Socket:
    """A page that takes notes; cut, it takes nothing more."""

    def __init__(self):
        self.sent, self.messages, self.is_cut = [], asyncio.Queue(), False

    async def send_text(self, text):
        if self.is_cut:
            raise WebSocketDisconnect(1006)
        self.sent.append(text)

    send_bytes = send_text

    async def send_json(self, event):
        self.sent.append(event)

    async def receive(self):
        return await self.messages.get()

    async def close(self, code=1000):
        self.messages.put_nowait({"type": "websocket.disconnect", "code": code})


async def take(message):
    return message != {"type": "end"}


@pytest.fixture
async def line():
    return PageLine(resumes=True)


async def test_what_was_not_received_is_sent_once_more_in_its_order(line):
    first, second = Socket(), Socket()
    line.open(first)
    over = asyncio.create_task(line.over(take))
    for number in range(3):
        await line.send_json({"n": number})
    first.is_cut = True
    await line.send_bytes(b"3")
    await line.send_json({"n": 4})
    assert line.is_cut
    back = asyncio.create_task(line.resume(second, 1))
    await asyncio.sleep(0)
    await line.send_json({"n": 5})
    assert second.sent == [{"type": "resumed", "received": 0}, '{"n":1}', '{"n":2}', b"3", '{"n":4}', '{"n":5}']
    second.messages.put_nowait({"type": "websocket.receive", "text": '{"type": "end"}'})
    await over
    await line.close()
    await back


async def test_a_page_that_does_not_come_back_is_gone_after_the_grace_time(line, monkeypatch):
    monkeypatch.setattr(module, "GRACE", 0.01)
    socket = Socket()
    line.open(socket)
    socket.messages.put_nowait({"type": "websocket.disconnect", "code": 1006})
    async with asyncio.timeout(2):
        await line.over(take)
    assert not line.is_cut


@pytest.mark.parametrize("resumes", [True, False])
async def test_a_silent_page_counts_as_cut(monkeypatch, resumes):
    monkeypatch.setattr(module, "SILENCE", 0.01)
    monkeypatch.setattr(module, "GRACE", 0.01)
    line = PageLine(resumes)
    line.open(Socket())
    async with asyncio.timeout(2):
        await line.over(take)


async def test_what_waits_for_a_page_has_a_bound(line, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 1000)
    for number in range(100):
        await line.send_bytes(bytes([number]) * 100)
    socket = Socket()
    back = asyncio.create_task(line.resume(socket, 5))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [message[0] for message in socket.sent[1:]] == list(range(90, 100))
    await line.close()
    await back


@pytest.mark.parametrize("received", [-1, 10**9, "3", None, True])
async def test_an_odd_count_does_no_harm(line, received):
    await line.send_json({"n": 0})
    socket = Socket()
    back = asyncio.create_task(line.resume(socket, received))
    await asyncio.sleep(0)
    await line.send_json({"n": 1})
    assert socket.sent[-1] == '{"n":1}'
    await line.close()
    await back


async def test_an_error_of_the_call_is_raised_where_it_is_waited_for(line):
    async def fail(message):
        raise ValueError("no")

    socket = Socket()
    line.open(socket)
    socket.messages.put_nowait({"type": "websocket.receive", "bytes": b"ab"})
    with pytest.raises(ValueError, match="no"):
        await line.over(fail)
