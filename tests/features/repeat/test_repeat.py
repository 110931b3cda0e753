"""The buttons below a result: what they say is what they do."""

import pytest

from omni_ui.client import ImageRequest
from omni_ui.features.repeat.repeat import Repeat, Shown


@pytest.mark.parametrize(
    ("count", "apart", "words", "title"),
    [
        (1, False, "Same seed", "Run again with this seed and the settings as they are now"),
        (4, False, "Same seed, all 4", "Run all 4 again with their seed and the settings as they are now"),
        (4, True, "Same seed, all 4", "Run all 4 again with their seed"),
    ],
)
def test_of_several_pictures_the_seed_repeats_all_and_the_button_says_so(count, apart, words, title):
    repeat = Repeat("image")
    shown = Shown(ImageRequest(prompt="a fox", n=count, seed=7), {}, None, None, None)
    row = repeat.row("session", shown, "record", apart)
    assert f'data-do="again" title="{title}">{words}</button>' in row
    assert ('data-count="4"' in row) == (count == 4)
