from omni_ui.core.limits import HostLimits
from omni_ui.features.limits.card import LINES, limits_card
from omni_ui.settings import CAPS, Settings


def test_the_card_shows_each_limit_of_the_host():
    card = limits_card(HostLimits(Settings(caps="size=1024x1024,steps=30,text=2000,runs=3/min")))
    for words in ("Size</dt><dd>1024x1024", "Inference steps</dt><dd>30", "2,000", "Runs a minute</dt><dd>3"):
        assert words in card
    assert "Frames" not in card
    assert set(LINES) == set(CAPS), "each limit has its line"


def test_without_limits_there_is_no_card():
    assert limits_card(HostLimits(Settings())) == ""
