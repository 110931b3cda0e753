"""POST /v1/images/generations."""

import asyncio
import base64
import io
import time
import zipfile

import pytest
from PIL import Image

from omni_ui.client import BadRequest, ImageRequest, NotFound, OmniError, ServerFailed, TimedOut
from tests.contract.scene import Scene, shape
from tests.contract.table import case
from tests.pace import allowed

PATH = "/v1/images/generations"
MAKERS = ("image", "edit", "layered", "omni-image")


@case(*MAKERS, since="0.26")
async def a_picture_is_made(s: Scene) -> None:
    answer = await s.post(
        PATH, prompt="a red fox", size="96x64", **({"layers": 2} if s.place.mode == "layered" else {})
    )
    body = answer.json()
    assert set(body) == {"created", "data", "output_format", "size", "cot_output", "metrics"}
    assert set(body["data"][0]) == {"b64_json", "url", "revised_prompt"}
    assert (body["output_format"], body["size"]) == ("png", "96x64")
    assert {"stage_durations", "peak_memory_mb"} <= set(body["metrics"])
    assert Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"]))).size == (96, 64)


@case("image", "omni-image", client=True)
async def the_client_reads_the_picture(s: Scene) -> None:
    made = await s.omni.images(ImageRequest(prompt="a red fox", size="96x64", n=2))
    assert len(made.pictures) == 2
    if s.place.mode == "image" or s.since("0.26"):  # before that, models of several stages tell neither
        assert (made.size, made.output_format) == ("96x64", "png")


@case("image", "omni-image", client=True)
async def fields_of_a_picture_arrive(s: Scene) -> None:
    fields = {"num_inference_steps": 7, "guidance_scale": 3.5, "true_cfg_scale": 2.5, "seed": 42}
    await s.omni.images(ImageRequest(prompt="a red fox", negative_prompt="rain", size="96x64", n=2, **fields))
    await s.arrived(**fields, negative_prompt="rain", width=96, height=64, num_outputs_per_prompt=2)


@case("image", since="0.22", client=True)
async def rare_fields_of_a_picture_arrive(s: Scene) -> None:
    lora = {"name": "style", "path": "/adapters/style"}
    await s.omni.images(
        ImageRequest(prompt="x", size="32x32", flow_shift=3.0, lora=lora, layers=3, extra_params={"bot_task": "cot"})
    )
    await s.arrived(flow_shift=3.0, layers=3, bot_task="cot")
    assert "style" in str((await s.records())[-1])


@case("image")
async def unknown_fields_are_dropped(s: Scene) -> None:
    assert (await s.post(PATH, prompt="x", size="32x32", quality="hd", strength=0.5, n="1")).status_code == 200


@case("layered", client=True)
async def layers_come_flat(s: Scene) -> None:
    made = await s.omni.images(ImageRequest(prompt="a red fox", size="64x48", n=2, layers=3))
    assert len(made.pictures) == 6
    assert all(Image.open(io.BytesIO(one.data)).mode == "RGBA" for one in made.pictures)


@case("image", since="0.26")
async def formats_are_honoured_or_jpeg(s: Scene) -> None:
    for asked, stated, kind in (("webp", "webp", "WEBP"), ("JPG", "jpg", "JPEG"), ("gif", "jpeg", "JPEG")):
        body = (await s.post(PATH, prompt="x", size="32x32", output_format=asked)).json()
        assert body["output_format"] == stated
        assert Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"]))).format == kind


@case("image", since="0.30")
async def png_is_raw_unless_compressed(s: Scene) -> None:
    sizes = [
        len(
            (await s.post(PATH, prompt="x", seed=1, size="128x128", output_compression=amount)).json()["data"][0][
                "b64_json"
            ]
        )
        for amount in (100, 0)
    ]
    assert sizes[0] > 128 * 128 * 3 * 4 / 3 > sizes[1]


@case("image", since="0.24")
async def a_file_is_bytes_or_a_zip(s: Scene) -> None:
    one = await s.post(PATH, prompt="x", size="32x32", response_format="file")
    assert one.headers["content-type"] == "image/png"
    assert one.headers["content-disposition"].startswith('attachment; filename="image_')
    two = await s.post(PATH, prompt="x", size="32x32", response_format="file", n=2)
    assert two.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(two.content)).namelist() == ["image_0.png", "image_1.png"]


@case("image", since="0.30")
async def stage_metrics_come_when_asked(s: Scene) -> None:
    body = (await s.post(PATH, prompt="x", size="32x32", return_stage_metrics=True)).json()
    assert {"stage_metrics", "stage_id", "num_tokens_in", "num_tokens_out", "final_output_type"} <= set(body["metrics"])


@case("image", "omni-image", since="0.30")
async def values_out_of_bounds_are_400(s: Scene) -> None:
    wrong = {"n": 0, "num_inference_steps": 201, "guidance_scale": 20.5, "seed": 2**63, "output_compression": 101}
    wrong |= {"layers": 1, "size": "auto", "response_format": "url", "true_cfg_scale": -1}
    for name, value in wrong.items():
        answer = await s.post(PATH, prompt="x", **{name: value})
        assert (answer.status_code, shape(answer)) == (400, "object"), name
        error = answer.json()["error"]
        assert (error["type"], error["param"]) == ("Bad Request", f"body.{name}")
        assert error["message"].startswith("1 validation error:\n")


