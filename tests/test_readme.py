"""What the README says is so: its table of settings is the settings module, and its code runs.

`python -m tests.test_readme` writes the table anew.
"""

import json
import re
import textwrap
from pathlib import Path

import numpy as np
import soundfile
import yaml
from packaging.requirements import Requirement

from omni_ui.client.server.discovery import ModelInfo, judge
from omni_ui.demo import DemoServer
from omni_ui.features.mcp.caller import HEADER
from omni_ui.features.mcp.endpoint import PATH
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


def test_the_front_matter_is_what_a_space_wants():
    """Names and values of huggingface.co/docs/hub/spaces-config-reference."""
    front = yaml.safe_load(README.read_text(encoding="utf-8").split("---\n")[1])
    assert front["sdk"] == "gradio"
    needs = (README.parent / "requirements.txt").read_text(encoding="utf-8")
    [gradio] = [Requirement(line.split(" #")[0].strip()) for line in needs.splitlines() if line.startswith("gradio")]
    assert gradio.specifier.contains(front["sdk_version"])
    assert len(front["short_description"]) <= 60
    assert (README.parent / front["app_file"]).is_file()
    assert (README.parent / front["thumbnail"]).is_file()
    assert front["header"] in ("mini", "default")
    assert front["suggested_hardware"] == "cpu-basic"
    assert front["hf_oauth"] is True
    assert len(front["emoji"]) <= 2
    assert front["emoji"]
    assert {front["colorFrom"], front["colorTo"]} <= {
        "red",
        "yellow",
        "green",
        "blue",
        "indigo",
        "purple",
        "pink",
        "gray",
    }
    assert len(front["tags"]) > 3
    can = {tab for model in front["models"] for tab, ability in judge([ModelInfo(model)], ()).items() if ability.can}
    assert can == {"chat", "image", "edit", "speech", "sound", "video"}, "one of each kind that the page knows"


def test_the_lines_for_agents_name_the_endpoint_and_the_header():
    chapter = README.read_text(encoding="utf-8").split("## For an agent")[1].split("\n## ")[0]
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", chapter, re.S)]
    entries = [next(iter(next(iter(block.values())).values())) for block in blocks]
    assert [set(block) for block in blocks] == [{"mcpServers"}, {"servers"}]
    for entry in entries:
        assert entry["url"].endswith(f":7860{PATH}")
        assert [name.lower() for name in entry["headers"]] == [HEADER]
    assert f":7860{PATH} --header" in chapter


if __name__ == "__main__":
    before, rest = README.read_text(encoding="utf-8").split("<!-- settings -->\n")
    after = rest.split("\n<!-- /settings -->")[1]
    README.write_text(f"{before}<!-- settings -->\n{table()}\n<!-- /settings -->{after}", encoding="utf-8")
