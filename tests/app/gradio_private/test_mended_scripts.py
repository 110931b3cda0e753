from pathlib import Path

import gradio as gr
import pytest

from omni_ui.app.gradio_private.mended_scripts import MENDED, count_while_pending, mending, say_states_once

ASSETS = Path(gr.__file__).parent / "templates/frontend/assets"


def script(name):
    [path] = ASSETS.glob(f"{name}-*.js")
    return path.read_text()


def test_gradios_loading_sign_still_counts_for_ever():
    signs = script("statustracker")
    assert len(count_while_pending(signs)) > len(signs)
    with pytest.raises(ValueError, match="loading sign"):
        count_while_pending("function other(){}")


def test_gradios_page_still_tells_all_components_with_each_update():
    page = script("Blocks")
    assert len(say_states_once(page)) > len(page)
    # A state that may be left out is handed on in the same breath: only that is left out with it.
    noted = page.split("update_loading_status({")[1:]
    assert len(noted) > 8
    handed_on = "update_loading_stati_state()"
    assert all(handed_on in rest or rest.startswith("status:`complete`") for rest in noted)
    with pytest.raises(ValueError, match="states of events"):
        say_states_once("function other(){}")


def test_the_scripts_are_known_by_their_addresses():
    for start, mend in MENDED.items():
        assert len(list(ASSETS.glob(f"{start.removeprefix('/assets/')}*.js"))) == 1
        assert mending(f"{start}Dq4xU_9J.js") is mend
    assert mending("/assets/index-DphvyggB.js") is None
