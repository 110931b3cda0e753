"""images, edits, edits_stream."""

import asyncio
from pathlib import Path

import pytest

from omni_ui.client import (
    BadRequest,
    BrokenAnswer,
    EditRequest,
    Failed,
    ImageRequest,
    NothingMade,
    OmniClient,
    Pictures,
    TextDelta,
)
from tests.client.scripted import MODELS, Scripted, as_events, as_json, form_of, pictures, png, streaming_server
from tests.pace import allowed

IMAGES, EDITS = "/v1/images/generations", "/v1/images/edits"
ASK = ImageRequest(prompt="a red fox")


async def test_pictures_are_the_bytes_that_the_server_sent() -> None:
    body = pictures(png(), png((9, 9)), metrics={"peak_memory_mb": 5}, cot_output="I thought")
    server = Scripted({f"POST {IMAGES}": as_json(body)})
    async with server.client() as omni:
        made = await omni.images(ImageRequest(prompt="a red fox", n=2, size="64x64", seed=3))
    assert [one.data for one in made.pictures] == [png(), png((9, 9))]
    assert [one.suffix for one in made.pictures] == [".png", ".png"]
    assert (made.size, made.output_format, made.text, made.metrics) == (
        "8x8",
        "png",
        "I thought",
        {"peak_memory_mb": 5},
    )
    assert made.seconds > 0
    assert server.last(IMAGES).json == {
        "model": "Qwen/Qwen-Image", "prompt": "a red fox", "n": 2, "size": "64x64", "seed": 3,
        "output_format": "png", "output_compression": 66,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"data": []}, NothingMade),
        ({"data": None}, BrokenAnswer),
        ({"created": 1}, BrokenAnswer),
        ({"data": [None]}, BrokenAnswer),
        ({"data": [{"b64_json": "!!"}]}, BrokenAnswer),
    ],
)
async def test_answers_without_a_proper_picture(body: object, kind: type[Exception]) -> None:
    async with Scripted({f"POST {IMAGES}": as_json(body)}).client() as omni:
        with pytest.raises(kind):
            await omni.images(ASK)


async def test_the_model_is_always_the_one_that_the_server_lists() -> None:
    server = Scripted({f"POST {IMAGES}": as_json(pictures(png()))})
    async with server.client() as omni:
        await omni.images(ASK)
        await omni.images(ASK)
    assert server.last(IMAGES).json["model"] == "Qwen/Qwen-Image"
    assert server.count("/v1/models") == 1
    several = {"data": [{"id": "demo/voice"}, {"id": "demo/painter"}]}
    server.answers["GET /v1/models"] = as_json(several)
    async with server.client() as omni:
        await omni.images(ASK)
    assert server.last(IMAGES).json["model"] == "demo/painter"
    async with server.client(model="mine") as omni:
        await omni.images(ASK)
    assert server.last(IMAGES).json["model"] == "mine"
    server.answers["GET /v1/models"] = as_json({"error": "no"}, 401)
    async with server.client() as omni:
        await omni.images(ASK)
    assert "model" not in server.last(IMAGES).json


async def test_a_single_model_that_no_table_knows_is_sent_too() -> None:
    server = Scripted({f"POST {IMAGES}": as_json(pictures(png()))})
    server.answers["GET /v1/models"] = as_json({"data": [{"id": "prod", "max_model_len": 4096}]})
    async with server.client() as omni:
        await omni.images(ASK)
    assert server.last(IMAGES).json["model"] == "prod"


async def test_no_picture_is_asked_of_models_that_make_none() -> None:
    server = Scripted({f"POST {IMAGES}": as_json(pictures(png()))})
    server.answers["GET /v1/models"] = as_json({"data": [{"id": "demo/voice"}, {"id": "demo/talk"}]})
    async with server.client() as omni:
        with pytest.raises(BadRequest, match="None of the models on this server can make pictures"):
            await omni.images(ASK)
    assert server.count(IMAGES) == 0


