"""Which scripts and styles a page begins with stands in lists that Gradio's bundler wrote."""

import pytest

from omni_ui.app.gradio_private.script_files import FOLDER, needed

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
