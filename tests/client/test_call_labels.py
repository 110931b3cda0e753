"""Ids of requests: on each call of one piece of work, and on no other's."""

import asyncio

import httpx

from omni_ui.client import OmniClient
from omni_ui.client.connection.call_labels import LABELS, CallLabels


async def test_each_call_has_an_id_of_its_own_and_other_work_has_none():
    seen: list[str | None] = []
    answers: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("x-request-id"))
        assert ("traceparent" in request.headers) is (seen[-1] is not None)
        return httpx.Response(200, json={"object": "list", "data": []})

    async with OmniClient("http://server", http=httpx.AsyncClient(transport=httpx.MockTransport(answer))) as omni:

        async def labelled() -> None:
            labels = CallLabels("omni-1", {"traceparent": "x"}, lambda answer: answers.append(answer.status))
            LABELS.set(labels)
            await omni.models()
            await omni.models()

        await asyncio.create_task(labelled())
        await omni.models()
    assert seen == ["omni-1-1", "omni-1-2", None]
    assert answers == [200, 200]