async def test_edits_are_a_form_with_file_parts(picture: Path) -> None:
    server = Scripted({f"POST {EDITS}": as_json(pictures(png()))})
    request = EditRequest(
        prompt="größer",
        image=[picture, picture],
        mask_image=picture,
        n=2,
        lora={"name": "a", "path": "/b"},
        stream=True,
    )
    async with server.client(model="m") as omni:
        assert (await omni.edits(request)).pictures[0].data == png()
    fields, files = form_of(server.last(EDITS))
    assert fields["prompt"] == ["größer"]
    assert fields["model"] == ["m"]
    assert fields["n"] == ["2"]
    assert fields["stream"] == ["false"]
    assert fields["size"] == ["auto"]
    assert fields["lora"] == ['{"name": "a", "path": "/b"}']
    assert [(name, kind) for name, _, kind, _ in files] == [
        ("image", "image/png"), ("image", "image/png"), ("mask_image", "image/png")
    ]  # fmt: skip
    assert all(data == png() for *_, data in files)


async def test_a_file_that_went_away(picture: Path) -> None:
    request = EditRequest(prompt="x", image=[picture]).model_copy(update={"image": [picture.with_name("in.gone.png")]})
    async with Scripted({}).client() as omni:
        with pytest.raises(BadRequest, match=r"in\.gone\.png can no longer be read"):
            await omni.edits(request)


async def test_a_streamed_edit(picture: Path) -> None:
    delta = {"object": "image.edit.chunk", "type": "ar_delta", "delta": "thinking"}
    image = {"object": "image.edit.chunk", "type": "image", **pictures(png())}
    server = Scripted({f"POST {EDITS}": as_events(delta, image)})
    request = EditRequest(prompt="x", image=[picture])
    async with server.client() as omni:
        events = [event async for event in omni.edits_stream(request)]
        assert events[0] == TextDelta("thinking")
        assert isinstance(events[1], Pictures)
        assert events[1].pictures[0].data == png()
        assert form_of(server.last(EDITS))[0]["stream"] == ["true"]

        server.answers[f"POST {EDITS}"] = as_json(pictures(png()))
        assert [type(event) async for event in omni.edits_stream(request)] == [Pictures]

        server.answers[f"POST {EDITS}"] = as_events(delta, {"object": "error", "error": {"message": "no", "code": 400}})
        events = [event async for event in omni.edits_stream(request)]
        assert isinstance(events[-1], Failed)
        assert isinstance(events[-1].error, BadRequest)

        server.answers[f"POST {EDITS}"] = as_events(delta)
        assert isinstance([event async for event in omni.edits_stream(request)][-1], Failed)

        server.answers[f"POST {EDITS}"] = as_json(
            {"error": {"message": "stream=true is only supported for multi-stage"}}, 400
        )
        with pytest.raises(BadRequest, match="think aloud"):
            [event async for event in omni.edits_stream(request)]


async def test_leaving_a_stream_closes_its_connection_at_once(picture: Path) -> None:
    begin = b'data: {"type": "ar_delta", "delta": "a"}\n\n'
    async with streaming_server(begin) as (address, gone), OmniClient(address, model="m") as omni:
        async for event in omni.edits_stream(EditRequest(prompt="x", image=[picture])):
            assert event == TextDelta("a")
            break
        await asyncio.wait_for(gone.wait(), allowed(0.5))


async def test_forty_megabytes_do_not_hold_up_the_loop() -> None:
    big = png((8, 8))[:-12] + b"\0" * 30_000_000 + png((8, 8))[-12:]
    server = Scripted({f"POST {IMAGES}": as_json(pictures(big)), "GET /v1/models": as_json(MODELS)})
    worst, running = 0.0, True

    async def watch() -> None:
        nonlocal worst
        loop = asyncio.get_running_loop()
        while running:
            before = loop.time()
            await asyncio.sleep(0.005)
            worst = max(worst, loop.time() - before)

    async with server.client() as omni:
        watcher = asyncio.create_task(watch())
        made = await omni.images(ASK)
        running = False
        await watcher
    assert made.pictures[0].data == big
    assert worst < allowed(1)
