"""The README's table of settings is the settings module, no more and no less."""

from pathlib import Path

from omni_ui.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def table() -> str:
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, info in Settings.model_fields.items():
        if name == "space_id":
            continue
        default = "" if info.default is None else f"`{info.default}`" if info.default != "" else ""
        rows.append(f"| `OMNI_{name.upper()}` | {default} | {info.description} |")
    return "\n".join(rows)


def test_the_readme_documents_every_setting():
    text = README.read_text(encoding="utf-8")
    between = text.split("<!-- settings -->\n")[1].split("<!-- /settings -->")[0]
    assert between.strip() == table()
