"""POST /v1/audio/transcriptions (wire: vLLM's own route, WIRE.md 19). The demo measures sound; it knows no words."""

import io
import uuid
from typing import Annotated

import soundfile
from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import JSONResponse, Response

from omni_ui.demo.audio.listen import measure
from omni_ui.demo.engine import Ask, while_connected
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes import errors as _errors
from omni_ui.demo.routes.errors import refusal
from omni_ui.demo.routes.media import Text

router = APIRouter()
LARGEST = 25_000_000
FORMATS = ("json", "text")


@router.post("/v1/audio/transcriptions")
async def transcriptions(
    request: Request,
    file: Annotated[UploadFile, File()],
    model: Text = None,
    language: Text = None,
    prompt: Text = None,
    response_format: Annotated[str, Form()] = "json",
) -> Response:
    """`text` answers the same JSON, as on the real server."""
    demo = request.app.state.demo
    if "chat" not in demo.modes:
        return JSONResponse({"detail": "Not Found"}, 404)
    if other := demo.not_mine(model, "chat"):
        return other
    if response_format not in FORMATS:
        return refusal(f"Currently do not support {response_format} for {demo.model('chat')}")
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        return refusal("Maximum file size exceeded")
    parameters = {"language": language, "prompt": prompt, "multi_modal_data": {"audio": [f"<{len(content)} bytes>"]}}
    ask = Ask(prompt or "", parameters, id=f"transcribe-{uuid.uuid4().hex[:16]}")
    try:
        answer = await while_connected(request, demo.engine.run_once(ask, lambda: heard(content)))
    except RuntimeError:
        return refusal("Invalid or corrupted audio data.")
    except Exception as wrong:
        return _errors.served(wrong)
    return answer if isinstance(answer, Response) else JSONResponse(answer or {"text": ""})


def heard(content: bytes) -> Json:
    """The demo's true answer. Blocking; RuntimeError for what is no sound."""
    samples, rate = soundfile.read(io.BytesIO(content))
    voice = measure(samples, rate)
    what = "silence" if not voice.pace else f"about {max(1, round(voice.pace * voice.seconds))} syllables"
    pitch = f" at {voice.pitch_hz:.0f} Hz" if voice.pitch_hz else ""
    text = f"This demo is no model and knows no words. It heard {voice.seconds:.1f} seconds: {what}{pitch}."
    return {"text": text, "usage": {"type": "duration", "seconds": max(1, round(voice.seconds))}}
