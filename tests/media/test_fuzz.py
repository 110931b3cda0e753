"""A small count of the fuzz of the readers; `python -m tests.fuzz 100000` runs more."""

import subprocess
import sys

import pytest

pytest.importorskip("av")


def test_damaged_files_end_in_sentences(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "400"],
        env={"PATH": "/usr/bin:/bin", "GRADIO_TEMP_DIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "400 inputs, 0 faults" in done.stdout
