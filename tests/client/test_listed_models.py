"""What follows from a server's list of models is worked out once for each list."""

from typing import Any

import pytest

from omni_ui.client import Ability, ImageRequest
from omni_ui.client.server import listed_models
from omni_ui.client.server.discovery import ModelInfo, judge
from tests.client.scripted import MODELS, Scripted, as_json, pictures, png

IMAGES = "/v1/images/generations"


async def test_what_models_can_do_is_judged_once_for_each_list(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def count(models: list[ModelInfo], *more: Any) -> dict[str, Ability]:
        judged.append(len(models))
        return judge(models, *more)

    monkeypatch.setattr(listed_models, "judge", count)
    server = Scripted({f"POST {IMAGES}": as_json(pictures(png()))})
    async with server.client() as omni:
        for _ in range(3):
            await omni.images(ImageRequest(prompt="x"))
        assert judged == [1]
        server.answers["GET /v1/models"] = as_json({"data": [*MODELS["data"], {"id": "demo/painter"}]})
        await omni.models()
        await omni.images(ImageRequest(prompt="x"))
        assert judged == [1, 2]
