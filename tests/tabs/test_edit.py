"""What the Edit tab says of a picture before it is sent."""

from omni_ui.client import ImageRequest
from omni_ui.features.recipes import Recipe, with_settings
from omni_ui.tabs.edit import has_settings
from tests.fakes import png


async def test_settings_inside_a_picture_are_seen_and_their_absence_too(tmp_path):
    plain, full, broken = (tmp_path / name for name in ("plain.png", "full.png", "broken.png"))
    plain.write_bytes(png(30, 20))
    full.write_bytes(with_settings(plain, Recipe.of(ImageRequest(prompt="A fox", seed=7))))
    broken.write_bytes(full.read_bytes()[:40])
    assert [await has_settings(str(path)) for path in (plain, full, broken)] == [False, True, False]
