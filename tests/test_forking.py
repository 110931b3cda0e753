"""Apps as copies of one process: a copy has its own settings and end, as a process of its own has."""

import os
import subprocess

import httpx
import pytest

from tests import forking
from tests.fakes import free_port
from tests.running import App

pytestmark = pytest.mark.skipif(not forking.POSSIBLE, reason="this system cannot wait for a copy")


def test_an_app_is_a_copy_with_settings_and_an_end_of_its_own():
    address = f"http://127.0.0.1:{free_port()}"
    with App(OMNI_BASE_URL=address) as app, App(OMNI_BASE_URL=address, OMNI_RUN_LOG="false") as other:
        assert isinstance(app.process, forking.Forked)
        assert app.process.pid != other.process.pid
        assert app.process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            app.process.wait(0.01)
        app.kill()
        assert app.process.wait(1) == -9
        assert httpx.get(other.url + "/health").status_code == 200
        app.start()  # as the tests do after a crash
        assert httpx.get(app.url + "/health").status_code == 200
    assert app.process.returncode == other.process.returncode == -15
    assert app.output.count("Omni UI") == 2


def test_a_wrong_setting_ends_a_copy_with_one_sentence():
    app = App(wait=False, OMNI_RUN_LOG="perhaps").start()
    assert isinstance(app.process, forking.Forked)
    assert app.process.wait(30) == 1
    assert app.stop().count("\n") == 1


@pytest.mark.parametrize("name", ["SPACE_ID", "OMNI_LOG", "GRADIO_TEMP_DIR"])
def test_what_is_read_at_import_needs_a_process_of_its_own(name):
    environment = dict(os.environ)
    assert forking.fixed(environment | {"OMNI_RUN_LOG": "false"}) == forking.fixed(environment)
    assert forking.fixed(environment | {name: "new"}) != forking.fixed(environment)
