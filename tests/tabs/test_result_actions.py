"""What stands below a result is made once, as long as it is the same."""

from types import SimpleNamespace

from omni_ui.client import ImageRequest
from omni_ui.core.run import RunResult
from omni_ui.tabs.result_actions import result_actions


class Run:
    def __init__(self):
        self.request, self.model, self.session = ImageRequest(prompt="a fox", seed=7), "m", "s"
        self.actions = None


def tab_with(views):
    backends = SimpleNamespace(
        call_for=lambda *asked: views.append(asked) or asked[2].wire("m"), shown_address=lambda *_: None
    )
    return SimpleNamespace(name="image", backends=backends, sends=None, settings="settings", code="code")


async def test_a_run_that_shows_them_early_does_not_make_them_again_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    views = []
    tab, run = tab_with(views), Run()
    early = await result_actions(tab, run, RunResult())
    assert "a fox" in early["code"]
    assert await result_actions(tab, run, RunResult(text="all of it"), "record") == early
    assert len(views) == 1
    (tmp_path / "id").mkdir()
    picture = tmp_path / "id" / "picture.png"
    picture.write_bytes(b"png")
    late = await result_actions(tab, run, RunResult([picture]))
    assert "id/picture.png" in late["settings"]
    run.request = ImageRequest(prompt="an owl", seed=7)
    assert "an owl" in (await result_actions(tab, run, RunResult([picture])))["code"]
    assert len(views) == 3


async def test_files_that_a_run_adds_are_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    views, outcome = [], RunResult()
    tab, run = tab_with(views), Run()
    await result_actions(tab, run, outcome)
    (tmp_path / "id").mkdir()
    outcome.files.append(tmp_path / "id" / "picture.png")
    outcome.files[0].write_bytes(b"png")
    assert "id/picture.png" in (await result_actions(tab, run, outcome))["settings"]
