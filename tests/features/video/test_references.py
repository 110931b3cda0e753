"""Files of a video are looked at by their role before anything is sent."""

from pathlib import Path

import pytest
from PIL import Image

from omni_ui.client import VideoRequest
from omni_ui.core.invalid import Invalid
from omni_ui.features.video.references import FileLook, fill_from_source
from tests.contract.cases_fields import mp4


@pytest.fixture
def picture(tmp_path: Path):
    def make(name: str, width: int, height: int) -> Path:
        Image.new("RGB", (width, height), "navy").save(tmp_path / name)
        return tmp_path / name

    return make


async def test_a_last_frame_of_another_shape_is_refused_by_name(picture) -> None:
    asked = VideoRequest(prompt="a", input_reference=picture("a.png", 64, 64), last_frame=picture("b.png", 128, 64))
    with pytest.raises(Invalid, match="last frame has 128 × 64 pixels, but the first 64 × 64") as refused:
        await FileLook(10**9).take(asked)
    assert refused.value.problems[0].field == "last_frame"


async def test_the_size_follows_the_frame_that_is_there(picture) -> None:
    asked = VideoRequest(prompt="a", last_frame=picture("b.png", 320, 160))
    assert (await FileLook(10**9).take(asked)).size == "320x160"


async def test_a_change_takes_size_and_length_of_its_video(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_bytes(mp4(48))
    filled = await fill_from_source({"source_video": str(tmp_path / "v.mp4"), "size": "", "num_frames": None})
    assert (filled["size"], filled["num_frames"]) == ("128x64", 48)
    kept = await fill_from_source({"source_video": str(tmp_path / "v.mp4"), "size": "64x64", "seconds": "4"})
    assert (kept["size"], kept.get("num_frames")) == ("64x64", None)
    assert await fill_from_source({"source_video": None}) == {"source_video": None}


async def test_a_mask_of_another_shape_is_refused(picture, tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_bytes(mp4())
    asked = VideoRequest(
        prompt="a", source_video=tmp_path / "v.mp4", video_noise_mask=picture("m.png", 64, 64), size="128x64",
        num_frames=24,
    )  # fmt: skip
    with pytest.raises(Invalid, match="a different shape"):
        await FileLook(10**9).take(asked)
