"""POST /v1/images/edits."""

import base64
import io

import pytest
from PIL import Image

from omni_ui.client import BadRequest, EditRequest, Failed, OmniError, Pictures, TextDelta
from tests.contract.scene import Scene, events, png, shape
from tests.contract.table import case

PATH = "/v1/images/edits"


def part(name: str = "image", **kind: object) -> tuple[str, tuple[str, bytes, str]]:
    return name, ("a.png", png(**kind), "image/png")


@case("image", "edit", "omni-image", since="0.26")
async def a_picture_is_changed(s: Scene) -> None:
    body = (await s.form(PATH, [part()], prompt="make it night")).json()
    assert set(body) == {"created", "data", "output_format", "size", "cot_output", "metrics"}
    assert (body["output_format"], len(body["data"])) == ("png", 1)
    if s.place.mode != "omni-image":
        assert body["size"] == "64x48"


@case("edit", client=True)
async def fields_of_an_edit_arrive(s: Scene) -> None:
    fields = {"num_inference_steps": 7, "guidance_scale": 3.5, "strength": 0.6, "true_cfg_scale": 2.5, "seed": 42}
    fields |= {"guidance_scale_2": 1.5} if s.since("0.26") else {}
    edit = EditRequest(
        prompt="night", negative_prompt="rain", image=[s.file("a.png", png())], size="96x64", n=2,
        mask_image=s.file("m.png", png(mode="L")), reference_image=s.file("r.png", png(32, 32)), **fields,
    )  # fmt: skip
    made = await s.omni.edits(edit)
    assert (len(made.pictures), made.size) == (2, "96x64")
    await s.arrived(**fields, negative_prompt="rain", width=96, height=64, num_outputs_per_prompt=2)
    await s.arrived(image="<PIL RGB 64x48>", mask_image="<PIL L 64x48>", reference_image="<PIL RGB 32x32>")


@case("edit", client=True)
async def several_pictures_arrive(s: Scene) -> None:
    pictures = [s.file(f"{side}.png", png(side, side)) for side in (32, 40, 48)]
    await s.omni.edits(EditRequest(prompt="night", image=pictures))
    await s.arrived(image=["<PIL RGB 32x32>", "<PIL RGB 40x40>", "<PIL RGB 48x48>"], width=32)


@case("edit")
async def both_names_of_the_pictures_work(s: Scene) -> None:
    assert (await s.form(PATH, [part("image[]")], prompt="night")).status_code == 200
    url = "data:image/png;base64," + base64.b64encode(png(40, 40)).decode()
    for name in ("url", "url[]"):
        assert (await s.form(PATH, None, prompt="night", **{name: url})).status_code == 200
    await s.form(PATH, [part("image[]", width=32), part(width=40)], prompt="night")
    await s.arrived(image="<PIL RGB 40x48>")


@case("edit")
async def a_mask_may_be_a_url(s: Scene) -> None:
    url = "data:image/png;base64," + base64.b64encode(png(40, 40, "L")).decode()
    assert (await s.form(PATH, [part()], prompt="night", mask_image=url)).status_code == 200
    await s.arrived(mask_image="<PIL L 40x40>")


@case("image")
async def one_picture_is_the_most_here(s: Scene) -> None:
    answer = await s.form(PATH, [part(), part()], prompt="night")
    assert (answer.status_code, shape(answer)) == (400, "object")
    assert "Only a single image is supported" in answer.json()["error"]["message"]


@case("edit", client=True)
async def five_pictures_are_too_many(s: Scene) -> None:
    answer = await s.form(PATH, [part()] * 5, prompt="night")
    assert answer.json()["error"]["message"].startswith("Received 5 input images. At most 4")
    with pytest.raises(BadRequest):
        await s.omni.edits(EditRequest(prompt="night", image=[s.file("a.png", png())] * 5))


@case("edit", "image")
async def no_picture_is_422(s: Scene) -> None:
    answer = await s.form(PATH, None, prompt="night")
    assert (answer.status_code, shape(answer)) == (422, "object")


@case("edit")
async def files_that_are_no_pictures_are_400(s: Scene) -> None:
    bad = [("image", ("a.png", b"no picture", "image/png"))]
    assert (await s.form(PATH, bad, prompt="night")).status_code == 400
    assert (await s.form(PATH, None, prompt="night", url="data:image/png;base64,AAAA")).status_code == 400
    assert (await s.form(PATH, None, prompt="night", url="http://127.0.0.1:9/a.png")).status_code == 400
    assert (await s.form(PATH, None, prompt="night", url="ftp://a/b")).status_code == 400


@case("edit")
async def a_long_text_field_is_refused(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="night" + "x" * 1_100_000)
    assert (answer.status_code, shape(answer)) == (400, "detail")


@case("edit", since="0.24")
async def json_is_no_form(s: Scene) -> None:
    answer = await s.post(PATH, prompt="night")
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "body.prompt")


