"""The pages in docs/capabilities: each command and each piece of code runs as it stands, against one demo server."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from omni_ui.cli.main import main
from omni_ui.demo import DemoServer
from tests.running import ROOT

FOLDER = ROOT / "docs/capabilities"
PAGES = sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")
LEAVES = {
    "image.md": {"fox.png", "image-*-1.png", "image-*-2.png", "fox.webp", "answer.json"},
    "edit.md": {"photo.png", "night.png", "snow.png", "answer.json"},
    "speech.md": {"morning.wav", "read.flac", "streamed.wav", "curl.wav"},
    "sound.md": {"rain.wav", "curl.wav", "song.wav"},
    "listening.md": {"morning.wav"},
    "video.md": {"waves.mp4", "job.json", "watched.mp4"},
    "chat.md": {"photo.png", "answer.json"},
    "live.md": set(),
}
"""What each page leaves in its folder."""


@pytest.fixture(scope="module")
def server():
    with DemoServer() as running:
        yield running


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_as_it_stands(page, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMNI_BASE_URL", server.url)
    blocks = re.findall(r"```(sh|python)\n(.*?)```", (FOLDER / page).read_text(encoding="utf-8"), re.S)
    assert blocks
    for language, code in blocks:
        if language == "python":
            exec(code.replace("http://host:8091", server.url), {"__name__": "__main__"})  # our own pages
        else:
            for line in code.replace("\\\n", " ").strip().splitlines():
                run(line)
    left = {re.sub(r"^image-\d+-", "image-*-", path.name) for path in tmp_path.iterdir()}
    assert left == LEAVES[page]
    assert all(path.stat().st_size > 100 for path in tmp_path.iterdir())


def run(line: str) -> None:
    """One line for a shell. `omni` runs in this process, which saves half a second each."""
    words = shlex.split(line)
    piped = None
    if words[0] == "echo":
        assert words[2:4] == ["|", "omni"], line
        piped, words = words[1] + "\n", words[3:]
    if words[0] == "omni":
        result = CliRunner().invoke(main, words[1:], input=piped)
        assert result.exit_code == 0, f"{line}\n{result.output}"
    else:
        assert words[0] == "curl", line
        subprocess.run(["bash", "-c", line.replace("curl ", "curl --fail-with-body ", 1)], check=True, timeout=60)


def test_the_first_page_names_all_others():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [page for page in PAGES if f"({page})" not in text] == []
    assert set(LEAVES) == set(PAGES)
    commands = set(re.findall(r"`omni (\w+)`", text))
    assert commands == {"image", "edit", "say", "sound", "sing", "listen", "film", "chat"}


def test_every_file_that_a_page_links_to_is_there():
    for page in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([\w./-]+)\)", page.read_text(encoding="utf-8")):
            assert (FOLDER / target).exists() or Path(target).name == "sdks.md", f"{page.name}: {target}"
