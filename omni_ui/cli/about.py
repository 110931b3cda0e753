"""`omni models` and `omni voices`: what a server lists."""

import json

import click

from omni_ui.cli.output import Session, run
from omni_ui.client.json_types import Json


def _print(session: Session, rows: list[Json], columns: list[str]) -> None:
    """Rows as JSON, or as aligned columns."""
    if session.as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    widths = [max([len(str(row.get(column) or "")) for row in rows], default=0) for column in columns]
    for row in rows:
        cells = [str(row.get(column) or "").ljust(width) for column, width in zip(columns, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


@click.command(epilog="Example: omni models")
@click.pass_obj
def models(session: Session) -> None:
    """The models that the server lists."""
    listed = run(session, lambda omni: omni.models())
    _print(
        session, [{"id": model.id, "max_model_len": model.max_model_len} for model in listed], ["id", "max_model_len"]
    )


@click.command(epilog="Example: omni voices")
@click.pass_obj
def voices(session: Session) -> None:
    """The voices that the server speaks with, saved ones marked."""
    listed = run(session, lambda omni: omni.voices())
    saved = {voice.name: voice for voice in listed.saved}
    rows = [
        {
            "name": name,
            "saved": "saved" if name in saved else "",
            "description": saved[name].description if name in saved else "",
        }
        for name in listed.names
    ]
    _print(session, rows, ["name", "saved", "description"])
