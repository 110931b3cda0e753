"""An app that can write neither its data folder nor the temporary one ends with one sentence."""

import os
import subprocess
import sys

from tests.fakes import free_port
from tests.running import ROOT

START = """
import runpy, tempfile
def refuse(*_, **__):
    raise FileNotFoundError(2, "No usable temporary directory found")
tempfile.mkdtemp = refuse
runpy.run_path("app.py", run_name="__main__")
"""


def test_nothing_to_write_to_ends_with_one_sentence_and_no_trace(tmp_path):
    no_folder = tmp_path / "a file"
    no_folder.write_text("in the way of the folder")
    settings = {"OMNI_DATA_DIR": str(no_folder), "OMNI_PORT": str(free_port())}
    ended = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=280
    )
    assert ended.returncode == 1
    said = ended.stderr.strip().splitlines()
    assert len(said) == 1, ended.stderr
    assert said[0].startswith(f"Neither {no_folder} nor the temporary folder can be written")
    assert "OMNI_DATA_DIR" in said[0]
