"""`omni listen`: what is said in a recording, on stdout."""

import json

import click

from omni_ui.cli.options import build_request, request_options
from omni_ui.cli.output import Session, run
from omni_ui.client import TranscriptionRequest


@click.command(epilog="Example: omni listen meeting.wav > meeting.txt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@request_options(TranscriptionRequest, ("file",))
@click.pass_obj
def listen(session: Session, /, **values: object) -> None:
    """A recording, written down, on a server whose model listens."""
    request = build_request(TranscriptionRequest, values)
    transcript = run(session, lambda omni: omni.transcribe(request, on_wait=session.on_wait))
    answer = {"text": transcript.text, "seconds": transcript.seconds}
    click.echo(json.dumps(answer, ensure_ascii=False) if session.as_json else transcript.text)
