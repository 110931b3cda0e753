"""mutagen is under the GPL and may be left out: sounds then go without settings, and say so."""

import numpy as np
import pytest
import soundfile

from omni_ui.client import SoundRequest
from omni_ui.features.recipes import BadRecipe, CannotHold, Recipe, can_hold, read_settings, tags, with_settings


def test_a_sound_says_which_package_is_missing(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(1000), 8000)
    assert can_hold(path)
    monkeypatch.setattr(tags, "mutagen", None)
    assert not can_hold(path)
    with pytest.raises(CannotHold, match="mutagen"):
        with_settings(path, Recipe.of(SoundRequest(input="rain"), None))
    with pytest.raises(BadRecipe, match="mutagen"):
        read_settings(path)
