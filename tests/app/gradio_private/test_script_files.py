"""Gradio's scripts are written as we expect: the lists of what each loads, and the places that we change."""

import pytest

from omni_ui.app.gradio_private.script_files import (
    FOLDER,
    MENDED,
    count_while_pending,
    mending,
    needed,
    take_pushes,
    tell_seen_states,
)

INDEX = (FOLDER.parent / "index.html").read_text(encoding="utf-8")


def test_gradio_says_what_its_components_need():
    assets = needed(INDEX, ["html", "textbox", "no such thing"])
    names = assets.scripts() + list(assets.begin + assets.drawn)
    assert all((FOLDER / name).exists() for name in names)
    for word in ("index-", "core-", "Blocks-", "HTML-"):
        assert any(name.startswith(word) for name in assets.scripts()), word
    assert set(assets.begin).isdisjoint(assets.drawn)
    assert set(needed(INDEX, ["dropdown"]).drawn) - set(assets.drawn)


def test_another_page_is_not_understood():
    with pytest.raises(ValueError, match="index"):
        needed("<html>", [])
    with pytest.raises(ValueError, match="no script"):
        needed(INDEX.replace("index-", "index-x"), [])


def script(name):
    [path] = FOLDER.glob(f"{name}-*.js")
    return path.read_text()


def test_gradios_loading_sign_still_counts_for_ever():
    signs = script("statustracker")
    assert len(count_while_pending(signs)) > len(signs)
    with pytest.raises(ValueError, match="loading sign"):
        count_while_pending("function other(){}")


def test_gradios_page_still_tells_all_components_with_each_update():
    page = script("Blocks")
    assert len(tell_seen_states(page)) > len(page)
    # A state that may be left out is handed on in the same breath: only that is left out with it.
    noted = page.split("update_loading_status({")[1:]
    assert len(noted) > 8
    handed_on = "update_loading_stati_state()"
    assert all(handed_on in rest or rest.startswith("status:`complete`") for rest in noted)
    with pytest.raises(ValueError, match="states of events"):
        tell_seen_states("function other(){}")


def test_gradios_client_still_opens_the_page_s_connection_and_reads_nothing_of_it():
    """When this fails, Gradio's page may read what comes there, and pushes have to find another way to the scripts."""
    client = script("index")
    mended = take_pushes(client)
    assert "/${this.session_hash}?pushes=1`)" in mended
    assert mended.count("this.heartbeat_event.onmessage=") == 1
    assert "heartbeat_event.onmessage" not in client
    with pytest.raises(ValueError, match="connection"):
        take_pushes("function other(){}")


def test_the_scripts_are_known_by_their_addresses():
    for start, mend in MENDED.items():
        assert len(list(FOLDER.glob(f"{start.removeprefix('/assets/')}*.js"))) == 1
        assert mending(f"{start}Dq4xU_9J.js") is mend
    assert mending("/assets/core-Bdx9080F.js") is None
