"""What the README says is so: its table of settings is the settings module, and its code runs.

`python -m tests.test_readme` writes the table anew.
"""

import re
import textwrap
from pathlib import Path

import numpy as np
import soundfile

from omni_ui.demo import DemoServer
from omni_ui.settings import Settings
from tests.fakes import png

README = Path(__file__).parents[1] / "README.md"


def table() -> str:
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, info in Settings.model_fields.items():
        if name in ("space_id", "space_host") or name.startswith(("oauth_", "openid_")):
            continue
        default = "" if info.default is None else f"`{info.default}`" if info.default != "" else ""
        rows.append(f"| `OMNI_{name.upper()}` | {default} | {info.description} |")
    return "\n".join(rows)


def test_the_readme_documents_every_setting():
    text = README.read_text(encoding="utf-8")
    between = text.split("<!-- settings -->\n")[1].split("<!-- /settings -->")[0]
    assert between.strip() == table()


async def test_the_readme_s_client_code_runs_as_written(tmp_path, monkeypatch):
    chapter = README.read_text(encoding="utf-8").split("## The client alone")[1].split("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", chapter, re.S)
    assert len(blocks) >= 8
    monkeypatch.chdir(tmp_path)
    Path("photo.png").write_bytes(png(96, 64))
    t = np.arange(3 * 16000) / 16000
    soundfile.write("voice.wav", 0.3 * np.sin(2 * np.pi * 180 * t), 16000)
    server = DemoServer()
    server.start()
    try:
        body = "\n".join(blocks[1:]) + "\nawait omni.aclose()\nreturn locals()"
        head = blocks[0].replace("http://host:8091", server.url)
        names: dict = {}
        exec(f"{head}\nasync def main():\n{textwrap.indent(body, '    ')}\n", names)  # our own README
        left = await names["main"]()
    finally:
        server.stop()
    assert Path("fox.png").read_bytes() == left["made"].pictures[0].data
    assert left["able"].modalities["image"].can
    assert [one.error for one in left["results"]] == [None, None]
    assert Path("waves.mp4").stat().st_size > 1000


def test_the_readme_s_script_runs_as_written(tmp_path, monkeypatch):
    chapter = README.read_text(encoding="utf-8").split("## In a script or a notebook")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", chapter, re.S)
    monkeypatch.chdir(tmp_path)
    server = DemoServer()
    server.start()
    try:
        exec(code.replace("http://host:8091", server.url), {})  # our own README
    finally:
        server.stop()
    assert Path("fox.png").read_bytes().startswith(b"\x89PNG")


if __name__ == "__main__":
    before, rest = README.read_text(encoding="utf-8").split("<!-- settings -->\n")
    after = rest.split("\n<!-- /settings -->")[1]
    README.write_text(f"{before}<!-- settings -->\n{table()}\n<!-- /settings -->{after}", encoding="utf-8")