@case("edit", "layered")
async def resolution_and_size_exclude_each_other(s: Scene) -> None:
    assert (await s.form(PATH, [part()], prompt="night", resolution="640", size="64x64")).status_code == 400
    assert (await s.form(PATH, [part()], prompt="night", resolution="500")).status_code == 400
    assert (await s.form(PATH, [part()], prompt="night", layers="1")).status_code == 400
    await s.form(PATH, [part()], prompt="night", resolution="1024")  # 640 is the default, which is not shown
    await s.arrived(resolution=1024)


@case("edit", since="0.24")
async def limits_of_an_edit(s: Scene) -> None:
    wrong = [("size", "99999x99999"), ("size", "bogus"), ("response_format", "file"), ("output_compression", "101")]
    wrong += [("lora", "{"), ("lora", '{"name": "a"}'), ("seed", "x")]
    for name, value in wrong:
        answer = await s.form(PATH, [part()], prompt="night", **{name: value})
        assert (answer.status_code, shape(answer)) == (400, "object"), name


@case("edit")
async def little_is_range_checked(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="night", n="12", num_inference_steps="100000", guidance_scale="-5")
    assert (answer.status_code, len(answer.json()["data"])) == (200, 12)


@case("edit")
async def formats_of_an_edit(s: Scene) -> None:
    for fields, kind in (({"output_format": "webp"}, "WEBP"), ({"output_format": "gif"}, "JPEG"),
                         ({"output_format": "", "background": "transparent"}, "PNG")):  # fmt: skip
        body = (await s.form(PATH, [part()], prompt="night", **fields)).json()
        assert Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"]))).format == kind


@case("image", "edit")
async def a_wrong_model_of_edits_is_400(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="night", model="other")
    assert answer.json()["error"]["message"].startswith("Model mismatch: ")


@case("edit")
async def faults_of_edits(s: Scene) -> None:
    for fault, status, kind in (("generate", 500, "engine"), ("client", 400, "object"), ("runtime", 500, "object"),
                                ("value", 400, "object"), ("empty", 500, "object")):  # fmt: skip
        answer = await s.form(PATH, [part()], prompt=f"night [[fail:{fault}]]")
        assert (answer.status_code, shape(answer)) == (status, kind), fault


@case("edit", client=True)
async def leaving_an_edit_does_not_stop_it(s: Scene) -> None:
    await s.leave(s.omni.edits(EditRequest(prompt="night [[slow:1]]", image=[s.file("a.png", png())])))
    assert await s.state("finished") == "finished"


@case("image", "edit", since="0.22")
async def a_stream_needs_more_stages(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="night", stream="true")
    assert (answer.status_code, "multi-stage" in answer.json()["error"]["message"]) == (400, True)


@case("omni-image", since="0.22", client=True)
async def a_streamed_edit_thinks_and_paints(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="make it night", size="96x64", stream="true")
    found = [data for _, data in events(answer.text)]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert found[-1] == "[DONE]"
    assert [one["type"] for one in found[:-1]] == ["ar_delta"] * (len(found) - 2) + ["image"]
    assert {"object", "type", "delta", "index", "created", "model", "metrics"} == set(found[0])
    assert {"object", "type", "data", "output_format", "size", "created", "model", "metrics"} == set(found[-2])
    edit = EditRequest(prompt="make it night", image=[s.file("a.png", png())], size="96x64")
    got = [event async for event in s.omni.edits_stream(edit)]
    assert isinstance(got[0], TextDelta)
    assert isinstance(got[-1], Pictures)


@case("omni-image", since="0.22", client=True)
async def a_streamed_edit_fails_in_the_stream(s: Scene) -> None:
    answer = await s.form(PATH, [part()], prompt="night [[fail:client]]", stream="true")
    found = [data for _, data in events(answer.text)]
    assert (answer.status_code, found[0]["object"], found[-1]) == (200, "error", "[DONE]")
    assert {"message", "type", "code"} <= set(found[0]["error"])
    edit = EditRequest(prompt="night [[fail:generate]]", image=[s.file("a.png", png())])
    last = [event async for event in s.omni.edits_stream(edit)][-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, OmniError)


@case("edit", client=True)
async def pictures_of_40_mb_go_up(s: Scene) -> None:
    noise = Image.effect_noise((3700, 3700), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "PNG", compress_level=0)
    assert len(file.getvalue()) > 40_000_000
    made = await s.omni.edits(EditRequest(prompt="night", image=[s.file("big.png", file.getvalue())], size="64x64"))
    assert made.size == "64x64"
    await s.arrived(image="<PIL RGB 3700x3700>")


@case("layered", client=True)
async def layers_of_an_edit_come_flat(s: Scene) -> None:
    made = await s.omni.edits(EditRequest(prompt="night", image=[s.file("a.png", png())], layers=3, n=2))
    assert len(made.pictures) == 6
    assert all(Image.open(io.BytesIO(one.data)).mode == "RGBA" for one in made.pictures)
