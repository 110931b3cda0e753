"""`omni chat`: an answer on stdout while it is made; files attached; pipes in and out."""

import json
import sys
import wave
from pathlib import Path

import click

from omni_ui.cli.options import build_request, request_options
from omni_ui.cli.output import Session, free_path, read_text, run
from omni_ui.client import (
    AudioChunk,
    ChatRequest,
    Failed,
    FileRef,
    Finish,
    OmniClient,
    PictureMade,
    TextDelta,
    Usage,
    type_of_file,
)
from omni_ui.client.json_types import Json

PIPED = 4 * 2**20
"""Characters of stdin that are taken; no model reads more."""


@click.command(
    epilog='Example: omni chat "What is this?" --attach photo.png\n\n\b\nExample: git diff | omni chat "Review"'
)
@click.argument("text", required=False)
@request_options(ChatRequest, (), ("messages", "stream"))
@click.option(
    "--attach",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="A picture, recording or video; may be repeated.",
)
@click.option("--system", help="Instructions that stand before the conversation.")
@click.option("-o", "--output", help="The file for a spoken answer; pictures get names beside it.")
@click.pass_obj
def chat(
    session: Session,
    /,
    text: str | None,
    attach: tuple[str, ...],
    system: str | None,
    output: str | None,
    **values: object,
) -> None:
    """One answer. What comes by a pipe stands below the text; without a text it is the message itself."""
    question = _question(text)
    content: list[Json] = [media_part(Path(name)) for name in attach]
    content.append({"type": "text", "text": question})
    messages: list[Json] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": content if attach else question})
    request = build_request(ChatRequest, values | {"messages": messages})
    run(session, lambda omni: _answer(session, omni, request, output))


def _question(text: str | None) -> str:
    piped = "" if sys.stdin.isatty() or text == "-" else sys.stdin.read(PIPED)
    question = "\n\n".join(filter(None, [read_text(text) if text else "", piped.strip()]))
    if not question.strip():
        raise click.UsageError("Nothing is asked: write a text, or pipe one in.")
    return question


def media_part(path: Path) -> dict[str, object]:
    """A file as a part of a message. click.UsageError when it is neither a picture, a recording nor a video."""
    kind = type_of_file(path).split("/")[0]
    if kind not in ("image", "audio", "video"):
        raise click.UsageError(f"{path.name} is neither a picture, a recording nor a video.")
    name = f"{kind}_url"
    return {"type": name, name: {"url": FileRef(path)}}


async def _answer(session: Session, omni: OmniClient, request: ChatRequest, output: str | None) -> None:
    """Writes the text as it comes; speech and pictures become files, whose names go to stderr.

    Where nothing else is asked for, a model that can write is asked for text alone: nobody wants a sound file from
    a question in a terminal.
    """
    if request.modalities is None and output is None:
        ability = (await omni.capabilities()).modalities.get("chat")
        if ability and "text" in ability.detail.get("outputs", ()):
            request = request.model_copy(update={"modalities": ["text"]})
    text: list[str] = []
    files: list[str] = []
    facts: Json = {}
    sound: wave.Wave_write | None = None
    try:
        async for event in omni.chat(request, on_wait=session.on_wait):
            if isinstance(event, TextDelta):
                text.append(event.text)
                if not session.as_json:
                    click.echo(event.text, nl=False)
                    sys.stdout.flush()
            elif isinstance(event, AudioChunk):
                if sound is None:
                    path = free_path(output, "chat", ".wav")
                    sound = _open_wave(path, event)
                    files.append(str(path))
                sound.writeframes(event.pcm)
            elif isinstance(event, PictureMade):
                path = free_path(None, Path(output).stem if output else "chat", event.picture.suffix)
                path.write_bytes(event.picture.data)
                files.append(str(path))
            elif isinstance(event, Usage):
                facts["usage"] = {"input_tokens": event.input_tokens, "output_tokens": event.output_tokens}
            elif isinstance(event, Finish):
                facts["finish_reason"] = event.reason
            elif isinstance(event, Failed):
                raise event.error
    finally:
        if sound is not None:
            sound.close()
        if text and not session.as_json:
            click.echo()
    if session.as_json:
        click.echo(json.dumps({"text": "".join(text), "files": files, **facts}, ensure_ascii=False))
    for name in files if not session.as_json else ():
        session.note(name)


def _open_wave(path: Path, chunk: AudioChunk) -> wave.Wave_write:
    sound = wave.open(str(path), "wb")  # noqa: SIM115  # closed by the caller, after the last piece
    sound.setnchannels(chunk.channels)
    sound.setsampwidth(2)
    sound.setframerate(chunk.rate)
    return sound
