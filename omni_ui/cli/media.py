"""`omni image`, `edit`, `say`, `sing`, `sound` and `film`: one result, or a few, as files."""

import asyncio
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from omni_ui.cli.options import build_request, request_options
from omni_ui.cli.output import Session, free_path, read_text, report, run, write_results
from omni_ui.client import (
    AudioChunk,
    EditRequest,
    Failed,
    ImageRequest,
    OmniClient,
    Pictures,
    Request,
    SongRequest,
    SoundRequest,
    Speech,
    SpeechRequest,
    VideoJob,
    VideoRequest,
)
from omni_ui.client.live import InteractionRefused, VideoChunk
from omni_ui.client.requests.song import LONGEST_SONG, TOKENS_PER_SECOND

OUTPUT = click.option("-o", "--output", help="The file to write; - for stdout.")
NOT_SUNG = (
    "voice", "language", "task_type", "ref_audio", "ref_text", "x_vector_only_mode", "speed", "stream_format",
    "word_timestamps", "ref_audio_2", "initial_codec_chunk_frames", "non_streaming_mode", "speaker_embedding",
)  # fmt: skip
"""Fields of speech that mean nothing in a song: facts of this command, since the route and the package take them."""
POLL = 1.0
"""Seconds between two looks at a video job."""


def _facts(request: Request, seconds: float | None = None) -> dict[str, object]:
    seed = getattr(request, "seed", None)
    return {"seed": seed, "seconds": round(seconds, 3) if seconds is not None else None}


def _stem(request: Request) -> str:
    seed = getattr(request, "seed", None)
    return f"{request.tab}-{seed}" if seed is not None else request.tab


def _write_pictures(session: Session, output: str | None, request: Request, pictures: Pictures) -> None:
    files = [(picture.data, picture.suffix) for picture in pictures.pictures]
    write_results(session, output, _stem(request), files, _facts(request, pictures.seconds))


@click.command(epilog='Example: omni image "a red fox" --size 512x512 --seed 7 -o fox.png')
@click.argument("prompt")
@request_options(ImageRequest, ("prompt",))
@OUTPUT
@click.pass_obj
def image(session: Session, /, output: str | None, **values: Any) -> None:
    """Pictures from words."""
    request = build_request(ImageRequest, values | {"prompt": read_text(values["prompt"])}).with_seed()
    pictures = run(session, lambda omni: omni.images(request, on_wait=session.on_wait))
    _write_pictures(session, output, request, pictures)


