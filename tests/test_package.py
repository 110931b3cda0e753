"""The package: built, checked as PyPI would, installed into empty environments, and run there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from omni_ui import __version__

ROOT = Path(__file__).parents[1]
CLIENT_NEEDS = ["httpx", "httpx-sse", "tenacity", "pydantic", "pybase64", "click", "websockets"]
"""What the client and the command line need; no Gradio."""
pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]


def run(*words: str, **options) -> str:
    done = subprocess.run(words, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT))
    return folder


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory):
    """An environment that holds the wheel and what the client needs, and nothing else."""
    folder = tmp_path_factory.mktemp("client") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))  # making its own pip takes seconds
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    pip += ["--disable-pip-version-check"]
    run(*pip, *CLIENT_NEEDS)
    run(*pip, "--no-deps", str(next(built.glob("*.whl"))))
    return folder / "bin"


def outside(folder: Path) -> dict:
    """Options of a process that sees the installed package and not this folder."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {"cwd": folder, "env": env}


def test_pypi_would_take_both(built):
    names = sorted(path.name for path in built.iterdir())
    assert names == [f"omni_ui-{__version__}-py3-none-any.whl", f"omni_ui-{__version__}.tar.gz"]
    assert "FAILED" not in run(sys.executable, "-m", "twine", "check", "--strict", *map(str, built.iterdir()))


def test_the_wheel_holds_every_file_that_the_app_reads(built):
    wheel = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    tracked = run("git", "ls-files", "omni_ui", cwd=ROOT).split()
    assert not set(tracked) - wheel
    assert "omni_ui/py.typed" in wheel


def test_the_client_works_without_gradio(environment, tmp_path):
    code = "import sys\nfrom omni_ui.client import OmniClient\nprint(OmniClient.__name__, 'gradio' in sys.modules)"
    assert run(str(environment / "python"), "-c", code, **outside(tmp_path)) == "OmniClient False\n"


def test_the_command_line_works_without_gradio(environment, tmp_path):
    assert run(str(environment / "omni"), "--version", **outside(tmp_path)).strip() == f"omni, version {__version__}"
    done = subprocess.run([str(environment / "omni"), "demo"], capture_output=True, text=True, **outside(tmp_path))
    assert done.returncode == 1
    assert "pip install 'omni-ui" in done.stderr
