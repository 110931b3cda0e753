"""A reference recording written down while its page is open, as steps for a Gradio event."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from omni_ui.client import OmniError
from omni_ui.core.backends import Backends
from omni_ui.core.invalid import Invalid
from omni_ui.core.run import RunResult, execute, explain
from omni_ui.core.visitor import visitor_of
from omni_ui.features.assist.hearing import find_ear, hearing_run
from omni_ui.media.recording import as_wav, read_recording

NOTHING_HEARD = "No transcript:"
DEMO = "The demo cannot recognise words: write down what is said."
FAILED = Markup('<p class="omni-quiet" role="status"><span>{}</span> <span>{}</span></p>')
SAID = Markup('<p class="omni-quiet" role="status">{}</p>')
LONGEST = 60.0
"""Seconds of a recording that are listened to; a reference has at most 30."""


async def heard_in(backends: Backends, path: str, request: gr.Request) -> AsyncGenerator[dict[str, str]]:
    """Steps: {"note"} while it is listened to, then {"text", "said"} or {"error"}. Nothing where nobody listens."""
    ear = await find_ear(backends, request.session_hash)
    if ear is None:
        return
    if ear.backend.demo:  # what it says of a recording is no transcript
        yield {"said": DEMO}
        return
    try:
        recording = await read_recording(Path(path), "ref_audio", longest=LONGEST)
        run = await hearing_run(ear, await as_wav(recording))
    except Invalid:
        return  # what is wrong with the recording is said beside it
    except OmniError as error:
        yield {"error": explain(error)[0]}
        return
    run.visitor = visitor_of(request)
    run.owner = run.visitor or f"address {request.client.host if request.client else ''}"
    async with aclosing(execute(ear.backend, run)) as steps:
        async for step in steps:
            if step.kind == "done":
                yield {"text": (step.outcome or RunResult()).text, "said": ear.said}
            elif step.kind in ("failed", "called off"):
                yield {"error": backends.redact_address(explain(step.error)[0], ear.backend)}
            else:
                yield {"note": "Listening to the recording"}


def note_of(step: dict[str, str]) -> Markup:
    """HTML of what is said below the transcript."""
    if sentence := step.get("error"):
        return FAILED.format(NOTHING_HEARD, sentence)
    return SAID.format(step.get("said") or step.get("note", ""))