@click.command(epilog='Example: omni edit photo.png "make it night" -o night.png')
@click.argument("image", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.argument("prompt")
@request_options(EditRequest, ("image", "prompt"), ("stream",))
@OUTPUT
@click.pass_obj
def edit(session: Session, /, output: str | None, **values: Any) -> None:
    """One or more pictures, changed by words."""
    request = build_request(EditRequest, values | {"prompt": read_text(values["prompt"])}).with_seed()
    pictures = run(session, lambda omni: omni.edits(request, on_wait=session.on_wait))
    _write_pictures(session, output, request, pictures)


@click.command(epilog='Example: omni say "Good morning" --voice Clara -o morning.wav')
@click.argument("input", metavar="TEXT")
@request_options(SpeechRequest, ("input",), ("stream_format",))
@OUTPUT
@click.pass_obj
def say(session: Session, /, output: str | None, **values: Any) -> None:
    """A text, spoken. With --stream and a pipe, raw samples (signed 16 bit) arrive while they are made."""
    _speak(session, output, build_request(SpeechRequest, values | {"input": read_text(values["input"])}).with_seed())


@click.command(epilog='Example: omni sing - --instructions "slow folk, acoustic guitar" -o song.wav < lyrics.txt')
@click.argument("input", metavar="LYRICS")
@request_options(SongRequest, ("input",), NOT_SUNG)
@click.option(
    "--seconds", type=click.FloatRange(1, LONGEST_SONG), help="The longest length, in place of --max-new-tokens."
)
@OUTPUT
@click.pass_obj
def sing(session: Session, /, output: str | None, seconds: float | None, **values: Any) -> None:
    """A song: lyrics in a style, on a server whose model sings. The style stands in --instructions."""
    if seconds is not None and values.get("max_new_tokens") is None:
        values["max_new_tokens"] = round(seconds * TOKENS_PER_SECOND)
    _speak(session, output, build_request(SongRequest, values | {"input": read_text(values["input"])}).with_seed())


def _speak(session: Session, output: str | None, request: SpeechRequest) -> None:
    """Raw samples into a pipe where the request streams, else one file."""
    if request.stream and (output == "-" or (output is None and not sys.stdout.isatty())):
        run(session, lambda omni: _pipe_speech(session, omni, request))
        return
    speech = run(session, lambda omni: omni.speech(request, on_wait=session.on_wait))
    _write_sound(session, output, request, speech)


@click.command(epilog='Example: omni sound "rain on a tin roof" --audio-length 5 -o rain.wav')
@click.argument("input", metavar="TEXT")
@request_options(SoundRequest, ("input",))
@OUTPUT
@click.pass_obj
def sound(session: Session, /, output: str | None, **values: Any) -> None:
    """A sound or a piece of music from words."""
    request = build_request(SoundRequest, values | {"input": read_text(values["input"])}).with_seed()
    speech = run(session, lambda omni: omni.sound(request, on_wait=session.on_wait))
    _write_sound(session, output, request, speech)


def _write_sound(session: Session, output: str | None, request: Request, speech: Speech) -> None:
    write_results(session, output, _stem(request), [(speech.data, speech.suffix)], _facts(request, speech.seconds))


async def _pipe_speech(session: Session, omni: OmniClient, request: SpeechRequest) -> None:
    stream = sys.stdout.buffer
    rate = None
    async for event in omni.speech_stream(request, on_wait=session.on_wait):
        if isinstance(event, AudioChunk):
            if rate is None:
                rate = event.rate
                session.note(f"s16le, {event.rate} Hz, {event.channels} channel(s)")
            stream.write(event.pcm)
            stream.flush()
        elif isinstance(event, Failed):
            raise event.error


@click.command(epilog='Example: omni film "waves at night" --size 256x144 --wait -o waves.mp4')
@click.argument("prompt")
@request_options(VideoRequest, ("prompt",))
@click.option("--wait/--no-wait", default=True, help="Wait for the video, or print the job's id and go. [default wait]")
@OUTPUT
@click.pass_obj
def film(session: Session, /, output: str | None, wait: bool, **values: Any) -> None:
    """A video from words, made as a job on the server."""
    request = build_request(VideoRequest, values | {"prompt": read_text(values["prompt"])}).with_seed()
    if request.watch:
        _watch(session, output, request)
        return
    if not wait:
        job = run(session, lambda omni: omni.create_video(request, on_wait=session.on_wait))
        click.echo(job.id)
        return
    path = free_path(None if output == "-" else output, _stem(request), ".mp4")
    job = run(session, lambda omni: _make_video(session, omni, request, path))
    if output == "-":
        content = path.read_bytes()
        path.unlink()
        write_results(session, output, "", [(content, ".mp4")], {})
    else:
        report(session, [path], {"id": job.id, **_facts(request, job.made_in)})


def _watch(session: Session, output: str | None, request: VideoRequest) -> None:
    """A video in pieces: into a pipe as they come, else into a file, which keeps what arrived when it breaks off."""
    if output == "-":
        run(session, lambda omni: _read_pieces(session, omni, request, sys.stdout.buffer))
        return
    path = free_path(output, _stem(request), ".mp4")
    with path.open("wb") as file:
        run(session, lambda omni: _read_pieces(session, omni, request, file))
    report(session, [path], _facts(request, None))


async def _read_pieces(session: Session, omni: OmniClient, request: VideoRequest, target: BinaryIO) -> None:
    async with await omni.open_video(request) as stream:
        async for event in stream.events():
            if isinstance(event, VideoChunk):
                await asyncio.to_thread(target.write, event.data)
                await asyncio.to_thread(target.flush)
                session.note(f"{stream.seconds:.1f} s")
            elif isinstance(event, InteractionRefused):
                session.note(event.sentence)


async def _make_video(session: Session, omni: OmniClient, request: VideoRequest, path: Path) -> VideoJob:
    """The finished job, its video at `path`. Ctrl+C stops the job on the server too."""
    job = await omni.create_video(request, on_wait=session.on_wait)
    session.note(f"Job {job.id}")
    try:
        while not job.done:
            await asyncio.sleep(POLL)
            job = await omni.video(job.id)
    except asyncio.CancelledError:
        await omni.delete_video(job.id)
        raise
    if job.error:
        raise job.error
    await omni.video_content(job.id, path)
    return job


MEDIA = (image, edit, say, sing, sound, film)
