"""Files that go into an event or come out of one are the visitor's own."""

import gradio as gr
import pytest
from gradio import processing_utils

from omni_ui.app.gradio_private.events import Page, own_files_only
from omni_ui.core.files import keep, shown


async def test_gradio_still_moves_files_by_the_function_that_checks_their_owner(own_move, tmp_path):
    """A file that the visitor does not own is refused on its way into an event and out of one."""
    (tmp_path / "other.txt").write_text("of nobody here")
    file = {"path": str(tmp_path / "other.txt"), "meta": {"_type": "gradio.FileData"}}
    with Page() as page:
        box = gr.File()
        gr.Button().click(lambda file: file, box, box)
    own_files_only(page)
    assert page.has_launched is True
    block_fn = next(iter(page.fns.values()))
    with pytest.raises(gr.Error):
        await page.preprocess_data(block_fn, [file], None)
    with pytest.raises(gr.Error):
        await page.postprocess_data(block_fn, [file["path"]], None)


async def test_a_file_of_an_output_gets_the_address_that_gradio_gives_it(own_move, monkeypatch, tmp_path):
    """When Gradio's comes to be another one, `_with_address` has to follow."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    path = await keep(b"words", "a name, 50 % Ü.txt")
    value = {"shown": [shown(path), {"caption": "a"}], "note": "b"}
    whole, box = processing_utils.async_move_files_to_cache, gr.File()
    box.GRADIO_CACHE = str(tmp_path)
    with Page() as page:
        gr.Textbox()
    own_files_only(page)
    own = await processing_utils.async_move_files_to_cache(value, box, postprocess=True)
    assert own == await whole(value, box, postprocess=True)
    assert own["shown"][0]["url"].startswith("/gradio_api/file=/")
