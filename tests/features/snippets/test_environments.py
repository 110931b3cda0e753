"""The Python code that results show, run where only that is installed which its first line says."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from omni_ui.features.snippets import snippet
from tests.features.snippets.harness import NAMES, cases, plain, put_files

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]
RUN_ALL = Path(__file__).with_name("run_all.py")
ENVIRONMENTS = {
    "openai 3": ("Python, openai", "openai>=3,<4", "openai"),
    "openai 2": ("Python, openai", "openai>=2,<3", "openai"),
    "httpx": ("Python", "httpx", "httpx"),
}
"""By name: the language, what is installed, and what the first line of the code says."""
FIRST_LINE = re.compile(r"# Needs: pip install \"?([a-z0-9]+)(?:[><=][^\"]*)?\"?$")


def run_in(folder: Path, requirement: str, folders: list[Path]) -> dict[str, str]:
    """What failed, by folder. The interpreter sees the packages of `folder` and its own library."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, "--target", str(folder), requirement], check=True, capture_output=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMNI_", "OPENAI_", "PYTHON"))}
    command = [sys.executable, "-S", str(RUN_ALL), *map(str, folders)]
    env = kept | {"PYTHONPATH": str(folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=250)
    failures: dict[str, str] = json.loads(done.stdout)
    return failures


def test_every_python_snippet_runs_with_what_it_names_and_nothing_else(server, media, expected, tmp_path):
    given: dict[Path, set[str]] = {}
    jobs = []
    for environment, (language, requirement, package) in ENVIRONMENTS.items():
        folders = [tmp_path / environment / str(number) for number in range(len(NAMES))]
        for name, folder in zip(NAMES, folders, strict=True):
            folder.mkdir(parents=True)
            call = cases(media)[name].wire()
            code = snippet(language, call, server.url)
            assert FIRST_LINE.match(code.splitlines()[0])[1] == package
            (folder / "snippet.py").write_text(code, encoding="utf-8")
            given[folder] = put_files(call, folder, code)
        jobs.append((tmp_path / f"{environment} packages", requirement, folders))
    with ThreadPoolExecutor() as pool:
        failures = {folder: text for lost in pool.map(lambda job: run_in(*job), jobs) for folder, text in lost.items()}
    assert not failures, "\n".join(failures.values())
    for _, _, folders in jobs:
        for name, folder in zip(NAMES, folders, strict=True):
            files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in given[folder]}
            wanted = expected[name].files
            assert {file: samples(file, data) for file, data in files.items()} == {
                file: samples(file, data) for file, data in wanted.items()
            }


def samples(name: str, data: bytes) -> bytes:
    """Of a WAV file without its header, which differs between a stream and a file."""
    return plain(data) if name.endswith(".wav") else data
