"""The bar and its legend in words."""

import re

from omni_ui.client.answers.stage_times import StageTimes
from omni_ui.core.servers.waiting import break_down
from omni_ui.features.waits.view import QUEUE_UNTOLD, UNTOLD, waits_row, waits_view


def test_the_legend_adds_up_in_the_hundredths_that_are_shown():
    times = StageTimes((("a", 1 / 3), ("b", 1 / 3), ("c", 1 / 3)))
    html = waits_view(break_down(1 / 3, 2.0, 1.7, 0.15, False, times))
    shown = [float(seconds) for seconds in re.findall(r"<b>([\d.]+) s</b>", html)]
    assert round(sum(shown[:-1]), 2) == shown[-1] == 2.33


def test_what_a_server_calls_its_stages_is_text_and_not_translated():
    html = waits_view(break_down(0, 1, 1, 0, False, StageTimes((("<b>vae</b>", 0.5),))))
    assert '<span translate="no">&lt;b&gt;vae&lt;/b&gt;</span>' in html
    assert QUEUE_UNTOLD in html


def test_what_is_not_known_is_said():
    html = waits_view(break_down(0, 1, 0.9, 0, False, StageTimes()))
    assert UNTOLD in html
    assert "server (no details)" in html
    assert waits_view(None) == ""


def test_a_row_names_the_same_parts():
    waiting = break_down(0, 1, 0.9, 0, False, StageTimes((("vae", 0.5),), 0.1, 900.0))
    assert waits_row(waiting.as_dict()) == {
        "in the server's queue": "0.10 s",
        "vae": "0.50 s",
        "server (no details)": "0.30 s",
        "this page": "0.10 s",
        "peak memory": "900 MB",
    }
    assert waits_row(None) == {}
