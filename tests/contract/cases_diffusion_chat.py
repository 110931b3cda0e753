"""Chat with a server of pictures alone: POST /v1/chat/completions of a diffusion model."""

import base64

import pytest

from omni_ui.client import OmniError
from tests.contract.cases_chat import PATH, ask, heard, said, shown
from tests.contract.scene import Scene, png
from tests.contract.table import case


@case("image", "edit")
async def diffusion_chat_never_streams(s: Scene) -> None:
    answer = await ask(s, "a red fox", stream=True, size="64x64")
    assert answer.headers["content-type"] == "application/json"
    [part] = answer.json()["choices"][0]["message"]["content"]
    assert part["image_url"]["url"].startswith("data:image/png;base64,")
    assert answer.json()["usage"] == answer.json()["usage"] | {"prompt_tokens": 3, "completion_tokens": 1}


@case("image", client=True)
async def fields_of_diffusion_chat_arrive(s: Scene) -> None:
    fields = {"num_inference_steps": 7, "guidance_scale": 3.5, "seed": 42}
    await heard(s, size="96x64", num_outputs_per_prompt=2, **fields)
    await s.arrived(**fields, num_outputs_per_prompt=2)
    answer = await ask(s, size="64x64", extra_body={"seed": 9})
    await s.arrived(seed=9)
    twice = await ask(s, seed=1, extra_body={"seed": 2})
    assert (answer.status_code, twice.status_code) == (200, 400 if s.since("0.26") else 200)
    assert not s.since("0.26") or "more than once" in twice.json()["error"]["message"]


@case("edit")
async def diffusion_chat_takes_data_urls_only(s: Scene) -> None:
    url = "data:image/png;base64," + base64.b64encode(png(40, 40)).decode()
    assert (await s.post(PATH, messages=shown(url))).status_code == 200
    assert "40x40" in str((await s.records())[-1])
    assert (await s.post(PATH, messages=shown("http://127.0.0.1:9/a.png"), size="64x64")).status_code == 200
    assert "PIL" not in str((await s.records())[-1]["prompt"])


@case("image", since="0.24", client=True)
async def faults_of_diffusion_chat(s: Scene) -> None:
    for fault, status in (("generate", 500), ("client", 400), ("runtime", 500), ("value", 500), ("empty", 400)):
        answer = await ask(s, f"a fox [[fail:{fault}]]")
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, "BadRequestError"), fault
    with pytest.raises(OmniError):
        await heard(s, messages=said("a fox [[fail:generate]]"))


@case("image")
async def a_wrong_model_of_diffusion_chat_is_ignored(s: Scene) -> None:
    assert (await ask(s, model="other", size="64x64")).status_code == 200