@case("image", since="0.24")
async def a_null_where_none_is_allowed_is_400(s: Scene) -> None:
    assert (await s.post(PATH, prompt="x", n=None)).json()["error"]["param"] == "body.n"
    assert (await s.post(PATH)).json()["error"]["param"] == "body.prompt"


@case("image", "omni-image", since="0.24")
async def bad_sizes_are_400(s: Scene) -> None:
    for size in ("0x0", "9x", "axb", "99999x99999"):
        answer = await s.post(PATH, prompt="x", size=size)
        assert (answer.status_code, answer.json()["error"]["type"], answer.json()["error"]["param"]) == (
            400,
            "Bad Request",
            None,
        )


@case("image")
async def a_lora_needs_a_name_and_a_path(s: Scene) -> None:
    answer = await s.post(PATH, prompt="x", lora={"name": "a"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "Bad Request")


@case("image", "edit")
async def a_wrong_model_of_pictures_is_400(s: Scene) -> None:
    answer = await s.post(PATH, prompt="x", model="other")
    assert (answer.status_code, shape(answer)) == (400, "object")
    said = f"Model mismatch: request specifies 'other' but server is running '{await s.model()}'."
    assert answer.json()["error"]["message"] == said
    assert (await s.post(PATH, prompt="x", size="32x32", model=await s.model())).status_code == 200


@case("video", "audio", client=True)
async def pictures_of_another_diffusion_server_are_refused_by_the_client(s: Scene) -> None:
    """The servers answer 200 with nothing in it, or with frames of a video; the stub's frames count as pictures."""
    answer = await s.post(PATH, prompt="x", size="32x32")
    assert answer.status_code == 200
    if s.place.mode == "audio":
        assert answer.json()["data"] == []
        with pytest.raises(OmniError):
            await s.omni.images(ImageRequest(prompt="x", size="32x32"))


@case("image", "edit")
async def faults_of_pictures(s: Scene) -> None:
    for fault, status, kind in (("generate", 500, "engine"), ("client", 400, "object"), ("runtime", 500, "object"),
                                ("value", 400, "object"), ("empty", 500, "object")):  # fmt: skip
        answer = await s.post(PATH, prompt=f"x [[fail:{fault}]]", size="32x32")
        assert (answer.status_code, shape(answer)) == (status, kind), fault
    said = (await s.post(PATH, prompt="x [[fail:runtime]]")).json()["error"]["message"]
    assert said.startswith("Image generation failed: ")


@case("image", client=True)
async def the_client_names_the_faults_of_pictures(s: Scene) -> None:
    with pytest.raises(ServerFailed) as failed:
        await s.omni.images(ImageRequest(prompt="x [[fail:generate]]", size="32x32"))
    assert (failed.value.status, (failed.value.request_id or "").startswith("img_gen-")) == (500, True)
    with pytest.raises(BadRequest) as refused:
        await s.omni.images(ImageRequest(prompt="x [[fail:client]]", size="32x32"))
    assert refused.value.status == 400
    assert not isinstance(refused.value, NotFound)


@case("image", "omni-image", client=True)
async def leaving_a_picture_stops_it(s: Scene) -> None:
    await s.leave(s.omni.images(ImageRequest(prompt="x [[slow:20]]", size="32x32")))
    assert await s.state("aborted") == "aborted"


@case("image", client=True)
async def a_slow_picture_is_waited_for(s: Scene) -> None:
    start = time.monotonic()
    await s.omni.images(ImageRequest(prompt="x [[slow:1]]", size="32x32"))
    assert time.monotonic() - start >= 1
    with pytest.raises(TimedOut):
        await s.omni.images(ImageRequest(prompt="x [[slow:20]]", size="32x32"), deadline=0.4)
    assert await s.state("aborted") == "aborted"


@case("image", client=True)
async def a_connection_survives_the_servers_keep_alive(s: Scene) -> None:
    """The server closes an idle connection after 5 s; the next call must not trip over that."""
    await s.omni.images(ImageRequest(prompt="x", size="32x32"))
    await asyncio.sleep(5.2)
    assert (await s.omni.images(ImageRequest(prompt="x", size="32x32"))).pictures


@case("image", client=True)
async def many_pictures_at_once(s: Scene) -> None:
    start = time.monotonic()
    made = await asyncio.gather(*(s.omni.images(ImageRequest(prompt="x [[slow:1]]", size="32x32")) for _ in range(20)))
    assert len(made) == 20
    assert time.monotonic() - start < allowed(8)


@case("image", client=True)
async def a_picture_of_40_mb(s: Scene) -> None:
    made = await s.omni.images(ImageRequest(prompt="a meadow", size="3700x3700", seed=1, output_compression=100))
    assert len(made.pictures[0].data) > 40_000_000
    assert made.size == "3700x3700"


@case("image", last=True, client=True)
async def a_dead_engine_is_told(s: Scene) -> None:
    answer = await s.post(PATH, prompt="x [[fail:dead]]", size="32x32")
    assert (answer.status_code, shape(answer), answer.json()["error"]["error_stage_id"]) == (500, "engine", 0)
    await asyncio.sleep(0.3)
    assert not (await s.omni.health()).ok
